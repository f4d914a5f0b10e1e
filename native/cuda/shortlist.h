// Shortlists: of every demand of a full matrix, some of its cheapest arcs and a floor, a bound below what any other arc of it pays.
//
//   pay of an arc that is not listed >= floor, at the prices of the list's making and, as prices only rise, from then on
//
// So the best and the second best of a list are those of the whole row while the second is within the floor, and a bid reads 32 arcs
// instead of thousands. A list that no longer tells is made anew at current prices. Prices that are old when they are read make the
// floor lower, never wrong.
//
// A lane keeps the cheapest few arcs of those it reads; the cheapest of all lanes' are the list, and what the lanes dropped bounds the
// rest: of a random row of thousands some 30 to 40 are below what 32 lanes with four each drop.
//
// The state of chains is one word a node, price and holder, which changes only by rising (chains.h).
#pragma once

#include "forward.h"

namespace outbid::cuda {

constexpr int32_t kHeads = 4;  // arcs a lane keeps of those it reads
constexpr int32_t kAhead = 8;  // arcs a lane reads at a time

OUTBID_HD inline int32_t priceOf(uint64_t slot) {
  return static_cast<int32_t>(slot >> 32);
}
// kUnplaced: nobody.
OUTBID_HD inline int32_t holderOf(uint64_t slot) {
  return static_cast<int32_t>(static_cast<uint32_t>(slot)) + kUnplaced;
}
OUTBID_HD inline uint64_t slotOf(int32_t price, int32_t holder) {
  return static_cast<uint64_t>(static_cast<uint32_t>(price)) << 32 | static_cast<uint32_t>(holder - kUnplaced);
}

// The cheapest arcs of a lane in ascending order of pay, and the least it dropped.
struct Heads {
  int32_t pay[kHeads];
  int32_t node[kHeads];
  int32_t dropped;

