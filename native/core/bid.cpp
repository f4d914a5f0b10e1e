#include "bid.h"

#include <vector>

#include "reach.h"
#include "row_scan.h"
#include "ties.h"

namespace outbid {

namespace {
constexpr int32_t kRing = 16;        // classes on their way from the stack to their bid
constexpr int32_t kRowAhead = 8;     // bids between fetching a row and reading it: a miss hides behind them
constexpr int32_t kLongRow = 96;     // rows from here on are scanned by vector code; shorter ones are not worth the second pass
constexpr int32_t kPollEvery = 256;  // bids between two looks at the control
constexpr int64_t kWarFactor = 8;    // epsilon grows by this in a price war
constexpr int64_t kWarBids = 3;      // bids per class and node before it counts as one
}  // namespace

int64_t costRange(const Classes& k) {
  int64_t low = 0;
  int64_t high = 0;
  for (int32_t a = 0; a < k.arcs(); a++) {
    low = std::min(low, k.cost[static_cast<size_t>(a)]);
    high = std::max(high, k.cost[static_cast<size_t>(a)]);
  }
  for (int32_t c = 0; c < k.classes; c++) {
    if (k.mustServe(c)) continue;
    low = std::min(low, k.unserved[static_cast<size_t>(c)]);
    high = std::max(high, k.unserved[static_cast<size_t>(c)]);
  }
  int64_t steepest = 0;
  for (int64_t g : k.tierSurcharge) steepest = std::max(steepest, g);
  return high - low + steepest + 1;
}

Bidder::Bidder(Market& market, Control& control, Reach& reach)
    : market_(market), control_(control), reach_(reach), forced_(costRange(market.k)) {
  const size_t n = static_cast<size_t>(market.k.classes);
  stack_ = Array<int32_t>(n);
  awake_ = Array<uint8_t>(n, 0);
}

void Bidder::lift(int32_t node) {
  const size_t j = static_cast<size_t>(node);
  const int64_t s = market_.next[j];
  if (s <= market_.price[j]) return;
  int32_t id;
  const int64_t to = std::min(s, market_.lowestBid(node, -1, id));
  if (to >= kInfinite) return;
  if (to > market_.price[j]) market_.price[j] = to;
  if (to > market_.priceCeiling) ceilingHit_ = true;
}

void Bidder::wake(int32_t cls) {
  uint8_t& awake = awake_[static_cast<size_t>(cls)];
  if (awake) return;
  awake = 1;
  __builtin_prefetch(&market_.state[static_cast<size_t>(cls)]);
  stack_[static_cast<size_t>(top_++)] = cls;
}

ForwardEnd Bidder::forward(int64_t& epsilon, int64_t bidLimit, bool mayRaise) {
  const Classes& k = market_.k;
  for (int32_t c = k.classes - 1; c >= 0; c--) {
    if (market_.state[static_cast<size_t>(c)].unplaced > 0) wake(c);
  }
  const int64_t budget = kWarBids * (static_cast<int64_t>(k.classes) + k.nodes);
  int64_t nextWar = bids + budget;
  const int64_t lastBid = bids + bidLimit;
  const int64_t highest = std::max<int64_t>(epsilon, forced_ / 4);
  ForwardEnd end = ForwardEnd::kAllPlaced;
  ceilingHit_ = false;

  // Classes pass through a ring between the stack and their bid; the order stays nearly last in, first out. On entry the class's state
  // is fetched - that of a class just outbid is on its way anyway -, later its row, whose place only the state knows.
  int32_t ring[kRing];
  uint32_t head = 0;
  int32_t waiting = 0;
  while (top_ > 0 || waiting > 0) {
    while (waiting < kRing && top_ > 0) {
      const int32_t cls = stack_[static_cast<size_t>(--top_)];
      __builtin_prefetch(&market_.state[static_cast<size_t>(cls)]);
      __builtin_prefetch(&k.unserved[static_cast<size_t>(cls)]);
      ring[(head + static_cast<uint32_t>(waiting++)) % kRing] = cls;
    }
    if (waiting > kRowAhead) {
      const ClassState& ahead = market_.state[static_cast<size_t>(ring[(head + kRowAhead) % kRing])];
      const size_t begin = static_cast<size_t>(ahead.begin);
      const size_t stop = static_cast<size_t>(ahead.end);
      __builtin_prefetch(&k.node[begin]);
      for (size_t a = begin; a < stop && a < begin + 32; a += 8) __builtin_prefetch(&k.cost[a]);
    }
    const int32_t cls = ring[head++ % kRing];
    waiting--;
    awake_[static_cast<size_t>(cls)] = 0;
    if (market_.state[static_cast<size_t>(cls)].unplaced == 0) continue;
    bids++;
    if (bids % kPollEvery == 0) {
      if (control_.mustStop()) end = ForwardEnd::kStopped;
      control_.progress(Phase::kAuction, market_.placed, k.totalUnits,
                        0.8 * static_cast<double>(market_.placed) / static_cast<double>(std::max<int64_t>(1, k.totalUnits)));
    }
    if (bids >= nextWar) {
      if (reach_.isStuck(market_, cls)) end = ForwardEnd::kInfeasible;
      if (mayRaise) epsilon = std::min(epsilon * kWarFactor, highest);
      nextWar = bids + budget;
    }
    if (bids >= lastBid || ceilingHit_) end = ForwardEnd::kLeftovers;
    if (end != ForwardEnd::kAllPlaced) {
      while (waiting-- > 0) awake_[static_cast<size_t>(ring[head++ % kRing])] = 0;
      while (top_ > 0) awake_[static_cast<size_t>(stack_[static_cast<size_t>(--top_)])] = 0;
      return end;
    }
    if (market_.isUnit(cls))
      bidUnit(cls, epsilon);
    else
      bidClass(cls, epsilon);
  }
  for (int32_t c = 0; c < k.classes; c++) {
    if (market_.state[static_cast<size_t>(c)].unplaced > 0) return ForwardEnd::kLeftovers;
  }
  return ForwardEnd::kAllPlaced;
}

// Best and second best over the row of a full matrix, the same as the loop in bidUnit finds: keys and their least in one vectorised pass, then
// where it stands, and the least of the others.
void Bidder::scanFullRow(int32_t cls, int64_t& best, int64_t& second, int32_t& arc) {
  const Classes& k = market_.k;
  const ClassState& s = market_.state[static_cast<size_t>(cls)];
  const int32_t count = s.end - s.begin;
  const int32_t* nodes = k.node.data() + s.begin;
  if (keys_.size() < static_cast<size_t>(count)) keys_ = Array<int64_t>(static_cast<size_t>(count));
  int64_t* keys = keys_.data();
  const int64_t least = denseRowKeys(k.cost.data() + s.begin, market_.price.data(), count, keys);
  if (least >= best) {  // the pool, cheaper or as cheap
    second = least;
    return;
  }
  int32_t at = 0;
  while (keys[at] != least) at++;
  const int64_t others = std::min(leastKey(keys, at), leastKey(keys + at + 1, count - at - 1));
  if (others == least) {
    const int32_t demand = k.first[static_cast<size_t>(cls)];
    uint32_t rank = tieHash(market_.seed, demand, nodes[at]);
    for (int32_t a = at + 1; a < count; a++) {
      if (keys[a] != least) continue;
      const uint32_t other = tieHash(market_.seed, demand, nodes[a]);
      if (other >= rank) continue;
      rank = other;
      at = a;
    }
  }
  second = std::min(best, others);
  best = least;
  arc = s.begin + at;
}

// The hot loop: best and second best over the arcs and the pool, one bid. It is bidClass for a class that wants one unit
// and owns nothing.
void Bidder::bidUnit(int32_t cls, int64_t epsilon) {
  const Classes& k = market_.k;
  const size_t c = static_cast<size_t>(cls);
  const int32_t* nodes = k.node.data();
  const int64_t* costs = k.cost.data();
  int64_t* prices = market_.price.data();
  ClassState& s = market_.state[c];
  const int32_t begin = s.begin;
  const int32_t end = s.end;
  for (;;) {
    int64_t best = k.unserved[c];
    int64_t second = kInfinite;
    int32_t arc = -1;
    if (k.dense && end - begin == k.nodes && k.nodes > kLongRow) {
      scanFullRow(cls, best, second, arc);
    } else {
      for (int32_t a = begin; a < end; a++) {
        const int64_t v = costs[a] + prices[nodes[a]];
        if (v > second) continue;
        if (v < best) {
          second = best;
          best = v;
          arc = a;
        } else {
          second = v;
          if (v == best && arc >= 0 && tieHash(market_.seed, k.first[c], nodes[a]) < tieHash(market_.seed, k.first[c], nodes[arc]))
            arc = a;
        }
      }
    }
    if (arc < 0 || best >= kFar) {
      if (!k.mustServe(cls)) {
        s.pooled = 1;
        s.unplaced = 0;
      }
      return;
    }
    const int32_t node = nodes[arc];
    const size_t j = static_cast<size_t>(node);
    market_.prefetchNode(node);
    const int64_t bid = (second >= kFar ? best + forced_ : second) - costs[arc] + epsilon;
    if (market_.next[j] <= prices[j]) {  // a free slot at the price
      s.unplaced = 0;
      market_.place(cls, arc, 1, bid);
      lift(node);
      return;
    }
    // Full, or the next slot costs more than the price: the lowest bid or that slot, whichever is cheaper.
    const int32_t count = market_.blocksAt(node);
    const int64_t* standing = market_.bidsAt(node);
    int64_t lowest = kInfinite;
    int64_t nextLowest = kInfinite;
    int32_t at = -1;
    for (int32_t q = 0; q < count; q++) {
      const int64_t b = standing[q];
      if (b < lowest) {
        nextLowest = lowest;
        lowest = b;
        at = q;
      } else if (b < nextLowest) {
        nextLowest = b;
      }
    }
    const int64_t slot = market_.next[j];
    const int64_t asked = std::min(lowest, slot);
    if (asked > prices[j]) {
      prices[j] = asked;
      if (asked > market_.priceCeiling) ceilingHit_ = true;
      if (ceilingHit_) return;
      continue;  // dearer than the row was told: look again
    }
    if (slot <= lowest) {
      s.unplaced = 0;
      market_.place(cls, arc, 1, bid);
      lift(node);
      return;
    }
    const int32_t loser = market_.loneAt(node)[at];
    if (loser >= 0) {
      market_.replace(node, at, cls, arc, bid);
      wake(loser);
      const int64_t to = std::min(slot, std::min(nextLowest, bid));
      if (to > prices[j]) prices[j] = to;
      if (to > market_.priceCeiling) ceilingHit_ = true;
      return;
    }
    const int32_t id = market_.idsAt(node)[at];
    const int32_t evicted = market_.block(id).cls;
    market_.state[static_cast<size_t>(evicted)].unplaced += 1;
    wake(evicted);
    s.unplaced = 0;
    market_.take(id, 1);
    market_.place(cls, arc, 1, bid);
    lift(node);
    return;
  }
}

}  // namespace outbid
