// Float costs on rows: what rows and the near problem find is what the general market finds, and is proven over the caller's own arrays.
#include <cstdlib>
#include <cstring>

#include "check.h"
#include "rows/row_loops.h"
#include "rows/row_parts.h"
#include "rows/row_refine.h"
#include "solve.h"
#include "unit_instance.h"

using namespace outbid;
using namespace outbid::test;

namespace {

// What costs are made of; each tries another way to lose a bit.
enum Kind : int {
  kFractions,  // no two alike
  kTies,       // thirds of few values: equal costs that no grid holds
  kHalves,     // a coarse grid: rounding changes nothing
  kClose,      // a thousand and millionths
  kWide,       // 1e-6 to 1e9
  kHuge,       // times 1e200
  kSmall,      // times 1e-200
  kSingle,     // floats of 24 bits
  kPenalty,    // unserved costs far above all costs
  kKinds,
};

// A unit instance whose costs are made anew.
Instance floatInstance(Random& random, UnitShape shape, int kind) {
  Instance p = unitInstance(random, shape);
  p.integer = false;
  const double low = random.chance(30) ? -500 : 0;
  const auto cost = [&]() -> double {
    switch (kind) {
      case kTies: return (static_cast<double>(random.in(0, 6)) + low) / 3;
      case kHalves: return static_cast<double>(random.in(0, 200)) / 2 + low;
      case kClose: return 1000 + 1e-6 * random.unit();
      case kWide: return std::pow(10, -6 + 15 * random.unit());
      case kHuge: return (1000 * random.unit() + low) * 1e200;
      case kSmall: return (1000 * random.unit() + low) * 1e-200;
      case kSingle: return static_cast<double>(static_cast<float>(1000 * random.unit() + low));
      default: return 1000 * random.unit() + low;
    }
  };
  for (double& c : p.costs) c = cost();
  for (double& r : p.unserved) r = r == INFINITY ? r : kind == kPenalty ? 1e6 : std::fabs(cost()) * (random.chance(50) ? 1 : 5);
  return p;
}

Answer solved(const ProblemView& view, const Request& request, Control& control) {
  Job job;
  CHECK(job.build(view, request) == Fault::kNone);
  CHECK(job.run(control) == Fault::kNone);
  return std::move(job.answer());
}

struct Tally {
  int64_t general = 0;     // not for rows
  int64_t handedOver = 0;  // whose rounded problem rows did not solve
  int64_t refined = 0;     // solved on rows and in the near problem,
  int64_t unproven = 0;    // or not proven there
};

bool onRows(const ProblemView& view) {
  Rows rows;
  bool fits = false;
  CHECK(readRows(view, true, rows, fits) == Fault::kNone);
  return fits;
}

// How far a problem comes without the general market.
void count(const ProblemView& view, Tally& tally) {
  Rows rows;
  bool fits = false;
  CHECK(readRows(view, true, rows, fits) == Fault::kNone);
  if (!fits) {
    tally.general++;
    return;
  }
  Control control;
  std::vector<PartRun> runs(1);
  runs[0].solver = std::make_unique<RowSolver>(rows, 5, 0, control);
  runs[0].end = runs[0].solver->run();
  Answer answer;
  if (runs[0].end != RowEnd::kExact)
    tally.handedOver++;
  else if (reportFloats(rows, RowState(rows, runs, {}), true, 0, 5, control, answer))
    tally.refined++;
  else
    tally.unproven++;
}

// The values are the least pays, and the pass over the caller's arrays finds what the answer claims.
void checkProof(const ProblemView& view, const Answer& answer) {
  PassResult pass;
  CHECK(certificatePass(view, answer.prices.data(), answer.placedArcs.data(), answer.placedUnits.data(), answer.placedArcs.size(),
                        pass) == Fault::kNone);
  CHECK(pass.valid && pass.primal == answer.objective && pass.dual == answer.bound && pass.gap == answer.gap);
  CHECK(pass.tolerance == answer.tolerance);
  for (double price : answer.prices) CHECK(price >= 0);
  const double sign = view.maximize ? -1 : 1;
  for (int32_t i = 0; i < view.demands; i++) {
    double least = view.unservedCost.at(static_cast<size_t>(i));
    const int64_t begin = view.offsets == nullptr ? int64_t{i} * view.nodes : view.offsets[i];
    const int64_t end = view.offsets == nullptr ? begin + view.nodes : view.offsets[i + 1];
    for (int64_t a = begin; a < end; a++) {
      const int64_t node = view.targets == nullptr ? a - begin : view.targets[a];
      least = std::min(least, sign * view.costs.at(static_cast<size_t>(a)) + answer.prices[static_cast<size_t>(node)]);
    }
    CHECK(answer.values[static_cast<size_t>(i)] == sign * least);
  }
}

void checkAgainstTheGeneralMarket(const ProblemView& view, Tally& tally) {
  Control control;
  Request request;
  request.seed = 5;
  const Answer answer = solved(view, request, control);
  // Prices given make it the general market's.
  const std::vector<double> zeros(static_cast<size_t>(view.nodes), 0);
  Request general = request;
  general.prices = zeros.data();
  const Answer other = solved(view, general, control);
  CHECK(answer.status == other.status);
  count(view, tally);
  if (answer.status == Status::kInfeasible) {
    CHECK(answer.witnessNeeded > answer.witnessAvailable);
    return;
  }
  CHECK(answer.status == Status::kOptimal);
  CHECK(answer.gap <= answer.tolerance);
  CHECK(std::fabs(answer.objective - other.objective) <= answer.tolerance + other.tolerance);
  checkProof(view, answer);
}

void answersAgreeWithTheGeneralMarket(int count, UnitShape shape, uint64_t base, Tally& tally) {
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + base);
    const int kind = seed % kKinds;
    const Instance p = floatInstance(random, shape, kind);
    context("float instance, seed %d of %d x %d, kind %d", seed, shape.demands, shape.nodes, kind);
    checkAgainstTheGeneralMarket(p.view(), tally);
    std::vector<float> narrow(p.costs.begin(), p.costs.end());
    if (kind == kSingle) {
      ProblemView view = p.view();
      view.costs = {narrow.data(), CostType::kFloat32};
      checkAgainstTheGeneralMarket(view, tally);
    }
    if (p.nodes < 24) continue;
    context("float instance as a matrix, seed %d of %d x %d, kind %d", seed, shape.demands, shape.nodes, kind);
    checkAgainstTheGeneralMarket(Matrix(p).view, tally);
  }
}

