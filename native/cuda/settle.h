// Settle: the exact end. Forward leaves a state in which nobody placed pays more than its least by over epsilon, some demands that wait,
// and some nodes that are priced and idle. Settle forgets the prices and finds the least ones under which nobody would move:
//
//   least_j = max(0, what a demand that is not at j pays now, less cost_ij, over those demands)
//
// with cost_ik + least_k for a demand at node k, the unserved cost for one that goes unserved, and more than anything for one that waits and
// must be served. They are longest paths over the nodes, found in rounds of Bellman and Ford from all prices 0: least_j is what one slot more
// of node j would save. A circle that gains would pass all of its steps at some epsilon from their least; there is none as long as a circle has
// fewer steps than epsilon fits into the unit of cost (planOf).
//
// So a priced node with a free slot has found a saving, and so has a demand that pays more than its unserved cost: along the path every
// demand moves to the node that asked for it. Of paths that share a demand the one that saves more wins. Nobody pays anything else by moving,
// so no circle gains after it either; the least prices are found anew, until nothing is left to save. That is optimal, and these prices are
// the proof: whole units of cost, whatever epsilon was.
//
//   Seat, Sit     lists of the demands of each node
//   Relax         every demand of a node whose price rose - at first every demand - asks its other nodes for as much as it pays
//   Lift          the nodes that were asked for more take the highest, and their demands relax in the next round
//   Sinks         nodes that are priced and idle, and demands that would rather go unserved
//   Reserve, Win   each of them reserves the demands on its path with what it saves; it wins if all are its own
//   Shift         the winners' demands move
//
// A price and its path change only where the price rises, so where prices come to rest paths do not run in circles. Where a circle gains after
// all they do not: rounds or prices leave their bounds, nobody follows a path, and the core's finish is left with what there is. The outcome is a function of sets: of prices asked for in one round the highest
// stays, of equal ones a hash decides, and paths that share a demand are the same from there on.
#pragma once

#include "forward.h"

namespace outbid::cuda {

constexpr int32_t kMostLeast = kMostPrice + kMostCost;  // what a demand that must be served asks for at most

// The nodes that are priced and idle as forward leaves them: where its prices are exact, only they need settling.
struct Idle {
  const Board& b;
  const Course& c;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t node) const {
    if (b.load[node] < b.capacity[node] && b.price[node] > 0) lanes.add(&b.tally->touched[c.parity], 1);
  }
};

struct Seat {
  const Board& b;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t node) const {
    b.segment[node] = lanes.add(&b.tally->seats, b.load[node]);
    b.asked[node] = 0;
    b.least[node] = b.capacity[node] > 0 ? 0 : kOff;
    b.best[node] = 0;
  }
};

// What a demand that waits asks for at first: far more than any other, and about as far from its best node as the others that wait are.
struct Call {
  const Board& b;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t demand) const {
    if (b.at[demand] != kUnplaced) return;
    const Best top = scan(lanes, b, demand, 0, b.count[demand]);
    lanes.once([&] { b.paid[demand] = top.first < kMostPrice ? top.first + kMostCost : kMostCost; });
  }
};

struct Sit {
  const Board& b;
  const Course& c;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t demand) const {
    b.active[c.side][demand] = demand;
    b.claim[demand] = 0;
    const int32_t node = b.at[demand];
    if (node >= 0)
      b.comer[b.segment[node] + lanes.add(&b.asked[node], 1)] = demand;
    else if (node == kUnplaced)
      lanes.raise(&b.tally->waiting, 1);
  }
};

OUTBID_HD inline int32_t payOf(const Board& b, int32_t demand, int32_t at) {
  return at == kPooled ? b.unserved[demand] : b.paid[demand] + (at >= 0 ? b.least[at] : 0);
}

// A price a node is asked for, and by whom.
OUTBID_HD inline uint64_t priceKey(const Board& b, int32_t price, int32_t node, int32_t demand) {
  return static_cast<uint64_t>(static_cast<uint32_t>(price)) << 32 | (static_cast<uint32_t>(demand) ^ salt(b.seed, node));
}

OUTBID_HD inline int32_t askerOf(const Board& b, int32_t node) {
  return static_cast<int32_t>(static_cast<uint32_t>(b.best[node]) ^ salt(b.seed, node));
}

struct Relax {
  const Board& b;
  const Course& c;
  int32_t parts;  // of a row
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t item) const {
    const int32_t demand = b.active[c.side][item / parts];
    const int32_t pay = payOf(b, demand, b.at[demand]);
    const int64_t begin = b.begin[demand];
    const int32_t count = b.count[demand];
    const int32_t length = (count + parts - 1) / parts;
    const int32_t from = item % parts * length;
    const int32_t to = from + length < count ? from + length : count;
    lanes.run([&](int lane) {
      for (int32_t a = from + lane; a < to; a += Lanes::kWidth) {
        const int32_t node = b.dense ? a : b.node[begin + a];
        const int32_t price = pay - b.cost[begin + a];
        const int32_t least = b.least[node];
        if (price <= least) continue;
        if (price > kMostLeast) {
          lanes.raise(&b.tally->beyond, 1);
          continue;
        }
        // Who asks first for more than the price notes the node.
        const uint64_t before = lanes.raise(&b.best[node], priceKey(b, price, node, demand));
        if (static_cast<int32_t>(before >> 32) == least) b.touched[lanes.add(&b.tally->touched[c.parity], 1)] = node;
      }
    });
  }
};

