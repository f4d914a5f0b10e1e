#include "run.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <new>

#include "../core/threads.h"

namespace outbid::backend {

Failure CoreRun::build(const ProblemView& view, const Request& request) noexcept {
  return {faultCode(job_.build(view, request)), ""};
}

void CoreRun::run(Control& control) noexcept {
  outcomes[0].failure.code = faultCode(job_.run(control));
  outcomes[0].answer = std::move(job_.answer());
}

namespace {

struct Named {
  uint64_t feature;
  const char* words;
};

constexpr Named kFeatures[] = {
    {OUTBID_FEATURE_SPARSE, "problems given as lists of arcs"},
    {OUTBID_FEATURE_DENSE, "dense problems"},
    {OUTBID_FEATURE_FLOAT_COSTS, "costs that are not whole numbers"},
    {OUTBID_FEATURE_UNITS, "demands of other than one unit"},
    {OUTBID_FEATURE_CAPACITY, "nodes of more than one slot"},
    {OUTBID_FEATURE_ARC_CAPACITY, "arc capacities"},
    {OUTBID_FEATURE_TIERS, "tiers"},
    {OUTBID_FEATURE_UNSERVED, "unserved costs"},
    {OUTBID_FEATURE_MAXIMIZE, "maximising"},
    {OUTBID_FEATURE_WARM_PRICES, "warm prices"},
    {OUTBID_FEATURE_DEADLINE, "deadlines"},
    {OUTBID_FEATURE_DETERMINISTIC, "deterministic assignments"},
};

Failure noAnswer() {
  return {"INTERNAL", "the plug-in returned no answer"};
}

Failure tooLarge(const char* what, int64_t count, int64_t most) {
  return {"BACKEND_UNSUPPORTED", std::to_string(count) + " " + what + "; it takes " + std::to_string(most)};
}

}  // namespace

// What a plug-in reaches during a call. The progress of a batch is told as one: units of the problems begun, the mean fraction.
struct PluginRun::Host {
  Host(Control& to, size_t count) : control(to), latest(count) {
    handle.size = sizeof(outbid_control);
    handle.context = this;
    handle.must_stop = [](void* context) { return static_cast<Host*>(context)->control.aborted() ? 1u : 0u; };
    if (control.report != nullptr)
      handle.progress = [](void* context, const outbid_progress* at) { static_cast<Host*>(context)->tell(at); };
  }

  void tell(const outbid_progress* at) {
    if (at == nullptr || at->size < sizeof(outbid_progress)) return;
    std::lock_guard<std::mutex> lock(mutex);
    const size_t index = latest.size() == 1 ? 0 : static_cast<size_t>(at->index) + first;
    if (index >= latest.size()) return;
    ProgressReport& own = latest[index];
    own.phase = at->phase <= OUTBID_PHASE_CERTIFICATE ? static_cast<Phase>(at->phase) : Phase::kAuction;
    own.units = std::max<int64_t>(0, at->units);
    own.placed = std::clamp<int64_t>(at->placed, 0, own.units);
    own.fraction = at->fraction >= 0 ? std::min(at->fraction, 1.0) : 0;
    sum(own.phase);
  }

  void done(size_t index) {
    std::lock_guard<std::mutex> lock(mutex);
    latest[index].placed = latest[index].units;
    latest[index].fraction = 1;
    if (latest.size() > 1) sum(Phase::kCertificate);
  }

  void sum(Phase phase) {
    int64_t placed = 0;
    int64_t units = 0;
    double fraction = 0;
    for (const ProgressReport& one : latest) {
      placed += one.placed;
      units += one.units;
      fraction += one.fraction;
    }
    control.progress(phase, placed, units, fraction / static_cast<double>(latest.size()));
  }

