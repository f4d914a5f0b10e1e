#include "push.h"

#include <algorithm>

#include "ties.h"

namespace outbid {

Pusher::Pusher(Market& market) : market_(market), search_(market.k.nodes, market.k.classes) {}

bool Pusher::pushAll(int32_t cls, Control& control) {
  while (market_.state[static_cast<size_t>(cls)].unplaced > 0) {
    if (!search(cls, control)) return false;
    for (int32_t v : search_.settled()) market_.price[static_cast<size_t>(v)] += best_ - search_.node(v).distance;
    shift(cls);
    pushes++;
  }
  return true;
}

bool Pusher::search(int32_t source, Control& control) {
  search_.begin();
  best_ = kInfinite;
  sink_ = kNone;
  source_ = source;
  expand(source, 0, -1);
  for (int32_t v = search_.settleNext(best_); v >= 0; v = search_.settleNext(best_)) {
    if ((++expansions & 63) == 0 && control.mustStop()) return false;
    const int32_t* ids = market_.idsAt(v);
    const int32_t count = market_.blocksAt(v);
    const Classes& k = market_.k;
    for (int32_t q = 0; q < count; q++) {
      const size_t begin = static_cast<size_t>(k.offset[static_cast<size_t>(market_.block(ids[q]).cls)]);
      __builtin_prefetch(&k.node[begin]);
      __builtin_prefetch(&k.cost[begin]);
      __builtin_prefetch(&k.cost[begin] + 8);
    }
    for (int32_t q = 0; q < count; q++) {
      const Block& b = market_.block(ids[q]);
      expand(b.cls, search_.node(v).distance - market_.pay(b), ids[q]);
    }
  }
  if (sink_ != kNone) return true;
  stuck.clear();
  for (int32_t c = 0; c < market_.k.classes; c++) {
    if (search_.visited(c)) stuck.push_back(c);
  }
  return false;
}

void Pusher::expand(int32_t cls, int64_t base, int32_t fromBlock) {
  const Classes& k = market_.k;
  const size_t c = static_cast<size_t>(cls);
  if (!search_.improves(cls, base)) return;
  search_.visit(cls, base);
  const bool bounded = k.isBounded[c] != 0;
  const int64_t* price = market_.price.data();
  for (int32_t a = k.offset[c]; a < k.offset[c + 1]; a++) {
    const int32_t node = k.node[static_cast<size_t>(a)];
    const size_t j = static_cast<size_t>(node);
    const int64_t distance = base + k.cost[static_cast<size_t>(a)] + price[j];
    if (distance > best_ || distance >= kFar) continue;
    if (search_.reachedWithin(node, distance)) continue;
    if (bounded && market_.roomOf(cls, a) <= 0) continue;
    // What this node offers as a sink: a hungry slot at its price, or the next free slot of its pseudo-load.
    int64_t asSink = kInfinite;
    if (market_.hungry[j] > 0) {
      asSink = distance;
    } else if (market_.next[j] < kInfinite) {
      asSink = distance + market_.next[j] - price[j];
    }
    const bool closer = asSink < best_ || (asSink == best_ && sink_ >= 0 && asSink < kInfinite &&
                                           tieHash(market_.seed, source_, node) < tieHash(market_.seed, source_, sink_));
    if (distance == best_ && !closer) continue;
    search_.reach(node, distance, fromBlock, a);
    if (closer) {
      best_ = asSink;
      sink_ = node;
    }
    if (asSink <= distance) continue;  // a sink at no extra cost is never passed through
    search_.enqueue(node, distance);
  }
  if (!k.mustServe(cls) && base + k.unserved[c] < best_) {
    best_ = base + k.unserved[c];
    sink_ = kPool;
    sinkBlock_ = fromBlock;
    sinkClass_ = cls;
  }
}

void Pusher::shift(int32_t source) {
  int64_t units = market_.state[static_cast<size_t>(source)].unplaced;
  int32_t from = sinkBlock_;
  if (sink_ != kPool) {
    const size_t j = static_cast<size_t>(sink_);
    if (market_.hungry[j] > 0) {
      units = std::min(units, market_.hungry[j]);
    } else {
      int64_t begin, end;
      market_.tierOf(sink_, market_.load[j], begin, end);
      units = std::min(units, end - market_.load[j]);
    }
    from = search_.node(sink_).block;
  }
  // The narrowest place along the path. An arc's class is that of the block that comes over it.
  const auto roomInto = [this](int32_t node) {
    const NodeMark& mark = search_.node(node);
    const int32_t cls = mark.block < 0 ? source_ : market_.block(mark.block).cls;
    return market_.k.isBounded[static_cast<size_t>(cls)] ? market_.roomOf(cls, mark.arc) : kInfinite;
  };
  if (sink_ != kPool) units = std::min(units, roomInto(sink_));
  for (int32_t id = from; id >= 0; id = search_.node(market_.block(id).node).block) {
    units = std::min({units, market_.block(id).count, roomInto(market_.block(id).node)});
  }

  int32_t into = sink_;
  if (sink_ == kPool) {
    market_.state[static_cast<size_t>(sinkClass_)].pooled += units;
  } else if (market_.hungry[static_cast<size_t>(sink_)] > 0) {
    market_.hungry[static_cast<size_t>(sink_)] -= units;
  }
  for (int32_t id = from;;) {
    const int32_t cls = id < 0 ? source : market_.block(id).cls;
    const int32_t left = id < 0 ? -1 : market_.block(id).node;
    const int32_t arc = into < 0 ? -1 : search_.node(into).arc;
    // Vacate before filling: no node is ever over its capacity.
    if (id >= 0) market_.take(id, units);
    if (arc >= 0) market_.place(cls, arc, units, 0);
    if (id < 0) break;
    into = left;
    id = search_.node(left).block;
  }
  market_.state[static_cast<size_t>(source)].unplaced -= units;
}

}  // namespace outbid
