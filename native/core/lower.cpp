#include "lower.h"

#include "search.h"

namespace outbid {

namespace {

void expand(const Market& market, Search& search, int32_t cls, int64_t base) {
  const Classes& k = market.k;
  if (!search.improves(cls, base)) return;
  search.visit(cls, base);
  for (int32_t a = k.offset[static_cast<size_t>(cls)]; a < k.offset[static_cast<size_t>(cls) + 1]; a++) {
    const int32_t node = k.node[static_cast<size_t>(a)];
    const int64_t distance = base + market.payArc(a);
    // An unused node keeps its price and leads nowhere.
    if (market.load[static_cast<size_t>(node)] == 0 || search.reachedWithin(node, distance) || market.roomOf(cls, a) <= 0) continue;
    search.reach(node, distance, -1, a);
    search.enqueue(node, distance);
  }
}

}  // namespace

void lowerPrices(Market& market) {
  const Classes& k = market.k;
  Search search(k.nodes, k.classes);
  search.begin();
  for (int32_t j = 0; j < k.nodes; j++) {
    if (market.load[static_cast<size_t>(j)] == 0) continue;
    const int64_t distance = market.price[static_cast<size_t>(j)] - market.floorOf(j);
    search.reach(j, distance, -1, -1);
    search.enqueue(j, distance);
  }
  for (int32_t c = 0; c < k.classes; c++) {
    if (market.state[static_cast<size_t>(c)].pooled > 0) expand(market, search, c, -k.unserved[static_cast<size_t>(c)]);
  }
  for (int32_t v = search.settleNext(kInfinite); v >= 0; v = search.settleNext(kInfinite)) {
    const int64_t distance = search.node(v).distance;
    const int32_t* ids = market.idsAt(v);
    for (int32_t q = 0; q < market.blocksAt(v); q++) {
      const Block& b = market.block(ids[q]);
      expand(market, search, b.cls, distance - market.pay(b));
    }
  }
  for (int32_t v : search.settled()) market.price[static_cast<size_t>(v)] -= search.node(v).distance;
}

}  // namespace outbid
