// One round of reverse: every node that is priced and has a free slot takes the demand that would save most by moving there, and lowers
// its price to what the next one would still come for, less epsilon. Six steps:
//
//   Open       which nodes are priced and not full
//   Offer      what a demand pays now, less the arc's cost, is its offer to the node; the highest is noted
//   RunnerUp   the highest of the others; who made the highest
//   Choose     a demand wanted by several nodes takes the one where it saves most
//   Block      of two open nodes of which one would take a demand of the other's, one waits: the demand would leave at the old price while
//              its node comes down
//   Move       the others' choices move and their prices come down; a node without an offer of at least epsilon comes down to 0. A node
//              whose choice went elsewhere, or that was blocked, tries again in the next round
//
// Pays only fall, so offers only fall, so a runner-up seen at the start of a round is an upper bound: nobody prefers the node by more than
// epsilon after it (I1). No demand loses its place and no price rises. The node of the highest rank is never blocked, so something
// moves. Slots are not kept up: restart, or nothing, comes after.
#pragma once

#include "forward.h"

namespace outbid::cuda {

struct Open {
  const Board& b;
  const Course& c;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t node) const {
    const bool open = b.load[node] < b.capacity[node] && b.price[node] > 0;
    b.isOpen[node] = open ? 1 : 0;
    if (!open) return;
    b.blocked[node] = 0;
    b.best[node] = 0;
    b.runnerUp[node] = 0;
    lanes.add(&b.tally->open[c.parity], 1);
  }
};

// Calls visit(node, cost, offer) for every offer of a demand of at least `least`.
template <class Lanes, class Visit>
OUTBID_HD void overOffers(Lanes& lanes, const Board& b, int32_t demand, int32_t least, Visit visit) {
  const int32_t own = b.at[demand];
  if (own == kUnplaced) return;
  const int32_t pay = own == kPooled ? b.unserved[demand] : b.paid[demand] + b.price[own];
  const int64_t begin = b.begin[demand];
  const int32_t count = b.count[demand];
  lanes.run([&](int lane) {
    for (int32_t a = lane; a < count; a += Lanes::kWidth) {
      const int32_t cost = b.cost[begin + a];
      if (pay - cost < least) continue;
      const int32_t node = b.dense ? a : b.node[begin + a];
      if (node != own && b.isOpen[node] != 0) visit(node, cost, pay - cost);
    }
  });
}

struct Offer {
  const Board& b;
  const Course& c;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t demand) const {
    lanes.once([&] { b.pull[demand] = 0; });
    overOffers(lanes, b, demand, c.epsilon,
               [&](int32_t node, int32_t, int32_t offer) { lanes.raise(&b.best[node], keyOf(offer, salt(b.seed, node), demand)); });
  }
};

struct RunnerUp {
  const Board& b;
  const Course& c;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t demand) const {
    overOffers(lanes, b, demand, c.epsilon, [&](int32_t node, int32_t cost, int32_t offer) {
      if (keyOf(offer, salt(b.seed, node), demand) == b.best[node]) {
        b.winner[node] = demand;
        b.winnerCost[node] = cost;
      } else {
        lanes.raise(&b.runnerUp[node], offer);
      }
    });
  }
};

struct Saving {
  int32_t price;
  uint64_t key;
};

// What the node's price becomes, and the key of its choice among those of other nodes that want the same demand.
OUTBID_HD inline Saving savingOf(const Board& b, const Course& c, int32_t node) {
  const int32_t next = b.runnerUp[node] - c.epsilon;
  const int32_t price = next < 0 ? 0 : next < b.price[node] ? next : b.price[node];
  const int32_t offer = static_cast<int32_t>(b.best[node] >> 32);
  return {price, static_cast<uint64_t>(static_cast<uint32_t>(offer - price)) << 32 |
                     mix(static_cast<uint32_t>(node) ^ salt(b.seed, b.winner[node]))};
}

struct Choose {
  const Board& b;
  const Course& c;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t node) const {
    if (b.isOpen[node] != 0 && b.best[node] != 0) lanes.raise(&b.pull[b.winner[node]], savingOf(b, c, node).key);
  }
};

struct Block {
  const Board& b;
  const Course& c;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t node) const {
    if (b.isOpen[node] == 0 || b.best[node] == 0) return;
    const int32_t demand = b.winner[node];
    const int32_t from = b.at[demand];
    if (from < 0 || b.isOpen[from] == 0 || b.pull[demand] != savingOf(b, c, node).key) return;
    const uint32_t rank = salt(b.seed, node);
    const uint32_t other = salt(b.seed, from);
    const bool waits = rank < other || (rank == other && node < from);
    lanes.raise(&b.blocked[waits ? node : from], 1);
  }
};

struct Move {
  const Board& b;
  const Course& c;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t node) const {
    if (b.isOpen[node] == 0 || b.blocked[node] != 0) return;
    if (b.best[node] == 0) {
      b.price[node] = 0;
      return;
    }
    const int32_t demand = b.winner[node];
    const Saving saving = savingOf(b, c, node);
    if (b.pull[demand] != saving.key) return;
    if (b.at[demand] >= 0) lanes.add(&b.load[b.at[demand]], -1);
    lanes.add(&b.load[node], 1);
    b.at[demand] = node;
    b.paid[demand] = b.winnerCost[node];
    b.price[node] = saving.price;
  }
};

}  // namespace outbid::cuda
