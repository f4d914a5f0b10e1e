#include "solve.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "certificate.h"
#include "classes.h"
#include "complete.h"
#include "grid.h"
#include "lower.h"
#include "market.h"
#include "opener.h"
#include "reach.h"
#include "rows/row_answer.h"
#include "rows/row_refine.h"
#include "schedule.h"
#include "split.h"

namespace outbid {

namespace {

double milliseconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - since).count();
}

}  // namespace

namespace {

// A run that ends before the finish may leave auction prices that are too large to be exact as doubles. Any prices prove a bound.
void capPrices(Market& market, int64_t ceiling) {
  for (int32_t j = 0; j < market.k.nodes; j++) {
    int64_t& price = market.price[static_cast<size_t>(j)];
    if (market.k.capacity[static_cast<size_t>(j)] > 0) price = std::min(price, ceiling);
  }
}

}  // namespace

struct Job::State {
  Classes classes;
  Rows rows;
  bool hasRows = false;  // the rows hold the problem, the classes nothing
  uint64_t seed = 0;
  double gap = 0;
  int32_t threads = 1;
  Opener* opener = nullptr;
  std::vector<double> warm;

  Fault run(Control& control, Answer& answer);

 private:
  Fault runClasses(Control& control, Answer& answer, const RowState* before);
  void takeOver(const RowPlacements& from, Market& market, const Grid& grid) const;
  void report(const Certificate& certificate, Answer& answer) const;
  void writePlacements(const Market& market, Answer& answer) const;
  void writeValues(Answer& answer) const;
};

Job::Job() = default;
Job::~Job() = default;

Fault Job::build(const ProblemView& view, const Request& request) noexcept {
  try {
    const auto start = std::chrono::steady_clock::now();
    state_ = std::make_unique<State>();
    state_->seed = request.seed;
    state_->gap = request.gap;
    state_->threads = request.threads;
    state_->opener = request.opener;
    if (request.prices != nullptr) state_->warm.assign(request.prices, request.prices + view.nodes);
    Fault fault = Fault::kNone;
    if (request.prices == nullptr && request.opener == nullptr)
      fault = readRows(view, !(request.gap > 0), state_->rows, state_->hasRows);
    if (!state_->hasRows) {
      state_->rows = Rows();
      if (fault == Fault::kNone) fault = mergeClasses(view, state_->classes);
    }
    answer_.stats.classes = state_->hasRows ? view.demands : state_->classes.classes;
    answer_.stats.layoutMilliseconds = milliseconds(start);
    return fault;
  } catch (const std::bad_alloc&) {
    return Fault::kOutOfMemory;
  } catch (...) {
    return Fault::kCertificateFailed;
  }
}

Fault Job::run(Control& control) noexcept {
  try {
    const auto start = std::chrono::steady_clock::now();
    const Fault fault = state_->run(control, answer_);
    answer_.stats.solveMilliseconds = milliseconds(start);
    return fault;
  } catch (const std::bad_alloc&) {
    return Fault::kOutOfMemory;
  } catch (...) {
    return Fault::kCertificateFailed;
  }
}

size_t Job::bytes() const {
  return state_ == nullptr ? 0 : state_->classes.bytes() + state_->rows.bytes();
}

Fault Job::State::run(Control& control, Answer& answer) {
  if (!hasRows) return runClasses(control, answer, nullptr);
  std::vector<RowPart> parts = splitRows(rows);
  std::vector<PartRun> runs;
  // Rounding changes each of the two objectives by half a unit a demand at most.
  const double rowGap = rows.integer ? gap : std::max(0.0, std::ldexp(gap, rows.exponent) - static_cast<double>(rows.demands));
  if (parts.empty()) {
    runs.emplace_back();
    runs[0].solver = std::make_unique<RowSolver>(rows, seed, rowGap, control);
    runs[0].end = runs[0].solver->run();
  } else {
    runs = runParts(parts, seed, rowGap, threads, control);
  }
  bool done = true;
  bool exact = true;
  for (PartRun& run : runs) {
    answer.stats.bids += run.solver->market.bids;
    answer.stats.pushes += run.solver->market.pushes;
    answer.stats.pulls += run.solver->market.pulls;
    exact &= run.end == RowEnd::kExact;
    const bool late = run.end == RowEnd::kStopped && !control.aborted();
    done &= run.end == RowEnd::kExact || run.end == RowEnd::kGapMet || (late && run.solver->endEarly());
  }
  if (done && rows.integer) {
    reportRows(rows, runs, parts, answer);
    return Fault::kNone;
  }
  const RowState state(rows, runs, parts);
  if (done && reportFloats(rows, state, exact, gap, seed, control, answer)) return Fault::kNone;
  if (control.aborted()) return Fault::kNone;  // aborted: nobody reads the answer
  runs.clear();
  parts.clear();
  if (const Fault fault = mergeRows(rows, classes); fault != Fault::kNone) return fault;
  // Where nothing was tried the auction finds the witness sooner than a path for each demand would.
  return runClasses(control, answer, rows.cannotServe() ? nullptr : &state);
}

