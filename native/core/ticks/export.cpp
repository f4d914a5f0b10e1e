#include "export.h"

#include <algorithm>
#include <cmath>

#include "changes.h"

namespace outbid::ticks {

template <class K>
MarketState exportState(Book<K>& book) {
  using Keys = Key<K>;
  MarketState s;
  s.tierOffsets.push_back(0);
  for (size_t j = 1; j < book.nodes.size(); j++) {
    const auto& n = book.nodes[j];
    s.capacity.push_back(static_cast<int32_t>(n.capacity));
    for (const Tier& tier : n.tiers) {
      s.tierSlots.push_back(static_cast<int32_t>(tier.slots));
      s.tierSurcharge.push_back(tier.given);
    }
    s.tierOffsets.push_back(static_cast<int32_t>(s.tierSlots.size()));
    const K p = book.prices[j].price;
    const bool must = p > Keys::kMust / 2;
    s.price.push_back(n.slots == 0 ? INFINITY
                                   : (must ? kMustServe : 0) + static_cast<double>(Keys::cost(must ? p - Keys::kMust : p)));
  }
  s.offsets.push_back(0);
  for (size_t i = 0; i < book.demands.size(); i++) {
    const DemandInfo& d = book.demands[i];
    if (!d.alive) continue;
    const int32_t slot = static_cast<int32_t>(i);
    const DemandMark<K>& m = book.marks[i];
    s.slots.push_back(slot);
    s.units.push_back(d.units);
    s.unservedCost.push_back(d.givenUnserved);
    s.keep.push_back(d.givenKeep);
    s.held.push_back(d.held ? 1 : 0);
    s.pooled.push_back(m.pooled);
    s.pooledBase.push_back(m.pooledBase);
    for (int32_t a = m.begin; a < m.begin + m.count; a++) {
      const int32_t node = book.arcs[static_cast<size_t>(a)].node;
      if (node == kNowhere) continue;
      const int32_t id = book.findBlock(slot, a);
      s.targets.push_back(node - 1);
      s.costs.push_back(book.given(a));
      s.bounds.push_back(book.boundOf(slot, a));
      s.flow.push_back(id < 0 ? 0 : book.block(id).flow);
      s.base.push_back(id < 0 ? 0 : book.block(id).base);
      s.fixed.push_back(id < 0 ? 0 : book.block(id).fixed);
    }
    s.offsets.push_back(static_cast<int32_t>(s.targets.size()));
    for (const Lost& lost : d.lost) s.lost.insert(s.lost.end(), {slot, lost.node - 1, lost.units});
  }
  return s;
}

template <class K>
void importState(Book<K>& book, const MarketState& s) {
  using Keys = Key<K>;
  const int32_t nodes = static_cast<int32_t>(s.capacity.size());
  for (int32_t j = 0; j < nodes; j++) {
    std::vector<Tier> tiers;
    for (int32_t t = s.tierOffsets[static_cast<size_t>(j)]; t < s.tierOffsets[static_cast<size_t>(j) + 1]; t++) {
      const double given = s.tierSurcharge[static_cast<size_t>(t)];
      tiers.push_back({s.tierSlots[static_cast<size_t>(t)], book.grid(given), given});
    }
    addNode<K>(book, j + 1, tiers, nullptr, nullptr, 0);
  }
  addDemands(book, s.rows());
  for (size_t k = 0; k < s.slots.size(); k++) {
    const int32_t i = s.slots[k];
    DemandInfo& d = book.info(i);
    d.held = s.held[k] != 0;
    book.mark(i).bounded = false;
    for (int32_t a = s.offsets[k]; a < s.offsets[k + 1]; a++)
      if (!s.bounds.empty() && s.bounds[static_cast<size_t>(a)] < kNoBound) book.mark(i).bounded = true;
    book.setPool(i);
    book.mark(i).pooledBase = s.pooledBase[k];
    book.unplace(i, -s.pooled[k]);
    if (s.pooled[k] > 0) book.pool(i, s.pooled[k]);
    bool moved = s.pooled[k] != s.pooledBase[k];
    for (int32_t a = s.offsets[k]; a < s.offsets[k + 1]; a++) {
      const size_t at = static_cast<size_t>(a);
      if (s.flow[at] == 0 && s.base[at] == 0) continue;
      const int32_t arc = book.mark(i).begin + (a - s.offsets[k]);
      const int32_t id = book.needBlock(i, arc);
      book.block(id).base = s.base[at];
      book.block(id).fixed = s.fixed[at];
      book.node(s.targets[at] + 1).fixed += s.fixed[at];
      if (s.flow[at] > 0) book.place(i, arc, s.flow[at]);
      book.unplace(i, -s.flow[at]);
      moved = moved || s.flow[at] != s.base[at];
    }
    // Only what differs from the last report is new.
    if (moved)
      book.touch(i);
    else
      book.untouch(i);
  }
  for (size_t k = 0; k < s.lost.size(); k += 3) {
    book.info(s.lost[k]).lost.push_back({s.lost[k + 1] + 1, s.lost[k + 2]});
    book.touch(s.lost[k]);
  }
  for (int32_t j = 1; j <= nodes; j++) {
    auto& n = book.node(j);
    n.slots = std::max(n.capacity, n.fixed);
    if (n.slots == 0) continue;
    const double given = s.price[static_cast<size_t>(j) - 1];
    const bool must = given > kMustServe / 2;
    const K floor = Keys::of(book.surchargeAt(n, std::max<int64_t>(0, n.load - 1)));
    const double cost = must ? given - kMustServe : given;
    // Any price will do; one beyond the range of the keys is no use.
    const double limit = static_cast<double>(Keys::kRange);
    const K price = Keys::of(static_cast<int64_t>(std::max(-limit, std::min(limit, cost)))) + (must ? Keys::kMust : K{0});
    book.setPrice(j, std::isinf(given) ? floor : std::max(price, floor));
  }
  for (const int32_t i : s.slots) drop(book, i);
  for (int32_t j = 1; j <= nodes; j++) book.resize(j);
}

template MarketState exportState(Book<int64_t>&);
template MarketState exportState(Book<__int128>&);
template void importState(Book<int64_t>&, const MarketState&);
template void importState(Book<__int128>&, const MarketState&);

}  // namespace outbid::ticks
