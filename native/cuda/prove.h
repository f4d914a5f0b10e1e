// The certificate of a complete state: both objectives in one pass over the arcs, at final prices of 64 bits. The core proves every answer
// on the host; this is the same sum where the data already is, and the two must agree to the last bit.
//
//   primal   sum of the costs of arcs in use and of the unserved costs of the others
//   dual     sum of u_i, the least pay or the unserved cost, less sum of capacity_j price_j (the host adds that part)
#pragma once

#include "forward.h"

namespace outbid::cuda {

struct Prove {
  const Board& b;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t demand) const {
    const int64_t begin = b.begin[demand];
    const int32_t count = b.count[demand];
    const int32_t own = b.at[demand];
    typename Lanes::template Each<int64_t> least;
    typename Lanes::template Each<int32_t> paid;
    lanes.run([&](int lane) {
      least[lane] = b.unserved[demand] >= kFar ? INT64_MAX : b.unserved[demand];
      paid[lane] = kOff;
      for (int32_t a = lane; a < count; a += Lanes::kWidth) {
        const int32_t node = b.dense ? a : b.node[begin + a];
        const int32_t cost = b.cost[begin + a];
        if (cost >= kFar) continue;
        if (node == own && cost < paid[lane]) paid[lane] = cost;
        const int64_t pay = cost + b.proof[node];
        if (pay < least[lane]) least[lane] = pay;
      }
    });
    const int64_t u = lanes.all(least, Lesser());
    const int32_t cost = lanes.all(paid, Lesser());
    lanes.once([&] {
      b.value[demand] = u;
      lanes.add(&b.tally->dual[demand % kSums], u == INT64_MAX ? int64_t{0} : u);
      if (own >= 0 && cost < kFar)
        lanes.add(&b.tally->primal[demand % kSums], static_cast<int64_t>(cost));
      else if (own == kPooled && b.unserved[demand] < kFar)
        lanes.add(&b.tally->primal[demand % kSums], static_cast<int64_t>(b.unserved[demand]));
      else
        lanes.add(&b.tally->unplaced, 1);
    });
  }
};

}  // namespace outbid::cuda
