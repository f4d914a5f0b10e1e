// What a solve holds of a device: memory there and pinned memory here, streams, events. Making them takes longer than many a solve, so a
// process keeps what one solve leaves for the next, grown to the largest so far; a solve that runs beside another makes its own. What is
// kept is never given back but where memory runs short: at the end of a process the driver does it, and may do it before us.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace outbid::cuda {

// Memory that grows and forgets what it held.
class Room {
 public:
  explicit Room(bool pinned) : pinned_(pinned) {}
  ~Room() { drop(); }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;
  cudaError_t reserve(size_t bytes);
  void drop();
  char* data() const { return data_; }

 private:
  const bool pinned_;  // of the host
  char* data_ = nullptr;
  size_t bytes_ = 0;
};

struct Holding {
  explicit Holding(int32_t index) : device(index) {}
  ~Holding();
  // Streams and events; once.
  cudaError_t make();
  // Bytes for each of these rooms. Where they cannot be had, what `unused` rooms and idle holdings have is given back first.
  using Wanted = std::vector<std::pair<Room*, size_t>>;
  cudaError_t reserve(const Wanted& wanted, const std::vector<Room*>& unused);
  // Room for so many staging buffers of so many bytes, each with its event.
  cudaError_t makeStaging(size_t buffers, size_t bytes);

  const int32_t device;
  cudaStream_t stream = nullptr;
  cudaStream_t control = nullptr;  // what passes the kernel that runs: the word to stop
  cudaEvent_t began = nullptr;
  cudaEvent_t ended = nullptr;
  int32_t* one = nullptr;  // pinned, to be copied into the word to stop
  Room arcs{false};        // what boards read of demands and arcs,
  Room nodes{false};       // of nodes, the boards themselves, final prices
  Room state{false};
  Room outcome{false};
  Room departing{true};
  Room landing{true};
  Room staging{true};
  std::vector<cudaEvent_t> staged;  // when the copy from a staging buffer has ended
};

// One that is idle, or a new and empty one. Throws std::bad_alloc.
std::unique_ptr<Holding> takeHolding(int32_t device);
// To the idle ones. Not after a failure of the device.
void keepHolding(std::unique_ptr<Holding> holding);

}  // namespace outbid::cuda
