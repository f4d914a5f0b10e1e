// The device's auction, run by processor threads: whole solves against the oracle, and one outcome for every width of a warp, every
// order and every number of threads.
#include <cstdio>
#include <cstdlib>

#include "board_opener.h"
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
    bool whole = false;
    cuda::wholePrices(layout, outcome.prices.data(), whole);
    const int64_t epsilon = outcome.end.epsilon;
    CHECK(paysAtMostEpsilonMore(market, layout.scale == 1 ? epsilon : whole && epsilon == 1 ? 0 : epsilon / layout.scale + 1));
    const bool cut = outcome.end.bids >= layout.plan.bidLimit || outcome.end.rounds >= layout.plan.rounds;
    if (!cut && unplaced == 0 && outcome.reverses < layout.plan.reverses) CHECK(pricesMatchSlots(market));
    exact = whole && epsilon == 1 && unplaced == 0 && outcome.open == 0;
    CHECK(whole || layout.scale < layout.nodes + 2);
    reverses += outcome.reverses;
  }
  bool exact = false;  // nothing is left to the finish
  int64_t reverses = 0;
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
  int64_t reverses = 0;
  int exact = 0;
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 11000000);
    const Instance p = fittingInstance(random, shape);
    context("fitting instance, seed %d", seed);
    Executor how;
    how.width = widths[seed % 3];
    how.shuffle = seed % 2 == 0 ? random.next() : 0;
    std::vector<double> costs;
    for (const ProblemView& view : {p.view(), denseView(p, costs)}) {
      WatchedOpener opener(how, random.next());
      if (random.chance(40)) opener.mostScale = static_cast<int32_t>(random.in(1, 4));
      exact += checkAgainstOracle(p, view, opener) ? 1 : 0;
      reverses += opener.reverses;
    }
  }
  std::printf("%d instances twice, %d exact before the finish, %lld rounds of reverse\n", count, exact,
              static_cast<long long>(reverses));
  CHECK(exact > count / 3);
}

// One set of bids, one outcome: prices, placements, number of bids and rounds.
void outcomesDoNotDependOnTheExecutor(int count, Shape shape, int threads) {
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 12000000);
    const Instance p = fittingInstance(random, shape);
    context("executors, seed %d", seed);
    std::vector<double> costs;
    Classes classes;
    CHECK(mergeClasses(seed % 3 == 0 ? denseView(p, costs) : p.view(), classes) == Fault::kNone);
    cuda::Layout layout;
    CHECK(cuda::layOut(classes, random.next(), layout, random.chance(50) ? 1 : INT32_MAX));
    layout.plan.soloBelow = static_cast<int32_t>(random.in(0, 8));
    if (random.chance(50)) layout.plan.kappa = 1;  // leaves more for reverse
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
  outcomesDoNotDependOnTheExecutor(150 * scale, {30, 12, false}, 1);
  outcomesDoNotDependOnTheExecutor(10 * scale, {30, 12, false}, 3);
  return report("cuda auction");
}