  Control& control;
  outbid_control handle{};
  size_t first = 0;  // the problem that a plug-in of one problem at a time calls 0
  std::mutex mutex;
  std::vector<ProgressReport> latest;
};

Failure PluginRun::missing(const Snapshot& problem) const {
  const outbid_backend& entry = plugin_.entry();
  uint64_t needs = problem.problem().needs;
  if (problem.prices() != nullptr) needs |= OUTBID_FEATURE_WARM_PRICES;
  if (deterministic_) needs |= OUTBID_FEATURE_DETERMINISTIC;
  for (const Named& one : kFeatures) {
    if ((needs & one.feature) != 0 && !plugin_.has(one.feature)) return {"BACKEND_UNSUPPORTED", one.words};
  }
  const ProblemView& view = problem.view();
  if (view.demands > entry.max_demands) return tooLarge("demands", view.demands, entry.max_demands);
  if (view.nodes > entry.max_nodes) return tooLarge("nodes", view.nodes, entry.max_nodes);
  if (view.arcs > entry.max_arcs) return tooLarge("arcs", view.arcs, entry.max_arcs);
  if (problem.largestCount() > entry.max_units)
    return tooLarge("units of a demand or slots of a node", problem.largestCount(), entry.max_units);
  return {};
}

Failure PluginRun::build(const ProblemView& view, const Request& request, bool copy) noexcept {
  try {
    Item item;
    item.request = request;
    if (Failure failure = item.problem.take(view, request.prices, copy, request.threads)) return failure;
    if (Failure failure = missing(item.problem)) return failure;
    items_.push_back(std::move(item));
    outcomes.emplace_back();
    return {};
  } catch (const std::bad_alloc&) {
    return {"OUT_OF_MEMORY", ""};
  }
}

size_t PluginRun::bytes() const {
  size_t sum = 0;
  for (const Item& item : items_) sum += item.problem.bytes();
  return sum;
}

outbid_request PluginRun::requestOf(const Item& item, const Control& control) const {
  outbid_request request{};
  request.size = sizeof(outbid_request);
  request.deterministic = deterministic_;
  request.seed = item.request.seed;
  request.gap = plugin_.has(OUTBID_FEATURE_GAP) ? item.request.gap : 0;
  request.seconds = INFINITY;
  if (control.hasDeadline)
    request.seconds = std::max(0.0, std::chrono::duration<double>(control.deadline - Control::Clock::now()).count());
  request.prices = item.problem.prices();
  request.threads = item.request.threads;
  return request;
}

void PluginRun::run(Control& control) noexcept {
  try {
    if (control.hasDeadline && !plugin_.has(OUTBID_FEATURE_DEADLINE)) {
      outcomes[0].failure = {"BACKEND_UNSUPPORTED", "deadlines"};
      return;
    }
    Host host(control, items_.size());
    if (items_.size() > 1 && plugin_.has(OUTBID_FEATURE_BATCHES)) {
      if (Failure failure = solveAll(host)) outcomes[0].failure = failure;
      return;
    }
    for (size_t k = 0; k < items_.size() && !control.aborted(); k++) {
      host.first = k;
      if ((outcomes[k].failure = solveOne(k, host))) return;
      host.done(k);
    }
  } catch (const std::bad_alloc&) {
    outcomes[0].failure = {"OUT_OF_MEMORY", ""};
  } catch (...) {
    outcomes[0].failure = {"INTERNAL", ""};
  }
}

Failure PluginRun::solveOne(size_t index, Host& host) {
  const outbid_request request = requestOf(items_[index], host.control);
  const outbid_answer* given = nullptr;
  Text text;
  const outbid_code code = plugin_.entry().solve(&items_[index].problem.problem(), &request, &host.handle, &given, text.begin());
  if (host.control.aborted()) {
    if (code == OUTBID_OK && given != nullptr) plugin_.entry().release(given);
    return {};
  }
  if (Failure failure = failureOf(code, text.words())) return failure;
  return take(index, given, host.control, items_[index].request.threads);
}

Failure PluginRun::solveAll(Host& host) {
  const size_t count = items_.size();
  std::vector<const outbid_problem*> problems;
  std::vector<outbid_request> requests;
  for (const Item& item : items_) {
    problems.push_back(&item.problem.problem());
    requests.push_back(requestOf(item, host.control));
  }
  std::vector<const outbid_answer*> given(count, nullptr);
  std::vector<outbid_code> codes(count, OUTBID_INTERNAL);
  Text text;
  const outbid_code code = plugin_.entry().solve_many(static_cast<int64_t>(count), problems.data(), requests.data(), &host.handle,
                                                      given.data(), codes.data(), text.begin());
  if (code != OUTBID_OK && !host.control.aborted()) return failureOf(code, text.words());
  const bool aborted = host.control.aborted();
  // Each answer is checked on a thread of its own, even after one that is wrong; then what stands after the first failure goes.
  onThreads(items_[0].request.threads, count, [&](size_t k) {
    if (code != OUTBID_OK || codes[k] != OUTBID_OK || given[k] == nullptr) return;
    if (aborted)
      plugin_.entry().release(given[k]);
    else
      outcomes[k].failure = take(k, given[k], host.control, 1);
  });
  bool failed = aborted;
  for (size_t k = 0; k < count; k++) {
    if (!failed && codes[k] != OUTBID_OK) outcomes[k].failure = failureOf(codes[k], text.words());
    if (!failed && codes[k] == OUTBID_OK && given[k] == nullptr) outcomes[k].failure = noAnswer();
    if (failed) outcomes[k] = Outcome();
    failed |= static_cast<bool>(outcomes[k].failure);
  }
  return {};
}

// Checks and copies an answer and releases it, whatever the check finds.
Failure PluginRun::take(size_t index, const outbid_answer* given, const Control& control, int32_t threads) {
  if (given == nullptr) return noAnswer();
  struct Release {
    const outbid_backend& entry;
    const outbid_answer* answer;
    ~Release() { entry.release(answer); }
  } release{plugin_.entry(), given};
  Outcome& outcome = outcomes[index];
  const Item& item = items_[index];
  const Wanted wanted{item.request.gap, control.hasDeadline};
  if (Failure failure = accept(*given, item.problem, wanted, outcome.answer, threads)) return failure;
  outcome.uploadMilliseconds = given->upload_milliseconds;
  constexpr size_t kLongest = 256;
  if (given->device != nullptr) outcome.device.assign(given->device, strnlen(given->device, kLongest));
  return {};
}

}  // namespace outbid::backend
