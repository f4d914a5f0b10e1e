// Grids of float costs: refinements lead to the optimum, whether what they clamp was known not to matter or is only seen not to; and a range of
// many decades leaves the exact finish no more to do than any other.
#include "grid.h"

#include "certificate.h"
#include "check.h"
#include "finish.h"
#include "market.h"
#include "random_problem.h"
#include "reach.h"
#include "solve.h"

using namespace outbid;
using namespace outbid::test;

namespace {

double wide(Random& random, double low, double high) {
  return std::pow(10, low + (high - low) * random.unit());
}

// Costs and unserved costs of a random problem times powers of ten, each its own.
Instance wideInstance(Random& random) {
  Instance p = randomInstance(random);
  p.integer = false;
  for (double& c : p.costs) c *= wide(random, -6, 6);
  for (double& r : p.unserved) r *= wide(random, -6, 6);
  return p;
}

Certificate certified(const Market& market, const Grid& grid) {
  std::vector<double> prices(static_cast<size_t>(market.k.nodes));
  grid.exportPrices(market, prices.data());
  return certifyFloat(market, prices.data());
}

// A finish on a grid made finer at the cost of what is clamped; where that mattered, once more on the coarse grid. Either leads to the optimum.
void clampsThatMatterAreSeenAndUndone() {
  int kept = 0;
  int undone = 0;
  for (int seed = 1; seed <= 3000; seed++) {
    Random random(static_cast<uint64_t>(seed) + 700000);
    const Instance p = wideInstance(random);
    context("clamps, seed %d", seed);
    Classes k;
    CHECK(mergeClasses(p.view(), k) == Fault::kNone);
    if (k.integer) continue;
    Grid grid(k);
    Market market(k, 0);
    Control control;
    Reach reach;
    FinishStats stats;
    const auto finished = [&]() {
      market.priceCeiling = grid.ceiling();
      return finish(market, control, reach, 32, stats) == FinishEnd::kExact;
    };
    const int bits = static_cast<int>(random.in(4, 40));
    if (!grid.refine(market, grid.mostFor(bits)) || !finished()) continue;
    if (grid.isUnclamped(market)) {
      kept++;
    } else {
      undone++;
      grid.coarsen(market);
      CHECK(finished());
    }
    Certificate certificate = certified(market, grid);
    for (int round = 0; round < 6 && certificate.gap > certificate.tolerance; round++) {
      CHECK(grid.refine(market));
      CHECK(finished());
      certificate = certified(market, grid);
    }
    CHECK(certificate.valid && certificate.unplaced == 0);
    CHECK(certificate.gap <= certificate.tolerance);
  }
  context("kept %d, undone %d", kept, undone);
  CHECK(kept > 300 && undone > 100);
}

// Demands of up to two units on nodes that are nearly full: not for rows.
Instance fleet(Random& random, double (*cost)(Random&)) {
  Instance p;
  p.nodes = 120;
  p.integer = false;
  for (int i = 0; i < 3000; i++) {
    for (int a = 0; a < 12; a++) {
      p.targets.push_back(static_cast<int32_t>(random.in(0, 9)) + 10 * a);
      p.costs.push_back(cost(random));
    }
    p.offsets.push_back(static_cast<int32_t>(p.targets.size()));
    p.units.push_back(i % 50 == 0 ? 2 : 1);
    p.unserved.push_back(INFINITY);
  }
  p.capacity.assign(120, 27);
  return p;
}

void anyRangeLeavesTheFinishLittle() {
  const std::pair<const char*, double (*)(Random&)> kinds[] = {
      {"one to a thousand", [](Random& r) { return 1000 * r.unit(); }},
      {"a thousand and millionths", [](Random& r) { return 1000 + 1e-6 * r.unit(); }},
      {"1e-6 to 1e9", [](Random& r) { return wide(r, -6, 9); }},
      {"1e-12 to 1e12", [](Random& r) { return wide(r, -12, 12); }},
  };
  for (const auto& [name, cost] : kinds) {
    Random random(3);
    const Instance p = fleet(random, cost);
    context("range: %s", name);
    Job job;
    Control control;
    CHECK(job.build(p.view(), {}) == Fault::kNone);
    CHECK(job.run(control) == Fault::kNone);
    const Answer& answer = job.answer();
    CHECK(answer.status == Status::kOptimal && answer.gap <= answer.tolerance);
    context("range: %s, %ld pushes, %ld pulls", name, static_cast<long>(answer.stats.pushes),
            static_cast<long>(answer.stats.pulls));
    CHECK(answer.stats.pushes + answer.stats.pulls < 1000);
  }
}

}  // namespace

int main() {
  clampsThatMatterAreSeenAndUndone();
  anyRangeLeavesTheFinishLittle();
  return report("grid");
}
