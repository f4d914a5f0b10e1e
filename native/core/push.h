// PUSH: one shortest augmenting path from a class with unplaced units.
//
// Dijkstra over nodes. A class c reached at distance b - what its units may pay there - leads over every arc with room to
// distance b + pay(c, k) of node k; expanding a node v at d_v reaches the classes of its blocks at b = d_v - pay(c, v). So the
// residual cost from node a to node v through class i is pay(i, v) - pay(i, a), over arcs with room only: all of them are >= 0
// when every unit pays its class's least. A class is expanded again only when b improved. Sinks:
//
//   a hungry node k    at d_k                        takes up to h_k units
//   a free slot at k   at d_k + s_k(z_k) - p_k       up to the end of that tier
//   the pool           at b + r_c                    without limit
//
// With D the distance of the cheapest sink, settled nodes rise by D - d_v; then reduced costs stay >= 0 and p_v <= s_v(z_v).
// The path carries min(unplaced, sink, blocks, rooms) units. No sink: the classes expanded are a Hall witness (reach.h).
#pragma once

#include <vector>

#include "control.h"
#include "market.h"
#include "search.h"

namespace outbid {

class Pusher {
 public:
  explicit Pusher(Market& market);

  // Pushes until the class has no unplaced unit. False: infeasible (`stuck` holds the witness classes), or control stopped.
  bool pushAll(int32_t cls, Control& control);

  int64_t pushes = 0;
  int64_t expansions = 0;
  std::vector<int32_t> stuck;

 private:
  static constexpr int32_t kNone = -2;
  static constexpr int32_t kPool = -1;
  bool search(int32_t source, Control& control);
  void expand(int32_t cls, int64_t base, int32_t fromBlock);
  void shift(int32_t source);

  Market& market_;
  Search search_;
  int64_t best_ = 0;
  int32_t sink_ = kNone;    // node, kPool or kNone
  int32_t sinkBlock_ = -1;  // pool: the block (or source) whose units go unserved
  int32_t sinkClass_ = -1;
  int32_t source_ = -1;
};

}  // namespace outbid
