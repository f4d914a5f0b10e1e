// Random problems of the kind rows take: every demand wants one unit.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "random_problem.h"
#include "rows/row_layout.h"

namespace outbid::test {

struct UnitShape {
  int demands;
  int nodes;
  int longest;  // arcs of a demand at most
};

// Demands of one unit; nodes of one slot or several, as many slots as demands, fewer or more; all, some or none must be served; costs
// 0/1, few values, negative, wide or at the limit of what rows hold; several arcs to the same node on some.
inline Instance unitInstance(Random& random, UnitShape shape) {
  Instance p;
  const int n = static_cast<int>(random.in(1, shape.demands));
  const bool balanced = random.chance(30);
  const bool single = random.chance(40);
  p.nodes = static_cast<int32_t>(balanced && single ? n : random.in(1, shape.nodes));
  const int64_t costKind = random.in(0, 6);
  const int64_t mustPercent = balanced ? 100 : random.in(0, 2) * 50;
  const bool parallel = random.chance(20);
  p.maximize = random.chance(20);
  const auto cost = [&]() -> double {
    if (costKind == 0) return static_cast<double>(random.in(0, 1));
    if (costKind == 1) return static_cast<double>(random.in(0, 10));
    if (costKind == 2) return static_cast<double>(random.in(-50, 50));
    if (costKind == 3) return static_cast<double>(random.in(0, 300000));
    if (costKind == 4) return static_cast<double>(random.in(0, 2000));
    if (costKind == 5) return static_cast<double>(random.chance(2) ? kRowCost : random.in(0, 30));
    return static_cast<double>(random.in(-kRowCost, kRowCost));
  };
  for (int i = 0; i < n; i++) {
    const int64_t arcs = random.in(random.chance(5) ? 0 : 1, std::min<int64_t>(shape.longest, 2 * static_cast<int64_t>(p.nodes)));
    int32_t last = -1;
    for (int64_t a = 0; a < arcs; a++) {
      const int64_t step = parallel ? random.in(0, 2) : random.in(1, 1 + 2 * p.nodes / (arcs + 1));
      if (last + step >= p.nodes) break;
      last = std::max<int32_t>(0, last + static_cast<int32_t>(step));
      p.targets.push_back(last);
      p.costs.push_back(cost());
    }
    p.units.push_back(1);
    p.unserved.push_back(random.chance(static_cast<int>(mustPercent)) ? INFINITY
                                                                      : cost() + 20 * static_cast<double>(random.in(0, 1)));
    if (p.unserved.back() > kRowCost && p.unserved.back() < INFINITY) p.unserved.back() = kRowCost;
    p.offsets.push_back(static_cast<int32_t>(p.targets.size()));
  }
  int left = n;
  for (int32_t j = 0; j < p.nodes; j++) {
    int capacity = single ? (balanced || random.chance(85)) : static_cast<int>(random.in(0, 3 * n / p.nodes + 1));
    if (balanced) capacity = j + 1 == p.nodes ? left : std::min(left, capacity);
    left -= capacity;
    p.capacity.push_back(capacity);
  }
  return p;
}

// The same problem as a full matrix: of parallel arcs the cheapest stands, absent ones are forbidden.
struct Matrix {
  std::vector<double> costs;
  ProblemView view;
  explicit Matrix(const Instance& p) : view(p.view()) {
    const double forbidden = p.maximize ? -INFINITY : INFINITY;
    costs.assign(static_cast<size_t>(view.demands) * static_cast<size_t>(p.nodes), forbidden);
    for (size_t i = 0; i + 1 < p.offsets.size(); i++) {
      for (int32_t a = p.offsets[i]; a < p.offsets[i + 1]; a++) {
        double& cost = costs[i * static_cast<size_t>(p.nodes) + static_cast<size_t>(p.targets[static_cast<size_t>(a)])];
        const double given = p.costs[static_cast<size_t>(a)];
        cost = p.maximize ? std::max(cost, given) : std::min(cost, given);
      }
    }
    view.offsets = nullptr;
    view.targets = nullptr;
    view.costs = {costs.data(), CostType::kFloat64};
    view.arcs = static_cast<int64_t>(costs.size());
  }
};

// Demands and nodes in `groups` groups without an arc between them, one much larger than the others, some demands without arcs.
inline Instance groupedInstance(Random& random, int groups, bool mustServe) {
  Instance p;
  p.nodes = 40 * groups;
  for (int i = 0; i < 6000; i++) {
    const int group = static_cast<int>(random.chance(40) ? 0 : random.in(0, groups - 1));
    const int arcs = random.chance(1) && !mustServe ? 0 : static_cast<int>(random.in(3, 30));
    for (int a = 0; a < arcs; a++) {
      // Nodes of a group lie all over the index.
      p.targets.push_back(static_cast<int32_t>(random.in(0, 39)) * groups + group);
      p.costs.push_back(static_cast<double>(random.in(-100, 1000)));
    }
    p.units.push_back(1);
    p.unserved.push_back(mustServe ? INFINITY : 700.0);
    p.offsets.push_back(static_cast<int32_t>(p.targets.size()));
  }
  for (int32_t j = 0; j < p.nodes; j++)
    p.capacity.push_back(mustServe ? 400 : static_cast<int32_t>(random.in(0, j % groups == 0 ? 90 : 30)));
  return p;
}

}  // namespace outbid::test
