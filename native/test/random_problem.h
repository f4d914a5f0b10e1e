// Random problems with every feature, seeded, and what the tests need to look at them.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "problem_view.h"

namespace outbid::test {

// SplitMix64: one state word, good enough to draw instances.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ull + 1) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  int64_t in(int64_t low, int64_t high) { return low + static_cast<int64_t>(next() % static_cast<uint64_t>(high - low + 1)); }
  bool chance(int percent) { return in(1, 100) <= percent; }
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  uint64_t state_;
};

// Owns the arrays a ProblemView borrows.
struct Instance {
  int32_t nodes = 0;
  std::vector<int32_t> offsets{0};
  std::vector<int32_t> targets;
  std::vector<double> costs;
  std::vector<int32_t> units;
  std::vector<double> unserved;
  std::vector<int32_t> capacity;
  std::vector<int32_t> arcCapacity;  // empty: no bounds
  std::vector<int32_t> tierOffsets;  // empty: no tiers
  std::vector<int32_t> tierSlots;
  std::vector<double> tierSurcharge;
  bool maximize = false;
  bool integer = true;

  ProblemView view() const {
    ProblemView v;
    v.demands = static_cast<int32_t>(units.size());
    v.nodes = nodes;
    v.arcs = static_cast<int64_t>(targets.size());
    v.offsets = offsets.data();
    v.targets = targets.data();
    v.costs = {costs.data(), CostType::kFloat64};
    v.units.each = units.data();
    v.unservedCost.each = unserved.data();
    v.capacity.each = capacity.data();
    v.arcCapacity.all = kNoBound;
    if (!arcCapacity.empty()) v.arcCapacity.each = arcCapacity.data();
    if (!tierOffsets.empty()) {
      v.tierOffsets = tierOffsets.data();
      v.tiers = static_cast<int64_t>(tierSlots.size());
      v.tierSlots = tierSlots.data();
      v.tierSurcharge = tierSurcharge.data();
    }
    v.maximize = maximize;
    v.integer = integer;
    return v;
  }
};

struct Shape {
  int demands = 12;
  int nodes = 8;
  bool floats = false;
};

// Units 1, small or up to 1e9; capacity 0 nodes; 1-3 tiers, some empty; arc bounds on half; unserved cost infinite, finite or
// mixed; costs 0/1, few values, negative or up to 3e5; identical demands on some. About a fifth is infeasible.
inline Instance randomInstance(Random& random, Shape shape = {}) {
  Instance p;
  const int n = static_cast<int>(random.in(0, shape.demands));
  p.nodes = static_cast<int32_t>(random.in(0, shape.nodes));
  const int density = static_cast<int>(random.in(10, 100));
  const int64_t costKind = random.in(0, 3);
  const int64_t unitKind = random.in(0, 3);
  const int64_t unservedKind = random.in(0, 2);
  const bool bounds = random.chance(50);
  const bool tiers = random.chance(50);
  const bool twins = random.chance(30);
  p.maximize = random.chance(20);
  p.integer = !shape.floats;
  const auto cost = [&]() -> double {
    if (shape.floats) return (random.unit() - 0.3) * std::pow(10.0, static_cast<double>(random.in(-4, 5)));
    if (costKind == 0) return static_cast<double>(random.in(0, 1));
    if (costKind == 1) return static_cast<double>(random.in(0, 10));
    if (costKind == 2) return static_cast<double>(random.in(-50, 50));
    return static_cast<double>(random.in(0, 300000));
  };
  int64_t total = 0;
  for (int i = 0; i < n; i++) {
    if (twins && i > 0 && random.chance(60)) {
      // The demand before, again; its units and bounds sometimes differ.
      const size_t begin = static_cast<size_t>(p.offsets[p.offsets.size() - 2]);
      const size_t end = static_cast<size_t>(p.offsets.back());
      for (size_t a = begin; a < end; a++) {
        p.targets.push_back(p.targets[a]);
        p.costs.push_back(p.costs[a]);
        if (bounds) p.arcCapacity.push_back(random.chance(80) ? p.arcCapacity[a] : static_cast<int32_t>(random.in(0, 5)));
      }
      p.units.push_back(random.chance(70) ? p.units.back() : static_cast<int32_t>(random.in(0, 5)));
      p.unserved.push_back(p.unserved.back());
    } else {
      const int32_t units = unitKind == 0 ? 1
                                          : static_cast<int32_t>(unitKind == 1   ? random.in(0, 4)
                                                                 : unitKind == 2 ? random.in(0, 30)
                                                                                 : random.in(1, 1000000000));
      for (int32_t j = 0; j < p.nodes; j++) {
        if (!random.chance(density)) continue;
        p.targets.push_back(j);
        p.costs.push_back(cost());
        if (bounds)
          p.arcCapacity.push_back(random.chance(50) ? kNoBound
                                                    : static_cast<int32_t>(random.in(0, 2 * static_cast<int64_t>(units) / 3 + 2)));
      }
      p.units.push_back(units);
      const bool must = unservedKind == 0 || (unservedKind == 1 && random.chance(30));
      p.unserved.push_back(must ? INFINITY : cost() + (random.chance(50) && !shape.floats ? 20 : 0));
    }
    total += p.units.back();
    p.offsets.push_back(static_cast<int32_t>(p.targets.size()));
  }
  if (tiers) p.tierOffsets.push_back(0);
  for (int32_t j = 0; j < p.nodes; j++) {
    const int64_t share = p.nodes > 0 ? 2 * total / p.nodes + 2 : 2;
    int64_t capacity = random.chance(10) ? 0 : random.in(0, std::min<int64_t>(share, INT32_MAX / 4));
    if (tiers) {
      const int64_t count = random.in(1, 3);
      double g = 0;
      capacity = 0;
      for (int64_t t = 0; t < count; t++) {
        const int64_t slots = random.chance(15) ? 0 : random.in(0, std::min<int64_t>(share / count + 1, INT32_MAX / 4));
        if (t > 0 || random.chance(30)) g += shape.floats ? random.unit() * 10 : static_cast<double>(random.in(0, 8));
        p.tierSlots.push_back(static_cast<int32_t>(slots));
        p.tierSurcharge.push_back(g);
        capacity += slots;
      }
      p.tierOffsets.push_back(static_cast<int32_t>(p.tierSlots.size()));
    }
    p.capacity.push_back(static_cast<int32_t>(capacity));
  }
  return p;
}

}  // namespace outbid::test
