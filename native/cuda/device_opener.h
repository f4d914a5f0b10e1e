// The opener that runs on a device, and the certificate there.
#pragma once

#include <memory>

#include "device.h"
#include "opener.h"
#include "unit_map.h"

namespace outbid::cuda {

// True if the device finds the objective and bound of an optimal answer, to the last bit, for its prices and placements.
bool proveOn(DeviceBoards& boards, size_t k, const UnitMap& units, const ProblemView& view, const Answer& answer);

class DeviceOpener : public Opener {
 public:
  DeviceOpener(int32_t device, uint64_t seed) : boards(device), seed_(seed) {}

  // Where the device or the problem does not allow it, asks the control to stop: there is to be no answer of another backend's making.
  bool open(Market& market, Control& control) override;
  bool opened() const { return units_ != nullptr; }
  const UnitMap& units() const { return *units_; }

  DeviceBoards boards;
  const char* unfit = nullptr;  // what the problem has that a board has not
  Tally tally{};

 private:
  uint64_t seed_;
  Layout layout_;
  std::unique_ptr<UnitMap> units_;
};

}  // namespace outbid::cuda
