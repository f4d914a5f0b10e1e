// PULL: one shortest augmenting path into a hungry node k - a slot that its price says must be used.
//
// Dijkstra backwards over incoming arcs. From node v at distance d_v over an arc (c, v) with room: b = d_v + pay(c, v); a unit of c
// on a used arc (c, w) may move to v, which leaves w at distance d_w = b - pay(c, w). Ends:
//
//   pool    a unit of c goes from unserved to v, at b - r_c
//   exit    at v, d_v + p_v - s_v(z_v - 1): nothing more comes to v, its price falls to the surcharge of the last slot of its
//   pseudo-load z_v
//           (not to 0: a slot of surcharge 5 at price 7 must not draw an unserved unit of cost 3)
//
// With D the cheapest end, settled nodes fall by D - d_v, which keeps reduced costs >= 0 and p_v >= s_v(z_v - 1). The path
// carries min(h_k, blocks, rooms, pool units or the slots of the exit's tier). Empty nodes are never reached, so no price falls
// below its floor. Moves are applied from the pulling node outwards: a node is vacated before it is filled.
#pragma once

#include <vector>

#include "columns.h"
#include "control.h"
#include "market.h"
#include "search.h"

namespace outbid {

class Puller {
 public:
  // `width`: reduced cost up to which arcs are worth copying at first (columns.h).
  Puller(Market& market, int64_t width);

  // Pulls until the node is not hungry. False: control stopped.
  bool pullAll(int32_t node, Control& control);

  int64_t pulls = 0;
  int64_t expansions = 0;

 private:
  enum class EndKind : uint8_t { kExit, kPool };
  bool search(int32_t node, Control& control);
  void expand(int32_t node);
  bool leftTheColumns() const;
  void shift(int32_t node);
  void noteMost(int32_t cls);

  Market& market_;
  Columns columns_;
  int64_t width_;
  Search search_;
  Array<int64_t> most_;  // classes: at least what any placed or pooled unit pays: a bound that spares most looks at blocks
  int64_t best_ = 0;
  EndKind end_ = EndKind::kExit;
  int32_t endNode_ = -1;
  int32_t endClass_ = -1;
  int32_t endArc_ = -1;
};

}  // namespace outbid