Fault Job::State::runClasses(Control& control, Answer& answer, const RowState* before) {
  Grid grid(classes);
  Market market(classes, seed);
  if (before != nullptr) takeOver(before->now, market, grid);
  for (size_t j = 0; j < warm.size(); j++) {
    if (classes.capacity[j] > 0) market.price[j] = std::max(market.price[j], grid.fromPrice(warm[j]));
  }
  Reach reach;
  Schedule schedule(market, grid, control, reach, gap);
  if (before != nullptr && before->hasBest && control.hasDeadline) {
    Market best(classes, seed);
    takeOver(before->best, best, grid);
    schedule.best.note(best);
  }
  bool opened = before != nullptr;
  bool stopped = opened && before->stopped;
  if (!opened && opener != nullptr && hopelessClass(classes) < 0) {
    opened = opener->open(market, control);
    stopped = opened && control.mustStop();
  }
  ScheduleEnd end = !opened ? schedule.run(!warm.empty()) : stopped ? ScheduleEnd::kStopped : schedule.refinish();

  Certificate certificate;
  answer.prices.resize(static_cast<size_t>(classes.nodes));
  for (;;) {
    if (end == ScheduleEnd::kInfeasible) {
      answer.status = Status::kInfeasible;
      answer.objective = answer.bound = classes.sign * INFINITY;
      answer.gap = NAN;
      answer.prices.clear();
      writeWitness(classes, reach.stuck, answer);
      break;
    }
    if (end == ScheduleEnd::kStopped && control.aborted()) break;  // aborted: nobody reads the answer
    if (end == ScheduleEnd::kStopped) {
      complete(market);
      schedule.best.restore(market);
    }
    if (end != ScheduleEnd::kExact) capPrices(market, grid.ceiling());
    if (classes.integer) priceNodesWithoutSlots(market);
    grid.exportPrices(market, answer.prices.data());
    certificate = classes.integer ? certifyWhole(market) : certifyFloat(market, answer.prices.data());
    if (!certificate.valid) return Fault::kCertificateFailed;
    if (!classes.integer && end == ScheduleEnd::kExact && certificate.inflated()) {
      lowerPrices(market);
      grid.exportPrices(market, answer.prices.data());
      certificate = certifyFloat(market, answer.prices.data());
    }
    if (end == ScheduleEnd::kGapMet && !(certificate.gap <= gap)) {
      end = schedule.refinish();  // capped prices prove less: go on to the optimum
      continue;
    }
    const bool proven = certificate.gap <= certificate.tolerance;
    if (end != ScheduleEnd::kExact || proven) {
      report(certificate, answer);
      break;
    }
    // An exact finish must prove itself; only a float grid may have been too coarse.
    if (classes.integer) return Fault::kCertificateFailed;
    if (!grid.refine(market)) return Fault::kCostRange;
    schedule.best.forget();
    if (control.hasDeadline) schedule.best.note(market);
    end = schedule.refinish();
  }
  answer.stats.bids = schedule.bids();
  answer.stats.pushes = schedule.finishStats.pushes;
  answer.stats.pulls = schedule.finishStats.pulls;
  if (answer.status == Status::kInfeasible || control.aborted()) return Fault::kNone;
  writePlacements(market, answer);
  writeValues(answer);
  return Fault::kNone;
}

