// Merging identical demands and dealing the answer back, and what happens when the caller's arrays are not what they were.
#include "classes.h"

#include "check.h"
#include "random_problem.h"
#include "split.h"

using namespace outbid;
using namespace outbid::test;

namespace {

Instance twins(int32_t firstUnits, int32_t secondUnits, int32_t bound) {
  Instance p;
  p.nodes = 2;
  for (int32_t units : {firstUnits, secondUnits}) {
    p.targets.insert(p.targets.end(), {0, 1});
    p.costs.insert(p.costs.end(), {3, 4});
    p.arcCapacity.insert(p.arcCapacity.end(), {bound, kNoBound});
    p.units.push_back(units);
    p.unserved.push_back(INFINITY);
    p.offsets.push_back(static_cast<int32_t>(p.targets.size()));
  }
  p.capacity = {10, 10};
  return p;
}

int32_t classesOf(const Instance& p) {
  Classes classes;
  CHECK(mergeClasses(p.view(), classes) == Fault::kNone);
  return classes.classes;
}

void equalDemandsMergeAndBoundedOnesOnlyWithEqualUnits() {
  context("unbounded demands of different units are one class");
  CHECK(classesOf(twins(1, 3, kNoBound)) == 1);
  context("bounds that cannot bind do not keep demands apart");
  CHECK(classesOf(twins(1, 3, 3)) == 1);
  context("bounds of unequal demands are not summed");
  CHECK(classesOf(twins(1, 3, 2)) == 2);
  CHECK(classesOf(twins(3, 3, 2)) == 1);
}

void splittingGivesEachMemberItsUnitsWithinItsBounds(int count) {
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed));
    context("split, seed %d", seed);
    const int32_t members = static_cast<int32_t>(random.in(1, 5));
    const int32_t units = static_cast<int32_t>(random.in(1, 6));
    Instance p;
    p.nodes = 3;
    int32_t bounds[3];
    for (int32_t& b : bounds) b = static_cast<int32_t>(random.in(0, units));
    for (int32_t i = 0; i < members; i++) {
      for (int32_t j = 0; j < 3; j++) {
        p.targets.push_back(j);
        p.costs.push_back(j);
        p.arcCapacity.push_back(bounds[j]);
      }
      p.units.push_back(units);
      p.unserved.push_back(50);
      p.offsets.push_back(static_cast<int32_t>(p.targets.size()));
    }
    p.capacity = {100, 100, 100};
    Classes k;
    CHECK(mergeClasses(p.view(), k) == Fault::kNone);
    CHECK(k.classes == 1);
    // Any flow of the class within its bounds and units.
    std::vector<ClassPlacement> list;
    int64_t left = k.units[0];
    for (int32_t a = 0; a < 3; a++) {
      const int64_t most = std::min(left, k.bounded ? k.bound[static_cast<size_t>(a)] : left);
      const int64_t x = random.in(0, most);
      if (x > 0) list.push_back({a, x});
      left -= x;
    }
    Array<int32_t> start(2);
    start[0] = 0;
    start[1] = static_cast<int32_t>(list.size());
    Answer answer;
    splitClasses(k, start, list, answer);
    std::vector<int64_t> perDemand(static_cast<size_t>(members), 0);
    int64_t perArc[3] = {0, 0, 0};
    for (size_t q = 0; q < answer.placedArcs.size(); q++) {
      CHECK(q == 0 || answer.placedArcs[q] > answer.placedArcs[q - 1]);
      const int32_t a = answer.placedArcs[q];
      CHECK(answer.placedUnits[q] <= p.arcCapacity[static_cast<size_t>(a)]);
      perDemand[static_cast<size_t>(a / 3)] += answer.placedUnits[q];
      perArc[a % 3] += answer.placedUnits[q];
    }
    for (int64_t x : perDemand) CHECK(x <= units);
    for (const ClassPlacement& x : list) CHECK(perArc[x.arc] == x.units);
  }
}

void changedArraysAreRefusedNotRead() {
  const Instance good = twins(1, 1, kNoBound);
  Classes k;
  const auto refused = [&](auto change) {
    Instance p = good;
    change(p);
    Classes fresh;
    return mergeClasses(p.view(), fresh) == Fault::kProblemChanged;
  };
  context("a changed buffer");
  CHECK(mergeClasses(good.view(), k) == Fault::kNone);
  CHECK(refused([](Instance& p) { p.offsets[1] = 1 << 30; }));
  CHECK(refused([](Instance& p) { p.offsets[1] = -1; }));
  CHECK(refused([](Instance& p) { p.offsets[0] = 1; }));
  CHECK(refused([](Instance& p) { p.targets[2] = 2; }));
  CHECK(refused([](Instance& p) { p.targets[2] = -1; }));
  CHECK(refused([](Instance& p) { p.costs[1] = NAN; }));
  CHECK(refused([](Instance& p) { p.costs[1] = INFINITY; }));
  CHECK(refused([](Instance& p) { p.costs[1] = 0.5; }));
  CHECK(refused([](Instance& p) { p.costs[1] = 1e16; }));
  CHECK(refused([](Instance& p) { p.units[1] = -1; }));
  CHECK(refused([](Instance& p) { p.unserved[1] = -INFINITY; }));
  CHECK(refused([](Instance& p) { p.unserved[1] = NAN; }));
  CHECK(refused([](Instance& p) { p.capacity[1] = -5; }));
  CHECK(refused([](Instance& p) { p.arcCapacity[1] = -5; }));
  CHECK(refused([](Instance& p) {
    p.tierOffsets = {0, 1, 9};
    p.tierSlots = {10, 10};
    p.tierSurcharge = {0, 0};
  }));
  CHECK(refused([](Instance& p) {
    p.tierOffsets = {0, 1, 2};
    p.tierSlots = {10, 9};
    p.tierSurcharge = {0, 0};
  }));
}

}  // namespace

int main() {
  equalDemandsMergeAndBoundedOnesOnlyWithEqualUnits();
  splittingGivesEachMemberItsUnitsWithinItsBounds(2000);
  changedArraysAreRefusedNotRead();
  return report("classes");
}
