// Forward in chains: where every node has one slot, bids need no rounds. A chain takes a demand that waits, bids for it, goes on with the
// demand it put out, and ends at a node that was free; many chains run side by side and never wait for each other.
//
// A node is one word, price above holder, and a bid raises it by an atomic maximum: it is in force if the word before was lower, and
// names whom it put out. Prices only rise, so
//
//   a bid made at prices that are old by now asks for no more than second best + epsilon: I1 holds (Bertsekas and Castanon 1991)
//   a bid that comes too late changes nothing and is made anew
//
// How chains interleave decides which of the equally good states they end in; where the outcome has to be the same in every run,
// rounds are used instead.
//
// Towards the end a few demands outbid each other for long, one bid after the other. From `fewest` waiting demands on they are left to
// searches (push.h).
#pragma once

#include "shortlist.h"

namespace outbid::cuda {

struct MakeList {
  const Board& b;
  bool priced;  // nodes have prices already
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t demand) const {
    makeList(lanes, b, demand, priced);
  }
};

// A chain after the other, by one group of lanes, until the list of those that wait is used up.
struct Chains {
  const Board& b;
  const Course& c;
  int32_t active;
  int32_t fewest;
  int32_t range;
  int64_t mostBids;  // of a chain

  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes) const {
    int64_t bids = 0;
    for (;;) {
      const int32_t ticket = lanes.once([&] { return lanes.add(&b.tally->taken, 1); });
      if (ticket >= active) break;
      bids += chain(lanes, b.active[c.side][ticket]);
    }
    lanes.once([&] { lanes.add(&b.tally->chained, bids); });
  }

 private:
  template <class Lanes>
  OUTBID_HD int64_t chain(Lanes& lanes, int32_t demand) const {
    for (int64_t bids = 0;; bids++) {
      const int32_t waiting = lanes.look(&b.tally->pending);
      const int32_t stop = *b.stop;
      const Choice top = choose(lanes, b, demand);
      const int32_t second = top.second < kFar ? top.second : top.first + range;
      const int32_t amount = second - top.cost + c.epsilon;
      // Others write both words meanwhile: what one lane read counts for all, or lanes would part.
      const int32_t ends = lanes.once([&] { return waiting <= fewest || stop != 0 ? 1 : 0; });
      if (ends != 0 || bids >= mostBids || top.first >= kFar || amount > kMostPrice) {
        lanes.once([&] { leave(lanes, demand); });
        return bids;
      }
      const uint64_t mine = slotOf(amount, demand);
      const uint64_t old = lanes.once([&] { return lanes.rise(&b.slot[top.node], mine); });
      if (old >= mine) continue;
      demand = holderOf(old);
      if (demand == kUnplaced) {
        lanes.once([&] { lanes.add(&b.tally->pending, -1); });
        return bids + 1;
      }
    }
  }

  template <class Lanes>
  OUTBID_HD void leave(Lanes& lanes, int32_t demand) const {
    b.at[demand] = kUnplaced;
    b.active[1 - c.side][lanes.add(&b.tally->active[1 - c.side], 1)] = demand;
  }
};

}  // namespace outbid::cuda