struct Lift {
  const Board& b;
  const Course& c;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t t) const {
    const int32_t node = b.touched[t];
    const int32_t held = b.load[node];
    const int32_t from = b.segment[node];
    const int32_t to = lanes.once([&] {
      b.least[node] = static_cast<int32_t>(b.best[node] >> 32);
      return lanes.add(&b.tally->active[1 - c.side], held);
    });
    lanes.run([&](int lane) {
      for (int32_t s = lane; s < held; s += Lanes::kWidth) b.active[1 - c.side][to + s] = b.comer[from + s];
    });
  }
};

// The prices of a state in which somebody waits are beyond all bounds: they are not kept.
struct Sinks {
  const Board& b;
  const Course& c;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t k) const {
    if (k < b.nodes) {
      const int32_t least = b.least[k];
      if (b.tally->waiting == 0) b.price[k] = least;
      if (least > 0 && b.load[k] < b.capacity[k]) b.touched[lanes.add(&b.tally->touched[c.parity], 1)] = k;
    }
    if (k < b.demands && payOf(b, k, b.at[k]) > b.unserved[k]) b.wanted[lanes.add(&b.tally->leaving, 1)] = k;
  }
};

// A sink: the first are nodes, then come demands.
struct Sink {
  int32_t node;    // where its path goes on
  int32_t demand;  // that leaves, or -1
  uint64_t saves;
};

OUTBID_HD inline Sink sinkOf(const Board& b, int32_t t, int32_t open) {
  if (t < open) {
    const int32_t node = b.touched[t];
    return {node, -1, keyOf(b.least[node], salt(b.seed, -1), node)};
  }
  const int32_t demand = b.wanted[t - open];
  const int32_t saves = payOf(b, demand, b.at[demand]) - b.unserved[demand];
  return {b.at[demand], demand, keyOf(saves, salt(b.seed, -1), b.nodes + demand)};
}

// Calls visit(node, demand, from) for each step of the path that gives a node its price, until it says no: the demand moves to the node,
// and comes from the next one, from going unserved, or from nowhere. True: to the path's end. Where a circle gains and kMostLeast holds its
// prices down the path runs in it, and has none.
template <class Visit>
OUTBID_HD bool alongPath(const Board& b, int32_t node, Visit visit) {
  for (int32_t steps = 0; node >= 0 && b.least[node] > 0; steps++) {
    if (steps == b.nodes) return false;
    const int32_t demand = askerOf(b, node);
    const int32_t from = b.at[demand];
    if (!visit(node, demand, from)) return false;
    node = from;
  }
  return true;
}

struct Reserve {
  const Board& b;
  int32_t open;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t t) const {
    const Sink sink = sinkOf(b, t, open);
    if (sink.demand >= 0 && lanes.raise(&b.claim[sink.demand], sink.saves) > sink.saves) return;
    // What has a higher claim on a demand has one on all that follow.
    alongPath(b, sink.node,
              [&](int32_t, int32_t demand, int32_t) { return lanes.raise(&b.claim[demand], sink.saves) < sink.saves; });
  }
};

struct Win {
  const Board& b;
  int32_t open;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes&, int32_t t) const {
    const Sink sink = sinkOf(b, t, open);
    bool wins = sink.demand < 0 || b.claim[sink.demand] == sink.saves;
    wins = wins && alongPath(b, sink.node, [&](int32_t, int32_t demand, int32_t) { return b.claim[demand] == sink.saves; });
    (t < open ? b.asked[sink.node] : b.offered[t - open]) = wins ? 1 : 0;
  }
};

struct Shift {
  const Board& b;
  int32_t open;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t t) const {
    if (t < open) {
      const int32_t node = b.touched[t];
      if (b.asked[node] == 0) return;
      lanes.add(&b.load[node], 1);
      shift(lanes, node);
    } else if (b.offered[t - open] != 0) {
      const int32_t demand = b.wanted[t - open];
      const int32_t from = b.at[demand];
      b.at[demand] = kPooled;
      leave(lanes, from);
      shift(lanes, from);
    }
  }

 private:
  template <class Lanes>
  OUTBID_HD void shift(Lanes& lanes, int32_t to) const {
    alongPath(b, to, [&](int32_t node, int32_t demand, int32_t from) {
      b.paid[demand] = payOf(b, demand, from) - b.least[node];
      b.at[demand] = node;
      leave(lanes, from);
      return true;
    });
  }
  // At a price of 0 the path ends, and the slot stays free.
  template <class Lanes>
  OUTBID_HD void leave(Lanes& lanes, int32_t node) const {
    if (node >= 0 && b.least[node] == 0) lanes.add(&b.load[node], -1);
  }
};

}  // namespace outbid::cuda
