// A plug-in for the tests of the host: the core behind the C contract, and every way to go wrong. Which way is said by the name of
// the file it was loaded from: stub_plugin.so answers well, NAME.so as the table below says. Copies are libraries of their own, so one
// process can hold them all.
#include <dlfcn.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <thread>

#include "../backend/plugin_side.h"

namespace {

using outbid::Answer;
using outbid::Control;
using outbid::Fault;
using outbid::Job;

// What a spoiled answer has wrong, by the name of its library.
struct Spoiler {
  const char* name;
  void (*spoil)(Answer& answer, outbid_answer& given);
};

const int32_t kHuge[1] = {INT32_MAX};

constexpr Spoiler kSpoilers[] = {
    {"wrong-objective", [](Answer&, outbid_answer& a) { a.objective += 1; }},
    {"wrong-bound", [](Answer&, outbid_answer& a) { a.bound -= 1; }},
    {"wrong-gap", [](Answer&, outbid_answer& a) { a.gap = 1; }},
    {"wrong-status", [](Answer&, outbid_answer& a) { a.status = OUTBID_STATUS_FEASIBLE; }},
    {"wrong-tolerance", [](Answer&, outbid_answer& a) { a.tolerance = 1; }},
    {"wrong-price", [](Answer& own, outbid_answer&) { own.prices[0] += 1000; }},
    {"negative-price", [](Answer& own, outbid_answer&) { own.prices[0] = -1; }},
    {"price-not-a-number", [](Answer& own, outbid_answer&) { own.prices[0] = NAN; }},
    {"wrong-value", [](Answer& own, outbid_answer&) { own.values[0] += 1; }},
    {"wrong-assignment", [](Answer& own, outbid_answer&) { own.assignment[0] = own.assignment[0] == 0 ? 1 : 0; }},
    {"assignment-out-of-range", [](Answer& own, outbid_answer&) { own.assignment[0] = INT32_MAX; }},
    {"unit-lost", [](Answer&, outbid_answer& a) { a.placed_count--; }},
    {"negative-units", [](Answer& own, outbid_answer&) { own.placedUnits[0] = -5; }},
    {"many-units", [](Answer& own, outbid_answer&) { own.placedUnits[0] = INT32_MAX; }},
    {"arc-out-of-range", [](Answer& own, outbid_answer&) { own.placedArcs.back() = INT32_MAX; }},
    {"arc-negative", [](Answer& own, outbid_answer&) { own.placedArcs[0] = -1; }},
    {"arcs-out-of-order", [](Answer& own, outbid_answer&) { std::swap(own.placedArcs[0], own.placedArcs[1]); }},
    {"arc-twice", [](Answer& own, outbid_answer&) { own.placedArcs[1] = own.placedArcs[0]; }},
    {"few-prices", [](Answer&, outbid_answer& a) { a.prices_count--; }},
    {"many-values", [](Answer&, outbid_answer& a) { a.values_count = INT64_MAX; }},
    {"negative-count", [](Answer&, outbid_answer& a) { a.placed_count = -1; }},
    {"many-arcs", [](Answer&, outbid_answer& a) { a.placed_count = int64_t{1} << 60; }},
    {"null-arrays", [](Answer&, outbid_answer& a) { a.prices = a.values = nullptr; }},
    {"unknown-status", [](Answer&, outbid_answer& a) { a.status = 77; }},
    {"short-answer", [](Answer&, outbid_answer& a) { a.size = 16; }},
    {"false-infeasible",
     [](Answer&, outbid_answer& a) {
       a.status = OUTBID_STATUS_INFEASIBLE;
       a.objective = a.bound = INFINITY;
       a.gap = NAN;
       a.prices_count = a.values_count = a.placed_count = a.assignment_count = 0;
       a.witness_demands = a.witness_nodes = kHuge;
       a.witness_demands_count = a.witness_nodes_count = 1;
       a.witness_needed = 2;
       a.witness_available = 1;
     }},
};

// Codes that probe returns.
struct Unusable {
  const char* name;
  outbid_code code;
  const char* text;
};

constexpr Unusable kUnusable[] = {
    {"no-driver", OUTBID_DRIVER_NOT_FOUND, "the stub has no driver"},
    {"old-driver", OUTBID_DRIVER_TOO_OLD, "the stub's driver is from 1999"},
    {"no-device", OUTBID_NO_DEVICE, "the stub has no device"},
    {"no-arch", OUTBID_ARCH_UNSUPPORTED, "the stub has no code for its device"},
    {"broken-device", OUTBID_DEVICE_FAILED, "the stub's device fell off the bus"},
    {"unknown-code", 4711, ""},
};

// Codes that solve returns.
constexpr Unusable kFailing[] = {
    {"device-memory", OUTBID_DEVICE_OUT_OF_MEMORY, "the stub's device has 0 bytes left"},
    {"host-memory", OUTBID_OUT_OF_MEMORY, ""},
    {"failed-device", OUTBID_DEVICE_FAILED, "the stub's device fell off the bus"},
    {"own-check", OUTBID_CERTIFICATE_FAILED, "the stub found its own mistake"},
    {"refuses", OUTBID_UNSUPPORTED, "odd numbers"},
    {"unknown-solve-code", 4711, ""},
    {"stops-by-itself", OUTBID_STOPPED, ""},
    {"lost-driver", OUTBID_DRIVER_NOT_FOUND, "the stub's driver is gone"},
};

void marker() {}

// The name of the library's file, without folder and ending.
const char* behaviour() {
  static const std::string name = [] {
    Dl_info info{};
    if (dladdr(reinterpret_cast<void*>(&marker), &info) == 0 || info.dli_fname == nullptr) return std::string();
    std::string file = info.dli_fname;
    file = file.substr(file.find_last_of('/') + 1);
    return file.substr(0, file.find('.'));
  }();
  return name.c_str();
}

bool is(const char* name) {
  return std::strcmp(behaviour(), name) == 0;
}

outbid_code probe(outbid_device* devices, uint32_t room, uint32_t* count, char* text) {
  for (const Unusable& one : kUnusable) {
    if (!is(one.name)) continue;
    outbid::plugin::say(text, one.text);
    return one.code;
  }
  if (is("endless-text")) {
    std::memset(text, 'x', OUTBID_TEXT_BYTES);
    return OUTBID_NO_DEVICE;
  }
  *count = is("many-devices") ? 1000 : 1;
  for (uint32_t k = 0; k < *count && k < room; k++) {
    devices[k].arch = 90;
    devices[k].memory = uint64_t{1} << 37;
    std::snprintf(devices[k].name, sizeof(devices[k].name), "stub device %u", k);
  }
  return OUTBID_OK;
}

outbid_code solve(const outbid_problem* problem, const outbid_request* request, const outbid_control* host,
                  const outbid_answer** answer, char* text) {
  for (const Unusable& one : kFailing) {
    if (!is(one.name)) continue;
    outbid::plugin::say(text, one.text);
    return one.code;
  }
  if (is("no-answer")) return OUTBID_OK;
  if (is("slow")) {
    while (host->must_stop(host->context) == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return OUTBID_STOPPED;
  }
  if (is("wild-progress") && host->progress != nullptr) {
    for (int k = 0; k < 3; k++) {
      const outbid_progress at{sizeof(outbid_progress), 99, -7, -1, INT64_MIN, NAN};
      host->progress(host->context, &at);
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
    }
  }
  const outbid::ProblemView view = outbid::plugin::viewOf(*problem);
  Control control;
  outbid::plugin::connect(control, *request, *host);
  Job job;
  outbid::Request wanted = outbid::plugin::requestOf(*request);
  if (is("stops-short")) wanted.gap = std::numeric_limits<double>::infinity();
  Fault fault = job.build(view, wanted);
  if (fault == Fault::kNone) fault = job.run(control);
  if (fault != Fault::kNone) return outbid::plugin::codeOf(fault);
  if (control.aborted()) return OUTBID_STOPPED;
  outbid_answer* given = outbid::plugin::giveOut(std::move(job.answer()), "stub device 0");
  given->upload_milliseconds = 0.5;
  for (const Spoiler& one : kSpoilers) {
    if (is(one.name)) one.spoil(static_cast<outbid::plugin::GivenAnswer*>(given->owner)->answer, *given);
  }
  *answer = given;
  return OUTBID_OK;
}

outbid_code solveMany(int64_t count, const outbid_problem* const* problems, const outbid_request* requests,
                      const outbid_control* host, const outbid_answer** answers, outbid_code* codes, char* text) {
  for (int64_t k = 0; k < count; k++) {
    codes[k] = solve(problems[k], &requests[k], host, &answers[k], text);
    if (codes[k] == OUTBID_OK && answers[k] != nullptr)
      const_cast<outbid_answer*>(answers[k])->device = "stub device 0, in a batch";
    if (is("half-a-batch") && k >= count / 2) {
      if (codes[k] == OUTBID_OK) outbid::plugin::release(answers[k]);
      answers[k] = nullptr;
      codes[k] = OUTBID_DEVICE_OUT_OF_MEMORY;
    }
  }
  return OUTBID_OK;
}

constexpr uint64_t kAll = (OUTBID_FEATURE_BATCHES << 1) - 1;

outbid_backend entry = {
    OUTBID_BACKEND_API, sizeof(outbid_backend),  "cuda", "stub", kAll, INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX, probe, solve,
    solveMany,          outbid::plugin::release,
};

}  // namespace

extern "C" const outbid_backend* outbid_backend_entry(void) {
  static const bool once = [] {
    if (is("other-version")) entry.api_version = OUTBID_BACKEND_API + 1;
    if (is("short-entry")) entry.size = 24;
    if (is("no-solve")) entry.solve = nullptr;
    if (is("one-at-a-time")) entry.features &= ~OUTBID_FEATURE_BATCHES;
    if (is("plain")) {
      entry.features = OUTBID_FEATURE_SPARSE | OUTBID_FEATURE_DENSE;
      entry.max_nodes = 4;
    }
    return true;
  }();
  return once && is("no-entry") ? nullptr : &entry;
}
