#include "columns.h"

namespace outbid {

void Columns::build(const Market& market, int64_t widest) {
  const Classes& k = market.k;
  const size_t m = static_cast<size_t>(k.nodes);
  width = widest;
  start = Array<int32_t>(m + 1, 0);
  priceAtBuild = Array<int64_t>(m);
  std::copy(market.price.begin(), market.price.end(), priceAtBuild.begin());
  const int64_t* price = market.price.data();

  // One pass finds each class's limit u + width and keeps what is below it, in order of class; a second deals it to the nodes.
  size_t kept = 0;
  Array<Entry> list(std::max<size_t>(64, static_cast<size_t>(widest >= kInfinite ? k.arcs() : k.arcs() / 8 + k.classes)));
  for (int32_t c = 0; c < k.classes; c++) {
    const int32_t begin = k.offset[static_cast<size_t>(c)];
    const int32_t end = k.offset[static_cast<size_t>(c) + 1];
    int64_t limit = kBlocked;
    if (widest < kInfinite) {
      int64_t u = k.unserved[static_cast<size_t>(c)];
      for (int32_t a = begin; a < end; a++) {
        const int64_t pay = k.cost[static_cast<size_t>(a)] + price[k.node[static_cast<size_t>(a)]];
        if (pay < u && (!k.bounded || market.roomOf(c, a) > 0)) u = pay;
      }
      limit = std::min(kFar, u + widest);
    }
    if (kept + static_cast<size_t>(end - begin) > list.size()) list.resize(list.size() * 2 + static_cast<size_t>(end - begin));
    for (int32_t a = begin; a < end; a++) {
      const int32_t node = k.node[static_cast<size_t>(a)];
      const int64_t cost = k.cost[static_cast<size_t>(a)];
      list[kept] = Entry{cost, a, c};
      kept += cost + price[node] < limit && k.capacity[static_cast<size_t>(node)] > 0 ? 1 : 0;
    }
  }
  for (size_t q = 0; q < kept; q++) start[static_cast<size_t>(k.node[static_cast<size_t>(list[q].arc)]) + 1]++;
  for (size_t j = 0; j < m; j++) start[j + 1] += start[j];
  entries = Array<Entry>(kept);
  Array<int32_t> to(m);
  std::copy(start.begin(), start.begin() + k.nodes, to.begin());
  for (size_t q = 0; q < kept; q++)
    entries[static_cast<size_t>(to[static_cast<size_t>(k.node[static_cast<size_t>(list[q].arc)])]++)] = list[q];
}

}  // namespace outbid
