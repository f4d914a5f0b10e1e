// What must hold of a market at any moment, looked at afresh.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "market.h"

namespace outbid::test {

// (I1) at epsilon: no unit pays more than its class's least over arcs with room and the pool, plus epsilon.
inline bool paysAtMostEpsilonMore(const Market& market, int64_t epsilon) {
  const Classes& k = market.k;
  for (int32_t c = 0; c < k.classes; c++) {
    int64_t u = k.unserved[static_cast<size_t>(c)];
    for (int32_t a = k.offset[static_cast<size_t>(c)]; a < k.offset[static_cast<size_t>(c) + 1]; a++) {
      if (market.roomOf(c, a) > 0) u = std::min(u, market.payArc(a));
    }
    const ClassState& s = market.state[static_cast<size_t>(c)];
    if (s.pooled > 0 && k.unserved[static_cast<size_t>(c)] > u + epsilon) return false;
    for (int32_t id = s.head; id >= 0; id = market.block(id).next) {
      if (market.pay(market.block(id)) > u + epsilon) return false;
    }
  }
  return true;
}

// (I2) the price lies between the surcharges of the last used and the next free slot.
inline bool pricesMatchSlots(const Market& market) {
  for (int32_t j = 0; j < market.k.nodes; j++) {
    const size_t at = static_cast<size_t>(j);
    if (market.k.capacity[at] == 0) continue;
    if (market.price[at] > market.next[at]) return false;
    if (market.load[at] > 0 && market.price[at] < market.floorOf(j)) return false;
  }
  return true;
}

inline bool noUnitIsLost(const Market& market) {
  const Classes& k = market.k;
  std::vector<int64_t> load(static_cast<size_t>(k.nodes), 0);
  for (int32_t c = 0; c < k.classes; c++) {
    const ClassState& s = market.state[static_cast<size_t>(c)];
    int64_t units = s.unplaced + s.pooled;
    int32_t blocks = 0;
    for (int32_t id = s.head; id >= 0; id = market.block(id).next, blocks++) {
      const Block& b = market.block(id);
      units += b.count;
      load[static_cast<size_t>(b.node)] += b.count;
      if (b.cls != c || b.count <= 0 || market.idsAt(b.node)[b.position] != id) return false;
    }
    if (units != k.units[static_cast<size_t>(c)] || blocks != s.blocks) return false;
  }
  for (int32_t j = 0; j < k.nodes; j++) {
    const size_t at = static_cast<size_t>(j);
    if (load[at] != market.load[at] || load[at] > k.capacity[at] || market.next[at] != market.surcharge(j, load[at])) return false;
  }
  return true;
}

}  // namespace outbid::test
