// The market of unit rows: every vector unit gives the same prices and placements, bid for bid; whole solves agree with the oracle, whether
// the rows finish them or hand over.
#include "rows/row_parts.h"

#include <cmath>
#include <cstdlib>

#include "check.h"
#include "oracle.h"
#include "random_problem.h"
#include "solve.h"
#include "unit_instance.h"

using namespace outbid;
using namespace outbid::test;

namespace {

struct Tally {
  int64_t exact = 0;
  int64_t handedOver = 0;
};

void checkOnRows(const ProblemView& view, const Verdict& verdict, Tally& tally) {
  Rows left;
  Rows right;
  bool fits = false;
  CHECK(readRows(view, true, left, fits) == Fault::kNone);
  if (fits) {
    CHECK(readRows(view, true, right, fits) == Fault::kNone && fits);
    Control control;
    RowSolver portable(left, 7, 0, control, "portable");
    RowSolver vector(right, 7, 0, control);
    const RowEnd end = portable.run();
    CHECK(end == vector.run());
    CHECK(end == RowEnd::kExact || end == RowEnd::kHandOver);
    CHECK(portable.market.bids == vector.market.bids && portable.market.pushes == vector.market.pushes &&
          portable.market.pulls == vector.market.pulls);
    CHECK(std::equal(portable.market.price.begin(), portable.market.price.end(), vector.market.price.begin()));
    CHECK(std::equal(portable.market.at.begin(), portable.market.at.end(), vector.market.at.begin()));
    (end == RowEnd::kExact ? tally.exact : tally.handedOver)++;
  }
  Job job;
  Request request;
  request.seed = 7;
  CHECK(job.build(view, request) == Fault::kNone);
  Control control;
  CHECK(job.run(control) == Fault::kNone);
  const Answer& answer = job.answer();
  if (!verdict.feasible) {
    CHECK(answer.status == Status::kInfeasible);
    CHECK(answer.witnessNeeded > answer.witnessAvailable);
    return;
  }
  CHECK(answer.status == Status::kOptimal);
  CHECK(static_cast<__int128>(answer.objective) == verdict.objective);
  PassResult pass;
  CHECK(certificatePass(view, answer.prices.data(), answer.placedArcs.data(), answer.placedUnits.data(), answer.placedArcs.size(),
                        pass) == Fault::kNone);
  CHECK(pass.primal == answer.objective && pass.dual == answer.bound && pass.gap == 0);
  for (double price : answer.prices) CHECK(price >= 0);
}

void wholeSolvesAgreeWithTheOracle(int count, UnitShape shape, uint64_t base, Tally& tally) {
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + base);
    const Instance p = unitInstance(random, shape);
    const Verdict verdict = oracle(p);
    context("unit instance, seed %d of %d x %d, arcs up to %d", seed, shape.demands, shape.nodes, shape.longest);
    checkOnRows(p.view(), verdict, tally);
    if (p.nodes < 24) continue;
    context("unit instance as a matrix, seed %d of %d x %d, arcs up to %d", seed, shape.demands, shape.nodes, shape.longest);
    checkOnRows(Matrix(p).view, verdict, tally);
  }
}

void partsGiveTheSameAnswerOnAnyNumberOfThreads() {
  for (int seed = 1; seed <= 4; seed++) {
    Random random(static_cast<uint64_t>(seed));
    const int groups = seed == 1 ? 3 : seed == 2 ? 12 : 5;
    const Instance p = groupedInstance(random, groups, seed == 4);
    context("grouped instance, seed %d", seed);
    Rows rows;
    bool fits = false;
    CHECK(readRows(p.view(), true, rows, fits) == Fault::kNone && fits);
    CHECK(splitRows(rows).size() == static_cast<size_t>(std::min(groups, kMostParts)));
    std::vector<int32_t> assignment;
    std::vector<double> prices;
    for (int32_t threads : {1, 2, 3, 16}) {
      Job job;
      Request request;
      request.threads = threads;
      CHECK(job.build(p.view(), request) == Fault::kNone);
      Control control;
      CHECK(job.run(control) == Fault::kNone);
      const Answer& answer = job.answer();
      CHECK(answer.status == Status::kOptimal);
      PassResult pass;
      CHECK(certificatePass(p.view(), answer.prices.data(), answer.placedArcs.data(), answer.placedUnits.data(),
                            answer.placedArcs.size(), pass) == Fault::kNone);
      CHECK(pass.primal == answer.objective && pass.dual == answer.bound && pass.gap == 0);
      if (threads == 1) {
        assignment = answer.assignment;
        prices = answer.prices;
      }
      CHECK(answer.assignment == assignment && answer.prices == prices);
    }
  }
}

