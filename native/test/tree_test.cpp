// The network simplex method: the tree keeps its order and its potentials through any pivots; alone, without the finish, the method
// ends at the optimum with prices that prove it, or leaves unplaced exactly what has no place.
#include "tree.h"

#include <optional>

#include "certificate.h"
#include "check.h"
#include "finish.h"
#include "grid.h"
#include "invariants.h"
#include "oracle.h"
#include "random_problem.h"
#include "reach.h"
#include "simplex.h"

using namespace outbid;
using namespace outbid::test;

namespace {

struct Arc {
  int32_t from;
  int32_t to;
  int64_t cost;
};

// Every vertex once, subtrees in one piece, depths and potentials as the arcs say, and every one can send a unit to the root.
bool isSound(const Tree& tree, const std::vector<Arc>& arcs) {
  std::vector<int32_t> open{tree.root()};  // the path from the root to the vertex before
  int32_t seen = 1;
  for (int32_t v = tree.nextBelow(tree.root(), tree.root()); v >= 0; v = tree.nextBelow(tree.root(), v), seen++) {
    while (!open.empty() && open.back() != tree.parent(v)) open.pop_back();
    if (open.empty() || seen > tree.root()) return false;
    open.push_back(v);
    const Arc& arc = arcs[static_cast<size_t>(tree.limb(v).arc)];
    if (tree.potential(arc.from) - tree.potential(arc.to) != arc.cost) return false;
    if (std::min(arc.from, arc.to) != std::min(v, tree.parent(v)) || std::max(arc.from, arc.to) != std::max(v, tree.parent(v)))
      return false;
    if (tree.limb(v).rise <= 0 || tree.limb(v).fall < 0) return false;
  }
  return seen == tree.root() + 1;
}

void pivotsKeepTheTreeSound() {
  int moved = 0;
  for (int seed = 1; seed <= 300; seed++) {
    Random random(static_cast<uint64_t>(seed) + 20000);
    context("tree, seed %d", seed);
    const int32_t size = static_cast<int32_t>(random.in(2, 40));
    Tree tree(size);
    const int32_t root = tree.root();
    std::vector<Arc> arcs;
    std::vector<int64_t> room;
    for (int32_t v = 0; v < root; v++) {
      // Parents of a higher number: no circle. Arcs point up or down.
      const int32_t parent = static_cast<int32_t>(random.in(v + 1, root));
      const bool up = random.chance(50);
      arcs.push_back(up ? Arc{v, parent, random.in(-20, 20)} : Arc{parent, v, random.in(-20, 20)});
      room.push_back(random.in(1, 5));
      const int64_t carried = random.in(up ? 0 : 1, up ? room.back() - 1 : room.back());
      const int64_t rise = up ? room.back() - carried : carried;
      tree.hang(v, parent, static_cast<int32_t>(arcs.size()) - 1, up ? arcs.back().cost : -arcs.back().cost, rise,
                room.back() - rise);
    }
    tree.settle();
    CHECK(isSound(tree, arcs));
    for (int step = 0; step < 60; step++) {
      const int32_t from = static_cast<int32_t>(random.in(0, root));
      const int32_t to = static_cast<int32_t>(random.in(0, root));
      if (from == to) continue;
      arcs.push_back({from, to, tree.potential(from) - tree.potential(to) - random.in(1, 9)});
      const int64_t most = random.in(1, 6);
      const int64_t reduced = arcs.back().cost + tree.potential(to) - tree.potential(from);
      const Leaving leaving = tree.pivot({from, to, static_cast<int32_t>(arcs.size()) - 1, most, reduced});
      moved += leaving.vertex >= 0 ? 1 : 0;
      CHECK(isSound(tree, arcs));
    }
  }
  CHECK(moved > 5000);
}

struct Run {
  Classes k;
  std::optional<Grid> grid;
  std::optional<Market> market;
  Control control;
  bool done = false;
  int64_t pivots = 0;