// Whole costs of any type whose unserved costs are not whole.
void wholeCostsWithBrokenUnservedCosts() {
  Tally tally;
  for (int seed = 1; seed <= 200; seed++) {
    Random random(static_cast<uint64_t>(seed) + 400000);
    Instance p = floatInstance(random, {30, 20, 10}, kFractions);
    context("broken unserved costs, seed %d", seed);
    std::vector<int16_t> costs;
    for (double c : p.costs) costs.push_back(static_cast<int16_t>(c));
    for (double& r : p.unserved) r = r == INFINITY ? 1000.25 : r;
    ProblemView view = p.view();
    view.costs = {costs.data(), CostType::kInt16};
    checkAgainstTheGeneralMarket(view, tally);
  }
  CHECK(tally.refined > 100);
}

void vectorUnitsReadAndFindTheSame() {
  const RowLoops& portable = rowLoops("portable");
  const RowLoops& vector = rowLoops();
  for (int seed = 1; seed <= 300; seed++) {
    Random random(static_cast<uint64_t>(seed) + 500000);
    const Instance p = floatInstance(random, {40, 60, 60}, seed % kKinds);
    context("vector units, seed %d", seed);
    const Matrix matrix(p);
    for (const ProblemView& view : {p.view(), matrix.view}) {
      const size_t arcs = static_cast<size_t>(view.arcs);
      std::vector<double> left(arcs), right(arcs);
      double mostLeft = 0, mostRight = 0;
      CHECK(portable.copyCosts(view.costs, arcs, view.maximize, view.offsets == nullptr, left.data(), mostLeft));
      CHECK(vector.copyCosts(view.costs, arcs, view.maximize, view.offsets == nullptr, right.data(), mostRight));
      CHECK(left == right && mostLeft == mostRight);
      for (size_t a = 0; a < arcs; a++) CHECK(left[a] == (view.maximize ? -1 : 1) * view.costs.at(a));
      const double factor = mostLeft > 0 ? std::ldexp(1.0, 22 - std::ilogb(mostLeft)) : 1;
      std::vector<int32_t> wholeLeft(arcs), wholeRight(arcs);
      int32_t low[2] = {0, 0}, high[2] = {0, 0};
      bool rounded[2] = {false, false};
      const int32_t count = static_cast<int32_t>(arcs);
      CHECK(portable.roundCosts(left.data(), count, factor, wholeLeft.data(), low[0], high[0], rounded[0]));
      CHECK(vector.roundCosts(left.data(), count, factor, wholeRight.data(), low[1], high[1], rounded[1]));
      CHECK(wholeLeft == wholeRight && low[0] == low[1] && high[0] == high[1] && rounded[0] == rounded[1]);
      for (const RowLoops* loops : {&portable, &vector}) {
        int32_t least = 0, most = 0;
        if (mostLeft > 0) CHECK(!loops->roundCosts(left.data(), count, factor * 64, wholeRight.data(), least, most, rounded[1]));
      }
      Rows rows;
      bool fits = false;
      CHECK(readRows(view, true, rows, fits) == Fault::kNone);
      if (!fits) continue;
      Array<int32_t> price(static_cast<size_t>(p.nodes) + kLanes, kRowOff);
      for (int32_t j = 0; j < p.nodes; j++) price[static_cast<size_t>(j)] = static_cast<int32_t>(random.in(0, 1 << 22));
      std::vector<int32_t> some(static_cast<size_t>(p.nodes + 80)), same(some.size());
      for (int32_t i = 0; i < view.demands; i++) {
        int32_t limit = 0, again = 0;
        const int32_t width = 1 << random.in(1, 22);
        const int32_t found = portable.near(rows, price.data(), i, width, some.data(), limit);
        CHECK(found == vector.near(rows, price.data(), i, width, same.data(), again));
        CHECK(limit == again && std::equal(some.begin(), some.begin() + found, same.begin()));
      }
    }
  }
}

