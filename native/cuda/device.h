// Boards on a device, as the host sees them. Nothing of CUDA's own headers shows here, so what is built on it is plain C++, and the tests
// link it with processor threads in a device's place.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "image.h"
#include "outcome.h"

namespace outbid::cuda {

enum class Trouble : uint8_t { kNone, kOutOfMemory, kFailed, kNoDriver, kOldDriver, kNoDevice, kNoCode };

struct DeviceFacts {
  int32_t arch = 0;  // 10 * major + minor
  uint64_t memory = 0;
  char name[128] = {};
};

// The devices here. Creates no context. kNone with at least one device, or why not, with words.
Trouble findDevices(std::vector<DeviceFacts>& devices, std::string& words);

// Bytes read and written a second by a copy within the device, or 0: what a pass over an instance is measured against.
double copyBandwidth(int32_t device);

// What an auction left: at, per demand; price, per node; the counters.
struct Left {
  const int32_t* at = nullptr;
  const int32_t* price = nullptr;
  const Tally* tally = nullptr;
};

// A state of a board and what is proven of it.
struct Claim {
  size_t board = 0;
  const int32_t* at = nullptr;  // nullptr: as the auction left it
  std::vector<int64_t> prices;  // of the board's nodes, in the classes' unit
  Proof proof;
  // Per demand, its least pay in the board's scale, at most its unserved cost, INT64_MAX where there is neither. Valid until the next upload
  // or proof.
  const int64_t* value = nullptr;
};

// One board, run by the whole device, or many, each by one block. Every call returns false once something failed; `trouble` and `words`
// then say what. Not to be used by two threads at once; several of them side by side are fine. Memory, streams and the like stay in the
// process for the next one (device_memory.cuh).
class DeviceBoards {
 public:
  explicit DeviceBoards(int32_t device);
  ~DeviceBoards();
  DeviceBoards(const DeviceBoards&) = delete;
  DeviceBoards& operator=(const DeviceBoards&) = delete;

  // Writes the image where the device takes it from, on so many threads, and completes it. Where something in it does not fit nothing can be
  // run, which is no trouble: image.fits says of what. Nor can it where mustStop said so: `stopped`.
  bool upload(Image& image, int32_t threads, const std::function<bool()>& mustStop);
  bool upload(const std::vector<const Layout*>& complete);
  // Runs all auctions from nothing; asks mustStop every now and then and ends early where it says so. One run at a time in a process: two
  // grids that each wait for all of their blocks could hold what the other needs. Who waits asks mustStop as well.
  bool run(const std::function<bool()>& mustStop);
  // What the auctions left, board by board; nothing placed where they were stopped before they began. Valid until the next upload or
  // run, the counters until the next proof.
  bool read(std::vector<Left>& left);
  bool read(size_t k, int32_t* at, int32_t* price, Tally& tally);  // copies of one board's
  // Both objectives of states of some boards, all at once.
  bool prove(std::vector<Claim>& claims);

  Trouble trouble = Trouble::kNone;
  std::string words;
  bool stopped = false;  // the last upload
  double uploadMilliseconds = 0;
  double runMilliseconds = 0;  // on the device's clock

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace outbid::cuda
