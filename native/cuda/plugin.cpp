// The plug-in: the contract of backend/contract.h over the core, whose auction runs on a device. The core merges, finishes and proves; the
// device proves again. Until a device has been measured the backend is experimental, and the version says so.
#include <algorithm>
#include <atomic>
#include <thread>

#include "../backend/plugin_side.h"
#include "device_opener.h"

namespace {

using namespace outbid;
using outbid::cuda::DeviceBoards;
using outbid::cuda::DeviceFacts;
using outbid::cuda::DeviceOpener;
using outbid::cuda::FoundOpening;
using outbid::cuda::Layout;
using outbid::cuda::Trouble;
using outbid::cuda::UnitMap;

constexpr uint64_t kFeatures = OUTBID_FEATURE_SPARSE | OUTBID_FEATURE_DENSE | OUTBID_FEATURE_UNITS | OUTBID_FEATURE_CAPACITY |
                               OUTBID_FEATURE_UNSERVED | OUTBID_FEATURE_MAXIMIZE | OUTBID_FEATURE_DEADLINE |
                               OUTBID_FEATURE_DETERMINISTIC | OUTBID_FEATURE_BATCHES;

outbid_code codeOf(Trouble trouble) {
  switch (trouble) {
    case Trouble::kNone: return OUTBID_OK;
    case Trouble::kOutOfMemory: return OUTBID_DEVICE_OUT_OF_MEMORY;
    case Trouble::kFailed: return OUTBID_DEVICE_FAILED;
    case Trouble::kNoDriver: return OUTBID_DRIVER_NOT_FOUND;
    case Trouble::kOldDriver: return OUTBID_DRIVER_TOO_OLD;
    case Trouble::kNoDevice: return OUTBID_NO_DEVICE;
    case Trouble::kNoCode: return OUTBID_ARCH_UNSUPPORTED;
  }
  return OUTBID_INTERNAL;
}

// The device a request names, or why it cannot be had.
outbid_code deviceOf(int32_t index, std::string& name, char* text) {
  std::vector<DeviceFacts> devices;
  std::string words;
  const Trouble trouble = cuda::findDevices(devices, words);
  if (trouble != Trouble::kNone) return plugin::say(text, words.c_str()), codeOf(trouble);
  if (index < 0 || static_cast<size_t>(index) >= devices.size())
    return plugin::say(text, "there is no device of that number"), OUTBID_NO_DEVICE;
  const DeviceFacts& facts = devices[static_cast<size_t>(index)];
  name = std::string(facts.name) + " (sm_" + std::to_string(facts.arch) + ")";
  return OUTBID_OK;
}

outbid_code refuse(const char* unfit, char* text) {
  plugin::say(text, (std::string("the problem has ") + unfit).c_str());
  return OUTBID_UNSUPPORTED;
}

const char* const kDisagree = "objective or bound differ between the device and the core";

outbid_code probe(outbid_device* devices, uint32_t room, uint32_t* count, char* text) {
  *count = 0;
  try {
    std::vector<DeviceFacts> found;
    std::string words;
    const Trouble trouble = cuda::findDevices(found, words);
    plugin::say(text, words.c_str());
    if (trouble != Trouble::kNone) return codeOf(trouble);
    *count = static_cast<uint32_t>(found.size());
    for (size_t k = 0; k < found.size() && k < room; k++) {
      outbid_device& to = devices[k];
      if (to.size < sizeof(outbid_device)) return OUTBID_INTERNAL;
      to.arch = static_cast<uint32_t>(found[k].arch);
      to.memory = found[k].memory;
      std::snprintf(to.name, sizeof(to.name), "%s", found[k].name);
    }
    return OUTBID_OK;
  } catch (...) {
    return OUTBID_OUT_OF_MEMORY;
  }
}

outbid_code solve(const outbid_problem* problem, const outbid_request* request, const outbid_control* host,
                  const outbid_answer** answer, char* text) {
  plugin::say(text, "");
  try {
    std::string name;
    if (const outbid_code code = deviceOf(request->device, name, text); code != OUTBID_OK) return code;
    const ProblemView view = plugin::viewOf(*problem);
    Control control;
    plugin::connect(control, *request, *host);
    DeviceOpener opener(request->device, request->seed);
    Request wanted = plugin::requestOf(*request);
    wanted.opener = &opener;
    Job job;
    if (const Fault fault = job.build(view, wanted); fault != Fault::kNone) return plugin::codeOf(fault);
    const Fault fault = job.run(control);
    if (host->must_stop(host->context) != 0) return OUTBID_STOPPED;
    if (opener.unfit != nullptr) return refuse(opener.unfit, text);
    if (opener.boards.trouble != Trouble::kNone)
      return plugin::say(text, opener.boards.words.c_str()), codeOf(opener.boards.trouble);
    if (fault != Fault::kNone) return plugin::codeOf(fault);
    if (opener.opened() && job.answer().status == Status::kOptimal &&
        !proveOn(opener.boards, 0, opener.units(), view, job.answer())) {
      if (opener.boards.trouble != Trouble::kNone)
        return plugin::say(text, opener.boards.words.c_str()), codeOf(opener.boards.trouble);
      return plugin::say(text, kDisagree), OUTBID_CERTIFICATE_FAILED;
    }
    outbid_answer* given = plugin::giveOut(std::move(job.answer()), name.c_str());
    given->bids = opener.tally.end.bids;
    given->upload_milliseconds = opener.boards.uploadMilliseconds;
    given->solve_milliseconds -= opener.boards.uploadMilliseconds;
    *answer = given;
    return OUTBID_OK;
  } catch (...) {
    return OUTBID_OUT_OF_MEMORY;
  }
}

struct Entry {
  Layout layout;
  std::unique_ptr<UnitMap> units;
  std::vector<int32_t> at;
  std::vector<int32_t> price;
  cuda::Tally tally{};
  Job job;
  size_t board = SIZE_MAX;  // SIZE_MAX: not on the device
  outbid_code code = OUTBID_OK;
  const char* words = "";
};

template <class Body>
void onThreads(int32_t threads, size_t count, Body body) {
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t k = next++; k < count; k = next++) body(k);
  };
  std::vector<std::thread> others;
  try {
    for (int32_t t = 1; t < threads && static_cast<size_t>(t) < count; t++) others.emplace_back(work);
  } catch (const std::system_error&) {
    // Those there are do all of it.
  }
  work();
  for (std::thread& other : others) other.join();
}