// A deadline, a stop and infeasible parts end a run on parts as they end one on the whole.
void partsEndEarlyAsTheWholeDoes() {
  Random random(9);
  Instance p = groupedInstance(random, 6, false);
  const auto solved = [&](Control& control) {
    Job job;
    Request request;
    request.threads = 2;
    CHECK(job.build(p.view(), request) == Fault::kNone);
    CHECK(job.run(control) == Fault::kNone);
    return std::move(job.answer());
  };
  context("parts and a deadline that is over");
  {
    Control control;
    control.hasDeadline = true;
    control.deadline = Control::Clock::now();
    const Answer answer = solved(control);
    CHECK(answer.status == Status::kFeasible);
    PassResult pass;
    CHECK(certificatePass(p.view(), answer.prices.data(), answer.placedArcs.data(), answer.placedUnits.data(),
                          answer.placedArcs.size(), pass) == Fault::kNone);
    CHECK(pass.primal == answer.objective && pass.gap == answer.gap && answer.gap > 0);
  }
  context("parts and a stop");
  {
    Control control;
    control.stop = true;
    CHECK(solved(control).placedArcs.empty());
  }
  context("parts, one of them infeasible");
  {
    for (double& r : p.unserved) r = INFINITY;
    Control control;
    const Answer answer = solved(control);
    CHECK(answer.status == Status::kInfeasible);
    CHECK(answer.witnessNeeded > answer.witnessAvailable);
  }
}

// Two demands hold a node that neither can leave: their bids rise with every phase, and so may no price.
void pricesStayInRangeFromPhaseToPhase() {
  context("prices of a node whose demands have no alternative");
  Instance p;
  p.nodes = 3;
  const double wide = kRowCost;
  const auto add = [&](std::initializer_list<std::pair<int32_t, double>> arcs) {
    for (const auto& [node, cost] : arcs) {
      p.targets.push_back(node);
      p.costs.push_back(cost);
    }
    p.units.push_back(1);
    p.unserved.push_back(INFINITY);
    p.offsets.push_back(static_cast<int32_t>(p.targets.size()));
  };
  add({{0, wide}});
  add({{0, wide - 1}});
  add({{1, 0}, {2, wide}});
  add({{1, wide}, {2, 0}});
  p.capacity = {2, 2, 2};
  Rows rows;
  bool fits = false;
  CHECK(readRows(p.view(), true, rows, fits) == Fault::kNone && fits);
  Control control;
  RowSolver solver(rows, 0, 0, control);
  CHECK(solver.run() == RowEnd::kExact);
  for (int32_t j = 0; j < p.nodes; j++) CHECK(solver.market.price[static_cast<size_t>(j)] <= kRowPrice);
}

// One demand more than slots: the auction tells, and no path is searched for each of the others first.
void anOverfullMarketIsFoundByTheAuction() {
  context("one demand more than slots");
  Random random(11);
  Instance p;
  const int32_t n = 400;
  p.nodes = n - 1;
  for (int32_t i = 0; i < n; i++) {
    for (int32_t a = 0; a < 8; a++) {
      p.targets.push_back((i + 40 * a) % p.nodes);
      p.costs.push_back(static_cast<double>(random.in(0, 1000000)));
    }
    p.units.push_back(1);
    p.unserved.push_back(INFINITY);
    p.offsets.push_back(static_cast<int32_t>(p.targets.size()));
  }
  p.capacity.assign(static_cast<size_t>(p.nodes), 1);
  Job job;
  CHECK(job.build(p.view(), {}) == Fault::kNone);
  Control control;
  CHECK(job.run(control) == Fault::kNone);
  CHECK(job.answer().status == Status::kInfeasible);
  CHECK(job.answer().witnessNeeded > job.answer().witnessAvailable);
  CHECK(job.answer().stats.bids > 0 && job.answer().stats.pushes < n / 4);
}

