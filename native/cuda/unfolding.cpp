#include "unfolding.h"

#include <algorithm>
#include <cmath>

namespace outbid::cuda {

Unfolding::Unfolding(const Classes& k)
    : classUnits_(k.totalUnits),
      tierOffset_(k.tierOffset.begin(), k.tierOffset.end()),
      slots_(k.tierSlots.begin(), k.tierSlots.begin() + tierOffset_.back()),
      surcharge_(k.tierSurcharge.begin(), k.tierSurcharge.begin() + tierOffset_.back()) {
  node_.reserve(slots_.size());
  for (int32_t j = 0; j < k.nodes; j++) {
    flat_ &= tierEnd(j) - tierBegin(j) == 1 && surcharge(tierBegin(j)) == 0;
    for (int32_t t = tierBegin(j); t < tierEnd(j); t++) node_.push_back(j);
  }
  int64_t before = 0;
  for (int32_t c = 0; c < k.classes; before += k.units[static_cast<size_t>(c++)]) {
    if (!k.bounded || k.isBounded[static_cast<size_t>(c)] == 0) continue;
    flat_ = false;
    const int64_t units = k.units[static_cast<size_t>(c)];
    for (int32_t a = k.offset[static_cast<size_t>(c)]; a < k.offset[static_cast<size_t>(c) + 1]; a++) {
      const int64_t bound = k.bound[static_cast<size_t>(a)];
      const int32_t j = k.node[static_cast<size_t>(a)];
      // A node without slots stays an arc to nowhere.
      const int64_t slots = std::min(bound, k.capacity[static_cast<size_t>(j)]);
      if (bound >= units || slots == 0) continue;
      gates_.push_back({c, k.first[static_cast<size_t>(c)], a, j, slots, slots < bound, k.cost[static_cast<size_t>(a)]});
      unitsBefore_.push_back(before);
      unitsOf_.push_back(units);
      node_.push_back(j);
      gateUnits_ += slots;
    }
  }
}

int64_t Unfolding::arcs(const Classes& k) const {
  const auto tiersOf = [&](int32_t node) { return tierEnd(node) - tierBegin(node); };
  int64_t sum = 0;
  for (int32_t a = 0; a < k.arcs(); a++) sum += tiersOf(k.node[static_cast<size_t>(a)]);
  for (const Gate& gate : gates_) sum += 1 + tiersOf(gate.node);
  return sum;
}

std::vector<int64_t> Unfolding::fold(const std::vector<int64_t>& boardPrices) const {
  std::vector<int64_t> prices(tierOffset_.size() - 1, 0);
  for (size_t j = 0; j < prices.size(); j++) {
    int64_t least = kInfinite;
    for (int32_t t = tierBegin(static_cast<int32_t>(j)); t < tierEnd(static_cast<int32_t>(j)); t++) {
      if (slots(t) > 0) least = std::min(least, boardPrices[static_cast<size_t>(t)] + surcharge(t));
    }
    if (least < kInfinite) prices[j] = least;
  }
  for (size_t g = 0; g < gates_.size(); g++) {
    int64_t& price = prices[static_cast<size_t>(gates_[g].node)];
    if (gates_[g].cut) price = std::max(price, boardPrices[slots_.size() + g]);
  }
  return prices;
}

std::vector<int64_t> Unfolding::unfold(const std::vector<int64_t>& prices, const std::vector<int64_t>& next) const {
  std::vector<int64_t> to(node_.size());
  for (size_t t = 0; t < slots_.size(); t++) to[t] = std::max<int64_t>(0, prices[static_cast<size_t>(node_[t])] - surcharge_[t]);
  for (size_t g = 0; g < gates_.size(); g++) {
    const Gate& gate = gates_[g];
    to[slots_.size() + g] = std::max(prices[static_cast<size_t>(gate.node)], next[g] - gate.cost);
  }
  return to;
}

std::vector<int64_t> Unfolding::nextPays(const std::vector<int64_t>& prices, const std::vector<double>& values, double sign) const {
  std::vector<int64_t> next(gates_.size());
  for (size_t g = 0; g < gates_.size();) {
    size_t end = g;
    int64_t dearest = -kInfinite;
    for (; end < gates_.size() && gates_[end].cls == gates_[g].cls; end++)
      dearest = std::max(dearest, gates_[end].cost + prices[static_cast<size_t>(gates_[end].node)]);
    const double value = sign * values[static_cast<size_t>(gates_[g].demand)];
    const int64_t pay = std::isinf(value) ? dearest : static_cast<int64_t>(value);
    for (; g < end; g++) next[g] = pay;
  }
  return next;
}

std::vector<int32_t> Unfolding::unfold(const std::vector<int32_t>& nodes) const {
  std::vector<int32_t> at(nodes);
  std::vector<int32_t> tier(tierOffset_.begin(), tierOffset_.end() - 1);
  std::vector<int64_t> used(slots_.size(), 0);
  const auto seat = [&](int32_t node) {
    int32_t& t = tier[static_cast<size_t>(node)];
    while (t + 1 < tierEnd(node) && used[static_cast<size_t>(t)] >= slots(t)) t++;
    used[static_cast<size_t>(t)]++;
    return t;
  };
  std::vector<int32_t> gateOf(tierOffset_.size() - 1, -1);
  std::vector<int64_t> through(gates_.size(), 0);
  size_t begin = 0;
  for (size_t i = 0; i < nodes.size(); i++) {
    // The gates of the class this unit is of.
    while (begin < gates_.size() && static_cast<int64_t>(i) >= unitsBefore_[begin] + unitsOf_[begin]) {
      gateOf[static_cast<size_t>(gates_[begin].node)] = -1;
      begin++;
    }
    if (begin < gates_.size() && static_cast<int64_t>(i) == unitsBefore_[begin]) {
      for (size_t g = begin; g < gates_.size() && gates_[g].cls == gates_[begin].cls; g++)
        gateOf[static_cast<size_t>(gates_[g].node)] = static_cast<int32_t>(g);
    }
    if (nodes[i] < 0) continue;
    const int32_t gate = gateOf[static_cast<size_t>(nodes[i])];
    at[i] = gate < 0 ? seat(nodes[i]) : tiers() + gate;
    if (gate >= 0) through[static_cast<size_t>(gate)]++;
  }
  for (size_t g = 0; g < gates_.size(); g++) {
    for (int64_t q = 0; q < gates_[g].slots; q++)
      at.push_back(q < through[g] ? seat(gates_[g].node) : tiers() + static_cast<int32_t>(g));
  }
  return at;
}

}  // namespace outbid::cuda
