// The plug-in: the contract of backend/contract.h over the core, whose auction runs on a device. The core merges, finishes and proves; the
// device proves too. Until a device has been measured the backend is experimental, and the version says so.
#include "../backend/plugin_side.h"
#include "solve_boards.h"

namespace {

using namespace outbid;
using outbid::cuda::DeviceBoards;
using outbid::cuda::DeviceFacts;
using outbid::cuda::Trouble;

// All but stopping at a gap: the host then asks for the optimum.
constexpr uint64_t kFeatures = OUTBID_FEATURE_SPARSE | OUTBID_FEATURE_DENSE | OUTBID_FEATURE_FLOAT_COSTS | OUTBID_FEATURE_UNITS |
                               OUTBID_FEATURE_CAPACITY | OUTBID_FEATURE_ARC_CAPACITY | OUTBID_FEATURE_TIERS |
                               OUTBID_FEATURE_UNSERVED | OUTBID_FEATURE_MAXIMIZE | OUTBID_FEATURE_WARM_PRICES |
                               OUTBID_FEATURE_DEADLINE | OUTBID_FEATURE_DETERMINISTIC | OUTBID_FEATURE_BATCHES;

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

// What a task came to, as a code with its words; an answer only where that is OUTBID_OK.
outbid_code giveTask(cuda::Task& task, const std::string& device, const cuda::BatchTimes& times, double share, std::string& words,
                     const outbid_answer** answer) {
  switch (task.end) {
    case cuda::TaskEnd::kUnfit: return words = std::string("the problem has ") + task.unfit, OUTBID_UNSUPPORTED;
    case cuda::TaskEnd::kFault: return plugin::codeOf(task.fault);
    case cuda::TaskEnd::kDisagrees:
      return words = "objective or bound differ between the device and the core", OUTBID_CERTIFICATE_FAILED;
    case cuda::TaskEnd::kAnswered: break;
  }
  outbid_answer* given = plugin::giveOut(std::move(task.answer), device.c_str());
  given->bids = task.tally.end.bids;
  given->layout_milliseconds = share * times.layout;
  given->upload_milliseconds = share * times.upload;
  given->solve_milliseconds = share * (times.device + times.finish);
  *answer = given;
  return OUTBID_OK;
}

// One deadline for all: the clock starts with the call.
outbid_code solveAll(size_t count, const outbid_problem* const* problems, const outbid_request* requests,
                     const outbid_control* host, const outbid_answer** answers, outbid_code* codes, char* text) {
  std::string name;
  if (const outbid_code code = deviceOf(requests[0].device, name, text); code != OUTBID_OK) return code;
  std::vector<Control> controls(count);
  std::vector<cuda::Task> tasks(count);
  for (size_t k = 0; k < count; k++) {
    plugin::connect(controls[k], requests[k], *host);
    if (count > 1) controls[k].report = nullptr;  // from one thread at a time
    tasks[k].view = plugin::viewOf(*problems[k]);
    tasks[k].request = plugin::requestOf(requests[k]);
    if (count > 1) tasks[k].request.threads = 1;
    tasks[k].control = &controls[k];
    tasks[k].deterministic = requests[k].deterministic != 0;
  }
  DeviceBoards boards(requests[0].device);
  cuda::BatchTimes times;
  const bool good = cuda::solveBoards(tasks, boards, requests[0].threads, times);
  if (host->must_stop(host->context) != 0) return OUTBID_STOPPED;
  if (!good) return plugin::say(text, boards.words.c_str()), codeOf(boards.trouble);
  bool explained = false;
  for (size_t k = 0; k < count; k++) {
    std::string words;
    answers[k] = nullptr;
    try {
      codes[k] = giveTask(tasks[k], name, times, 1 / static_cast<double>(count), words, &answers[k]);
    } catch (const std::bad_alloc&) {
      codes[k] = OUTBID_OUT_OF_MEMORY;
    }
    if (codes[k] != OUTBID_OK && !explained) plugin::say(text, words.c_str());
    explained |= codes[k] != OUTBID_OK;
  }
  return OUTBID_OK;
}

outbid_code solveMany(int64_t count, const outbid_problem* const* problems, const outbid_request* requests,
                      const outbid_control* host, const outbid_answer** answers, outbid_code* codes, char* text) {
  plugin::say(text, "");
  try {
    return count == 0 ? OUTBID_OK : solveAll(static_cast<size_t>(count), problems, requests, host, answers, codes, text);
  } catch (...) {
    return OUTBID_OUT_OF_MEMORY;
  }
}

outbid_code solve(const outbid_problem* problem, const outbid_request* request, const outbid_control* host,
                  const outbid_answer** answer, char* text) {
  const outbid_answer* given = nullptr;
  outbid_code its = OUTBID_OK;
  const outbid_code all = solveMany(1, &problem, request, host, &given, &its, text);
  if (all == OUTBID_OK && its == OUTBID_OK) *answer = given;
  return all == OUTBID_OK ? its : all;
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