// Prices of float costs on rows count in the rows' unit.
void Job::State::takeOver(const RowPlacements& from, Market& market, const Grid& grid) const {
  outbid::takeOver(from, market);
  if (classes.integer) return;
  for (size_t j = 0; j < from.prices.size(); j++) {
    if (classes.capacity[j] > 0) market.price[j] = grid.fromPrice(std::ldexp(static_cast<double>(from.prices[j]), -rows.exponent));
  }
}

void Job::State::report(const Certificate& certificate, Answer& answer) const {
  answer.tolerance = certificate.tolerance;
  answer.bound = classes.sign * certificate.dual + 0.0;
  if (certificate.unplaced > 0) {
    answer.status = Status::kStopped;
    answer.objective = classes.sign * INFINITY;
    answer.gap = INFINITY;
    return;
  }
  answer.status = certificate.gap <= certificate.tolerance ? Status::kOptimal : Status::kFeasible;
  answer.objective = classes.sign * certificate.primal + 0.0;
  answer.gap = certificate.gap;
}

void Job::State::writePlacements(const Market& market, Answer& answer) const {
  const size_t n = static_cast<size_t>(classes.classes);
  Array<int32_t> start(n + 1);
  std::vector<ClassPlacement> list;
  list.reserve(n);
  for (size_t c = 0; c < n; c++) {
    start[c] = static_cast<int32_t>(list.size());
    market.prefetchBlock(static_cast<int32_t>(c));
    for (int32_t id = market.state[c].head; id >= 0; id = market.block(id).next)
      list.push_back({market.block(id).arc, market.block(id).count});
    std::sort(list.begin() + start[c], list.end(), [](const ClassPlacement& a, const ClassPlacement& b) { return a.arc < b.arc; });
  }
  start[n] = static_cast<int32_t>(list.size());
  splitClasses(classes, start, list, answer);
}

// values[i]: what one more unit of demand i would cost: the least pay over its arcs with room and its unserved cost. Without arc
// capacities the members of a class share it; with them room is the demand's own: a bound that cannot bind may still be filled.
void Job::State::writeValues(Answer& answer) const {
  const Classes& k = classes;
  const auto pay = [&](int32_t a) {
    const double price = answer.prices[static_cast<size_t>(k.node[static_cast<size_t>(a)])];
    return k.integer ? static_cast<double>(k.cost[static_cast<size_t>(a)]) + price : k.exactCost[static_cast<size_t>(a)] + price;
  };
  const auto unserved = [&](int32_t c) {
    if (k.mustServe(c)) return static_cast<double>(INFINITY);
    return k.integer ? static_cast<double>(k.unserved[static_cast<size_t>(c)]) : k.exactUnserved[static_cast<size_t>(c)];
  };
  answer.values.resize(static_cast<size_t>(k.demands));
  if (!k.hasArcCapacities()) {
    std::vector<double> least(static_cast<size_t>(k.classes));
    for (int32_t c = 0; c < k.classes; c++) {
      double u = unserved(c);
      for (int32_t a = k.offset[static_cast<size_t>(c)]; a < k.offset[static_cast<size_t>(c) + 1]; a++) u = std::min(u, pay(a));
      least[static_cast<size_t>(c)] = k.sign * u + 0.0;
    }
    for (size_t i = 0; i < answer.values.size(); i++) answer.values[i] = least[static_cast<size_t>(k.classOf[i])];
    return;
  }
  size_t at = 0;
  for (int32_t i = 0; i < k.demands; i++) {
    const int32_t c = k.classOf[static_cast<size_t>(i)];
    double u = unserved(c);
    // The demand's arcs ascend, and so do its placements.
    for (int32_t a = k.offset[static_cast<size_t>(c)]; a < k.offset[static_cast<size_t>(c) + 1]; a++) {
      const int32_t own = k.callerArc(i, a);
      int32_t x = 0;
      if (at < answer.placedArcs.size() && answer.placedArcs[at] == own) x = answer.placedUnits[at++];
      const int32_t bound = k.callerArcCapacity(own);
      if (x < bound || bound == kNoBound) u = std::min(u, pay(a));
    }
    answer.values[static_cast<size_t>(i)] = k.sign * u + 0.0;
  }
}

}  // namespace outbid
