#include "book.h"

#include <algorithm>
#include <cmath>

namespace outbid::ticks {

template <class K>
Book<K>::Book() : freeRows_(32, kNone) {
  nodes.resize(1);
  prices.push_back({Keys::kFar, Keys::kFar});
  exits.push_back(Keys::kFar);
  nodes[0].tiers.push_back({0, 0, 0});
}

template <class K>
int64_t Book<K>::surchargeAt(const Node& node, int64_t slot) const {
  size_t t = 0;
  while (t + 1 < node.tiers.size() && slot >= node.tiers[t].slots) slot -= node.tiers[t++].slots;
  return node.tiers[t].surcharge;
}

template <class K>
void Book<K>::tierOf(const Node& node, int64_t slot, int64_t& begin, int64_t& end) const {
  size_t t = 0;
  begin = 0;
  while (t + 1 < node.tiers.size() && slot >= begin + node.tiers[t].slots) begin += node.tiers[t++].slots;
  end = t + 1 == node.tiers.size() ? node.slots : std::min(node.slots, begin + node.tiers[t].slots);
}

template <class K>
int64_t Book<K>::slotsBelow(int32_t j) const {
  const Node& n = nodes[static_cast<size_t>(j)];
  int64_t slots = 0;
  for (const Tier& tier : n.tiers) {
    if (Keys::of(tier.surcharge) >= price(j)) return std::min(slots, n.slots);
    slots += tier.slots;
  }
  return n.slots;
}

template <class K>
void Book<K>::refresh(int32_t j) {
  const Node& n = node(j);
  NodePrice<K>& p = prices[static_cast<size_t>(j)];
  if (n.slots == 0)
    p = {Keys::kFar, Keys::kFar};
  else if (n.hungry > 0)
    p.sink = 0;
  else
    p.sink = n.load < n.slots ? Keys::of(surchargeAt(n, n.load)) - p.price : Keys::kFar;
  const int64_t used = n.load + n.hungry;
  exits[static_cast<size_t>(j)] = used > 0 ? p.price - Keys::of(surchargeAt(n, used - 1)) : Keys::kFar;
}

template <class K>
void Book<K>::setHungry(int32_t j, int64_t slots) {
  Node& n = node(j);
  n.hungry = slots;
  if (slots > 0 && !n.queued) {
    n.queued = true;
    hungry.push_back(j);
  }
  refresh(j);
}

template <class K>
void Book<K>::recount(int32_t j) {
  const Node& n = node(j);
  setHungry(j, n.slots == 0 ? 0 : std::max<int64_t>(0, slotsBelow(j) - n.load));
}

template <class K>
void Book<K>::resize(int32_t j) {
  Node& n = node(j);
  n.slots = std::max(n.capacity, n.fixed);
  // Slots that only committed units hold may have become dearer.
  if (n.slots > 0 && n.load > 0) {
    const K floor = Keys::of(surchargeAt(n, n.load - 1));
    if (price(j) < floor) setPrice(j, floor);
  }
  recount(j);
}

template <class K>
void Book<K>::setPrice(int32_t j, K price) {
  K& now = prices[static_cast<size_t>(j)].price;
  if (price >> Keys::kShift < now >> Keys::kShift && !node(j).fallen) {
    node(j).fallen = true;
    fallen_.push_back(j);
  }
  now = price;
  const Saving saving = savingAt(j);
  for (const auto& u : node(j).used) payOf(u.demand) = saving.of(u);
  const int64_t moves = Keys::moves(price);
  if (price > Keys::kMust + Keys::kMust / 2 || price < -Keys::kMust / 2 || moves > Keys::kHops || moves < -Keys::kHops)
    drifted = true;
  if (moves != 0 && !node(j).touched) {
    node(j).touched = true;
    touchedNodes.push_back(j);
  }
  refresh(j);
}

template <class K>
void Book<K>::addCost(int64_t times, int64_t cost, double given) {
  if (exponent == 0)
    whole_ += times * cost;
  else
    sum_.add(times, given);
}

template <class K>
void Book<K>::charge(const Node& node, int64_t from, int64_t to, int64_t sign) {
  int64_t begin = 0;
  for (size_t t = 0; t < node.tiers.size(); t++) {
    const Tier& tier = node.tiers[t];
    const int64_t end = t + 1 == node.tiers.size() ? std::max(to, begin) : begin + tier.slots;
    const int64_t used = std::min(to, end) - std::max(from, begin);
    if (used > 0 && tier.given != 0) addCost(sign * used, tier.surcharge, tier.given);
    begin = end;
  }
}

template <class K>
void Book<K>::setLoad(int32_t j, int64_t load) {
  Node& n = node(j);
  if (n.tiers.size() > 1 || n.tiers[0].given != 0) {
    if (load > n.load)
      charge(n, n.load, load, 1);
    else
      charge(n, load, n.load, -1);
  }
  n.load = load;
  refresh(j);
}

template <class K>
int64_t Book<K>::room(int32_t demand, int32_t arc, int32_t id) {
  const int64_t bound = boundOf(demand, arc);
  if (id == kNone) return bound;
  const Block& b = block(id);
  return (b.flow < b.base ? std::min<int64_t>(b.base, bound) : bound) - b.flow;
}

template <class K>
void Book<K>::list(int32_t id) {
  Block& b = block(id);
  std::vector<Used<Cost>>& used = node(b.node).used;
  if ((b.flow > b.fixed) == (b.usedAt >= 0)) return;
  if (b.usedAt < 0) {
    b.usedAt = static_cast<int32_t>(used.size());
    used.push_back({id, b.demand, 0, 0});
    listed_++;
    return;
  }
  const Used<Cost> last = used.back();
  used[static_cast<size_t>(b.usedAt)] = last;
  block(last.block).usedAt = b.usedAt;
  used.pop_back();
  listed_--;
  b.usedAt = -1;
}

template <class K>
void Book<K>::refreshSole(int32_t demand) {
  DemandMark<K>& m = mark(demand);
  Sole<K>& s = sole(demand);
  const int32_t before = s.node;
  s.node = m.pooled > 0 ? kMany : kNone;
  m.away = false;
  for (int32_t id = m.head; id >= 0; id = block(id).next) {
    const Block& b = block(id);
    m.away = m.away || b.flow < b.base;
    if (b.usedAt < 0) continue;
    s.node = s.node == kNone ? b.node : kMany;
    s.pay = Keys::of(b.cost) + (b.flow > b.base ? m.over : K{0});
  }
  s.plain = s.node >= 0 && !m.bounded && !m.away && m.over == 1;
  for (int32_t id = m.head; id >= 0; id = block(id).next) {
    const Block& b = block(id);
    if (b.usedAt < 0) continue;
    Used<Cost>& u = node(b.node).used[static_cast<size_t>(b.usedAt)];
    u.cost = s.node >= 0 ? static_cast<Cost>(s.pay >> Keys::kShift) : kMost;
    u.moves = s.node >= 0 && b.flow > b.base;
  }
  if (s.node != before) forgetOther(demand);
  setHintPay(demand);
}

template <class K>
void Book<K>::place(int32_t demand, int32_t arc, int32_t units) {
  const int32_t id = needBlock(demand, arc);
  Block& b = block(id);
  b.flow += units;
  addCost(units, b.cost, given(arc));
  setLoad(b.node, node(b.node).load + units);
  list(id);
  refreshSole(demand);
  touch(demand);
}

template <class K>
void Book<K>::take(int32_t id, int32_t units) {
  Block& b = block(id);
  b.flow -= units;
  addCost(-units, b.cost, given(b.arc));
  setLoad(b.node, node(b.node).load - units);
  list(id);
  refreshSole(b.demand);
  touch(b.demand);
}

template <class K>
void Book<K>::pool(int32_t demand, int32_t units) {
  mark(demand).pooled += units;
  refreshSole(demand);
  if (mustServe(demand))
    missing += units;
  else
    addCost(units, info(demand).unserved, info(demand).givenUnserved);
  touch(demand);
}

template <class K>
void Book<K>::count(int32_t demand, int32_t units) {
  const DemandInfo& d = info(demand);
  if (mustServe(demand)) {
    missing += units;
    waitingMust += units;
  } else {
    addCost(units, d.unserved, d.givenUnserved);
    hopes += __int128{units} * d.hope;
  }
}

template <class K>
void Book<K>::unplace(int32_t demand, int32_t units) {
  DemandInfo& d = info(demand);
  d.unplaced += units;
  count(demand, units);
  if (d.unplaced == 0)
    unqueue(demand);
  else if (d.queuedAt < 0) {
    d.queuedAt = static_cast<int32_t>(unplaced.size());
    unplaced.push_back(demand);
  }
}

template <class K>
void Book<K>::unqueue(int32_t demand) {
  DemandInfo& d = info(demand);
  if (d.queuedAt < 0) return;
  const int32_t last = unplaced.back();
  unplaced[static_cast<size_t>(d.queuedAt)] = last;
  info(last).queuedAt = d.queuedAt;
  unplaced.pop_back();
  d.queuedAt = kNone;
}

template <class K>
void Book<K>::touch(int32_t demand) {
  DemandInfo& d = info(demand);
  if (d.touchedAt >= 0) return;
  d.touchedAt = static_cast<int32_t>(touchedDemands.size());
  touchedDemands.push_back(demand);
}

template <class K>
void Book<K>::untouch(int32_t demand) {
  DemandInfo& d = info(demand);
  if (d.touchedAt < 0) return;
  const int32_t last = touchedDemands.back();
  touchedDemands[static_cast<size_t>(d.touchedAt)] = last;
  info(last).touchedAt = d.touchedAt;
  touchedDemands.pop_back();
  d.touchedAt = kNone;
}

template <class K>
void Book<K>::setPool(int32_t demand, double givenUnserved) {
  DemandInfo& d = info(demand);
  DemandMark<K>& m = mark(demand);
  const int32_t pooled = m.pooled;
  // Units count as missing, or cost something, by what they were before: take them off and put them on again.
  if (pooled > 0) pool(demand, -pooled);
  count(demand, -d.unplaced);
  d.givenUnserved = givenUnserved;
  d.unserved = std::isinf(givenUnserved) ? 0 : grid(givenUnserved);
  m.pool = d.held || std::isinf(givenUnserved) ? Keys::kMust : Keys::of(d.unserved);
  m.over = Keys::of(d.held ? d.keep : 0) + 1;
  count(demand, d.unplaced);
  if (pooled > 0) pool(demand, pooled);
  checkOrder(demand);
  refreshSole(demand);
  forgetOther(demand);
}

template <class K>
double Book<K>::objective() {
  return (exponent == 0 ? static_cast<double>(whole_) : sum_.round()) + 0.0;
}

template <class K>
size_t Book<K>::bytes() const {
  const auto of = [](const auto& list) { return list.capacity() * sizeof(list[0]); };
  return of(marks) + of(demands) + of(prices) + of(nodes) + of(soles) + of(pays) + of(others) + of(arcs) * 2 + of(arcAt_) +
         of(arcBound_) + of(arcGiven_) + of(blocks_);
}

template class Book<int64_t>;
template class Book<__int128>;

}  // namespace outbid::ticks
