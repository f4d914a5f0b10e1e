#include "solve_boards.h"

#include <algorithm>
#include <chrono>
#include <new>

#include "direct_answer.h"
#include "reach.h"
#include "threads.h"
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
  Claim claim;                     // what is to be proven of it
  std::vector<int32_t> at;
  std::vector<int32_t> price;
  size_t board = SIZE_MAX;  // SIZE_MAX: not on the device
  bool alone = false;       // the core alone: it cannot be served, for a reason that needs no search, or did not arrive
  bool done = false;
};

void fail(Task& task, Entry& entry, Fault fault) {
  task.end = TaskEnd::kFault;
  task.fault = fault;
  entry.done = true;
}

void layOutClasses(Task& task, Entry& entry) {
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
  entry.alone = must > classes.totalCapacity || hopelessClass(classes) >= 0;
  if (!entry.alone) entry.units = std::make_unique<UnitMap>(classes);
}

void layOutTask(Task& task, Entry& entry) {
  task.direct = startDirect(task.view, task.request.seed, entry.layout);
  if (!task.direct) layOutClasses(task, entry);
}

// The short way's end, if the device has proven it.
void answerTask(Task& task, Entry& entry, const Left& left, int32_t threads) {
  const Claim& claim = entry.claim;
  if (!isOptimal(entry.layout, left.at, claim.proof, threads)) return;
  answerDirect(task.view, entry.layout, left.at, claim.prices, claim.value, claim.proof, threads, task.answer);
  entry.done = true;
}

void finishTask(Task& task, Entry& entry, const Left& left) {
  std::unique_ptr<Opener> opening;
  if (!entry.alone) {
    entry.at.assign(left.at, left.at + entry.layout.demands);
    entry.price.assign(left.price, left.price + entry.layout.nodes);
  }
  if (entry.alone)
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

// What the core finished, to be proven by the device too.
void claimAnswer(const Task& task, Entry& entry) {
  const Answer& answer = task.answer;
  entry.at = task.direct ? answer.assignment : entry.units->placementsOf(task.view, answer);
  entry.claim.at = entry.at.data();
  entry.claim.prices.assign(answer.prices.begin(), answer.prices.end());
}

// The same to the last bit.
bool agrees(const Task& task, const Proof& proof) {
  const double sign = task.view.maximize ? -1 : 1;
  return proof.unplaced == 0 && sign * static_cast<double>(proof.primal) == task.answer.objective &&
         sign * static_cast<double>(proof.dual) == task.answer.bound;
}

}  // namespace

bool solveBoards(std::vector<Task>& tasks, DeviceBoards& boards, int32_t threads, BatchTimes& times) {
  std::vector<Entry> entries(tasks.size());
  // Only the task whose memory runs out fails.
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
  const auto mustStop = [&] {
    for (const Task& task : tasks) {
      if (!task.control->mustStop()) return false;
    }
    return true;
  };
  // Until all of them fit: a plain problem may turn out not to be one of those while it is read, and takes the long way.
  for (bool fit = false; !fit;) {
    Image image;
    for (size_t k = 0; k < tasks.size(); k++) {
      Entry& entry = entries[k];
      entry.board = entry.done || entry.alone ? SIZE_MAX : image.boards();
      if (entry.board == SIZE_MAX) continue;
      if (tasks[k].direct)
        image.addBegun(entry.layout);
      else
        image.add(entry.layout);
    }
    fit = true;
    if (image.boards() == 0) break;
    if (!boards.upload(image, threads, mustStop)) return false;
    times.upload += boards.uploadMilliseconds;
    if (boards.stopped) {
      // What has not arrived is the core's, which ends it as its deadline allows.
      for (size_t k = 0; k < tasks.size(); k++) {
        entries[k].board = SIZE_MAX;
        entries[k].alone = true;
        tasks[k].direct = false;
      }
      break;
    }
    for (const Entry& entry : entries) fit &= entry.board == SIZE_MAX || image.fits(entry.board);
    if (fit) break;
    start = Clock::now();
    guarded([&](Task& task, Entry& entry) {
      if (entry.board == SIZE_MAX || image.fits(entry.board)) return;
      task.direct = false;
      layOutClasses(task, entry);
    });
    times.layout += since(start);
  }
  const bool any = std::any_of(entries.begin(), entries.end(), [](const Entry& e) { return e.board != SIZE_MAX; });
  std::vector<Left> lefts;
  if (any && (!boards.run(mustStop) || !boards.read(lefts))) return false;
  times.device = boards.runMilliseconds;
  start = Clock::now();
  const auto leftOf = [&](const Entry& entry) { return entry.board == SIZE_MAX ? Left() : lefts[entry.board]; };
  // Those of some tasks, all at once. The claims are theirs meanwhile.
  const auto prove = [&](auto chosen) {
    std::vector<Claim> claims;
    std::vector<size_t> of;
    for (size_t k = 0; k < tasks.size(); k++) {
      if (entries[k].board == SIZE_MAX || entries[k].done || !chosen(tasks[k])) continue;
      entries[k].claim.board = entries[k].board;
      claims.push_back(std::move(entries[k].claim));
      of.push_back(k);
    }
    if (!boards.prove(claims)) return false;
    for (size_t c = 0; c < of.size(); c++) entries[of[c]].claim = std::move(claims[c]);
    return true;
  };
  for (size_t k = 0; k < tasks.size(); k++) {
    if (entries[k].board != SIZE_MAX) tasks[k].tally = *lefts[entries[k].board].tally;
  }
  guarded([&](Task& task, Entry& entry) {
    bool whole = false;
    if (task.direct) entry.claim.prices = wholePrices(entry.layout, leftOf(entry).price, whole);
  });
  if (!prove([](const Task& task) { return task.direct; })) return false;
  guarded([&](Task& task, Entry& entry) {
    if (task.direct) answerTask(task, entry, leftOf(entry), tasks.size() == 1 ? threads : 1);
  });
  guarded([&](Task& task, Entry& entry) { finishTask(task, entry, leftOf(entry)); });
  // Of an aborted run there is no answer to compare.
  const auto finished = [](const Task& task) {
    return task.finished && task.end == TaskEnd::kAnswered && !task.control->aborted() && task.answer.status == Status::kOptimal;
  };
  guarded([&](Task& task, Entry& entry) {
    if (finished(task) && entry.board != SIZE_MAX) claimAnswer(task, entry);
  });
  if (!prove(finished)) return false;
  for (size_t k = 0; k < tasks.size(); k++) {
    if (finished(tasks[k]) && entries[k].board != SIZE_MAX && !entries[k].done && !agrees(tasks[k], entries[k].claim.proof))
      tasks[k].end = TaskEnd::kDisagrees;
  }
  times.finish = since(start);
  return true;
}

}  // namespace outbid::cuda
