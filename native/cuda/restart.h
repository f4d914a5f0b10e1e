// Restart, between two phases of forward: prices come down by a discount, so that idle priced nodes stay rare; a demand that then pays
// more than its least by over epsilon, or goes unserved and need not, is active again; the bids of the others are what they would bid now.
//
//   Discount   prices down, slots emptied
//   Recheck    every demand keeps its place - and takes a slot anew - or loses it
//   Refill     a full node's price is its lowest bid again
#pragma once

#include "forward.h"

namespace outbid::cuda {

struct Discount {
  const Board& b;
  int32_t discount;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes&, int32_t node) const {
    b.load[node] = 0;
    if (b.capacity[node] > 0) b.price[node] = b.price[node] > discount ? b.price[node] - discount : 0;
  }
};

struct Recheck {
  const Board& b;
  const Course& c;
  int32_t range;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t demand) const {
    const int32_t own = b.at[demand];
    const int32_t other = own == kUnplaced ? 0 : leastElsewhere(lanes, demand, own);
    lanes.once([&] {
      if (own == kUnplaced) return wait(lanes, demand);
      if (own == kPooled) {
        if (b.unserved[demand] > other + c.epsilon) wait(lanes, demand);
        return;
      }
      const int32_t unserved = b.unserved[demand];
      const int32_t least = unserved < other ? unserved : other;
      const int32_t price = b.price[own];
      const int32_t pay = b.paid[demand] + price;
      if (pay > least + c.epsilon) return wait(lanes, demand);
      const int32_t seat = lanes.add(&b.load[own], 1);
      if (b.first[own + 1] == b.first[own]) return;
      // A bid without an alternative rises with every phase: it is held where forward would end too.
      int32_t bid = least >= kFar ? price + range : least + c.epsilon - b.paid[demand];
      if (bid < price) bid = price;
      b.who[b.first[own] + seat] = demand;
      b.bid[b.first[own] + seat] = bid < kMostPrice ? bid : kMostPrice;
    });
  }

 private:
  template <class Lanes>
  OUTBID_HD void wait(Lanes& lanes, int32_t demand) const {
    b.at[demand] = kUnplaced;
    b.active[1 - c.side][lanes.add(&b.tally->active[1 - c.side], 1)] = demand;
  }

  template <class Lanes>
  OUTBID_HD int32_t leastElsewhere(Lanes& lanes, int32_t demand, int32_t own) const {
    const int64_t begin = b.begin[demand];
    const int32_t count = b.count[demand];
    typename Lanes::template Each<int32_t> least;
    lanes.run([&](int lane) {
      least[lane] = kOff;
      for (int32_t a = lane; a < count; a += Lanes::kWidth) {
        const int32_t node = b.dense ? a : b.node[begin + a];
        const int32_t pay = b.cost[begin + a] + b.price[node];
        if (pay < least[lane] && node != own) least[lane] = pay;
      }
    });
    return lanes.all(least, Lesser());
  }
};

struct Refill {
  const Board& b;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t node) const {
    const int32_t held = b.load[node];
    if (held < b.capacity[node] || b.first[node + 1] == b.first[node]) return;
    typename Lanes::template Each<int32_t> low;
    lanes.run([&](int lane) {
      low[lane] = kOff;
      for (int32_t s = lane; s < held; s += Lanes::kWidth) {
        const int32_t bid = b.bid[b.first[node] + s];
        if (bid < low[lane]) low[lane] = bid;
      }
    });
    const int32_t lowest = lanes.all(low, Lesser());
    lanes.once([&] {
      if (lowest > b.price[node]) b.price[node] = lowest;
    });
  }
};

}  // namespace outbid::cuda
