#include "loader.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

#if !defined(_WIN32)
#include <dlfcn.h>
#endif

#include "library_file.h"

namespace outbid::backend {

namespace {

constexpr uint32_t kDevices = 64;

Failure mismatch(const std::string& what) {
  return {"PLUGIN_API_MISMATCH", what};
}

// The fields are read in the order in which their presence is known: the version first, then the size, then the rest.
Failure check(const outbid_backend* entry) {
  if (entry == nullptr) return mismatch("its entry returns nothing");
  if (entry->api_version != OUTBID_BACKEND_API)
    return mismatch("it was built for version " + std::to_string(entry->api_version) + " of the contract, this is version " +
                    std::to_string(OUTBID_BACKEND_API) + "; install the plug-in of the same release");
  if (entry->size < sizeof(outbid_backend)) return mismatch("its structure is shorter than this version of the contract requires");
  if (entry->name == nullptr || entry->version == nullptr || entry->probe == nullptr || entry->solve == nullptr ||
      entry->release == nullptr || ((entry->features & OUTBID_FEATURE_BATCHES) != 0 && entry->solve_many == nullptr))
    return mismatch("it leaves out a function that this version of the contract requires");
  return {};
}

}  // namespace

#if defined(_WIN32)
Failure Plugin::open(const std::string&) {
  return {"PLATFORM_UNSUPPORTED", "plug-ins are loaded on Linux and macOS only"};
}
#else
Failure Plugin::open(const std::string& file) {
  std::error_code none;
  if (!std::filesystem::exists(file, none)) return {"PLUGIN_NOT_INSTALLED", "there is no file " + file};
  if (isCutShort(file)) return {"PLUGIN_UNREADABLE", file + " is shorter than its headers say: copied or downloaded in part"};
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* why = dlerror();
    return {"PLUGIN_UNREADABLE", why == nullptr ? file : why};
  }
  void* symbol = dlsym(library, OUTBID_BACKEND_SYMBOL);
  if (symbol == nullptr) return {"PLUGIN_SYMBOL_MISSING", file + " does not export " OUTBID_BACKEND_SYMBOL};
  outbid_backend_entry_function function = nullptr;
  static_assert(sizeof(function) == sizeof(symbol));
  std::memcpy(&function, &symbol, sizeof(function));
  const outbid_backend* entry = function();
  Failure failure = check(entry);
  if (failure)
    failure.detail = file + ": " + failure.detail;
  else
    entry_ = entry;
  return failure;
}
#endif

Failure Plugin::probe(std::vector<Device>& devices) const {
  outbid_device found[kDevices] = {};
  for (outbid_device& one : found) one.size = sizeof(outbid_device);
  uint32_t count = 0;
  Text text;
  const outbid_code code = entry_->probe(found, kDevices, &count, text.begin());
  if (Failure failure = failureOf(code, text.words())) return failure;
  if (count == 0) return {"NO_DEVICE", "the plug-in finds no device"};
  for (uint32_t k = 0; k < std::min(count, kDevices); k++) {
    found[k].name[sizeof(found[k].name) - 1] = 0;
    devices.push_back({found[k].name, found[k].arch, found[k].memory});
  }
  return {};
}

Failure failureOf(outbid_code code, const char* text) {
  switch (code) {
    case OUTBID_OK: return {};
    case OUTBID_UNSUPPORTED: return {"BACKEND_UNSUPPORTED", text};
    case OUTBID_COST_RANGE: return {"COST_RANGE", text};
    case OUTBID_OUT_OF_MEMORY: return {"OUT_OF_MEMORY", text};
    case OUTBID_DEVICE_OUT_OF_MEMORY: return {"DEVICE_OUT_OF_MEMORY", text};
    case OUTBID_CERTIFICATE_FAILED: return {"CERTIFICATE_FAILED", text};
    case OUTBID_DEVICE_FAILED: return {"DEVICE_FAILED", text};
    case OUTBID_DRIVER_NOT_FOUND: return {"DRIVER_NOT_FOUND", text};
    case OUTBID_DRIVER_TOO_OLD: return {"DRIVER_TOO_OLD", text};
    case OUTBID_NO_DEVICE: return {"NO_DEVICE", text};
    case OUTBID_ARCH_UNSUPPORTED: return {"ARCH_UNSUPPORTED", text};
    case OUTBID_STOPPED: return {"INTERNAL", "the plug-in stopped without having been told to"};
    default: return {"INTERNAL", *text != 0 ? text : "the plug-in returned code " + std::to_string(code)};
  }
}

}  // namespace outbid::backend
