// Boards on a device, as the host sees them. Nothing of CUDA's own headers shows here, so what is built on it is plain C++, and the tests
// link it with processor threads in a device's place.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "layout.h"

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

// One board, run by the whole device, or many, each by one block. Every call returns false once something failed; `trouble` and `words`
// then say what. Not to be used by two threads at once; several of them side by side are fine.
class DeviceBoards {
 public:
  explicit DeviceBoards(int32_t device);
  ~DeviceBoards();
  DeviceBoards(const DeviceBoards&) = delete;
  DeviceBoards& operator=(const DeviceBoards&) = delete;

  bool upload(const std::vector<const Layout*>& layouts);
  // Runs all auctions from nothing; asks mustStop every now and then and ends early where it says so. One run at a time in a process: two
  // grids that each wait for all of their blocks could hold what the other needs. Who waits asks mustStop as well.
  bool run(const std::function<bool()>& mustStop);
  // What the k-th auction left, nothing placed where it was stopped before it began: at, per demand; price, per node; the counters.
  bool read(size_t k, int32_t* at, int32_t* price, Tally& tally);
  // Both objectives of a state of the k-th board; value, if asked for: per demand, its least pay in the board's scale, at most its unserved
  // cost, INT64_MAX where there is neither.
  bool prove(size_t k, const int32_t* at, const int64_t* price, Proof& proof, int64_t* value);

  Trouble trouble = Trouble::kNone;
  std::string words;
  double uploadMilliseconds = 0;
  double runMilliseconds = 0;  // on the device's clock

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace outbid::cuda
