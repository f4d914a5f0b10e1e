#include "rows/row_layout.h"

#include <algorithm>
#include <cmath>

namespace outbid {

namespace {
constexpr int32_t kSpreadSample = 256;  // demands looked at to see how far their costs spread
}

double Rows::spreadOf(bool lists) const {
  const int32_t sample = std::min(demands, kSpreadSample);
  double sum = 0;
  int64_t counted = 0;
  for (int32_t s = 0; s < sample; s++) {
    const int32_t i = static_cast<int32_t>(static_cast<int64_t>(s) * demands / sample);
    double total = 0;
    double squares = 0;
    double count = 0;
    const auto look = [&](int32_t node, int32_t whole) {
      if (node == nodes || whole == kRowOff) return;
      const double cost = whole;
      total += cost;
      squares += cost * cost;
      count++;
    };
    const size_t k = static_cast<size_t>(i);
    if (lists) {
      for (int32_t q = first[k]; q < last[k]; q++) {
        const Line& line = lines[static_cast<size_t>(q)];
        for (int32_t a = 0; a < kLanes; a++) look(line.node[a], line.cost[a]);
      }
    } else {
      const int32_t places = stride > 0 ? nodes : wholeCount(i) * kLanes;
      for (int32_t a = 0; a < places; a++) look(nodeAt(i, a), costAt(i, a));
    }
    if (count < 2) continue;
    sum += std::sqrt(std::max(0.0, squares / count - total / count * (total / count)));
    counted++;
  }
  return counted == 0 ? 0 : sum / static_cast<double>(counted);
}

size_t Rows::bytes() const {
  return lines.bytes() + rank.bytes() + first.bytes() + last.bytes() + floor.bytes() + whole.bytes() + wholeFirst.bytes() +
         matrix.bytes() + offset.bytes() + exact.bytes() + exactUnserved.bytes() + unserved.bytes() + capacity.bytes() +
         slots.bytes();
}

void Rows::extend(int32_t demand, const int32_t* moreNodes, const int32_t* moreCosts, int32_t count) {
  const size_t i = static_cast<size_t>(demand);
  const int32_t held = (last[i] - first[i]) * kLanes;
  int32_t kept = held;
  while (kept > 0 && lines[static_cast<size_t>(first[i] + (kept - 1) / kLanes)].node[(kept - 1) % kLanes] == nodes) kept--;
  const int32_t needed = (kept + count + kLanes - 1) / kLanes;
  if (roomEnd.empty()) {
    roomEnd = Array<int32_t>(static_cast<size_t>(demands));
    std::copy(last.begin(), last.end(), roomEnd.begin());
  }
  if (needed * kLanes > held && first[i] + needed <= roomEnd[i]) {
    last[i] = first[i] + needed;
  } else if (needed * kLanes > held) {
    const int32_t roomy = needed + needed / 2;
    if (static_cast<size_t>(usedLines + roomy) > lines.size()) {
      Array<Line> larger(lines.size() + lines.size() / 4 + static_cast<size_t>(roomy));
      std::copy(lines.begin(), lines.begin() + usedLines, larger.begin());
      lines = std::move(larger);
    }
    std::copy(lines.begin() + first[i], lines.begin() + last[i], lines.begin() + usedLines);
    first[i] = usedLines;
    last[i] = usedLines + needed;
    usedLines += roomy;
    roomEnd[i] = usedLines;
  }
  Line* line = lines.data() + first[i];
  for (int32_t a = 0; a < (last[i] - first[i]) * kLanes - kept; a++) {
    line[(kept + a) / kLanes].node[(kept + a) % kLanes] = a < count ? moreNodes[a] : nodes;
    line[(kept + a) / kLanes].cost[(kept + a) % kLanes] = a < count ? moreCosts[a] : 0;
  }
}

Fault mergeRows(const Rows& rows, Classes& classes) {
  const size_t n = static_cast<size_t>(rows.demands);
  const bool dense = rows.stride > 0;
  const size_t arcs = dense ? n * static_cast<size_t>(rows.nodes) : static_cast<size_t>(rows.offset[n]);
  Array<int32_t> targets(dense ? 0 : arcs);
  Array<double> costs(arcs);
  Array<double> unserved(n);
  size_t arc = 0;
  for (int32_t i = 0; i < rows.demands; i++) {
    const int32_t r = rows.unserved[static_cast<size_t>(i)];
    unserved[static_cast<size_t>(i)] = r == kRowFar    ? HUGE_VAL
                                       : !rows.integer ? rows.exactUnserved[static_cast<size_t>(i)]
                                                       : static_cast<double>(r / rows.scale);
    const int32_t places = dense ? rows.nodes : rows.wholeCount(i) * kLanes;
    for (int32_t a = 0; a < places; a++) {
      if (rows.nodeAt(i, a) == rows.nodes) continue;  // an empty lane
      const int32_t cost = rows.costAt(i, a);
      const size_t to = arc + static_cast<size_t>(rows.callerPlace(i, a));
      costs[to] = rows.sign * (!rows.integer     ? rows.exact[to]
                               : cost == kRowOff ? HUGE_VAL
                                                 : static_cast<double>(cost / rows.scale));
      if (!dense) targets[to] = rows.nodeAt(i, a);
    }
    arc += static_cast<size_t>(rows.arcsOf(i));
  }
  ProblemView view;
  view.demands = rows.demands;
  view.nodes = rows.nodes;
  view.arcs = static_cast<int64_t>(arcs);
  view.offsets = dense ? nullptr : rows.offset.data();
  view.targets = dense ? nullptr : targets.data();
  view.costs = CostView{costs.data(), CostType::kFloat64};
  view.units.all = 1;
  view.unservedCost.each = unserved.data();
  view.capacity.each = rows.capacity.data();
  view.arcCapacity.all = kNoBound;
  view.maximize = rows.sign < 0;
  view.integer = rows.integer;
  return mergeClasses(view, classes);
}

}  // namespace outbid
