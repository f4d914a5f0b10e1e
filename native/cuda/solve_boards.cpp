#include "solve_boards.h"

#include <algorithm>
#include <chrono>
#include <new>

#include "direct_answer.h"
#include "grid.h"
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

// Of float data two optima within the tolerance may differ in the last bits of objective and bound, which must not differ between runs.
bool mayDiffer(const Task& task) {
  return !task.deterministic && task.view.integer;
}

void layOutClasses(Task& task, Entry& entry) {
  entry.layout = Layout();
  entry.layout.mayDiffer = mayDiffer(task);
  Classes classes;
  if (const Fault fault = mergeClasses(task.view, classes); fault != Fault::kNone) return fail(task, entry, fault);
  const Grid grid(classes);
  std::vector<int64_t> warm;
  for (int32_t j = 0; task.request.prices != nullptr && j < classes.nodes; j++)
    warm.push_back(grid.fromPrice(task.request.prices[j]));
  const char* unfit = layOut(classes, task.request.seed, entry.layout, warm.empty() ? nullptr : &warm);
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
  entry.layout.mayDiffer = mayDiffer(task);
  entry.layout.warm = task.request.prices;
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
  entry.claim.prices.assign(answer.prices.begin(), answer.prices.end());
  if (const Unfolding* u = entry.layout.unfolding.get(); u != nullptr) {
    entry.claim.prices = u->unfold(entry.claim.prices, u->nextPays(entry.claim.prices, answer.values, task.view.maximize ? -1 : 1));
    entry.at = u->unfold(entry.at);
  }
  entry.claim.at = entry.at.data();
}

// The same to the last bit.
bool agrees(const Task& task, const Proof& proof) {
  const double sign = task.view.maximize ? -1 : 1;
  return proof.unplaced == 0 && sign * static_cast<double>(proof.primal) == task.answer.objective &&
         sign * static_cast<double>(proof.dual) == task.answer.bound;
}

// The tasks on their way, stage by stage.
class Batch {
 public:
  Batch(std::vector<Task>& tasks, DeviceBoards& boards, int32_t threads)
      : tasks_(tasks), entries_(tasks.size()), boards_(boards), threads_(threads) {}

  // Once this returned false the device has failed.
  bool run(BatchTimes& times) {
    auto start = Clock::now();
    each(layOutTask);
    times.layout = since(start);
    if (!bring(times)) return false;
    const bool any = std::any_of(entries_.begin(), entries_.end(), [](const Entry& e) { return e.board != SIZE_MAX; });
    if (any && (!boards_.run([this] { return mustStop(); }) || !boards_.read(lefts_))) return false;
    times.device = boards_.runMilliseconds;
    start = Clock::now();
    if (!answer()) return false;
    each([&](Task& task, Entry& entry) { finishTask(task, entry, leftOf(entry)); });
    const bool good = compare();
    times.finish = since(start);
    return good;
  }

 private:
  // On threads, those that are not done. Only the task whose memory runs out fails.
  template <class Body>
  void each(Body body) {
    onThreads(threads_, tasks_.size(), [&](size_t k) {
      if (entries_[k].done) return;
      try {
        body(tasks_[k], entries_[k]);
      } catch (const std::bad_alloc&) {
        fail(tasks_[k], entries_[k], Fault::kOutOfMemory);
      }
    });
  }

  bool mustStop() {
    return std::all_of(tasks_.begin(), tasks_.end(), [](const Task& task) { return task.control->mustStop(); });
  }

  Left leftOf(const Entry& entry) const { return entry.board == SIZE_MAX ? Left() : lefts_[entry.board]; }

  void pack(Image& image) {
    for (size_t k = 0; k < tasks_.size(); k++) {
      Entry& entry = entries_[k];
      entry.board = entry.done || entry.alone ? SIZE_MAX : image.boards();
      if (entry.board == SIZE_MAX) continue;
      if (tasks_[k].direct)
        image.addBegun(entry.layout);
      else
        image.add(entry.layout);
    }
  }

