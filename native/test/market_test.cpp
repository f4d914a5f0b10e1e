// The market's book-keeping, and its two invariants after every kind of move; the exact finish from any state.
#include "market.h"

#include "bid.h"
#include "certificate.h"
#include "check.h"
#include "columns.h"
#include "finish.h"
#include "grid.h"
#include "invariants.h"
#include "offer.h"
#include "oracle.h"
#include "random_problem.h"
#include "reach.h"
#include "schedule.h"

using namespace outbid;
using namespace outbid::test;

namespace {

void placingAndTakingKeepsTheBooks() {
  for (int seed = 1; seed <= 200; seed++) {
    Random random(static_cast<uint64_t>(seed) + 100);
    context("books, seed %d", seed);
    const Instance p = randomInstance(random, {20, 4, false});
    Classes k;
    CHECK(mergeClasses(p.view(), k) == Fault::kNone);
    Grid grid(k);
    Market market(k, 0);
    for (int step = 0; step < 200 && k.classes > 0; step++) {
      const int32_t c = static_cast<int32_t>(random.in(0, k.classes - 1));
      ClassState& s = market.state[static_cast<size_t>(c)];
      if (s.head >= 0 && random.chance(45)) {
        const int32_t id = s.head;
        const int64_t units = random.in(1, market.block(id).count);
        market.take(id, units);
        s.unplaced += units;
      } else if (k.offset[static_cast<size_t>(c) + 1] > k.offset[static_cast<size_t>(c)]) {
        const int32_t a =
            static_cast<int32_t>(random.in(k.offset[static_cast<size_t>(c)], k.offset[static_cast<size_t>(c) + 1] - 1));
        const size_t j = static_cast<size_t>(k.node[static_cast<size_t>(a)]);
        const int64_t most = std::min({s.unplaced, market.roomOf(c, a), k.capacity[j] - market.load[j]});
        if (most <= 0) continue;
        const int64_t units = random.in(1, most);
        market.place(c, a, units, 0);
        s.unplaced -= units;
      }
    }
    CHECK(noUnitIsLost(market));
  }
}

void invariantsHoldAfterEveryPhase() {
  int phases = 0;
  for (int seed = 1; seed <= 1500; seed++) {
    Random random(static_cast<uint64_t>(seed) + 9000);
    const Instance p = randomInstance(random);
    if (!oracle(p).feasible) continue;
    context("phases, seed %d", seed);
    Classes k;
    CHECK(mergeClasses(p.view(), k) == Fault::kNone);
    Grid grid(k);
    Market market(k, 0);
    Control control;
    Reach reach;
    Schedule schedule(market, grid, control, reach, 0);
    Bidder bidder(market, control, reach);
    int64_t epsilon = random.in(1, 60);
    if (bidder.forward(epsilon, 100000, true) != ForwardEnd::kAllPlaced) continue;
    CHECK(noUnitIsLost(market));
    CHECK(paysAtMostEpsilonMore(market, epsilon));
    CHECK(pricesMatchSlots(market));
    epsilon = std::max<int64_t>(1, epsilon / 5);
    schedule.restart(epsilon, 8 * epsilon);
    CHECK(noUnitIsLost(market));
    CHECK(paysAtMostEpsilonMore(market, epsilon));
    if (bidder.forward(epsilon, 100000, false) != ForwardEnd::kAllPlaced) continue;
    CHECK(paysAtMostEpsilonMore(market, epsilon));
    Columns columns;
    columns.build(market, kInfinite);
    if (reverse(market, columns, epsilon, 10000, control) >= 10000) continue;
    CHECK(noUnitIsLost(market));
    CHECK(paysAtMostEpsilonMore(market, epsilon));
    CHECK(pricesMatchSlots(market));
    phases++;
  }
  CHECK(phases > 700);
}

void theFinishIsExactFromAnyPricesAndAnyPartialPlacement() {
  for (int seed = 1; seed <= 3000; seed++) {
    Random random(static_cast<uint64_t>(seed) + 40000);
    const Instance p = randomInstance(random);
    context("finish, seed %d", seed);
    Classes k;
    CHECK(mergeClasses(p.view(), k) == Fault::kNone);
    Grid grid(k);
    Market market(k, 0);
    market.priceCeiling = grid.ceiling();
    for (int32_t j = 0; j < k.nodes; j++) {
      if (k.capacity[static_cast<size_t>(j)] > 0)
        market.price[static_cast<size_t>(j)] = random.in(0, random.chance(20) ? 1000000 : 40);
    }
    for (int32_t c = 0; c < k.classes; c++) {
      ClassState& s = market.state[static_cast<size_t>(c)];
      for (int32_t a = k.offset[static_cast<size_t>(c)]; a < k.offset[static_cast<size_t>(c) + 1]; a++) {
        const size_t j = static_cast<size_t>(k.node[static_cast<size_t>(a)]);
        const int64_t most = std::min({s.unplaced, market.roomOf(c, a), k.capacity[j] - market.load[j]});
        if (most <= 0 || !random.chance(40)) continue;
        const int64_t units = random.in(1, most);
        market.place(c, a, units, 0);
        s.unplaced -= units;
      }
      if (!k.mustServe(c) && s.unplaced > 0 && random.chance(30)) {
        s.pooled = random.in(1, s.unplaced);
        s.unplaced -= s.pooled;
      }
    }
    Control control;
    Reach reach;
    FinishStats stats;
    const FinishEnd end = finish(market, control, reach, random.in(1, 64), stats);
    const Verdict verdict = oracle(p);
    CHECK((end == FinishEnd::kExact) == verdict.feasible);
    CHECK((end == FinishEnd::kInfeasible) == !verdict.feasible);
    if (end != FinishEnd::kExact) continue;
    CHECK(noUnitIsLost(market));
    CHECK(paysAtMostEpsilonMore(market, 0));
    CHECK(pricesMatchSlots(market));
    priceNodesWithoutSlots(market);
    const Certificate certificate = certifyWhole(market);
    CHECK(certificate.valid && certificate.unplaced == 0 && certificate.gap == 0);
    CHECK(certificate.primal * (p.maximize ? -1 : 1) == static_cast<double>(verdict.objective));
  }
}

void aPulledNodeExitsAtTheSurchargeOfItsLastSlot() {
  context("one slot of surcharge 5 at price 7, one unserved unit of cost 3");
  Instance p;
  p.nodes = 1;
  p.offsets = {0, 1};
  p.targets = {0};
  p.costs = {0};
  p.units = {1};
  p.unserved = {3};
  p.capacity = {1};
  p.tierOffsets = {0, 1};
  p.tierSlots = {1};
  p.tierSurcharge = {5};
  Classes k;
  CHECK(mergeClasses(p.view(), k) == Fault::kNone);
  Grid grid(k);
  Market market(k, 0);
  market.priceCeiling = grid.ceiling();
  market.price[0] = 7;
  market.state[0].unplaced = 0;
  market.state[0].pooled = 1;
  Control control;
  Reach reach;
  FinishStats stats;
  CHECK(finish(market, control, reach, 32, stats) == FinishEnd::kExact);
  CHECK(certifyWhole(market).primal == 3);
}

void aClassThatOwnsSlotsElsewhereBidsOneLevel() {
  context("X owns A and one slot of B, then Y asks for two of B");
  Instance p;
  p.nodes = 2;
  p.offsets = {0, 2, 3};
  p.targets = {0, 1, 1};
  p.costs = {0, 1, 0};
  p.units = {2, 2};
  p.unserved = {100, 50};
  p.capacity = {1, 2};
  Classes k;
  CHECK(mergeClasses(p.view(), k) == Fault::kNone);
  Grid grid(k);
  Market market(k, 0);
  market.priceCeiling = grid.ceiling();
  Control control;
  Reach reach;
  Bidder bidder(market, control, reach);
  int64_t epsilon = 1;
  market.state[1].unplaced = 0;
  CHECK(bidder.forward(epsilon, 1000, false) == ForwardEnd::kAllPlaced);
  market.state[1].unplaced = 2;
  CHECK(bidder.forward(epsilon, 1000, false) == ForwardEnd::kAllPlaced);
  CHECK(paysAtMostEpsilonMore(market, epsilon));
}

}  // namespace

int main() {
  placingAndTakingKeepsTheBooks();
  invariantsHoldAfterEveryPhase();
  theFinishIsExactFromAnyPricesAndAnyPartialPlacement();
  aPulledNodeExitsAtTheSurchargeOfItsLastSlot();
  aClassThatOwnsSlotsElsewhereBidsOneLevel();
  return report("market");
}
