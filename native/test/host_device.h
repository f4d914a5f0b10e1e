// Processor threads in a device's place: DeviceBoards (cuda/device.h) over the executor of auction_team.h, and what a device may report.
#pragma once

#include "device.h"

namespace outbid::test {

// What the device does when it is next asked; set by a test, one thread at a time.
struct DeviceScript {
  cuda::Trouble probe = cuda::Trouble::kNone;   // of findDevices
  cuda::Trouble upload = cuda::Trouble::kNone;  // of every upload
  cuda::Trouble run = cuda::Trouble::kNone;     // of every run
  bool wrongProof = false;                      // the certificate finds a dual that is off by one
  bool waits = false;                           // not uploads ask mustStop but a run, before it begins, until it says so
  int runs = 0;                                 // how many there were
};

DeviceScript& deviceScript();

}  // namespace outbid::test
