// PUSH in a warm market: a shortest path from a demand with unplaced units to a node with room, or to the pool.
#include <algorithm>

#include "../ties.h"
#include "repair.h"

namespace outbid::ticks {

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

#define OUTBID_TICKS_PUSH(K) template bool Repair<K>::push(int32_t);

OUTBID_TICKS_PUSH(int64_t)
OUTBID_TICKS_PUSH(__int128)

}  // namespace outbid::ticks
