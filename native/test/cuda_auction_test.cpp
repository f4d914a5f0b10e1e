// The device's auction, run by processor threads: whole solves against the oracle, and one outcome for every width of a warp, every
// order and every number of threads.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "board_opener.h"
#include "direct.h"
#include "direct_answer.h"
#include "invariants.h"
#include "oracle.h"
#include "solve.h"

using namespace outbid;
using namespace outbid::test;

namespace {

// Looks at what the finish is given: the invariants at the last epsilon, where the auction came to its end by itself.
class WatchedOpener : public BoardOpener {
 public:
  using BoardOpener::BoardOpener;
  void look(const Market& market, const cuda::Layout& layout) override {
    CHECK(noUnitIsLost(market));
    int64_t unplaced = 0;
    for (int32_t c = 0; c < market.k.classes; c++) unplaced += market.state[static_cast<size_t>(c)].unplaced;
    const bool settled = outcome.settles > 0 && outcome.open == 0 && unplaced == 0;
    bool whole = false;
    cuda::wholePrices(layout, outcome.prices.data(), whole);
    exact = settled || (layout.plan.exact != 0 && whole && unplaced == 0 && outcome.open == 0);
    // Through a gate an epsilon of the class and one of the gate's own unit; another one at the gate that would be cheaper.
    const bool gates = layout.unfolding != nullptr && !layout.unfolding->gates().empty();
    const int64_t hops = gates ? 3 : 1;
    // Where somebody still waits who must be served, others moved and prices stayed; a gate's unit that waits leaves room that nobody may use.
    const bool waits = std::count(outcome.at.begin(), outcome.at.end(), cuda::kUnplaced) > 0;
    if (!waits || (outcome.settles == 0 && !gates))
      CHECK(paysAtMostEpsilonMore(market, exact ? 0 : hops * outcome.end.epsilon / layout.scale + 1));
    if (exact) CHECK(pricesMatchSlots(market));
    // A circle has no more steps than there are nodes: where that many epsilons do not make up a unit, none can gain.
    const bool sure = static_cast<int64_t>(layout.plan.last) * (layout.nodes + 2) <= layout.scale;
    if (sure && unplaced == 0) CHECK(exact);
    CHECK(whole || layout.scale < layout.nodes + 2);
    relaxations += outcome.end.relaxations;
  }
  bool exact = false;  // nothing is left to the finish
  int64_t relaxations = 0;
};

// True if the auction alone had the optimum.
bool checkAgainstOracle(const Instance& p, const ProblemView& view, WatchedOpener& opener) {
  Job job;
  Request request;
  request.opener = &opener;
  CHECK(job.build(view, request) == Fault::kNone);
  Control control;
  CHECK(job.run(control) == Fault::kNone);
  const Answer& answer = job.answer();
  const Verdict verdict = oracle(p);
  if (!verdict.feasible) {
    CHECK(answer.status == Status::kInfeasible);
    return false;
  }
  CHECK(answer.status == Status::kOptimal);
  CHECK(answer.gap == 0);
  CHECK(static_cast<__int128>(answer.objective) == verdict.objective);
  if (opener.exact) CHECK(answer.stats.pushes == 0 && answer.stats.pulls == 0);
  return opener.exact;
}

void answersAreOptimal(int count, Shape shape) {
  const int widths[] = {1, 4, 32};
  int64_t relaxations = 0;
  int exact = 0;
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 11000000);
    const Instance p = fittingInstance(random, shape);
    context("fitting instance, seed %d", seed);
    Executor how;
    how.width = widths[seed % 3];
    how.shuffle = seed % 2 == 0 ? random.next() : 0;
    Matrix matrix;
    for (const ProblemView& view : {p.view(), denseView(p, matrix)}) {
      WatchedOpener opener(how, random.next());
      if (random.chance(40)) opener.mostScale = static_cast<int32_t>(random.in(1, 4));
      exact += checkAgainstOracle(p, view, opener) ? 1 : 0;
      relaxations += opener.relaxations;
    }
  }
  std::printf("%d instances twice, %d exact before the finish, %lld rounds of settle\n", count, exact,
              static_cast<long long>(relaxations));
  CHECK(exact > count / 2);
}

