#include "pull.h"

#include <algorithm>

namespace outbid {

Puller::Puller(Market& market, int64_t width)
    : market_(market),
      width_(width),
      search_(market.k.nodes, market.k.classes),
      most_(static_cast<size_t>(market.k.classes), -kInfinite) {
  columns_.build(market, width_);
  for (int32_t c = 0; c < market.k.classes; c++) {
    market_.prefetchBlock(c);
    noteMost(c);
  }
}

// Prices only fall while pulling, so an old entry is still an upper bound; moved units are noted again.
void Puller::noteMost(int32_t cls) {
  const ClassState& s = market_.state[static_cast<size_t>(cls)];
  int64_t most = s.pooled > 0 ? market_.k.unserved[static_cast<size_t>(cls)] : -kInfinite;
  for (int32_t id = s.head; id >= 0; id = market_.block(id).next) most = std::max(most, market_.pay(market_.block(id)));
  most_[static_cast<size_t>(cls)] = most;
}

bool Puller::pullAll(int32_t node, Control& control) {
  while (market_.hungry[static_cast<size_t>(node)] > 0) {
    if (!search(node, control)) return false;
    if (leftTheColumns()) {
      // The search may have missed an arc that was left out: copy more of them and look again.
      width_ = width_ >= kFar / 4 ? kInfinite : width_ * 4;
      columns_.build(market_, width_);
      continue;
    }
    for (int32_t v : search_.settled()) {
      const int64_t fall = best_ - search_.node(v).distance;
      if (fall > 0) market_.price[static_cast<size_t>(v)] -= fall;
    }
    shift(node);
    pulls++;
  }
  return true;
}

bool Puller::search(int32_t source, Control& control) {
  search_.begin();
  const size_t s = static_cast<size_t>(source);
  search_.reach(source, 0, -1, -1);
  best_ = market_.price[s] - market_.surcharge(source, market_.load[s] + market_.hungry[s] - 1);
  end_ = EndKind::kExit;
  endNode_ = source;
  search_.enqueue(source, 0);
  for (int32_t v = search_.settleNext(best_); v >= 0; v = search_.settleNext(best_)) {
    if ((++expansions & 63) == 0 && control.mustStop()) return false;
    expand(v);
  }
  return true;
}

void Puller::expand(int32_t node) {
  const Classes& k = market_.k;
  const int64_t reached = search_.node(node).distance + market_.price[static_cast<size_t>(node)];
  const int32_t end = columns_.start[static_cast<size_t>(node) + 1];
  for (int32_t q = columns_.start[static_cast<size_t>(node)]; q < end; q++) {
    const Columns::Entry& e = columns_.entries[static_cast<size_t>(q)];
    const size_t c = static_cast<size_t>(e.cls);
    const int64_t base = reached + e.cost;
    if (base - most_[c] >= best_) continue;
    if (!search_.improves(e.cls, base)) continue;
    if (k.isBounded[c] && market_.roomOf(e.cls, e.arc) <= 0) continue;
    search_.visit(e.cls, base);
    const ClassState& s = market_.state[c];
    if (s.pooled > 0 && base - k.unserved[c] < best_) {
      best_ = base - k.unserved[c];
      end_ = EndKind::kPool;
      endNode_ = node;
      endClass_ = e.cls;
      endArc_ = e.arc;
    }
    for (int32_t id = s.head; id >= 0; id = market_.block(id).next) {
      const Block& b = market_.block(id);
      if (b.arc == e.arc) continue;
      const size_t w = static_cast<size_t>(b.node);
      const int64_t distance = base - b.cost - market_.price[w];
      if (distance >= best_) continue;
      if (search_.reachedWithin(b.node, distance)) continue;
      search_.reach(b.node, distance, id, e.arc);
      // Reached nodes are tested as exits at once: one that costs nothing to leave need not be expanded.
      const int64_t exit = distance + market_.price[w] - market_.surcharge(b.node, market_.load[w] + market_.hungry[w] - 1);
      if (exit < best_) {
        best_ = exit;
        end_ = EndKind::kExit;
        endNode_ = b.node;
      }
      if (distance < best_) search_.enqueue(b.node, distance);
    }
  }
}

bool Puller::leftTheColumns() const {
  if (columns_.width >= kInfinite) return false;
  for (int32_t v : search_.settled()) {
    const int64_t distance = search_.node(v).distance;
    const int64_t fallen = columns_.priceAtBuild[static_cast<size_t>(v)] - market_.price[static_cast<size_t>(v)];
    if (distance < best_ && distance + columns_.width - fallen < best_) return true;
  }
  return false;
}

void Puller::shift(int32_t source) {
  int64_t units = market_.hungry[static_cast<size_t>(source)];
  // From the end towards the source: every block that moves and every arc it moves over.
  std::vector<int32_t> path;
  for (int32_t v = endNode_; v != source;) {
    const NodeMark& mark = search_.node(v);
    const Block& b = market_.block(mark.block);
    units = std::min(units, b.count);
    if (market_.k.isBounded[static_cast<size_t>(b.cls)]) units = std::min(units, market_.roomOf(b.cls, mark.arc));
    path.push_back(v);
    v = market_.k.node[static_cast<size_t>(mark.arc)];
  }
  if (end_ == EndKind::kPool) {
    units = std::min(units, market_.state[static_cast<size_t>(endClass_)].pooled);
    if (market_.k.isBounded[static_cast<size_t>(endClass_)]) units = std::min(units, market_.roomOf(endClass_, endArc_));
  } else {
    const size_t j = static_cast<size_t>(endNode_);
    const int64_t agreed = market_.load[j] + market_.hungry[j];
    int64_t begin, end;
    market_.tierOf(endNode_, agreed - 1, begin, end);
    units = std::min(units, agreed - begin);
  }
  market_.hungry[static_cast<size_t>(source)] -= units;
  for (size_t at = path.size(); at-- > 0;) {
    const NodeMark& mark = search_.node(path[at]);
    const int32_t cls = market_.block(mark.block).cls;
    market_.take(mark.block, units);
    market_.place(cls, mark.arc, units, 0);
    noteMost(cls);
  }
  if (end_ == EndKind::kPool) {
    market_.state[static_cast<size_t>(endClass_)].pooled -= units;
    market_.place(endClass_, endArc_, units, 0);
    noteMost(endClass_);
  }
}

}  // namespace outbid
