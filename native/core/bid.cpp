#include "bid.h"

#include <vector>

#include "reach.h"
#include "ties.h"

namespace outbid {

namespace {
constexpr int32_t kRing = 16;        // classes on their way from the stack to their bid
constexpr int32_t kRowAhead = 8;     // bids between fetching a row and reading it: a miss hides behind them
constexpr int32_t kPollEvery = 256;  // bids between two looks at the control
constexpr size_t kShortRow = 24;     // rows up to here go to the heap whole
constexpr size_t kWideHeap = 32;     // more candidates than this were not needed: narrow the margin
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
      wars++;
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

int64_t Bidder::ask(int32_t node, int32_t cls, int32_t& lowest, bool& free) const {
  const size_t j = static_cast<size_t>(node);
  const int64_t s = market_.next[j];
  lowest = -1;
  free = s <= market_.price[j];
  if (free) return market_.price[j];
  const int64_t bid = market_.lowestBid(node, cls, lowest);
  free = s <= bid;
  return std::max(market_.price[j], std::min(s, bid));
}

void Bidder::popTop() {
  std::pop_heap(heap_.begin(), heap_.end());
  heap_.pop_back();
}

// The heap of a bid, as a rule of the few cheapest arcs only: a class looks at hundreds of arcs and takes a handful. Arcs whose key
// exceeds the limit wait outside until the top does too. The margin between the cheapest arc and the limit follows what bids needed.
void Bidder::fillHeap(int32_t cls, int64_t epsilon) {
  const Classes& k = market_.k;
  const ClassState& s = market_.state[static_cast<size_t>(cls)];
  const size_t arcs = static_cast<size_t>(s.end - s.begin);
  const int32_t* nodes = k.node.data() + s.begin;
  const int64_t* costs = k.cost.data() + s.begin;
  const int64_t* prices = market_.price.data();
  if (keys_.size() < arcs) keys_ = Array<int64_t>(arcs);
  int64_t least = kInfinite;
  for (size_t a = 0; a < arcs; a++) {
    keys_[a] = costs[a] + prices[nodes[a]];
    least = std::min(least, keys_[a]);
  }
  heap_.clear();
  if (!k.mustServe(cls)) heap_.push_back({k.unserved[static_cast<size_t>(cls)], 0, -1});
  margin_ = std::max(margin_, epsilon);
  limit_ = arcs <= kShortRow ? kInfinite : least + margin_;
  addToHeap(cls, -kInfinite, limit_);
  if (limit_ < kInfinite && heap_.size() > kWideHeap) margin_ -= margin_ / 4;
}

// Adds the arcs with key in (above, upTo]. Nodes without slots are priced out, so their keys are too high.
void Bidder::addToHeap(int32_t cls, int64_t above, int64_t upTo) {
  const Classes& k = market_.k;
  const ClassState& s = market_.state[static_cast<size_t>(cls)];
  for (int32_t a = s.begin; a < s.end; a++) {
    const int64_t key = keys_[static_cast<size_t>(a - s.begin)];
    if (key > upTo || key <= above || key >= kFar || market_.roomOf(cls, a) <= 0) continue;
    heap_.push_back({key, tieHash(market_.seed, k.first[static_cast<size_t>(cls)], k.node[static_cast<size_t>(a)]), a});
  }
  std::make_heap(heap_.begin(), heap_.end());
}

// Makes the top of the heap exact; its value, or false if no candidate is left. Arcs to `skipNode` are taken out.
bool Bidder::settleTop(int32_t cls, int32_t skipNode, int64_t& value) {
  const Classes& k = market_.k;
  for (;;) {
    if (limit_ < kInfinite && (heap_.empty() || heap_.front().key > limit_)) {
      margin_ = 2 * margin_ + 1;
      addToHeap(cls, limit_, kInfinite);
      limit_ = kInfinite;
    }
    if (heap_.empty()) return false;
    const Candidate top = heap_.front();
    if (top.arc < 0) {
      value = top.key;
      return true;
    }
    const size_t a = static_cast<size_t>(top.arc);
    const int32_t node = k.node[a];
    if (node == skipNode) {
      popTop();
      continue;
    }
    int32_t lowest;
    bool free;
    const int64_t asked = ask(node, cls, lowest, free);
    if (asked >= kFar) {
      popTop();
      continue;
    }
    const int64_t exact = k.cost[a] + asked;
    if (exact > top.key) {
      lift(node);
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.back().key = exact;
      std::push_heap(heap_.begin(), heap_.end());
      continue;
    }
    value = exact;
    return true;
  }
}

void Bidder::bidClass(int32_t cls, int64_t epsilon) {
  const Classes& k = market_.k;
  const size_t c = static_cast<size_t>(cls);
  ClassState& s = market_.state[c];
  touched_.clear();
  fillHeap(cls, epsilon);

  int32_t last = -1;
  int64_t value = 0;
  int64_t paid = -kInfinite;
  while (s.unplaced > 0 && settleTop(cls, -1, value)) {
    paid = value;
    const int32_t arc = heap_.front().arc;
    if (arc < 0) {
      s.pooled += s.unplaced;
      s.unplaced = 0;
      last = -1;
      break;
    }
    const int32_t node = k.node[static_cast<size_t>(arc)];
    int32_t lowest;
    bool free;
    ask(node, cls, lowest, free);
    const int64_t room = k.isBounded[c] ? market_.roomOf(cls, arc) : kInfinite;
    int64_t units = std::min(s.unplaced, room);
    if (free) {
      int64_t begin, end;
      const int64_t used = market_.load[static_cast<size_t>(node)];
      market_.tierOf(node, used, begin, end);
      units = std::min(units, end - used);
    } else {
      Block& b = market_.block(lowest);
      units = std::min(units, b.count);
      market_.state[static_cast<size_t>(b.cls)].unplaced += units;
      wake(b.cls);
      market_.take(lowest, units);
    }
    s.unplaced -= units;
    market_.place(cls, arc, units, -kInfinite);
    last = node;
    if (touched_.empty() || touched_.back() != node) touched_.push_back(node);
    if (units == room) popTop();
  }

  // The level of the best alternative: with the last node itself, and without it.
  int64_t level = kInfinite;
  int64_t levelAtLast = kInfinite;
  if (!settleTop(cls, -1, level)) level = kInfinite;
  levelAtLast = level;
  if (level < kInfinite && last >= 0 && heap_.front().arc >= 0 && k.node[static_cast<size_t>(heap_.front().arc)] == last) {
    if (!settleTop(cls, last, levelAtLast)) levelAtLast = kInfinite;
  }
  const bool elsewhere = s.blocks > 1;
  if (level >= kFar || levelAtLast >= kFar) {
    int64_t most = paid;
    for (int32_t id = s.head; id >= 0; id = market_.block(id).next) most = std::max(most, market_.pay(market_.block(id)));
    most += forced_;
    if (level >= kFar) level = most;
    if (levelAtLast >= kFar) levelAtLast = most;
  }
  for (int32_t id = s.head; id >= 0; id = market_.block(id).next) {
    const Block& b = market_.block(id);
    const int64_t bid = (b.node == last && !elsewhere ? levelAtLast : level) + epsilon - b.cost;
    if (bid > market_.bidOf(id)) market_.setBid(id, bid);
  }
  for (int32_t id = s.head; id >= 0; id = market_.block(id).next) {
    const Block& b = market_.block(id);
    if (market_.pay(b) < level || b.node == last) lift(b.node);
  }
  for (int32_t node : touched_) lift(node);
}

}  // namespace outbid
