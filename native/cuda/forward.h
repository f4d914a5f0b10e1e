// One round of forward: every active demand bids at the prices the round began with (Jacobi), and every node that was bid for keeps the
// highest bids its slots hold. Four steps, a barrier after each:
//
//   Bid      best and second best over the arcs at current prices; the amount is what the demand would pay there at most:
//            second - cost + epsilon, the unserved cost being an alternative too
//   Allot    each touched node gets room for its comers
//   Gather   the comers go there
//   Award    the highest bids of residents and comers stay; the others are active in the next round. A full node's price is its
//            lowest bid
//
// Prices only rise, so a second best seen at the start of a round can only get worse: what a demand pays exceeds its least by at most
// epsilon (I1), as when demands bid one after the other. The outcome is a function of the set of bids (ties.h), never of their order.
#pragma once

#include "ties.h"

namespace outbid::cuda {

// Best and second best over a stretch of a demand's arcs.
template <class Lanes>
OUTBID_HD Best scan(Lanes& lanes, const Board& b, int32_t demand, int32_t from, int32_t to) {
  const MergeBest merge{b.seed, demand};
  const int64_t begin = b.begin[demand];
  typename Lanes::template Each<Best> own;
  lanes.run([&](int lane) {
    Best top = nothing();
    for (int32_t a = from + lane; a < to; a += Lanes::kWidth) {
      const int32_t node = b.dense ? a : b.node[begin + a];
      const int32_t pay = b.cost[begin + a] + b.price[node];
      if (pay < top.first || (pay == top.first && merge.before(node, top.node))) {
        top.second = top.first;
        top.first = pay;
        top.node = node;
      } else if (pay < top.second) {
        top.second = pay;
      }
    }
    own[lane] = top;
  });
  return lanes.all(own, merge);
}

// A row in several parts, where fewer demands bid than there are groups of lanes.
struct ScanPart {
  const Board& b;
  const Course& c;
  int32_t parts;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t item) const {
    const int32_t demand = b.active[c.side][item / parts];
    const int32_t count = b.count[demand];
    const int32_t length = (count + parts - 1) / parts;
    const int32_t from = item % parts * length;
    const Best top = scan(lanes, b, demand, from < count ? from : count, from + length < count ? from + length : count);
    lanes.once([&] { b.part[item] = top; });
  }
};

struct Bid {
  const Board& b;
  const Course& c;
  int32_t range;
  int32_t parts;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t k) const {
    const int32_t demand = b.active[c.side][k];
    Best top;
    if (parts == 1) {
      top = scan(lanes, b, demand, 0, b.count[demand]);
    } else {
      typename Lanes::template Each<Best> own;
      const MergeBest merge{b.seed, demand};
      lanes.run([&](int lane) {
        own[lane] = nothing();
        for (int32_t p = lane; p < parts; p += Lanes::kWidth) own[lane] = merge(own[lane], b.part[k * parts + p]);
      });
      top = lanes.all(own, merge);
    }
    lanes.once([&] { bid(lanes, k, demand, top); });
  }

 private:
  template <class Lanes>
  OUTBID_HD void bid(Lanes& lanes, int32_t k, int32_t demand, const Best& top) const {
    b.wanted[k] = -1;
    const int32_t unserved = b.unserved[demand];
    if (unserved < kFar && unserved <= top.first) {
      b.at[demand] = kPooled;
      return;
    }
    // Without a usable arc the demand stays unplaced, and the finish says what that means.
    if (top.first >= kFar) return;
    const int32_t second = top.second < unserved ? top.second : unserved;
    const int32_t cost = top.first - b.price[top.node];
    const int32_t amount = (second >= kFar ? top.first + range : second) - cost + c.epsilon;
    if (amount > kMostPrice) return;
    b.wanted[k] = top.node;
    b.offered[k] = amount;
    b.wantedCost[k] = cost;
    const int32_t ticket = lanes.add(&b.asked[top.node], 1);
    b.ticket[k] = ticket;
    if (ticket == 0) b.touched[lanes.add(&b.tally->touched[c.parity], 1)] = top.node;
  }
};

struct Allot {
  const Board& b;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t t) const {
    const int32_t node = b.touched[t];
    b.segment[node] = lanes.add(&b.tally->comers, b.asked[node]);
  }
};

struct Gather {
  const Board& b;
  const Course& c;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes&, int32_t k) const {
    const int32_t node = b.wanted[k];
    if (node < 0) return;
    const int32_t to = b.segment[node] + b.ticket[k];
    b.comer[to] = b.active[c.side][k];
    b.comerBid[to] = b.offered[k];
    b.comerCost[to] = b.wantedCost[k];
  }
};

struct Lesser {
  template <class T>
  OUTBID_HD T operator()(T a, T b) const {
    return a < b ? a : b;
  }
};
struct Greater {
  template <class T>
  OUTBID_HD T operator()(T a, T b) const {
    return a > b ? a : b;
  }
};
struct Plus {
  template <class T>
  OUTBID_HD T operator()(T a, T b) const {
    return a + b;
  }
};

