// What is behind DeviceBoards (device.h): a solve's boards and where they stand in the memory it holds.
//
//   arcs      the image (image.h), which arrives in pieces
//   nodes     the word to stop; the boards, their plans, what is to be scaled; capacities and first slots: one copy.  A list of boards and
//             final prices: another, for the certificate
//   state     what the steps work with
//   outcome   at and price of all boards: read back with the counters.  Counters.  Values: read back with the counters too
#pragma once

#include <cuda_runtime.h>

#include <mutex>

#include "device.h"
#include "device_memory.cuh"

namespace outbid::cuda {

constexpr int kThreads = 512;         // of a block
constexpr int64_t kMostGrid = 65535;  // blocks in a grid's second dimension

// A run on the device, and what went wrong.
struct DeviceBoards::State {
  State(DeviceBoards& said, int32_t index) : owner(said), device(index) {}
  ~State() {
    if (held == nullptr || owner.trouble != Trouble::kNone) return;
    try {
      if (!failed(cudaStreamSynchronize(stream), "ending")) keepHolding(std::move(held));
    } catch (const std::bad_alloc&) {
      // Then it is not kept.
    }
  }

  // True if the call did not succeed, and notes the first such call.
  bool failed(cudaError_t error, const char* doing) {
    if (error == cudaSuccess) return false;
    std::lock_guard<std::mutex> lock(noting);
    if (owner.trouble == Trouble::kNone) {
      owner.trouble = error == cudaErrorMemoryAllocation ? Trouble::kOutOfMemory : Trouble::kFailed;
      owner.words = std::string(doing) + ": " + cudaGetErrorString(error);
    }
    // What is not sticky must not be found by the next call.
    (void)cudaGetLastError();
    return true;
  }
  bool copy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, const char* doing) {
    return bytes == 0 || !failed(cudaMemcpyAsync(to, from, bytes, kind, stream), doing);
  }
  bool prepare();
  bool stage(const Image& image, int32_t threads, const std::function<bool()>& mustStop);
  bool placeBoards(const Image& image);
  bool fillNodes(const Image& image);
  bool land();
  template <int W>
  bool launch();
  bool launchProof(const int32_t* list, size_t count);

  DeviceBoards& owner;
  const int32_t device;
  std::mutex noting;
  std::unique_ptr<Holding> held;
  cudaStream_t stream = nullptr;
  // Threads read the word in every round: in the device's memory, as 256 blocks that read one of the host's take 100 us.
  int32_t* stop = nullptr;
  Board* boards = nullptr;  // the device's copies
  Plan* plans = nullptr;
  Scale* scales = nullptr;
  Tally* tallies = nullptr;  // the boards' own, side by side
  char* proofs = nullptr;    // a list of boards, and the boards' final prices
  size_t proofBytes = 0;
  size_t talliesAt = 0;  // in the outcome: states before, values after
  size_t outcomeBytes = 0;
  std::vector<Board> board;
  std::vector<const Layout*> layout;
  int32_t width = 32;
  int32_t mostNodes = 0;
  int64_t mostDemands = 0;
  bool ran = false;
  bool landed = false;
};

}  // namespace outbid::cuda
