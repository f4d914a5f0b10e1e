// PULL in a warm market: a shortest path that ends at a node with hungry slots.
#include <algorithm>

#include "repair.h"

namespace outbid::ticks {

template <class K>
void Repair<K>::relaxBack(int32_t demand, int32_t node, K distance, int32_t to) {
  if (distance >= best_) return;
  NodeMark& mark = at(node);
  if (mark.stamp == stamp_ && mark.distance <= distance) return;
  mark = {distance, stamp_, mark.settled, demand, to};
  const K exit = distance + book_.exits[static_cast<size_t>(node)];
  if (exit < best_) {
    best_ = exit;
    endNode_ = node;
    endDemand_ = kNone;
  }
  if (distance >= best_) return;
  __builtin_prefetch(&book_.node(node).column);
  enqueue(node, distance);
}

// Who could come at all is collected first, without a branch: in a long column most are better off where they are, and which ones is
// anybody's guess.
template <class K>
size_t Repair<K>::candidates(int32_t node, K start) {
  const auto& column = book_.node(node).column;
  if (candidates_.size() < column.size()) candidates_.resize(column.size());
  size_t count = 0;
  constexpr Cost kMost = Book<K>::kMost;
  const Cost limit = static_cast<Cost>(std::clamp<K>((best_ - start) >> Keys::kShift, -kMost / 2, kMost + (kMost - 1)));
  book_.hideUsed(node);
  const Cost* pays = book_.pays.data();
  for (size_t k = 0; k < column.size(); k++) {
    const auto [demand, cost] = column[k];
    candidates_[count] = static_cast<int32_t>(k);
    count += (cost - pays[std::max(0, demand)] <= limit) & (demand >= 0);
  }
  book_.showUsed(node);
  return count;
}

template <class K>
void Repair<K>::expandBackwards(int32_t node, K distance) {
  // Columns lie far apart: the next one comes while this one is looked at.
  if (!heap_.empty()) {
    const auto& next = book_.node(heap_.front().node).column;
    const char* end = reinterpret_cast<const char*>(next.data() + next.size());
    for (const char* line = reinterpret_cast<const char*>(next.data()); line < end; line += 64) __builtin_prefetch(line);
  }
  const auto& column = book_.node(node).column;
  const K start = distance + book_.price(node);
  const size_t count = candidates(node, start);
  for (size_t c = 0; c < count; c++) {
    const auto& entry = column[static_cast<size_t>(candidates_[c])];
    const Sole<K>& sole = book_.sole(entry.demand);
    if (sole.node == kNone || sole.node == node) continue;
    K base = start + Keys::of(entry.cost);
    if (sole.node >= 0) {
      // The usual case first: one place, and its node has been reached on a shorter way.
      const K least = base - (sole.pay + book_.price(sole.node));
      const NodeMark& there = at(sole.node);
      if (least >= best_ || (there.stamp == stamp_ && there.distance <= least)) continue;
      if (sole.plain) {
        relaxBack(entry.demand, sole.node, least + 1, node);
        continue;
      }
    }
    DemandMark<K>& m = book_.mark(entry.demand);
    if (m.stamp == stamp_ && m.distance <= base) continue;
    int32_t own = kNone;
    if (m.away || m.bounded) {
      const int32_t arc = book_.findArc(entry.demand, node);
      own = book_.findBlock(entry.demand, arc);
      if (m.bounded && book_.room(entry.demand, arc, own) <= 0) continue;
    }
    // Only where the last report had more of its units does it come back for nothing.
    if (own < 0 || book_.block(own).flow >= book_.block(own).base) base += m.over;
    if (m.stamp == stamp_ && m.distance <= base) continue;
    m.stamp = stamp_;
    m.distance = base;
    if (m.pooled > 0 && base - book_.poolPay(entry.demand) < best_) {
      best_ = base - book_.poolPay(entry.demand);
      endNode_ = node;
      endDemand_ = entry.demand;
    }
    for (int32_t id = m.head; id >= 0; id = book_.block(id).next) {
      const Block& b = book_.block(id);
      if (b.usedAt >= 0 && b.node != node) relaxBack(entry.demand, b.node, base - book_.takePay(b), node);
    }
  }
}

template <class K>
bool Repair<K>::pull(int32_t source) {
  if (!goesOn(Paused::kPull, source)) {
    begin();
    source_ = source;
    best_ = book_.exits[static_cast<size_t>(source)];
    endNode_ = source;
    at(source) = {0, stamp_, at(source).settled, kNone, kNone};
    enqueue(source, 0);
  }
  for (int32_t node = settleNext(); node >= 0; node = settleNext()) {
    const K distance = at(node).distance;
    expandBackwards(node, distance);
    patience.owe(kOwed);
    if (patience.sees(book_.node(node).column.size())) {
      paused_ = Paused::kPull;
      return false;
    }
  }
  patience.end();
  for (const int32_t node : settled_) {
    const K distance = at(node).distance;
    if (distance < best_) book_.setPrice(node, book_.price(node) - (best_ - distance));
  }
  shiftPull(source);
  return true;
}

template <class K>
void Repair<K>::shiftPull(int32_t source) {
  int64_t units = book_.node(source).hungry;
  path_.clear();
  for (int32_t node = endNode_; node != source;) {
    const NodeMark& mark = at(node);
    const int32_t arc = book_.findArc(mark.from, mark.to);
    units = std::min<int64_t>(units, book_.movable(book_.block(book_.blockAt(mark.from, node))));
    units = std::min(units, book_.room(mark.from, arc, book_.findBlock(mark.from, arc)));
    path_.push_back(node);
    node = mark.to;
  }
  if (endDemand_ >= 0) {
    const DemandMark<K>& m = book_.mark(endDemand_);
    units = std::min<int64_t>(units, m.pooled > m.pooledBase ? m.pooled - m.pooledBase : m.pooled);
    const int32_t arc = book_.findArc(endDemand_, endNode_);
    units = std::min(units, book_.room(endDemand_, arc, book_.findBlock(endDemand_, arc)));
  } else {
    const auto& n = book_.node(endNode_);
    int64_t begin = 0;
    int64_t end = 0;
    book_.tierOf(n, n.load + n.hungry - 1, begin, end);
    units = std::min(units, n.load + n.hungry - begin);
  }
  const int32_t moved = static_cast<int32_t>(units);
  // From the hungry node outwards: no node ever holds more than its slots.
  for (size_t k = path_.size(); k-- > 0;) {
    const NodeMark& mark = at(path_[k]);
    book_.take(book_.blockAt(mark.from, path_[k]), moved);
    book_.place(mark.from, book_.findArc(mark.from, mark.to), moved);
  }
  if (endDemand_ >= 0) {
    book_.pool(endDemand_, -moved);
    book_.place(endDemand_, book_.findArc(endDemand_, endNode_), moved);
  }
  book_.node(source).hungry -= units;
  book_.refresh(source);
}

#define OUTBID_TICKS_PULL(K) template bool Repair<K>::pull(int32_t);

OUTBID_TICKS_PULL(int64_t)
OUTBID_TICKS_PULL(__int128)

}  // namespace outbid::ticks
