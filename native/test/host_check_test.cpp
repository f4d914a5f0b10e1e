// What the host checks of problems and answers on both sides of a plug-in, on one thread and on several.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "../backend/accept.h"
#include "../backend/plugin_side.h"
#include "check.h"
#include "random_problem.h"

using namespace outbid;
using namespace outbid::backend;
using namespace outbid::test;

namespace {

bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

bool is(const Failure& failure, const char* code) {
  return failure && std::strcmp(failure.code, code) == 0;
}

// Of problems that are large enough to be dealt to threads: the same is accepted, and the same is said of what is not.
void checksAreTheSameOnAnyNumberOfThreads() {
  int refused = 0;
  int large = 0;
  for (int seed = 1; large < 4 && seed <= 100; seed++) {
    Random random(static_cast<uint64_t>(seed) + 9000000);
    Instance p = randomInstance(random, {900, 700, large % 2 == 1});
    if (p.targets.size() < 200000) continue;
    for (double& r : p.unserved) r = std::min(r, 1e4);  // feasible
    if (large < 2) {                                    // one unit each, half of them unserved: answers have assignments
      p.units.assign(p.units.size(), 1);
      for (int32_t& capacity : p.capacity) capacity = random.chance(60) ? 1 : 0;
      p.tierOffsets.clear();
      p.arcCapacity.clear();
    }
    context("threads, seed %d", seed);
    Snapshot alone;
    Snapshot snapshot;
    CHECK(!alone.take(p.view(), nullptr, false, 1) && !snapshot.take(p.view(), nullptr, true, 4));
    const ProblemView& v = snapshot.view();
    CHECK(std::equal(p.costs.begin(), p.costs.end(), static_cast<const double*>(v.costs.data)));
    CHECK(std::equal(p.targets.begin(), p.targets.end(), v.targets) && std::equal(p.offsets.begin(), p.offsets.end(), v.offsets));
    CHECK(snapshot.problem().needs == alone.problem().needs && snapshot.largestCount() == alone.largestCount());
    Job job;
    Control control;
    if (job.build(p.view(), {}) != Fault::kNone || job.run(control) != Fault::kNone) continue;
    large++;
    outbid_answer* given = plugin::giveOut(std::move(job.answer()), "");
    Answer& own = static_cast<plugin::GivenAnswer*>(given->owner)->answer;
    const auto spoil = [&](auto& vector) {
      if (!vector.empty()) vector[static_cast<size_t>(random.in(0, static_cast<int64_t>(vector.size()) - 1))]++;
    };
    for (int round = 0; round < 40; round++) {
      const Answer kept = own;
      for (int64_t times = random.in(0, 3); times > 0; times--) {
        switch (random.in(0, 4)) {
          case 0: spoil(own.values); break;
          case 1: spoil(own.prices); break;
          case 2: spoil(own.placedArcs); break;
          case 3: spoil(own.placedUnits); break;
          case 4: spoil(own.assignment); break;
        }
      }
      Answer one;
      Answer many;
      const Failure first = accept(*given, alone, {}, one, 1);
      const Failure second = accept(*given, snapshot, {}, many, 4);
      CHECK(static_cast<bool>(first) == static_cast<bool>(second) && first.detail == second.detail);
      CHECK(first || (one.values == many.values && one.assignment == many.assignment && same(one.objective, many.objective) &&
                      same(one.bound, many.bound) && same(one.gap, many.gap) && same(one.tolerance, many.tolerance)));
      refused += static_cast<bool>(first);
      std::copy(kept.values.begin(), kept.values.end(), own.values.begin());
      std::copy(kept.prices.begin(), kept.prices.end(), own.prices.begin());
      std::copy(kept.placedArcs.begin(), kept.placedArcs.end(), own.placedArcs.begin());
      std::copy(kept.placedUnits.begin(), kept.placedUnits.end(), own.placedUnits.begin());
      std::copy(kept.assignment.begin(), kept.assignment.end(), own.assignment.begin());
    }
    plugin::release(given);
    const auto refuses = [&] { return Snapshot().take(p.view(), nullptr, random.chance(50), 4); };
    const size_t any = static_cast<size_t>(random.in(1, static_cast<int64_t>(p.targets.size()) - 1));
    p.costs[any] = NAN;
    CHECK(is(refuses(), "PROBLEM_CHANGED"));
    p.costs[any] = 1;
    CHECK(!refuses());
    p.targets[any] = p.nodes;
    CHECK(is(refuses(), "PROBLEM_CHANGED"));
    const size_t row =
        static_cast<size_t>(std::upper_bound(p.offsets.begin(), p.offsets.end(), static_cast<int32_t>(any)) - p.offsets.begin()) -
        1;
    if (p.offsets[row] == static_cast<int32_t>(any)) continue;
    p.targets[any] = p.targets[any - 1];
    CHECK(is(refuses(), "PROBLEM_CHANGED"));
  }
  CHECK(large == 4 && refused > 40);
}

}  // namespace

int main() {
  checksAreTheSameOnAnyNumberOfThreads();
  return report("host checks");
}
