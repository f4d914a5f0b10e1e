#include "solve_boards.h"

#include <atomic>
#include <chrono>
#include <new>
#include <system_error>
#include <thread>

#include "direct.h"
#include "reach.h"
#include "unit_map.h"

namespace outbid::cuda {

namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

struct Entry {
  Layout layout;
  std::unique_ptr<UnitMap> units;  // of classes
  std::vector<int32_t> at;
  std::vector<int32_t> price;
  size_t board = SIZE_MAX;  // SIZE_MAX: not on the device
  bool hopeless = false;    // cannot be served, for a reason that needs no search: the core alone
  bool done = false;
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

void fail(Task& task, Entry& entry, Fault fault) {
  task.end = TaskEnd::kFault;
  task.fault = fault;
  entry.done = true;
}

void layOutTask(Task& task, Entry& entry) {
  task.direct = layOutDirect(task.view, task.request.seed, entry.layout);
  if (!task.direct) {
    entry.layout = Layout();
    Classes classes;
    if (const Fault fault = mergeClasses(task.view, classes); fault != Fault::kNone) return fail(task, entry, fault);
    const char* unfit = misfit(classes);
    if (unfit == nullptr && !layOut(classes, task.request.seed, entry.layout)) unfit = "more slots than a device takes";
    if (unfit != nullptr) {
      task.end = TaskEnd::kUnfit;
      task.unfit = unfit;
      entry.done = true;
      return;
    }
    int64_t must = 0;
    for (int32_t c = 0; c < classes.classes; c++) must += classes.mustServe(c) ? classes.units[static_cast<size_t>(c)] : 0;
    entry.hopeless = must > classes.totalCapacity || hopelessClass(classes) >= 0;
    if (entry.hopeless) return;
    entry.units = std::make_unique<UnitMap>(classes);
  }
  if (task.deterministic) entry.layout.plan.chains = 0;
  entry.at.resize(static_cast<size_t>(entry.layout.demands));
  entry.price.resize(static_cast<size_t>(entry.layout.nodes));
}

// The short way's end, if the device proves it.
void proveDirect(Task& task, Entry& entry, DeviceBoards& boards) {
  bool whole = false;
  const std::vector<int64_t> prices = wholePrices(entry.layout, entry.price.data(), whole);
  std::vector<int64_t> value(entry.at.size());
  Proof proof;
  if (!boards.prove(entry.board, entry.at.data(), prices.data(), proof, value.data())) return;
  if (!isOptimal(entry.layout, entry.at.data(), proof)) return;
  answerDirect(task.view, entry.layout, entry.at.data(), prices, value.data(), proof, task.answer);
  entry.done = true;
}

void finishTask(Task& task, Entry& entry) {
  std::unique_ptr<Opener> opening;
  if (entry.hopeless)
    opening = nullptr;
  else if (task.direct)
    opening = std::make_unique<DirectOpening>(entry.layout, entry.at, entry.price);
  else
    opening = std::make_unique<FoundOpening>(entry.layout, entry.at, entry.price);
  task.request.opener = opening.get();
  Job job;
  Fault fault = job.build(task.view, task.request);
  if (fault == Fault::kNone) fault = job.run(*task.control);
  if (fault != Fault::kNone) return fail(task, entry, fault);
  task.answer = std::move(job.answer());
  task.finished = true;
}

// The device's proof of what the core finished: the same to the last bit.
void compare(Task& task, const Entry& entry, DeviceBoards& boards) {
  const Answer& answer = task.answer;
  std::vector<int32_t> at;
  if (task.direct)
    at = answer.assignment;
  else
    at = entry.units->placementsOf(task.view, answer);
  const std::vector<int64_t> prices(answer.prices.begin(), answer.prices.end());
  Proof proof;
  if (!boards.prove(entry.board, at.data(), prices.data(), proof, nullptr)) return;
  const double sign = task.view.maximize ? -1 : 1;
  const bool same = proof.unplaced == 0 && sign * static_cast<double>(proof.primal) == answer.objective &&
                    sign * static_cast<double>(proof.dual) == answer.bound;
  if (!same) task.end = TaskEnd::kDisagrees;
}

}  // namespace

bool solveBoards(std::vector<Task>& tasks, DeviceBoards& boards, int32_t threads, BatchTimes& times) {
  std::vector<Entry> entries(tasks.size());
  // Nothing may be thrown out of a thread.
  const auto guarded = [&](auto body) {
    onThreads(threads, tasks.size(), [&](size_t k) {
      if (entries[k].done) return;
      try {
        body(tasks[k], entries[k]);
      } catch (const std::bad_alloc&) {
        fail(tasks[k], entries[k], Fault::kOutOfMemory);
      }
    });
  };
  auto start = Clock::now();
  guarded(layOutTask);
  times.layout = since(start);
  std::vector<const Layout*> layouts;
  for (Entry& entry : entries) {
    if (entry.done || entry.hopeless) continue;
    entry.board = layouts.size();
    layouts.push_back(&entry.layout);
  }
  const auto mustStop = [&] {
    for (const Task& task : tasks) {
      if (!task.control->mustStop()) return false;
    }
    return true;
  };
  if (!layouts.empty() && (!boards.upload(layouts) || !boards.run(mustStop))) return false;
  times.upload = boards.uploadMilliseconds;
  times.device = boards.runMilliseconds;
  start = Clock::now();
  for (size_t k = 0; k < tasks.size(); k++) {
    Entry& entry = entries[k];
    if (entry.board == SIZE_MAX) continue;
    if (!boards.read(entry.board, entry.at.data(), entry.price.data(), tasks[k].tally)) return false;
    if (tasks[k].direct) proveDirect(tasks[k], entry, boards);
  }
  guarded(finishTask);
  for (size_t k = 0; k < tasks.size(); k++) {
    const Task& task = tasks[k];
    // Of an aborted run there is no answer to compare.
    const bool answered = task.end == TaskEnd::kAnswered && !task.control->aborted() && task.answer.status == Status::kOptimal;
    if (answered && entries[k].board != SIZE_MAX && !entries[k].done) compare(tasks[k], entries[k], boards);
  }
  times.finish = since(start);
  return boards.trouble == Trouble::kNone;
}

}  // namespace outbid::cuda
