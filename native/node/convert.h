// JavaScript values to the core's views and back. The objects that arrive are made by lib/backend/native.ts from a checked
// Problem, but a Problem's arrays stay in the caller's hands: they may have been detached, shrunk or exchanged for others since.
// So every type and every length is compared with the counts here, and a view is only built when all of them fit.
#pragma once

#include "../backend/run.h"
#include "napi_setup.h"

namespace outbid::node {

// Fills `view` with borrowed pointers. Returns the name of the first argument that does not fit, or nullptr. The pointers hold
// until JavaScript runs again, and nothing here runs any: `fields` is a plain object, without getters.
const char* viewOf(Napi::Object fields, ProblemView& view);

// True if other threads of JavaScript may write to one of its arrays.
bool isShared(Napi::Object fields);

// What a request says besides the problem. `request.prices` borrows, as above.
struct Wishes {
  Request request;
  bool hasDeadline = false;
  Control::Clock::time_point deadline{};
  std::string plugin;  // its file; empty: the core
  bool deterministic = false;

  void apply(Control& control) const;
};

const char* wishesOf(Napi::Object fields, int32_t nodes, Wishes& wishes);

// The parts of a solution that slotValues and certificatePass take.
struct Placed {
  const double* prices = nullptr;
  const int32_t* arcs = nullptr;
  const int32_t* units = nullptr;
  size_t count = 0;
};

const char* placedOf(const Napi::CallbackInfo& info, int32_t nodes, Placed& placed);

// { fault, argument?, detail?, index? }: what went wrong, by the code the caller will see.
Napi::Object faultObject(Napi::Env env, const char* code, const char* argument = nullptr);
Napi::Object failureObject(Napi::Env env, const backend::Failure& failure, size_t index = 0);

// The answer in arrays owned by JavaScript, or a fault.
Napi::Object outcomeObject(Napi::Env env, const backend::Outcome& outcome);
// A list of as many, or the first fault.
Napi::Object outcomeList(Napi::Env env, const std::vector<backend::Outcome>& outcomes);
Napi::Object pluginObject(Napi::Env env, const outbid_backend& entry, const std::vector<backend::Device>& devices);
Napi::Object progressObject(Napi::Env env, const ProgressReport& report);
Napi::Float64Array doubles(Napi::Env env, const double* data, size_t count);

}  // namespace outbid::node