outbid_code solveMany(int64_t count, const outbid_problem* const* problems, const outbid_request* requests,
                      const outbid_control* host, const outbid_answer** answers, outbid_code* codes, char* text) {
  plugin::say(text, "");
  if (count == 0) return OUTBID_OK;
  try {
    std::string name;
    if (const outbid_code code = deviceOf(requests[0].device, name, text); code != OUTBID_OK) return code;
    std::vector<Entry> entries(static_cast<size_t>(count));
    const int32_t threads = std::max(1, requests[0].threads);
    // One code for what may go wrong in any thread; nothing may be thrown out of one.
    const auto guarded = [&](auto body) {
      onThreads(threads, entries.size(), [&](size_t k) {
        try {
          if (entries[k].code == OUTBID_OK) body(k, entries[k]);
        } catch (...) {
          entries[k].code = OUTBID_OUT_OF_MEMORY;
        }
      });
    };
    guarded([&](size_t k, Entry& entry) {
      Classes classes;
      if (const Fault fault = mergeClasses(plugin::viewOf(*problems[k]), classes); fault != Fault::kNone) {
        entry.code = plugin::codeOf(fault);
        return;
      }
      entry.words = cuda::misfit(classes);
      if (entry.words == nullptr && !cuda::layOut(classes, requests[k].seed, entry.layout))
        entry.words = "more slots than a device takes";
      if (entry.words != nullptr) {
        entry.code = OUTBID_UNSUPPORTED;
        return;
      }
      entry.units = std::make_unique<UnitMap>(classes);
      entry.at.resize(static_cast<size_t>(entry.layout.demands));
      entry.price.resize(static_cast<size_t>(entry.layout.nodes));
    });
    DeviceBoards boards(requests[0].device);
    std::vector<const Layout*> layouts;
    for (Entry& entry : entries) {
      if (entry.code != OUTBID_OK) continue;
      entry.board = layouts.size();
      layouts.push_back(&entry.layout);
    }
    Control all;
    plugin::connect(all, requests[0], *host);
    const auto trouble = [&] { return plugin::say(text, boards.words.c_str()), codeOf(boards.trouble); };
    if (!layouts.empty()) {
      if (!boards.upload(layouts) || !boards.run([&] { return all.mustStop(); })) return trouble();
      for (Entry& entry : entries) {
        if (entry.board != SIZE_MAX && !boards.read(entry.board, entry.at.data(), entry.price.data(), entry.tally))
          return trouble();
      }
    }
    guarded([&](size_t k, Entry& entry) {
      FoundOpening opening(entry.layout, entry.at, entry.price);
      Request wanted = plugin::requestOf(requests[k]);
      wanted.opener = &opening;
      wanted.threads = 1;
      Control control;
      plugin::connect(control, requests[k], *host);
      control.report = nullptr;
      control.hasDeadline = all.hasDeadline;
      control.deadline = all.deadline;
      Fault fault = entry.job.build(plugin::viewOf(*problems[k]), wanted);
      if (fault == Fault::kNone) fault = entry.job.run(control);
      entry.code = plugin::codeOf(fault);
    });
    if (host->must_stop(host->context) != 0) return OUTBID_STOPPED;
    for (size_t k = 0; k < entries.size(); k++) {
      Entry& entry = entries[k];
      if (entry.code == OUTBID_OK && entry.job.answer().status == Status::kOptimal &&
          !proveOn(boards, entry.board, *entry.units, plugin::viewOf(*problems[k]), entry.job.answer())) {
        if (boards.trouble != Trouble::kNone) return trouble();
        entry.code = OUTBID_CERTIFICATE_FAILED;
        entry.words = kDisagree;
      }
    }
    std::vector<outbid_answer*> given(entries.size(), nullptr);
    bool explained = false;
    for (size_t k = 0; k < entries.size(); k++) {
      Entry& entry = entries[k];
      if (entry.code == OUTBID_OK) {
        try {
          given[k] = plugin::giveOut(std::move(entry.job.answer()), name.c_str());
          given[k]->bids = entry.tally.end.bids;
          given[k]->upload_milliseconds = boards.uploadMilliseconds / static_cast<double>(layouts.size());
        } catch (const std::bad_alloc&) {
          entry.code = OUTBID_OUT_OF_MEMORY;
        }
      }
      codes[k] = entry.code;
      answers[k] = given[k];
      if (entry.code == OUTBID_OK || explained) continue;
      explained = true;
      if (entry.code == OUTBID_UNSUPPORTED)
        refuse(entry.words, text);
      else
        plugin::say(text, entry.words == nullptr ? "" : entry.words);
    }
    return OUTBID_OK;
  } catch (...) {
    return OUTBID_OUT_OF_MEMORY;
  }
}

constexpr outbid_backend kBackend = {OUTBID_BACKEND_API,
                                     sizeof(outbid_backend),
                                     "cuda",
                                     "0.1.0 (experimental)",
                                     kFeatures,
                                     cuda::kMostUnits,
                                     int64_t{1} << 27,
                                     INT32_MAX,
                                     INT32_MAX,
                                     probe,
                                     solve,
                                     solveMany,
                                     plugin::release};

}  // namespace

extern "C" const outbid_backend* outbid_backend_entry(void) {
  return &kBackend;
}
