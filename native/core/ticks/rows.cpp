// Rows, columns and blocks of the book: what is allocated, linked and freed. Freed rows and blocks are used again, so that memory
// follows the most there was at a time, not how much came and went.
#include <algorithm>

#include "book.h"

namespace outbid::ticks {

namespace {

// So few nodes are in the cache anyway.
constexpr size_t kFew = 512;

// Rows come in powers of two.
int32_t classOf(int32_t size) {
  int32_t c = 2;
  while ((1 << c) < size) c++;
  return c;
}

}  // namespace

template <class K>
int32_t Book<K>::newRow(int32_t size) {
  const size_t c = static_cast<size_t>(classOf(size));
  if (freeRows_[c] >= 0) {
    const int32_t begin = freeRows_[c];
    freeRows_[c] = arcAt_[static_cast<size_t>(begin)];
    return begin;
  }
  const size_t begin = arcs.size();
  const size_t end = begin + (size_t{1} << c);
  arcs.resize(end, {kNowhere, 0});
  arcAt_.resize(end);
  arcBound_.resize(end);
  if (exponent > 0) arcGiven_.resize(end);
  return static_cast<int32_t>(begin);
}

template <class K>
void Book<K>::reserveRow(int32_t demand, int32_t size) {
  DemandInfo& d = info(demand);
  DemandMark<K>& m = mark(demand);
  if (size <= d.room) return;
  const int32_t from = m.begin;
  const int32_t begin = newRow(size);
  const int32_t old = d.room;
  for (int32_t k = 0; k < m.count; k++) {
    const size_t a = static_cast<size_t>(from + k);
    const size_t b = static_cast<size_t>(begin + k);
    arcs[b] = arcs[a];
    arcAt_[b] = arcAt_[a];
    arcBound_[b] = arcBound_[a];
    if (exponent > 0) arcGiven_[b] = arcGiven_[a];
  }
  for (int32_t id = m.head; id >= 0; id = block(id).next) block(id).arc += begin - from;
  m.begin = begin;
  d.room = 1 << classOf(size);
  if (old == 0) return;
  const size_t c = static_cast<size_t>(classOf(old));
  arcAt_[static_cast<size_t>(from)] = freeRows_[c];
  freeRows_[c] = from;
}

template <class K>
void Book<K>::fetchColumns(const int32_t* targets, int32_t count) const {
  if (nodes.size() < kFew) return;
  for (int32_t k = 0; k < count; k++) {
    __builtin_prefetch(&nodes[static_cast<size_t>(targets[k]) + 1].dead);
    __builtin_prefetch(&nodes[static_cast<size_t>(targets[k]) + 1].column);
  }
  for (int32_t k = 0; k < count; k++) {
    const Node& n = nodes[static_cast<size_t>(targets[k]) + 1];
    __builtin_prefetch(n.column.data() + (n.dead >= 0 ? static_cast<size_t>(n.dead) : n.column.size()), 1);
  }
}

template <class K>
void Book<K>::freeRow(int32_t demand) {
  DemandInfo& d = info(demand);
  DemandMark<K>& m = mark(demand);
  const int32_t end = nodes.size() < kFew ? m.begin : m.begin + m.count;
  for (int32_t a = m.begin; a < end; a++) {
    __builtin_prefetch(&node(arcs[static_cast<size_t>(a)].node).dead, 1);
    __builtin_prefetch(&node(arcs[static_cast<size_t>(a)].node).column);
  }
  for (int32_t a = m.begin; a < end; a++) {
    const int32_t j = arcs[static_cast<size_t>(a)].node;
    if (j != kNowhere) __builtin_prefetch(&node(j).column[static_cast<size_t>(arcAt_[static_cast<size_t>(a)])], 1);
  }
  for (int32_t k = 0; k < m.count; k++)
    if (arcs[static_cast<size_t>(m.begin + k)].node != kNowhere) leave(m.begin + k);
  if (d.room > 0) {
    const size_t c = static_cast<size_t>(classOf(d.room));
    arcAt_[static_cast<size_t>(m.begin)] = freeRows_[c];
    freeRows_[c] = m.begin;
  }
  d.room = 0;
  m.count = 0;
}

template <class K>
void Book<K>::enter(int32_t demand, int32_t arc) {
  const size_t a = static_cast<size_t>(arc);
  Node& n = node(arcs[a].node);
  const Entry<Cost> entry{demand, arcs[a].cost};
  if (n.dead >= 0) {
    arcAt_[a] = n.dead;
    Entry<Cost>& place = n.column[static_cast<size_t>(n.dead)];
    n.dead = static_cast<int32_t>(place.cost);
    place = entry;
    return;
  }
  arcAt_[a] = static_cast<int32_t>(n.column.size());
  n.column.push_back(entry);
}

template <class K>
void Book<K>::leave(int32_t arc) {
  const size_t a = static_cast<size_t>(arc);
  Node& n = node(arcs[a].node);
  n.column[static_cast<size_t>(arcAt_[a])] = {kNone, n.dead};
  n.dead = arcAt_[a];
  arcs[a] = {kNowhere, 0};
}

template <class K>
int32_t Book<K>::addArc(int32_t demand, int32_t j, double given, int32_t bound) {
  if (mark(demand).count == info(demand).room) reserveRow(demand, info(demand).room + 1);
  DemandMark<K>& m = mark(demand);
  const int32_t arc = m.begin + m.count++;
  const size_t a = static_cast<size_t>(arc);
  arcs[a] = {j, static_cast<Cost>(grid(given))};
  if (exponent > 0) arcGiven_[a] = given;
  arcBound_[a] = bound;
  forgetOther(demand);
  enter(demand, arc);
  return arc;
}

template <class K>
void Book<K>::checkOrder(int32_t demand) {
  DemandMark<K>& m = mark(demand);
  m.sorted = true;
  for (int32_t a = m.begin + 1; a < m.begin + m.count; a++)
    m.sorted = m.sorted && arcs[static_cast<size_t>(a) - 1].cost <= arcs[static_cast<size_t>(a)].cost;
  DemandInfo& d = info(demand);
  const int64_t before = d.hope;
  d.hope = 0;
  for (int32_t a = m.begin; a < m.begin + m.count; a++)
    d.hope = std::max(d.hope, d.unserved - int64_t{arcs[static_cast<size_t>(a)].cost});
  if (!mustServe(demand)) hopes += __int128{d.unplaced} * (d.hope - before);
}

template <class K>
void Book<K>::removeArc(int32_t demand, int32_t arc) {
  // A row that is all holes at its end gets shorter; others keep theirs for the arcs to come.
  leave(arc);
  DemandMark<K>& m = mark(demand);
  while (m.count > 0 && arcs[static_cast<size_t>(m.begin + m.count - 1)].node == kNowhere) m.count--;
}

template <class K>
int32_t Book<K>::findArc(int32_t demand, int32_t j) {
  const DemandMark<K>& m = mark(demand);
  for (int32_t a = m.begin; a < m.begin + m.count; a++)
    if (arcs[static_cast<size_t>(a)].node == j) return a;
  return kNone;
}

template <class K>
void Book<K>::setCost(int32_t demand, int32_t arc, double cost) {
  const size_t a = static_cast<size_t>(arc);
  const int32_t id = findBlock(demand, arc);
  if (id >= 0) addCost(-block(id).flow, arcs[a].cost, given(arc));
  arcs[a].cost = static_cast<Cost>(grid(cost));
  if (exponent > 0) arcGiven_[a] = cost;
  node(arcs[a].node).column[static_cast<size_t>(arcAt_[a])].cost = arcs[a].cost;
  forgetOther(demand);
  if (id < 0) return;
  block(id).cost = arcs[a].cost;
  addCost(block(id).flow, arcs[a].cost, cost);
  refreshSole(demand);
}

template <class K>
int32_t Book<K>::findBlock(int32_t demand, int32_t arc) {
  int32_t id = mark(demand).head;
  while (id >= 0 && block(id).arc != arc) id = block(id).next;
  return id;
}

template <class K>
int32_t Book<K>::needBlock(int32_t demand, int32_t arc) {
  int32_t id = findBlock(demand, arc);
  if (id >= 0) return id;
  if (freeBlock_ >= 0) {
    id = freeBlock_;
    freeBlock_ = block(id).next;
  } else {
    id = static_cast<int32_t>(blocks_.size());
    blocks_.push_back({});
  }
  const size_t a = static_cast<size_t>(arc);
  block(id) = {demand, arc, arcs[a].node, mark(demand).head, 0, 0, 0, -1, arcs[a].cost};
  mark(demand).head = id;
  return id;
}

template <class K>
void Book<K>::freeBlocksWithoutUnits(int32_t demand) {
  int32_t* link = &mark(demand).head;
  while (*link >= 0) {
    Block& b = block(*link);
    if (b.flow > 0 || b.base > 0) {
      link = &b.next;
      continue;
    }
    const int32_t id = *link;
    *link = b.next;
    b.next = freeBlock_;
    b.cost = 0;
    freeBlock_ = id;
  }
}

#define OUTBID_TICKS_ROWS(K)                                           \
  template void Book<K>::reserveRow(int32_t, int32_t);                 \
  template void Book<K>::freeRow(int32_t);                             \
  template void Book<K>::fetchColumns(const int32_t*, int32_t) const;  \
  template int32_t Book<K>::addArc(int32_t, int32_t, double, int32_t); \
  template void Book<K>::checkOrder(int32_t);                          \
  template void Book<K>::removeArc(int32_t, int32_t);                  \
  template int32_t Book<K>::findArc(int32_t, int32_t);                 \
  template void Book<K>::setCost(int32_t, int32_t, double);            \
  template int32_t Book<K>::findBlock(int32_t, int32_t);               \
  template int32_t Book<K>::needBlock(int32_t, int32_t);               \
  template void Book<K>::freeBlocksWithoutUnits(int32_t);

OUTBID_TICKS_ROWS(int64_t)
OUTBID_TICKS_ROWS(__int128)

}  // namespace outbid::ticks
