// Push, on a device: the few demands that chains leave get their places by a search, as in the core. From all of them at once it
// settles nodes in the order of how much more than its least a demand would pay to get there, until a free node is reached; prices rise by
// what is missing to that level, and along the tree every demand moves on by one arc.
//
// Lengths are whole multiples of epsilon, and many nodes stand at one level, which a block settles in one step:
//
//   l_ij = ceil(max(0, cost_ij + price_j - pay_i) / epsilon)        pay_i: at its node, or its least where it waits
//   level_j = least sum of lengths from a demand that waits, over nodes and their holders
//   D = least level of a free node;      price_j += (D - level_j) epsilon where that is positive
//
// I1 is kept: who moves from w to j along the tree pays pay_i + slack + (D - level_w - l) epsilon there, at most pay_i + (D - level_w)
// epsilon; any other node k now costs it at least pay_i + slack_ik + (D - level_w - l_ik) epsilon, and l_ik epsilon is at most slack_ik +
// epsilon or, with negative slack, nothing. (Gabow and Tarjan 1989 round in the same way.)
//
// The trees of two demands have no node in common, so each demand whose tree reached a free node at D takes one in the same step. Of a
// shortlist's demand the other arcs count from the level of its floor on, and only then its row is read.
//
//   Source     lists of those that wait        Earliest, Settle   what stands at the next level
//   Spread     lists of those that hold it     Raise              prices, and free nodes at D
//   Trace      to which demand they belong     Augment            one path for each
#pragma once

#include "chains.h"

namespace outbid::cuda {

constexpr int32_t kNever = INT32_MAX;
constexpr int32_t kGone = INT32_MIN;  // an entry of the frontier that is settled

OUTBID_HD inline int32_t levelOf(uint64_t label) {
  return static_cast<int32_t>(label >> 32);
}
OUTBID_HD inline int32_t fromOf(uint64_t label) {
  return static_cast<int32_t>(static_cast<uint32_t>(label));
}

// Labels what a demand reaches from a level on.
struct Reach {
  const Board& b;
  int32_t demand;
  int32_t level;
  int32_t pay;
  int32_t epsilon;

  OUTBID_HD int32_t levelAt(int32_t pays) const {
    const int32_t slack = pays - pay;
    const int32_t length = slack <= 0 ? 0 : (slack - 1) / epsilon + 1;
    return level + length;
  }
  template <class Lanes>
  OUTBID_HD void see(Lanes& lanes, int32_t node, int32_t cost, int32_t freeLevel) const {
    if (cost >= kFar) return;
    const uint64_t slot = lanes.look(&b.slot[node]);
    const int32_t at = levelAt(cost + priceOf(slot));
    if (at > freeLevel || at >= levelOf(lanes.look(&b.label[node]))) return;
    const uint64_t old =
        lanes.sink(&b.label[node], static_cast<uint64_t>(static_cast<uint32_t>(at)) << 32 | static_cast<uint32_t>(demand));
    if (levelOf(old) == kNever) b.frontier[lanes.add(&b.tally->frontier, 1)] = node;
    if (holderOf(slot) == kUnplaced) lanes.lower(&b.tally->freeLevel, at);
  }
  template <class Lanes>
  OUTBID_HD void list(Lanes& lanes) const {
    const int32_t freeLevel = lanes.look(&b.tally->freeLevel);
    const int32_t rest = levelAt(lanes.look(&b.floor[demand]));
    lanes.run([&](int lane) {
      for (int32_t k = lane; k < kListed; k += Lanes::kWidth) {
        const Listed arc = lanes.look(&b.list[static_cast<int64_t>(demand) * kListed + k]);
        see(lanes, arc.node, arc.cost, freeLevel);
      }
    });
    // Lanes may have read different levels, and stay together: one decides.
    lanes.once([&] {
      if (rest > freeLevel) return;
      b.due[demand] = rest;
      b.frontier[lanes.add(&b.tally->frontier, 1)] = -1 - demand;
    });
  }
  template <class Lanes>
  OUTBID_HD void row(Lanes& lanes) const {
    const int32_t freeLevel = lanes.look(&b.tally->freeLevel);
    const int32_t* cost = b.cost + b.begin[demand];
    lanes.run([&](int lane) {
      for (int32_t j = lane; j < b.count[demand]; j += Lanes::kWidth) see(lanes, j, cost[j], freeLevel);
    });
  }
};

struct ClearLabel {
  const Board& b;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes&, int32_t node) const {
    b.label[node] = static_cast<uint64_t>(kNever) << 32;
  }
};

struct Source {
  const Board& b;
  const int32_t* sources;
  int32_t epsilon;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t k) const {
    const int32_t demand = sources[k];
    const Choice top = choose(lanes, b, demand);
    lanes.once([&] {
      b.taker[demand] = kNever;
      b.paid[demand] = top.first;
    });
    if (top.first < kFar) Reach{b, demand, 0, top.first, epsilon}.list(lanes);
  }
};

OUTBID_HD inline int32_t levelOfEntry(const Board& b, int32_t entry) {
  return entry == kGone ? kNever : entry >= 0 ? levelOf(b.label[entry]) : b.due[-1 - entry];
}

// The least level of what is not settled.
struct Earliest {
  const Board& b;
  int32_t parity;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t k) const {
    const int32_t level = levelOfEntry(b, b.frontier[k]);
    if (level < lanes.look(&b.tally->level[parity])) lanes.lower(&b.tally->level[parity], level);
  }
};

