// Runs that end early: at any moment the answer is complete where it can be, valid, and no worse than what was there before.
#include <thread>

#include "check.h"
#include "random_problem.h"
#include "rows/row_solver.h"
#include "solve.h"

using namespace outbid;
using namespace outbid::test;

namespace {

void anAnswerAtOnceIsValid() {
  int feasible = 0;
  int stopped = 0;
  for (int seed = 1; seed <= 1500; seed++) {
    Random random(static_cast<uint64_t>(seed) + 800000);
    const Shape shape{200, 40, random.chance(30)};
    const Instance p = randomInstance(random, shape);
    context("deadline in the past, seed %d", seed);
    Job job;
    if (job.build(p.view(), {}) != Fault::kNone) continue;  // many units at high cost: beyond the exact range
    Control control;
    control.hasDeadline = true;
    control.deadline = Control::Clock::now() - std::chrono::seconds(1);
    CHECK(job.run(control) == Fault::kNone);
    const Answer& answer = job.answer();
    if (answer.status == Status::kInfeasible) {
      CHECK(answer.witnessNeeded > answer.witnessAvailable);
      continue;
    }
    PassResult pass;
    CHECK(certificatePass(p.view(), answer.prices.data(), answer.placedArcs.data(), answer.placedUnits.data(),
                          answer.placedArcs.size(), pass) == Fault::kNone);
    CHECK(pass.dual == answer.bound);
    if (answer.status == Status::kStopped) {
      stopped++;
      CHECK(std::isinf(answer.objective) && std::isinf(answer.gap));
      continue;
    }
    feasible += answer.status == Status::kFeasible ? 1 : 0;
    CHECK(pass.primal == answer.objective);
    CHECK(pass.gap == answer.gap);
    CHECK((answer.status == Status::kOptimal) == (answer.gap <= answer.tolerance));
  }
  CHECK(feasible > 100);
  CHECK(stopped > 20);
}

void aDeadlineFarAheadChangesNothing() {
  for (int seed = 1; seed <= 300; seed++) {
    Random random(static_cast<uint64_t>(seed) + 900000);
    const Instance p = randomInstance(random);
    context("deadline far ahead, seed %d", seed);
    Job plain;
    Job timed;
    CHECK(plain.build(p.view(), {}) == Fault::kNone);
    CHECK(timed.build(p.view(), {}) == Fault::kNone);
    Control none;
    Control far;
    far.hasDeadline = true;
    far.deadline = Control::Clock::now() + std::chrono::hours(1);
    CHECK(plain.run(none) == Fault::kNone);
    CHECK(timed.run(far) == Fault::kNone);
    CHECK(plain.answer().status == timed.answer().status);
    CHECK(plain.answer().placedArcs == timed.answer().placedArcs);
    CHECK(plain.answer().prices == timed.answer().prices);
  }
}

void theGapAskedForIsMet() {
  for (int seed = 1; seed <= 500; seed++) {
    Random random(static_cast<uint64_t>(seed) + 950000);
    const Instance p = randomInstance(random);
    context("gap, seed %d", seed);
    Job job;
    Request request;
    request.gap = static_cast<double>(random.in(1, 100000));
    CHECK(job.build(p.view(), request) == Fault::kNone);
    Control control;
    CHECK(job.run(control) == Fault::kNone);
    const Answer& answer = job.answer();
    if (answer.status == Status::kInfeasible) continue;
    CHECK(answer.status == Status::kOptimal || answer.status == Status::kFeasible);
    CHECK(answer.gap <= request.gap);
  }
}

// Unit demands whose costs leave the range of rows: what the rows' last complete phase held counts when the deadline comes after them.
void aDeadlineAfterTheRowsKeepsTheirBest() {
  int handedOver = 0;
  for (int seed = 5600; seed <= 7300; seed++) {
    Random random(static_cast<uint64_t>(seed));
    Instance p;
    const int n = static_cast<int>(random.in(3, 8));
    p.nodes = static_cast<int32_t>(random.in(2, 8));
    for (int i = 0; i < n; i++) {
      for (int32_t j = 0; j < p.nodes; j++) {
        if (!random.chance(60)) continue;
        p.targets.push_back(j);
        p.costs.push_back(
            static_cast<double>(random.chance(50) ? kRowCost * (random.in(0, 2) - 1) : random.in(-kRowCost, kRowCost)));
      }
      p.units.push_back(1);
      p.unserved.push_back(INFINITY);
      p.offsets.push_back(static_cast<int32_t>(p.targets.size()));
    }
    for (int32_t j = 0; j < p.nodes; j++) p.capacity.push_back(static_cast<int32_t>(random.in(1, 2)));
    context("deadline after the rows, seed %d", seed);
    Rows rows;
    bool fits = false;
    CHECK(readRows(p.view(), true, rows, fits) == Fault::kNone);
    if (!fits) continue;
    Control far;
    far.hasDeadline = true;
    far.deadline = Control::Clock::now() + std::chrono::hours(1);
    RowSolver solver(rows, 0, 0, far);
    if (solver.run() != RowEnd::kHandOver || solver.bestAt.empty()) continue;
    handedOver++;
    double known = 0;
    for (int i = 0; i < n; i++) {
      const size_t k = static_cast<size_t>(i);
      for (size_t a = static_cast<size_t>(p.offsets[k]); a < static_cast<size_t>(p.offsets[k + 1]); a++)
        known += p.targets[a] == solver.bestAt[k] ? p.costs[a] : 0;
    }
    // The first report of the finish, which comes 50 ms after the start at the earliest, sets a deadline that is past.
    Control control;
    control.hasDeadline = true;
    control.deadline = far.deadline;
    control.reportEvery = Control::Clock::duration::zero();
    control.context = &control;
    control.report = [](void* context, const ProgressReport& report) {
      if (report.phase == Phase::kFinish) static_cast<Control*>(context)->deadline = {};
    };
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    Job job;
    CHECK(job.build(p.view(), {}) == Fault::kNone);
    CHECK(job.run(control) == Fault::kNone);
    CHECK(job.answer().status == Status::kFeasible || job.answer().status == Status::kOptimal);
    CHECK(job.answer().objective <= known);
  }
  CHECK(handedOver > 0);
}

void aStopEndsTheRun() {
  context("stop flag");
  Random random(3);
  const Instance p = randomInstance(random, {60, 30, false});
  Job job;
  CHECK(job.build(p.view(), {}) == Fault::kNone);
  Control control;
  control.stop.store(true);
  CHECK(job.run(control) == Fault::kNone);
}

}  // namespace

int main() {
  anAnswerAtOnceIsValid();
  aDeadlineFarAheadChangesNothing();
  theGapAskedForIsMet();
  aDeadlineAfterTheRowsKeepsTheirBest();
  aStopEndsTheRun();
  return report("deadline");
}