  OUTBID_HD void clear() {
    OUTBID_UNROLL
    for (int h = 0; h < kHeads; h++) pay[h] = kOff, node[h] = -1;
    dropped = kOff;
  }
  OUTBID_HD void see(int32_t p, int32_t j) {
    if (p >= pay[kHeads - 1]) {
      if (p < dropped) dropped = p;
      return;
    }
    if (pay[kHeads - 1] < dropped) dropped = pay[kHeads - 1];
    pay[kHeads - 1] = p;
    node[kHeads - 1] = j;
    OUTBID_UNROLL
    for (int h = kHeads - 1; h > 0; h--) {
      if (pay[h] >= pay[h - 1]) break;
      const int32_t q = pay[h];
      const int32_t k = node[h];
      pay[h] = pay[h - 1], node[h] = node[h - 1];
      pay[h - 1] = q, node[h - 1] = k;
    }
  }
  OUTBID_HD void drop() {
    OUTBID_UNROLL
    for (int h = 1; h < kHeads; h++) pay[h - 1] = pay[h], node[h - 1] = node[h];
    pay[kHeads - 1] = kOff, node[kHeads - 1] = -1;
  }
};

// Reads a demand's row at current prices - or at none - and makes its list; returns the floor.
template <class Lanes>
OUTBID_HD int32_t makeList(Lanes& lanes, const Board& b, int32_t demand, bool priced) {
  constexpr int W = Lanes::kWidth;
  constexpr int kEach = (kListed + W - 1) / W;
  struct Own {
    int32_t node[kEach];
  };
  const int32_t* row = b.cost + b.begin[demand];
  const int32_t count = b.count[demand];
  // Every demand begins elsewhere in its row: of many equal arcs all would else list the same.
  const int32_t turn = count > 0 ? static_cast<int32_t>(salt(b.seed, demand) % static_cast<uint32_t>(count)) : 0;
  const auto turned = [&](int32_t k) { return k + turn < count ? k + turn : k + turn - count; };
  typename Lanes::template Each<Heads> heads;
  typename Lanes::template Each<Own> own;
  typename Lanes::template Each<int32_t> head, dropped, first, before;
  lanes.run([&](int lane) {
    Heads h;
    h.clear();
    // Loads first, so that many are on their way at a time.
    for (int32_t from = lane; from < count; from += kAhead * W) {
      int32_t pay[kAhead];
      OUTBID_UNROLL
      for (int u = 0; u < kAhead; u++) {
        const int32_t k = from + u * W;
        pay[u] = k < count ? row[turned(k)] : kOff;
      }
      if (priced) {
        OUTBID_UNROLL
        for (int u = 0; u < kAhead; u++) {
          const int32_t k = from + u * W;
          if (k < count) pay[u] += priceOf(lanes.look(&b.slot[turned(k)]));
        }
      }
      OUTBID_UNROLL
      for (int u = 0; u < kAhead; u++) h.see(pay[u], turned(from + u * W));
    }
    heads[lane] = h;
    dropped[lane] = h.dropped;
    OUTBID_UNROLL
    for (int e = 0; e < kEach; e++) own[lane].node[e] = -1;
  });
  const int32_t least = lanes.all(dropped, Lesser());
  int32_t floor = least;
  for (int32_t k = 0; k < kListed; k++) {
    lanes.run([&](int lane) { head[lane] = heads[lane].pay[0]; });
    const int32_t next = lanes.all(head, Lesser());
    if (next > least || next >= kFar) break;
    lanes.run([&](int lane) { first[lane] = heads[lane].pay[0] == next ? 1 : 0; });
    lanes.rank(first, before);
    lanes.run([&](int lane) { head[lane] = first[lane] != 0 && before[lane] == 0 ? heads[lane].node[0] : INT32_MAX; });
    const int32_t node = lanes.all(head, Lesser());
    lanes.run([&](int lane) {
      if (first[lane] != 0 && before[lane] == 0) heads[lane].drop();
      OUTBID_UNROLL
      for (int e = 0; e < kEach; e++) {
        if (k == e * W + lane) own[lane].node[e] = node;
      }
    });
  }
  lanes.run([&](int lane) { head[lane] = heads[lane].pay[0]; });
  const int32_t rest = lanes.all(head, Lesser());
  if (rest < floor) floor = rest;
  lanes.run([&](int lane) {
    OUTBID_UNROLL
    for (int e = 0; e < kEach; e++) {
      const int32_t j = own[lane].node[e];
      if (e * W + lane < kListed)
        b.list[static_cast<int64_t>(demand) * kListed + e * W + lane] = {j < 0 ? 0 : j, j < 0 ? kOff : row[j]};
    }
  });
  lanes.once([&] { b.floor[demand] = floor; });
  lanes.publish();
  return floor;
}

// The cheapest arc of a demand at current prices, and what the next one costs at least; first >= kFar: there is none.
struct Choice {
  int32_t first;
  int32_t second;
  int32_t node;
  int32_t cost;
};

// Of its list. Between equals a hash of seed and demand decides.
template <class Lanes>
OUTBID_HD Choice bestListed(Lanes& lanes, const Board& b, int32_t demand) {
  typename Lanes::template Each<Choice> own;
  typename Lanes::template Each<int32_t> value, before;
  lanes.run([&](int lane) {
    Choice top{kOff, kOff, -1, 0};
    for (int32_t k = lane; k < kListed; k += Lanes::kWidth) {
      const Listed arc = lanes.look(&b.list[static_cast<int64_t>(demand) * kListed + k]);
      const int32_t pay = arc.cost + priceOf(lanes.look(&b.slot[arc.node]));
      if (pay < top.first)
        top = {pay, top.first, arc.node, arc.cost};
      else if (pay < top.second)
        top.second = pay;
    }
    own[lane] = top;
    value[lane] = top.first;
  });
  const int32_t first = lanes.all(value, Lesser());
  lanes.run([&](int lane) { value[lane] = own[lane].first == first ? 1 : 0; });
  const int32_t equals = lanes.rank(value, before);
  const int32_t drawn = equals == 1 ? 0 : static_cast<int32_t>(salt(b.seed, demand) % static_cast<uint32_t>(equals));
  lanes.run([&](int lane) {
    const bool best = value[lane] != 0 && before[lane] == drawn;
    value[lane] = best ? own[lane].second : own[lane].first;
    before[lane] = best ? 1 : 0;
  });
  Choice top = lanes.valueWhere(before, own);
  top.second = lanes.all(value, Lesser());
  return top;
}

// Of a whole row, its list made anew where it does not tell. What is known of the second best may be less than it is, never more.
template <class Lanes>
OUTBID_HD Choice choose(Lanes& lanes, const Board& b, int32_t demand) {
  // A new list only fails where prices rise meanwhile: a few times.
  constexpr int32_t kTries = 64;
  for (int32_t tries = 0; tries < kTries; tries++) {
    Choice top = bestListed(lanes, b, demand);
    const int32_t floor = lanes.look(&b.floor[demand]);
    if (top.second <= floor) return top;
    if (tries > 0 && top.first <= floor) {
      top.second = floor;
      return top;
    }
    lanes.once([&] { lanes.add(&b.tally->lists, int64_t{1}); });
    makeList(lanes, b, demand, true);
  }
  return {kOff, kOff, -1, 0};
}

}  // namespace outbid::cuda
