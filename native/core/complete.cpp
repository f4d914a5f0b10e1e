#include "complete.h"

#include <algorithm>

namespace outbid {

void complete(Market& market) {
  const Classes& k = market.k;
  for (int32_t c = 0; c < k.classes; c++) {
    ClassState& s = market.state[static_cast<size_t>(c)];
    while (s.unplaced > 0) {
      // The cheapest free slot over arcs with room; ties go to the arc of lower index.
      int64_t least = k.unserved[static_cast<size_t>(c)];
      int32_t arc = -1;
      for (int32_t a = s.begin; a < s.end; a++) {
        const int64_t next = market.next[static_cast<size_t>(k.node[static_cast<size_t>(a)])];
        if (next >= kInfinite || k.cost[static_cast<size_t>(a)] + next >= least || market.roomOf(c, a) <= 0) continue;
        least = k.cost[static_cast<size_t>(a)] + next;
        arc = a;
      }
      if (arc < 0) break;
      const int32_t node = k.node[static_cast<size_t>(arc)];
      const int64_t used = market.load[static_cast<size_t>(node)];
      int64_t begin, end;
      market.tierOf(node, used, begin, end);
      const int64_t units = std::min({s.unplaced, market.roomOf(c, arc), end - used});
      market.place(c, arc, units, 0);
      s.unplaced -= units;
    }
    if (!k.mustServe(c)) {
      s.pooled += s.unplaced;
      s.unplaced = 0;
    }
  }
}

}  // namespace outbid
