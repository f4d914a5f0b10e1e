// Opens a plug-in (see contract.h) and says why one cannot be used, each cause by a code of its own:
//
//   PLATFORM_UNSUPPORTED   plug-ins are not loaded on this system
//   PLUGIN_NOT_INSTALLED   there is no such file
//   PLUGIN_UNREADABLE      the system's loader refuses it; its words are the detail
//   PLUGIN_SYMBOL_MISSING  it exports no entry
//   PLUGIN_API_MISMATCH    it was built for another version of the contract, or leaves out what this one requires
//   DRIVER_NOT_FOUND, DRIVER_TOO_OLD, NO_DEVICE, ARCH_UNSUPPORTED, DEVICE_FAILED   what its own probe finds
//
// A library that was opened stays open to the end of the process: it may have threads and a driver's state.
#pragma once

#include <string>
#include <vector>

#include "contract.h"
#include "failure.h"

namespace outbid::backend {

struct Device {
  std::string name;
  uint32_t arch = 0;  // 10 * major + minor
  uint64_t memory = 0;
};

class Plugin {
 public:
  // The file is an absolute path. On failure `entry` stays null.
  Failure open(const std::string& file);
  // What it could run on: at least one device, or a failure. Creates no context on a device.
  Failure probe(std::vector<Device>& devices) const;

  const outbid_backend& entry() const { return *entry_; }
  bool has(uint64_t feature) const { return (entry_->features & feature) == feature; }

 private:
  const outbid_backend* entry_ = nullptr;
};

// The failure that a code of the contract stands for; OUTBID_OK is none.
Failure failureOf(outbid_code code, const char* text);

// A buffer for a plug-in's words, safe to read whatever was written into it.
struct Text {
  char data[OUTBID_TEXT_BYTES + 1] = {};
  char* begin() {
    data[0] = 0;
    return data;
  }
  const char* words() {
    data[OUTBID_TEXT_BYTES] = 0;
    return data;
  }
};

}  // namespace outbid::backend