  // To the device, again until all of them fit: a plain problem may turn out not to be one of those while it is read, and takes the long way.
  bool bring(BatchTimes& times) {
    for (;;) {
      Image image;
      pack(image);
      if (image.boards() == 0) return true;
      if (!boards_.upload(image, threads_, [this] { return mustStop(); })) return false;
      times.upload += boards_.uploadMilliseconds;
      if (boards_.stopped) return leaveToTheCore(), true;
      const auto misfits = [&](const Entry& entry) { return entry.board != SIZE_MAX && !image.fits(entry.board); };
      if (std::none_of(entries_.begin(), entries_.end(), misfits)) return true;
      const auto start = Clock::now();
      each([&](Task& task, Entry& entry) {
        if (!misfits(entry)) return;
        task.direct = false;
        layOutClasses(task, entry);
      });
      times.layout += since(start);
    }
  }

  // What has not arrived the core ends as its deadline allows.
  void leaveToTheCore() {
    for (size_t k = 0; k < tasks_.size(); k++) {
      entries_[k].board = SIZE_MAX;
      entries_[k].alone = true;
      tasks_[k].direct = false;
    }
  }

  // The claims of some tasks, all at once; they are the device's meanwhile.
  template <class Chosen>
  bool prove(Chosen chosen) {
    std::vector<Claim> claims;
    std::vector<size_t> of;
    for (size_t k = 0; k < tasks_.size(); k++) {
      if (entries_[k].board == SIZE_MAX || entries_[k].done || !chosen(tasks_[k], entries_[k])) continue;
      entries_[k].claim.board = entries_[k].board;
      claims.push_back(std::move(entries_[k].claim));
      of.push_back(k);
    }
    if (!boards_.prove(claims)) return false;
    for (size_t c = 0; c < of.size(); c++) entries_[of[c]].claim = std::move(claims[c]);
    return true;
  }

  // The end of the short way, for those that get there.
  bool answer() {
    for (size_t k = 0; k < tasks_.size(); k++) {
      if (entries_[k].board != SIZE_MAX) tasks_[k].tally = *leftOf(entries_[k]).tally;
    }
    each([&](Task& task, Entry& entry) {
      bool whole = false;
      if (task.direct) entry.claim.prices = wholePrices(entry.layout, leftOf(entry).price, whole);
    });
    if (!prove([](const Task& task, const Entry&) { return task.direct; })) return false;
    each([&](Task& task, Entry& entry) {
      if (task.direct) answerTask(task, entry, leftOf(entry), tasks_.size() == 1 ? threads_ : 1);
    });
    return true;
  }

  // What the core finished is proven by the device too, where board and answer count in the same unit: whole costs that keep all their bits. Of
  // an aborted run there is no answer to compare.
  bool compare() {
    const auto chosen = [](const Task& task, const Entry& entry) {
      return task.finished && task.end == TaskEnd::kAnswered && !task.control->aborted() &&
             task.answer.status == Status::kOptimal && task.view.integer && entry.layout.coarse == 0;
    };
    each([&](Task& task, Entry& entry) {
      if (chosen(task, entry) && entry.board != SIZE_MAX) claimAnswer(task, entry);
    });
    if (!prove(chosen)) return false;
    for (size_t k = 0; k < tasks_.size(); k++) {
      if (!chosen(tasks_[k], entries_[k]) || entries_[k].board == SIZE_MAX || entries_[k].done) continue;
      if (!agrees(tasks_[k], entries_[k].claim.proof)) tasks_[k].end = TaskEnd::kDisagrees;
    }
    return true;
  }

  std::vector<Task>& tasks_;
  std::vector<Entry> entries_;
  DeviceBoards& boards_;
  const int32_t threads_;
  std::vector<Left> lefts_;
};

}  // namespace

bool solveBoards(std::vector<Task>& tasks, DeviceBoards& boards, int32_t threads, BatchTimes& times) {
  return Batch(tasks, boards, threads).run(times);
}

}  // namespace outbid::cuda