  explicit Run(const Instance& p, uint64_t seed = 0, bool stopped = false) {
    if (mergeClasses(p.view(), k) != Fault::kNone) return;  // many units at high cost: beyond the exact range
    grid.emplace(k);
    market.emplace(k, seed);
    market->priceCeiling = grid->ceiling();
    control.stop = stopped;
    Simplex simplex(*market, control, grid->largest());
    done = simplex.run();
    pivots = simplex.pivots;
  }
  int64_t unplaced() const {
    int64_t units = 0;
    for (const ClassState& s : market->state) units += s.unplaced;
    return units;
  }
};

void theMethodAloneIsExact() {
  int optimal = 0;
  int infeasible = 0;
  for (int seed = 1; seed <= 6000; seed++) {
    Random random(static_cast<uint64_t>(seed) + 600000);
    const Instance p = randomInstance(random, seed % 10 == 0 ? Shape{60, 30, false} : Shape{});
    context("simplex, seed %d", seed);
    Run run(p, static_cast<uint64_t>(seed));
    if (!run.market) continue;
    Market& market = *run.market;
    CHECK(run.done);
    CHECK(noUnitIsLost(market));
    const Verdict verdict = oracle(p);
    CHECK((run.unplaced() == 0) == verdict.feasible);
    for (int64_t price : market.price) CHECK(price >= 0 && (price <= run.grid->ceiling() || price == kBlocked));
    Reach reach;
    FinishStats stats;
    const FinishEnd end = finish(market, run.control, reach, 32, stats);
    CHECK((end == FinishEnd::kExact) == verdict.feasible);
    if (end != FinishEnd::kExact) {
      infeasible++;
      CHECK(end == FinishEnd::kInfeasible);
      continue;
    }
    optimal++;
    // Nothing was left to do.
    CHECK(stats.dropped == 0 && stats.pushes == 0 && stats.pulls == 0);
    CHECK(paysAtMostEpsilonMore(market, 0));
    CHECK(pricesMatchSlots(market));
    priceNodesWithoutSlots(market);
    const Certificate certificate = certifyWhole(market);
    CHECK(certificate.valid && certificate.unplaced == 0 && certificate.gap == 0);
    CHECK(certificate.primal * (p.maximize ? -1 : 1) == static_cast<double>(verdict.objective));
  }
  CHECK(optimal > 3000);
  CHECK(infeasible > 500);
}

// Rows far longer than their short lists.
void nothingIsLeftForTheFinishOfLargerProblems() {
  int exact = 0;
  for (int seed = 1; seed <= 150; seed++) {
    Random random(static_cast<uint64_t>(seed) + 310000);
    const Instance p = randomInstance(random, Shape{150, 300, false});
    context("larger, seed %d", seed);
    Run run(p, 1);
    if (!run.market) continue;
    Market& market = *run.market;
    CHECK(run.done);
    CHECK(noUnitIsLost(market));
    Reach reach;
    FinishStats stats;
    if (finish(market, run.control, reach, 32, stats) != FinishEnd::kExact) continue;
    exact++;
    CHECK(stats.dropped == 0 && stats.pushes == 0 && stats.pulls == 0);
    priceNodesWithoutSlots(market);
    CHECK(certifyWhole(market).gap == 0);
  }
  CHECK(exact > 80);
}

// As many units as slots, all must be served: any common rise of the prices is optimal too, the artificial cost must not show.
void pricesOfABalancedMarketAreNoHigherThanCostsExplain() {
  for (int seed = 1; seed <= 200; seed++) {
    Random random(static_cast<uint64_t>(seed) + 70000);
    context("balanced, seed %d", seed);
    const int32_t n = static_cast<int32_t>(random.in(1, 12));
    Instance p;
    p.nodes = n;
    for (int32_t i = 0; i < n; i++) {
      for (int32_t j = 0; j < n; j++) {
        p.targets.push_back(j);
        p.costs.push_back(static_cast<double>(random.in(0, 1000)));
      }
      p.offsets.push_back((i + 1) * n);
      p.units.push_back(static_cast<int32_t>(random.in(1, 1000)));
      p.unserved.push_back(INFINITY);
    }
    p.capacity = p.units;
    const Run run(p);
    CHECK(run.done && run.unplaced() == 0);
    CHECK(*std::min_element(run.market->price.begin(), run.market->price.end()) == 0);
    for (int64_t price : run.market->price) CHECK(price <= 1000 * n);
  }
}

// Equal units and slots, products as costs: nearly every pivot moves nothing.
void degeneratePivotsEnd() {
  context("products");
  constexpr int32_t kSize = 60;
  Instance p;
  p.nodes = kSize;
  for (int32_t i = 0; i < kSize; i++) {
    for (int32_t j = 0; j < kSize; j++) {
      p.targets.push_back(j);
      p.costs.push_back((i + 1) * (j + 1));
    }
    p.offsets.push_back((i + 1) * kSize);
    p.units.push_back(7);
    p.unserved.push_back(INFINITY);
    p.capacity.push_back(7);
  }
  const Run run(p);
  CHECK(run.done && run.unplaced() == 0);
  double best = 0;
  for (int32_t i = 0; i < kSize; i++) best += 7.0 * (i + 1) * (kSize - i);
  CHECK(certifyWhole(*run.market).primal == best);
}

void aStoppedRunLeavesASoundMarket() {
  for (int seed = 1; seed <= 300; seed++) {
    Random random(static_cast<uint64_t>(seed) + 90000);
    const Instance p = randomInstance(random, Shape{40, 20, false});
    context("stopped, seed %d", seed);
    const Run run(p, 0, true);
    if (!run.market) continue;
    CHECK(!run.done || run.k.classes == 0);
    CHECK(noUnitIsLost(*run.market));
    for (int64_t price : run.market->price) CHECK(price >= 0);
    // What goes unserved may still find a free slot (complete.h).
    if (!run.done) {
      for (const ClassState& s : run.market->state) CHECK(s.pooled == 0);
    }
  }
}

// Nodes of one cost share what there is by the hash of the seed, not by their index.
void noNodeIsFavouredByItsIndex() {
  context("ties");
  constexpr int32_t kNodes = 4;
  std::vector<int64_t> load(kNodes, 0);
  int64_t all = 0;
  for (uint64_t seed = 0; seed < 400; seed++) {
    Instance p;
    p.nodes = kNodes;
    for (int32_t i = 0; i < 3; i++) {
      for (int32_t j = 0; j < kNodes; j++) {
        p.targets.push_back(j);
        p.costs.push_back(5);
      }
      p.offsets.push_back((i + 1) * kNodes);
      p.units.push_back(10 + i);  // different units and unserved costs: three classes
      p.unserved.push_back(100 + i);
    }
    p.capacity.assign(kNodes, 20);
    const Run run(p, seed);
    for (int32_t j = 0; j < kNodes; j++) {
      load[static_cast<size_t>(j)] += run.market->load[static_cast<size_t>(j)];
      all += run.market->load[static_cast<size_t>(j)];
    }
  }
  for (int64_t units : load) CHECK(5 * units > all && 10 * units < 3 * all);
}

}  // namespace

int main() {
  pivotsKeepTheTreeSound();
  theMethodAloneIsExact();
  nothingIsLeftForTheFinishOfLargerProblems();
  pricesOfABalancedMarketAreNoHigherThanCostsExplain();
  degeneratePivotsEnd();
  aStoppedRunLeavesASoundMarket();
  noNodeIsFavouredByItsIndex();
  return report("tree");
}
