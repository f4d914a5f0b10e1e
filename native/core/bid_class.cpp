// The bid of a class that wants many units, owns slots already, or has arc bounds; bid.h tells what it does and why it is right.
#include <vector>

#include "bid.h"
#include "row_scan.h"
#include "ties.h"

namespace outbid {

namespace {
constexpr size_t kShortRow = 24;  // rows up to here go to the heap whole
constexpr size_t kWideHeap = 32;  // more candidates than this were not needed: narrow the margin
}  // namespace

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
  if (s.end - s.begin == k.nodes && k.dense) {
    least = denseRowKeys(costs, prices, k.nodes, keys_.data());
  } else {
    for (size_t a = 0; a < arcs; a++) {
      keys_[a] = costs[a] + prices[nodes[a]];
      least = std::min(least, keys_[a]);
    }
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