// A fleet near its nodes: requests and nodes in a square, costs by distance, at loads below, near and above one. The auction's own outcome is
// the optimum, and what a caller is told is proven without the core's finish.
void fleetsEndExact(int count) {
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 13000000);
    context("fleet, seed %d", seed);
    Instance p;
    p.nodes = static_cast<int32_t>(random.in(20, 60));
    const int32_t demands = static_cast<int32_t>(random.in(300, 900));
    const double loads[] = {0.5, 0.9, 0.99, 1, 1.2};
    const double load = loads[seed % 5];
    const double unserved = seed % 2 == 0 || load > 1 ? 5000 : INFINITY;
    p.capacity.assign(static_cast<size_t>(p.nodes), 1);
    for (int64_t left = static_cast<int64_t>(demands / load) - p.nodes; left > 0; left--)
      p.capacity[static_cast<size_t>(random.in(0, p.nodes - 1))]++;
    std::vector<std::pair<double, double>> sites;
    for (int32_t j = 0; j < p.nodes; j++) sites.emplace_back(random.unit(), random.unit());
    for (int32_t i = 0; i < demands; i++) {
      const double east = random.unit();
      const double north = random.unit();
      for (int32_t j = static_cast<int32_t>(random.in(0, 2)); j < p.nodes; j += static_cast<int32_t>(random.in(1, 4))) {
        const auto& [e, n] = sites[static_cast<size_t>(j)];
        p.targets.push_back(j);
        p.costs.push_back(std::floor(1000 * std::hypot(e - east, n - north)));
      }
      p.offsets.push_back(static_cast<int32_t>(p.targets.size()));
    }
    p.units.assign(static_cast<size_t>(demands), 1);
    p.unserved.assign(static_cast<size_t>(demands), unserved);
    cuda::Layout layout;
    CHECK(cuda::layOutDirect(p.view(), random.next(), layout));
    layout.plan.soloBelow = 64;
    const Outcome outcome = runAuction(layout, {4, 1, random.next()});
    Job job;
    CHECK(job.build(p.view(), {}) == Fault::kNone);
    Control control;
    CHECK(job.run(control) == Fault::kNone);
    const Answer& answer = job.answer();
    if (answer.status == Status::kInfeasible) continue;
    CHECK(outcome.settles > 0 && outcome.open == 0);
    bool whole = false;
    const std::vector<int64_t> prices = cuda::wholePrices(layout, outcome.prices.data(), whole);
    HostBoard host(layout);
    std::copy(outcome.at.begin(), outcome.at.end(), host.board.at);
    std::vector<int64_t> scaled(prices);
    for (int64_t& price : scaled) price *= layout.scale;
    std::copy(scaled.begin(), scaled.end(), host.board.proof);
    onTeam({1, 1, 0}, [&](auto& team) { team.groups(layout.demands, cuda::Prove{host.board}); });
    const cuda::Proof proof = cuda::proofOf(*host.board.tally, layout, scaled);
    CHECK(cuda::isOptimal(layout, outcome.at.data(), proof, 1));
    CHECK(static_cast<double>(proof.primal) == answer.objective);
    // Least prices: no other proof has a lower one.
    for (size_t j = 0; j < prices.size(); j++) CHECK(static_cast<double>(prices[j]) <= answer.prices[j]);
  }
}

// One set of bids, one outcome: prices, placements, number of bids and rounds.
void outcomesDoNotDependOnTheExecutor(int count, Shape shape, int threads) {
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 12000000);
    const Instance p = fittingInstance(random, shape);
    context("executors, seed %d", seed);
    Matrix matrix;
    Classes classes;
    CHECK(mergeClasses(seed % 3 == 0 ? denseView(p, matrix) : p.view(), classes) == Fault::kNone);
    cuda::Layout layout;
    layout.mayDiffer = false;
    CHECK(cuda::layOut(classes, random.next(), layout, nullptr, random.chance(50) ? 1 : INT32_MAX) == nullptr);
    layout.plan.soloBelow = static_cast<int32_t>(random.in(0, 8));
    if (random.chance(50)) layout.plan.kappa = 1;  // leaves more for settle
    if (random.chance(50))
      layout.plan.mayWait = static_cast<int32_t>(random.in(1, 5)), layout.plan.tail = static_cast<int32_t>(random.in(0, 3));
    const Outcome base = runAuction(layout, {});
    for (int width : {1, 4, 32}) {
      CHECK(runAuction(layout, {width, 1, 0}) == base);
      CHECK(runAuction(layout, {width, 1, random.next() | 1}) == base);
      if (threads > 1) CHECK(runAuction(layout, {width, threads, 0}) == base);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int scale = argc > 1 ? std::atoi(argv[1]) : 1;
  answersAreOptimal(1500 * scale, {});
  answersAreOptimal(60 * scale, {60, 30, false});
  fleetsEndExact(30 * scale);
  outcomesDoNotDependOnTheExecutor(150 * scale, {30, 12, false}, 1);
  outcomesDoNotDependOnTheExecutor(10 * scale, {30, 12, false}, 3);
  return report("cuda auction");
}
