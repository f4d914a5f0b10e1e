#include "repair.h"

#include <algorithm>

#include "../ties.h"

namespace outbid::ticks {

template <class K>
void Repair<K>::forget() {
  if (paused_ != Paused::kNot) patience.threwAway();
  paused_ = Paused::kNot;
}

template <class K>
bool Repair<K>::goesOn(Paused kind, int32_t source) {
  const bool same = paused_ == kind && source_ == source;
  if (!same) forget();
  paused_ = Paused::kNot;
  patience.begin(!same, book_.touchedDemands.size() + book_.touchedNodes.size() + (same ? kOwed * settled_.size() : 0));
  return same;
}

template <class K>
void Repair<K>::begin() {
  if (stamp_ == INT32_MAX) {
    for (NodeMark& mark : nodes_) mark.stamp = mark.settled = 0;
    for (DemandMark<K>& mark : book_.marks) mark.stamp = 0;
    stamp_ = 0;
  }
  stamp_++;
  if (nodes_.size() < book_.nodes.size()) nodes_.resize(book_.nodes.size());
  heap_.clear();
  settled_.clear();
  endNode_ = endDemand_ = end_ = kNone;
}

template <class K>
void Repair<K>::enqueue(int32_t node, K distance) {
  heap_.push_back({distance, node});
  std::push_heap(heap_.begin(), heap_.end());
}

template <class K>
int32_t Repair<K>::settleNext() {
  while (!heap_.empty() && heap_.front().distance < best_) {
    const Waiting top = heap_.front();
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
    NodeMark& mark = at(top.node);
    if (mark.settled == stamp_ || mark.distance < top.distance) continue;
    mark.settled = stamp_;
    settled_.push_back(top.node);
    expanded++;
    return top.node;
  }
  return kNone;
}

template <class K>
void Repair<K>::relax(int32_t node, K distance, int32_t arc, int32_t from) {
  const K end = distance + book_.prices[static_cast<size_t>(node)].sink;
  const bool wins =
      end < best_ || (end == best_ && endNode_ >= 0 && tieHash(seed_, source_, node) < tieHash(seed_, source_, endNode_));
  if (distance == best_ && !wins) return;
  NodeMark& mark = at(node);
  if (mark.stamp == stamp_ && mark.distance <= distance) return;
  mark = {distance, stamp_, mark.settled, from, arc};
  if (wins) {
    best_ = end;
    endNode_ = node;
    endDemand_ = kNone;
  }
  if (distance < end) enqueue(node, distance);
}

template <class K>
void Repair<K>::expand(int32_t demand, K base, int32_t from) {
  DemandMark<K>& m = book_.mark(demand);
  if (m.stamp == stamp_ && m.distance <= base) return;
  m.stamp = stamp_;
  m.distance = base;
  const K pool = base + m.pool + (m.pooled < m.pooledBase ? K{0} : m.over);
  if (pool < best_) {
    best_ = pool;
    endNode_ = kNone;
    endDemand_ = demand;
    end_ = from;
  }
  const bool bounded = m.bounded;
  const K start = base + m.over;
  const int32_t stop = m.begin + m.count;
  const int32_t here = book_.sole(demand).node;
  K least = m.pool;
  for (int32_t a = m.begin; a < stop; a++) {
    const auto [node, cost] = book_.arcs[static_cast<size_t>(a)];
    // Prices are not negative: in a sorted row nothing behind pays less.
    if (m.sorted && start + Keys::of(cost) > best_) {
      least = std::min(least, Keys::of(cost));
      break;
    }
    const K pay = Keys::of(cost) + book_.price(node);
    least = node == here ? least : std::min(least, pay);
    if (start + pay > best_) continue;
    if (bounded && book_.room(demand, a, book_.findBlock(demand, a)) <= 0) continue;
    relax(node, start + pay, a, from);
  }
  if (here >= 0) book_.setHintOther(demand, least);
  if (!m.away) return;
  // Units that come back to where the last report had them are no moves.
  for (int32_t id = m.head; id >= 0; id = book_.block(id).next) {
    const Block& b = book_.block(id);
    if (b.flow >= b.base || (bounded && b.flow >= book_.boundOf(demand, b.arc))) continue;
    const K distance = base + Keys::of(b.cost) + book_.price(b.node);
    if (distance <= best_) relax(b.node, distance, b.arc, from);
  }
}

// Who has any reason to leave a node for what the search has found so far.
template <class K>
size_t Repair<K>::leavers(int32_t node, K distance) {
  const std::vector<Used<Cost>>& used = book_.node(node).used;
  const typename Book<K>::Saving saving = book_.savingAt(node);
  if (candidates_.size() < used.size()) candidates_.resize(used.size());
  size_t count = 0;
  const Cost limit = static_cast<Cost>(std::min<K>((best_ - distance) >> Keys::kShift, Book<K>::kMost + (Book<K>::kMost - 1)));
  for (size_t k = 0; k < used.size(); k++) {
    candidates_[count] = static_cast<int32_t>(k);
    count += book_.otherOf(used[k].demand) - saving.of(used[k]) <= limit;
  }
  return count;
}

template <class K>
bool Repair<K>::push(int32_t demand) {
  if (!goesOn(Paused::kPush, demand)) {
    if (!book_.lowerHints(patience)) return false;
    begin();
    source_ = demand;
    best_ = Keys::kFar;
    expand(demand, 0, kNone);
  }
  for (int32_t node = settleNext(); node >= 0; node = settleNext()) {
    const K distance = at(node).distance;
    const std::vector<Used<Cost>>& used = book_.node(node).used;
    const size_t count = leavers(node, distance);
    for (size_t c = 0; c < count; c++) {
      const int32_t leaver = used[static_cast<size_t>(candidates_[c])].demand;
      __builtin_prefetch(&book_.mark(leaver));
      __builtin_prefetch(&book_.sole(leaver));
    }
    constexpr size_t kAhead = 3;
    for (size_t c = 0; c < count; c++) {
      if (c + kAhead < count) {
        const int32_t next = used[static_cast<size_t>(candidates_[c + kAhead])].demand;
        const char* row = reinterpret_cast<const char*>(&book_.arcs[static_cast<size_t>(book_.mark(next).begin)]);
        __builtin_prefetch(row);
        __builtin_prefetch(row + 64);
      }
      const int32_t id = used[static_cast<size_t>(candidates_[c])].block;
      const int32_t leaver = used[static_cast<size_t>(candidates_[c])].demand;
      const Sole<K>& sole = book_.sole(leaver);
      expand(leaver, distance - (sole.node == node ? sole.pay + book_.price(node) : book_.takePay(book_.block(id))), id);
    }
    constexpr size_t kRow = 8;
    patience.owe(kOwed);
    if (patience.sees(used.size() + count * kRow)) {
      paused_ = Paused::kPush;
      return false;
    }
  }
  patience.end();
  for (const int32_t node : settled_) book_.setPrice(node, book_.price(node) + (best_ - at(node).distance));
  shiftPush(demand);
  return true;
}

template <class K>
void Repair<K>::shiftPush(int32_t source) {
  int64_t units = book_.info(source).unplaced;
  int32_t first = end_;
  if (endNode_ >= 0) {
    const auto& n = book_.node(endNode_);
    int64_t begin = 0;
    int64_t end = n.load + n.hungry;
    if (n.hungry == 0) book_.tierOf(n, n.load, begin, end);
    units = std::min(units, end - n.load);
    first = at(endNode_).from;
  } else if (book_.mark(endDemand_).pooled < book_.mark(endDemand_).pooledBase) {
    units = std::min<int64_t>(units, book_.mark(endDemand_).pooledBase - book_.mark(endDemand_).pooled);
  }
  // From the end back to the source: the block that moves, and the arc by which what replaces it comes.
  path_.clear();
  for (int32_t from = first; from >= 0;) {
    units = std::min<int64_t>(units, book_.movable(book_.block(from)));
    path_.push_back(from);
    from = at(book_.block(from).node).from;
  }
  const auto comes = [&](size_t k) { return k + 1 < path_.size() ? book_.block(path_[k + 1]).demand : source; };
  const auto arcInto = [&](size_t k) { return at(book_.block(path_[k]).node).to; };
  for (size_t k = 0; k < path_.size(); k++)
    units = std::min(units, book_.room(comes(k), arcInto(k), book_.findBlock(comes(k), arcInto(k))));
  const int32_t last = path_.empty() ? source : book_.block(path_[0]).demand;
  if (endNode_ >= 0) units = std::min(units, book_.room(last, at(endNode_).to, book_.findBlock(last, at(endNode_).to)));
  const int32_t moved = static_cast<int32_t>(units);
  if (endNode_ >= 0) {
    book_.node(endNode_).hungry -= book_.node(endNode_).hungry > 0 ? moved : 0;
    book_.place(last, at(endNode_).to, moved);
  } else {
    book_.pool(last, moved);
  }
  // A node gives up units before it takes new ones.
  for (size_t k = 0; k < path_.size(); k++) {
    const int32_t arc = arcInto(k);
    book_.take(path_[k], moved);
    book_.place(comes(k), arc, moved);
  }
  book_.unplace(source, -moved);
}

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

template class Repair<int64_t>;
template class Repair<__int128>;

}  // namespace outbid::ticks
