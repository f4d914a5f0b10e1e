// Arcs by node, for the moves that look from a node to the classes that may use it (offer, pull).
//
// A pull only follows arcs whose reduced cost pay(a) - u_i is small, so the copy may be pruned: arcs of reduced cost at least
// `width` when it was built are left out. Prices and u only fall while pulling, by p0_v - p_v at node v, so an omitted arc
// into v still has reduced cost >= width - (p0_v - p_v): a search that stayed below that everywhere missed nothing.
#pragma once

#include "array.h"
#include "market.h"

namespace outbid {

struct Columns {
  struct Entry {
    int64_t cost;
    int32_t arc;
    int32_t cls;
  };
  Array<int32_t> start;  // nodes + 1
  Array<Entry> entries;
  Array<int64_t> priceAtBuild;  // nodes
  int64_t width = 0;            // kInfinite: complete

  bool built() const { return !start.empty(); }
  // Copies every arc into nodes with slots whose reduced cost is below `width`.
  void build(const Market& market, int64_t width);
};

}  // namespace outbid