struct Award {
  const Board& b;
  const Course& c;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t t) const {
    const int32_t node = b.touched[t];
    const Bids bids{b.who + b.first[node],        b.bid + b.first[node], b.load[node],      b.comer + b.segment[node],
                    b.comerBid + b.segment[node], b.asked[node],         salt(b.seed, node)};
    const int32_t capacity = b.capacity[node];
    const bool kept = b.first[node + 1] > b.first[node];
    const uint64_t cut = bids.held + bids.came > capacity ? cutoff(lanes, bids, capacity) : 0;
    typename Lanes::template Each<int32_t> low;
    lanes.run([&](int lane) { low[lane] = kOff; });
    int32_t stay = kept ? keepResidents(lanes, node, bids, cut, low) : bids.held;
    stay = takeComers(lanes, node, bids, cut, kept, stay, low);
    const int32_t lowest = lanes.all(low, Lesser());
    lanes.once([&] {
      b.load[node] = stay;
      b.asked[node] = 0;
      if (kept && stay == capacity && lowest > b.price[node]) b.price[node] = lowest;
    });
  }

 private:
  struct Bids {
    int32_t* who;
    int32_t* bid;
    int32_t held;
    const int32_t* comer;
    const int32_t* comerBid;
    int32_t came;
    uint32_t salt;
    OUTBID_HD uint64_t key(int32_t k) const {
      return k < held ? keyOf(bid[k], salt, who[k]) : keyOf(comerBid[k - held], salt, comer[k - held]);
    }
  };

  // The key of the capacity-th highest bid: bisection, which ends as soon as exactly that many are at least the guess.
  template <class Lanes>
  OUTBID_HD static uint64_t cutoff(Lanes& lanes, const Bids& bids, int32_t capacity) {
    const int32_t all = bids.held + bids.came;
    typename Lanes::template Each<uint64_t> least;
    typename Lanes::template Each<uint64_t> most;
    lanes.run([&](int lane) {
      least[lane] = UINT64_MAX;
      most[lane] = 0;
      for (int32_t k = lane; k < all; k += Lanes::kWidth) {
        const uint64_t key = bids.key(k);
        if (key < least[lane]) least[lane] = key;
        if (key > most[lane]) most[lane] = key;
      }
    });
    uint64_t low = lanes.all(least, Lesser());
    if (all == capacity + 1) return low + 1;
    uint64_t high = lanes.all(most, Greater());
    while (low < high) {
      const uint64_t guess = low + (high - low + 1) / 2;
      typename Lanes::template Each<int32_t> above;
      lanes.run([&](int lane) {
        above[lane] = 0;
        for (int32_t k = lane; k < all; k += Lanes::kWidth) above[lane] += bids.key(k) >= guess ? 1 : 0;
      });
      const int32_t count = lanes.all(above, Plus());
      if (count == capacity) return guess;
      if (count > capacity)
        low = guess;
      else
        high = guess - 1;
    }
    return low;
  }

  // Residents below the cut leave, the others move together. An entry moves to no later place, and lanes read before any writes.
  template <class Lanes>
  OUTBID_HD int32_t keepResidents(Lanes& lanes, int32_t node, const Bids& bids, uint64_t cut,
                                  typename Lanes::template Each<int32_t>& low) const {
    int32_t stay = 0;
    for (int32_t base = 0; base < bids.held; base += Lanes::kWidth) {
      typename Lanes::template Each<int32_t> who, bid, keep, leave, before, beforeOut;
      lanes.run([&](int lane) {
        const int32_t s = base + lane;
        const bool here = s < bids.held;
        who[lane] = here ? bids.who[s] : -1;
        bid[lane] = here ? bids.bid[s] : 0;
        keep[lane] = here && keyOf(bid[lane], bids.salt, who[lane]) >= cut ? 1 : 0;
        leave[lane] = here && keep[lane] == 0 ? 1 : 0;
      });
      const int32_t staying = lanes.rank(keep, before);
      const int32_t leaving = lanes.rank(leave, beforeOut);
      const int32_t to = leaving > 0 ? lanes.once([&] { return lanes.add(&b.tally->active[1 - c.side], leaving); }) : 0;
      lanes.run([&](int lane) {
        if (keep[lane] != 0) {
          bids.who[stay + before[lane]] = who[lane];
          bids.bid[stay + before[lane]] = bid[lane];
          if (bid[lane] < low[lane]) low[lane] = bid[lane];
        } else if (leave[lane] != 0) {
          b.at[who[lane]] = kUnplaced;
          b.active[1 - c.side][to + beforeOut[lane]] = who[lane];
        }
      });
      stay += staying;
    }
    (void)node;
    return stay;
  }

  template <class Lanes>
  OUTBID_HD int32_t takeComers(Lanes& lanes, int32_t node, const Bids& bids, uint64_t cut, bool kept, int32_t stay,
                               typename Lanes::template Each<int32_t>& low) const {
    const int32_t* cost = b.comerCost + b.segment[node];
    for (int32_t base = 0; base < bids.came; base += Lanes::kWidth) {
      typename Lanes::template Each<int32_t> enter, lose, before, beforeOut;
      lanes.run([&](int lane) {
        const int32_t q = base + lane;
        const bool here = q < bids.came;
        enter[lane] = here && keyOf(bids.comerBid[q], bids.salt, bids.comer[q]) >= cut ? 1 : 0;
        lose[lane] = here && enter[lane] == 0 ? 1 : 0;
      });
      const int32_t entering = lanes.rank(enter, before);
      const int32_t losing = lanes.rank(lose, beforeOut);
      const int32_t to = losing > 0 ? lanes.once([&] { return lanes.add(&b.tally->active[1 - c.side], losing); }) : 0;
      lanes.run([&](int lane) {
        const int32_t q = base + lane;
        if (enter[lane] != 0) {
          const int32_t demand = bids.comer[q];
          b.at[demand] = node;
          b.paid[demand] = cost[q];
          if (bids.comerBid[q] < low[lane]) low[lane] = bids.comerBid[q];
          if (kept) {
            bids.who[stay + before[lane]] = demand;
            bids.bid[stay + before[lane]] = bids.comerBid[q];
          }
        } else if (lose[lane] != 0) {
          b.active[1 - c.side][to + beforeOut[lane]] = bids.comer[q];
        }
      });
      stay += entering;
    }
    return stay;
  }
};

}  // namespace outbid::cuda