Instance groupedFloats(Random& random, int groups, bool mustServe) {
  Instance p = groupedInstance(random, groups, mustServe);
  p.integer = false;
  for (double& c : p.costs) c += random.unit();
  return p;
}

void partsGiveTheSameAnswerOnAnyNumberOfThreads() {
  for (int seed = 1; seed <= 3; seed++) {
    Random random(static_cast<uint64_t>(seed));
    const Instance p = groupedFloats(random, 5, seed == 3);
    context("grouped floats, seed %d", seed);
    Rows rows;
    bool fits = false;
    CHECK(readRows(p.view(), true, rows, fits) == Fault::kNone && fits && splitRows(rows).size() == 5);
    Answer first;
    for (int32_t threads : {1, 2, 3, 16}) {
      Control control;
      Request request;
      request.threads = threads;
      const Answer answer = solved(p.view(), request, control);
      CHECK(answer.status == Status::kOptimal);
      checkProof(p.view(), answer);
      if (threads == 1) first = answer;
      CHECK(answer.assignment == first.assignment && answer.prices == first.prices && answer.values == first.values);
    }
  }
}

// A gap asked for is met by what is reported, in the caller's costs; a deadline leaves an answer with a valid proof.
void runsThatEndEarlyProveWhatTheyReport() {
  int met = 0;
  int early = 0;
  for (int seed = 1; seed <= 300; seed++) {
    Random random(static_cast<uint64_t>(seed) + 600000);
    const Instance p = floatInstance(random, {60, 40, 20}, seed % kKinds);
    context("early end, seed %d", seed);
    Control none;
    const Answer full = solved(p.view(), {}, none);
    Request request;
    request.gap = std::fabs(full.objective) * 0.05;
    if (full.status == Status::kOptimal) {
      const Answer answer = solved(p.view(), request, none);
      CHECK(answer.gap <= std::max(request.gap, answer.tolerance));
      CHECK(answer.status == (answer.gap <= answer.tolerance ? Status::kOptimal : Status::kFeasible));
      met += answer.status == Status::kFeasible;
      checkProof(p.view(), answer);
    }
    Control late;
    late.hasDeadline = true;
    late.deadline = Control::Clock::now();
    const Answer answer = solved(p.view(), {}, late);
    if (answer.status == Status::kInfeasible) continue;
    if (answer.status == Status::kStopped) {
      CHECK(answer.objective == (p.maximize ? -INFINITY : INFINITY));
      continue;
    }
    early++;
    CHECK((p.maximize ? -1 : 1) * (answer.objective - full.objective) >= -answer.tolerance - full.tolerance);
    checkProof(p.view(), answer);
  }
  CHECK(met > 20 && early > 100);
}

