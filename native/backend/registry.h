// The plug-ins that were opened, by file. One for each environment of the binding; the system's loader shares the libraries.
// A file that could not be used is tried anew when it is asked for again: it may have been replaced.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "loader.h"

namespace outbid::backend {

class Registry {
 public:
  // The plug-in, which stays where it is as long as the registry, or nullptr and why.
  const Plugin* open(const std::string& file, Failure& failure) {
    const auto known = plugins_.find(file);
    if (known != plugins_.end()) return known->second.get();
    std::unique_ptr<Plugin> plugin = std::make_unique<Plugin>();
    if ((failure = plugin->open(file))) return nullptr;
    return plugins_.emplace(file, std::move(plugin)).first->second.get();
  }

 private:
  std::map<std::string, std::unique_ptr<Plugin>> plugins_;
};

}  // namespace outbid::backend
