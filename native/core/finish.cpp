#include "finish.h"

#include <algorithm>

#include "pull.h"
#include "push.h"
#include "reach.h"

namespace outbid {

namespace {

// Units of the class that pay more than its least over arcs with room lose their place. One pass is enough: room that opens
// by dropping a unit has a pay above the least.
int64_t drop(Market& market, int32_t cls) {
  const Classes& k = market.k;
  const size_t c = static_cast<size_t>(cls);
  ClassState& s = market.state[c];
  if (s.head < 0 && s.pooled == 0) return 0;
  int64_t most = s.pooled > 0 ? k.unserved[c] : -kInfinite;
  for (int32_t id = s.head; id >= 0; id = market.block(id).next) most = std::max(most, market.pay(market.block(id)));
  int64_t u = k.unserved[c];
  const int64_t* price = market.price.data();
  if (!k.isBounded[c]) {
    for (int32_t a = k.offset[c]; a < k.offset[c + 1]; a++)
      u = std::min(u, k.cost[static_cast<size_t>(a)] + price[k.node[static_cast<size_t>(a)]]);
  } else {
    for (int32_t a = k.offset[c]; a < k.offset[c + 1]; a++) {
      const int64_t pay = market.payArc(a);
      if (pay < u && market.roomOf(cls, a) > 0) u = pay;
    }
  }
  if (most <= u) return 0;
  int64_t dropped = 0;
  if (s.pooled > 0 && k.unserved[c] > u) {
    dropped += s.pooled;
    s.pooled = 0;
  }
  for (int32_t id = s.head; id >= 0;) {
    const Block b = market.block(id);
    if (market.pay(b) > u) {
      dropped += b.count;
      market.take(id, b.count);
    }
    id = b.next;
  }
  s.unplaced += dropped;
  return dropped;
}

}  // namespace

FinishEnd finish(Market& market, Control& control, Reach& reach, int64_t width, FinishStats& stats) {
  const Classes& k = market.k;
  for (int32_t j = 0; j < k.nodes; j++) {
    int64_t& price = market.price[static_cast<size_t>(j)];
    if (k.capacity[static_cast<size_t>(j)] == 0) {
      price = kBlocked;
      continue;
    }
    price = std::min(price, market.priceCeiling);
    if (market.load[static_cast<size_t>(j)] > 0) price = std::max(price, market.floorOf(j));
  }
  for (int32_t c = 0; c < k.classes; c++) {
    if ((c & 255) == 0 && control.mustStop()) return FinishEnd::kStopped;
    market.prefetchBlock(c);
    stats.dropped += drop(market, c);
  }
  for (int32_t j = 0; j < k.nodes; j++) {
    const size_t at = static_cast<size_t>(j);
    const int64_t wanted = k.capacity[at] == 0 ? 0 : market.slotsBelow(j, market.price[at]);
    market.hungry[at] = std::max<int64_t>(0, wanted - market.load[at]);
  }
  {
    Pusher pusher(market);
    for (int32_t c = 0; c < k.classes; c++) {
      if (market.state[static_cast<size_t>(c)].unplaced == 0) continue;
      control.progress(Phase::kFinish, market.placed, k.totalUnits,
                       0.8 + 0.1 * static_cast<double>(c) / static_cast<double>(k.classes));
      const bool done = pusher.pushAll(c, control);
      if (done) continue;
      stats.pushes += pusher.pushes;
      if (control.ended()) return FinishEnd::kStopped;
      reach.stuck = pusher.stuck;
      return FinishEnd::kInfeasible;
    }
    stats.pushes += pusher.pushes;
  }
  if (std::all_of(market.hungry.begin(), market.hungry.end(), [](int64_t slots) { return slots == 0; })) return FinishEnd::kExact;
  Puller puller(market, width);
  for (int32_t j = 0; j < k.nodes; j++) {
    if (market.hungry[static_cast<size_t>(j)] == 0) continue;
    control.progress(Phase::kFinish, market.placed, k.totalUnits,
                     0.9 + 0.08 * static_cast<double>(j) / static_cast<double>(k.nodes));
    if (!puller.pullAll(j, control)) {
      stats.pulls += puller.pulls;
      return FinishEnd::kStopped;
    }
  }
  stats.pulls += puller.pulls;
  return FinishEnd::kExact;
}

void priceNodesWithoutSlots(Market& market) {
  const Classes& k = market.k;
  bool any = false;
  for (int32_t j = 0; j < k.nodes; j++) {
    if (k.capacity[static_cast<size_t>(j)] > 0) continue;
    any = true;
    market.price[static_cast<size_t>(j)] = k.tierSurcharge[static_cast<size_t>(k.tierOffset[static_cast<size_t>(j) + 1]) - 1];
  }
  if (!any) return;
  for (int32_t c = 0; c < k.classes; c++) {
    const int32_t begin = k.offset[static_cast<size_t>(c)];
    const int32_t end = k.offset[static_cast<size_t>(c) + 1];
    int64_t u = k.unserved[static_cast<size_t>(c)];
    for (int32_t a = begin; a < end; a++) {
      if (k.capacity[static_cast<size_t>(k.node[static_cast<size_t>(a)])] > 0 && market.roomOf(c, a) > 0)
        u = std::min(u, market.payArc(a));
    }
    if (u >= kFar) {  // every arc with room leads to a node without slots: what the dearest used arc pays
      u = -kInfinite;
      for (int32_t id = market.state[static_cast<size_t>(c)].head; id >= 0; id = market.block(id).next)
        u = std::max(u, market.pay(market.block(id)));
      if (u == -kInfinite) continue;
    }
    for (int32_t a = begin; a < end; a++) {
      const size_t j = static_cast<size_t>(k.node[static_cast<size_t>(a)]);
      if (k.capacity[j] == 0) market.price[j] = std::max(market.price[j], u - k.cost[static_cast<size_t>(a)]);
    }
  }
}

}  // namespace outbid