// A deadline that comes when the rounded problem is solved: its optimum is what is reported.
void aDeadlineAfterTheRowsKeepsTheirAnswer() {
  context("deadline in the near problem");
  Random random(8);
  Instance p = groupedInstance(random, 1, false);
  p.integer = false;
  for (double& c : p.costs) c += random.unit();
  Control control;
  control.hasDeadline = true;
  control.deadline = Control::Clock::now() + std::chrono::hours(1);
  Rows rows;
  bool fits = false;
  CHECK(readRows(p.view(), true, rows, fits) == Fault::kNone && fits && rows.rounded);
  std::vector<PartRun> runs(1);
  runs[0].solver = std::make_unique<RowSolver>(rows, 0, 0, control);
  runs[0].end = runs[0].solver->run();
  CHECK(runs[0].end == RowEnd::kExact);
  const RowState state(rows, runs, {});
  control.deadline = {};
  Answer answer;
  CHECK(reportFloats(rows, state, true, 0, 0, control, answer));
  CHECK(answer.status == Status::kFeasible && answer.gap > answer.tolerance);
  CHECK(answer.gap <= std::ldexp(static_cast<double>(rows.demands), -rows.exponent));
  checkProof(p.view(), answer);
}

// Costs so wide apart that rounding would make most arcs of a demand alike, numbers that are none, and sizes that no power of two brings into range.
void whatRoundingWouldBlurIsNotForRows() {
  Random random(4);
  const Instance plain = floatInstance(random, {60, 40, 30}, kFractions);
  context("what rows round");
  CHECK(onRows(plain.view()));
  Instance p = plain;
  for (double& c : p.costs) c = std::pow(10, -6 + 15 * random.unit());
  CHECK(!onRows(p.view()));
  p = plain;
  for (double& c : p.costs) c = 1000 + 1e-6 * c;
  CHECK(!onRows(p.view()));
  p = plain;
  for (double& c : p.costs) c *= 1e-290;
  CHECK(!onRows(p.view()));
  p = plain;
  p.costs[1] = NAN;
  CHECK(!onRows(p.view()));
  Job job;
  CHECK(job.build(p.view(), {}) == Fault::kProblemChanged);
  p.costs[1] = INFINITY;
  CHECK(!onRows(p.view()));
}

}  // namespace

int main(int argc, char** argv) {
  const int scale = argc > 1 ? std::atoi(argv[1]) : 1;
  Tally tally;
  answersAgreeWithTheGeneralMarket(3000 * scale, {14, 8, 8}, 0, tally);
  answersAgreeWithTheGeneralMarket(400 * scale, {60, 40, 40}, 1000000, tally);
  answersAgreeWithTheGeneralMarket(100 * scale, {120, 150, 150}, 2000000, tally);
  wholeCostsWithBrokenUnservedCosts();
  vectorUnitsReadAndFindTheSame();
  partsGiveTheSameAnswerOnAnyNumberOfThreads();
  runsThatEndEarlyProveWhatTheyReport();
  aDeadlineAfterTheRowsKeepsTheirAnswer();
  whatRoundingWouldBlurIsNotForRows();
  context("refined %ld, unproven %ld, handed over %ld, general %ld", static_cast<long>(tally.refined),
          static_cast<long>(tally.unproven), static_cast<long>(tally.handedOver), static_cast<long>(tally.general));
  CHECK(tally.refined > 1500 * scale && tally.general > 300 * scale);
  CHECK(100 * tally.unproven < tally.refined);
  std::printf("refined %ld, unproven %ld, handed over %ld, general %ld\n", static_cast<long>(tally.refined),
              static_cast<long>(tally.unproven), static_cast<long>(tally.handedOver), static_cast<long>(tally.general));
  return report("float_rows");
}