// Requests of different size on nodes of different price: all want the same cheap nodes, which fill every list, and what is left lies outside.
// `others`: one in ten likes other nodes than the rest, so that every node is in some list.
Instance hotInstance(Random& random, int demands, int nodes, bool others) {
  Instance p;
  p.nodes = nodes;
  std::vector<double> price;
  for (int j = 0; j < nodes; j++) price.push_back(static_cast<double>(random.in(1, 400)));
  int64_t slots = 0;
  for (int32_t j = 0; j < nodes; j++) {
    p.capacity.push_back(static_cast<int32_t>(random.in(1, 2 * demands / nodes + 1)));
    slots += p.capacity.back();
  }
  const int used = static_cast<int>(std::min<int64_t>(demands, slots * random.in(80, 110) / 100));
  for (int i = 0; i < used; i++) {
    const double size = static_cast<double>(random.in(1, 300));
    const bool other = others && i % 10 == 0;
    for (int32_t j = 0; j < nodes; j++) {
      if (random.chance(10)) continue;
      p.targets.push_back(j);
      p.costs.push_back(other ? static_cast<double>(random.in(0, 3000)) : std::floor(size * price[static_cast<size_t>(j)] / 40));
    }
    p.units.push_back(1);
    p.unserved.push_back(50000);
    p.offsets.push_back(static_cast<int32_t>(p.targets.size()));
  }
  return p;
}

void listsThatHotNodesFillAreGivenUp() {
  Tally tally;
  int givenUp = 0;
  for (int seed = 1; seed <= 12; seed++) {
    Random random(static_cast<uint64_t>(seed) + 77);
    const bool others = seed <= 6;
    const Instance p = hotInstance(random, 500, static_cast<int>(random.in(110, 140)), others);
    context("hot nodes, seed %d: %zu demands x %d", seed, p.units.size(), p.nodes);
    checkOnRows(p.view(), oracle(p), tally);
    Rows rows;
    bool fits = false;
    CHECK(readRows(p.view(), true, rows, fits) == Fault::kNone && fits);
    // Lists without slots for all demands are seen to be of no use before the first bid.
    CHECK(rows.listed == others);
    Control control;
    RowSolver solver(rows, 7, 0, control);
    CHECK(solver.run() == RowEnd::kExact);
    givenUp += rows.listed && !solver.market.lists ? 1 : 0;
  }
  context("hot nodes, lists given up in %d of 6", givenUp);
  CHECK(givenUp >= 3);
}

// Where a demand's cheapest arcs differ by little, costs are scaled; where one cost is too large for that they are not, and still fit.
void costsAreScaledOnlyIfAllOfThemBearIt() {
  for (const int64_t most : {10, 1000, 100000}) {
    for (const bool outlier : {false, true}) {
      Random random(static_cast<uint64_t>(most));
      Instance p;
      p.nodes = 40;
      for (int32_t i = 0; i < p.nodes; i++) {
        for (int32_t j = i % 2; j < p.nodes; j += 2) {
          p.targets.push_back(j);
          p.costs.push_back(static_cast<double>(random.in(0, most)));
        }
        p.offsets.push_back(static_cast<int32_t>(p.targets.size()));
        p.units.push_back(1);
        p.unserved.push_back(INFINITY);
        p.capacity.push_back(1);
      }
      if (outlier) p.costs[7] = kRowCost;
      context("scale, costs to %d, outlier %d", static_cast<int>(most), outlier ? 1 : 0);
      Rows rows;
      bool fits = false;
      CHECK(readRows(p.view(), true, rows, fits) == Fault::kNone && fits);
      CHECK(rows.scale == (outlier || most > 5000 ? 1 : most == 10 ? 4 : 16));
      Rows plain;
      CHECK(readRows(p.view(), false, plain, fits) == Fault::kNone && fits && plain.scale == 1);
    }
  }
}