struct Settle {
  const Board& b;
  int32_t level;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t k) const {
    const int32_t entry = b.frontier[k];
    if (levelOfEntry(b, entry) != level) return;
    b.frontier[k] = kGone;
    b.work[lanes.add(&b.tally->work, 1)] = entry;
  }
};

struct Spread {
  const Board& b;
  int32_t level;
  int32_t epsilon;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t k) const {
    const int32_t entry = b.work[k];
    const int32_t demand = entry >= 0 ? holderOf(b.slot[entry]) : -1 - entry;
    const int32_t node = entry >= 0 ? entry : b.at[demand];
    // Of one that waits `paid` is its least pay.
    const bool waits = node == kUnplaced;
    const Reach reach{b, demand, waits ? 0 : levelOf(b.label[node]),
                      waits ? b.paid[demand] : b.paid[demand] + priceOf(b.slot[node]), epsilon};
    if (entry >= 0)
      reach.list(lanes);
    else
      reach.row(lanes);
  }
};

struct Raise {
  const Board& b;
  int32_t level;
  int32_t epsilon;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t node) const {
    const int32_t own = levelOf(b.label[node]);
    const uint64_t slot = b.slot[node];
    if (holderOf(slot) == kUnplaced) {
      if (own == level) b.ending[lanes.add(&b.tally->endings, 1)] = node;
    } else if (own < level) {
      const int32_t price = priceOf(slot) + (level - own) * epsilon;
      if (price > kMostPrice) lanes.raise(&b.tally->beyond, 1);
      b.slot[node] = slotOf(price, holderOf(slot));
    }
  }
};

// Of the free nodes at the end of a source's paths the lowest of these takes it: none is favoured by its index.
OUTBID_HD inline int32_t takerKey(const Board& b, int32_t source, int32_t node) {
  return static_cast<int32_t>((static_cast<uint32_t>(node) ^ salt(b.seed, source)) & INT32_MAX);
}

struct Trace {
  const Board& b;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t k) const {
    int32_t demand = fromOf(b.label[b.ending[k]]);
    for (int32_t steps = 0; b.at[demand] != kUnplaced; steps++) {
      b.source[k] = kUnplaced;
      if (steps == b.demands) return;  // no tree: never
      demand = fromOf(b.label[b.at[demand]]);
    }
    b.source[k] = demand;
    lanes.lower(&b.taker[demand], takerKey(b, demand, b.ending[k]));
  }
};

struct Augment {
  const Board& b;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes&, int32_t k) const {
    int32_t node = b.ending[k];
    const int32_t source = b.source[k];
    if (source == kUnplaced || b.taker[source] != takerKey(b, source, node)) return;
    for (;;) {
      const int32_t demand = fromOf(b.label[node]);
      const int32_t before = b.at[demand];
      b.slot[node] = slotOf(priceOf(b.slot[node]), demand);
      b.at[demand] = node;
      b.paid[demand] = b.cost[b.begin[demand] + node];
      if (demand == source) return;
      node = before;
    }
  }
};

// Who still waits.
struct Remain {
  const Board& b;
  Course& c;
  template <class Lanes>
  OUTBID_HD void operator()(Lanes& lanes, int32_t k) const {
    const int32_t demand = b.active[c.side][k];
    if (b.at[demand] == kUnplaced) b.active[1 - c.side][lanes.add(&b.tally->active[1 - c.side], 1)] = demand;
  }
};

// Searches until nobody of active[c.side] waits, no free node can be reached, or prices go out of range; who waits then is in
// active[c.side].
template <class Team>
OUTBID_HD void pushWaiting(Team& team, const Board& b, const Plan& plan, Course& c) {
  Tally* t = b.tally;
  const int32_t farthest = (kMostPrice - plan.range) / c.epsilon;
  for (;;) {
    const int32_t waiting = t->active[c.side];
    // One search raises a price by kMostPrice at most, so none leaves twice that.
    if (waiting == 0 || t->beyond != 0) return;
    team.alone([&] {
      t->frontier = 0;
      t->work = 0;
      t->endings = 0;
      t->freeLevel = farthest;
      t->level[0] = kNever;
      t->active[1 - c.side] = 0;
      t->searches++;
    });
    team.items(b.nodes, ClearLabel{b});
    team.alone([&] {
      if (*b.stop != 0) t->stop = 1;
    });
    team.groups(waiting, Source{b, b.active[c.side], c.epsilon});
    if (t->stop != 0) return;
    int32_t level = 0;
    for (int32_t parity = 0;; parity = 1 - parity) {
      const int32_t frontier = t->frontier;
      team.alone([&] { t->work = 0; });
      team.items(frontier, Earliest{b, parity});
      level = t->level[parity];
      if (level >= t->freeLevel) break;
      team.alone([&] {
        t->level[1 - parity] = kNever;
        if (*b.stop != 0) t->stop = 1;
      });
      team.items(frontier, Settle{b, level});
      const int32_t work = t->work;
      if (t->stop != 0 || work == 0) return;
      team.alone([&] { t->expanded += work; });
      team.groups(work, Spread{b, level, c.epsilon});
    }
    // A free node was reached, or nothing is left within range.
    if (level != t->freeLevel || level >= farthest) return;
    team.items(b.nodes, Raise{b, level, c.epsilon});
    const int32_t endings = t->endings;
    team.items(endings, Trace{b});
    team.items(endings, Augment{b});
    team.items(waiting, Remain{b, c});
    c.side = 1 - c.side;
    if (t->active[c.side] == waiting) return;
  }
}

}  // namespace outbid::cuda
