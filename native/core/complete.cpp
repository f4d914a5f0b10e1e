#include "complete.h"

#include <algorithm>
#include <vector>

namespace outbid {

void complete(Market& market) {
  const Classes& k = market.k;
  struct Way {
    int64_t cost;
    int32_t arc;
    bool operator<(const Way& other) const { return cost != other.cost ? cost < other.cost : arc < other.arc; }
  };
  std::vector<Way> ways;
  for (int32_t c = 0; c < k.classes; c++) {
    ClassState& s = market.state[static_cast<size_t>(c)];
    if (s.unplaced == 0) continue;
    ways.clear();
    for (int32_t a = k.offset[static_cast<size_t>(c)]; a < k.offset[static_cast<size_t>(c) + 1]; a++) {
      const int64_t next = market.next[static_cast<size_t>(k.node[static_cast<size_t>(a)])];
      if (next < kInfinite) ways.push_back({k.cost[static_cast<size_t>(a)] + next, a});
    }
    std::sort(ways.begin(), ways.end());
    for (const Way& way : ways) {
      const int32_t node = k.node[static_cast<size_t>(way.arc)];
      while (s.unplaced > 0) {
        const int64_t used = market.load[static_cast<size_t>(node)];
        const int64_t next = market.next[static_cast<size_t>(node)];
        const int64_t room = market.roomOf(c, way.arc);
        if (next >= kInfinite || room <= 0 || k.cost[static_cast<size_t>(way.arc)] + next >= k.unserved[static_cast<size_t>(c)])
          break;
        int64_t begin, end;
        market.tierOf(node, used, begin, end);
        const int64_t units = std::min({s.unplaced, room, end - used});
        market.place(c, way.arc, units, 0);
        s.unplaced -= units;
      }
      if (s.unplaced == 0) break;
    }
    if (!k.mustServe(c)) {
      s.pooled += s.unplaced;
      s.unplaced = 0;
    }
  }
}

}  // namespace outbid