// Costs that differ by little but are large: they are not scaled, long rows and a node without slots or not.
void largeCostsThatDifferByLittleAreNotScaled() {
  context("large costs that differ by little");
  Random random(21);
  Instance p;
  p.nodes = 80;
  for (int32_t i = 0; i < p.nodes; i++) {
    for (int32_t j = 0; j < p.nodes; j++) {
      if ((i + j) % 10 == 0) continue;
      p.targets.push_back(j);
      p.costs.push_back(static_cast<double>(100000000 + random.in(0, 50)));
    }
    p.offsets.push_back(static_cast<int32_t>(p.targets.size()));
    p.units.push_back(1);
    p.unserved.push_back(INFINITY);
    p.capacity.push_back(i == 3 ? 0 : i == 7 ? 2 : 1);
  }
  Rows rows;
  bool fits = false;
  CHECK(readRows(p.view(), true, rows, fits) == Fault::kNone && fits && rows.scale == 1 && !rows.hopeless);
  for (int32_t i = 0; i < p.nodes; i++) CHECK(rows.isLong(i));
  Tally tally;
  checkOnRows(p.view(), oracle(p), tally);
}

// What the rows do not take goes to the classes, and neither is an error.
void onlyUnitDemandsWithWholeCostsInRangeFit() {
  Random random(3);
  const Instance plain = unitInstance(random, {40, 20, 12});
  const auto fits = [](const Instance& p) {
    Rows rows;
    bool yes = false;
    CHECK(readRows(p.view(), true, rows, yes) == Fault::kNone);
    return yes;
  };
  context("what fits");
  CHECK(fits(plain));
  Instance p = plain;
  p.units[0] = 2;
  CHECK(!fits(p));
  p = plain;
  p.costs[0] = kRowCost + 1.0;
  CHECK(!fits(p));
  p = plain;
  p.costs[0] = 0.5;
  CHECK(!fits(p));
  p = plain;
  p.arcCapacity.assign(p.targets.size(), 1);
  CHECK(!fits(p));
  p = plain;
  ProblemView wide = p.view();
  wide.nodes = INT32_MAX / 32 + 1;
  wide.capacity = {nullptr, 2};
  Rows none;
  bool taken = true;
  CHECK(readRows(wide, true, none, taken) == Fault::kNone && !taken);
  p.targets[0] = p.nodes;
  Rows rows;
  bool yes = false;
  CHECK(readRows(p.view(), true, rows, yes) == Fault::kProblemChanged);
}

// Lists stay where they lead everywhere, though a sample of them misses a node or two.
void listsStayWhereTheyLeadEverywhere() {
  context("lists of a large matrix");
  constexpr int32_t n = 4000;
  Random random(1);
  std::vector<uint8_t> costs(static_cast<size_t>(n) * n);
  for (uint8_t& cost : costs) cost = static_cast<uint8_t>(random.in(1, 100));
  ProblemView v;
  v.demands = v.nodes = n;
  v.arcs = static_cast<int64_t>(costs.size());
  v.costs = {costs.data(), CostType::kUint8};
  v.units.all = v.capacity.all = 1;
  v.unservedCost.all = INFINITY;
  v.arcCapacity.all = kNoBound;
  v.integer = true;
  Rows rows;
  bool fits = false;
  CHECK(readRows(v, true, rows, fits) == Fault::kNone && fits && rows.listed);
}

}  // namespace

int main(int argc, char** argv) {
  const int scale = argc > 1 ? std::atoi(argv[1]) : 1;
  Tally tally;
  wholeSolvesAgreeWithTheOracle(3000 * scale, {14, 8, 8}, 0, tally);
  wholeSolvesAgreeWithTheOracle(300 * scale, {60, 40, 40}, 1000000, tally);
  wholeSolvesAgreeWithTheOracle(100 * scale, {120, 150, 150}, 2000000, tally);
  onlyUnitDemandsWithWholeCostsInRangeFit();
  costsAreScaledOnlyIfAllOfThemBearIt();
  largeCostsThatDifferByLittleAreNotScaled();
  partsGiveTheSameAnswerOnAnyNumberOfThreads();
  partsEndEarlyAsTheWholeDoes();
  pricesStayInRangeFromPhaseToPhase();
  anOverfullMarketIsFoundByTheAuction();
  listsThatHotNodesFillAreGivenUp();
  listsStayWhereTheyLeadEverywhere();
  context("exact %ld, handed over %ld", static_cast<long>(tally.exact), static_cast<long>(tally.handedOver));
  CHECK(tally.exact > 1000 * scale);
  CHECK(tally.handedOver > 100 * scale);
  std::printf("exact %ld, handed over %ld\n", static_cast<long>(tally.exact), static_cast<long>(tally.handedOver));
  return report("rows");
}
