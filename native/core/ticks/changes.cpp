#include "changes.h"

#include <algorithm>
#include <cmath>

namespace outbid::ticks {

template <class K>
void drop(Book<K>& book, int32_t demand) {
  using Keys = Key<K>;
  const DemandMark<K>& m = book.mark(demand);
  if (book.sole(demand).node == kNone) return;
  const bool bounded = m.bounded;
  K least = m.pool + (m.pooled < m.pooledBase ? K{0} : m.over);
  for (int32_t a = m.begin; a < m.begin + m.count; a++) {
    const auto& arc = book.arcs[static_cast<size_t>(a)];
    const K pay = Keys::of(arc.cost) + book.price(arc.node) + m.over;
    if (pay < least && (!bounded || book.room(demand, a, book.findBlock(demand, a)) > 0)) least = pay;
  }
  for (int32_t id = m.head; id >= 0; id = book.block(id).next) {
    const Block& b = book.block(id);
    if (b.flow >= b.base || b.node == kNowhere || (bounded && b.flow >= book.boundOf(demand, b.arc))) continue;
    least = std::min(least, Keys::of(b.cost) + book.price(b.node));
  }
  while (m.pooled > 0 && least < book.poolPay(demand)) {
    const int32_t units = m.pooled > m.pooledBase ? m.pooled - m.pooledBase : m.pooled;
    book.pool(demand, -units);
    book.unplace(demand, units);
  }
  for (int32_t id = m.head; id >= 0; id = book.block(id).next) {
    bool lost = false;
    while (book.block(id).flow > book.block(id).fixed && least < book.takePay(book.block(id))) {
      const int32_t units = book.movable(book.block(id));
      book.take(id, units);
      book.unplace(demand, units);
      lost = true;
    }
    if (lost) book.recount(book.block(id).node);
  }
}

template <class K>
void rebase(Book<K>& book, int32_t demand) {
  for (int32_t id = book.mark(demand).head; id >= 0; id = book.block(id).next) book.block(id).base = book.block(id).flow;
  book.mark(demand).pooledBase = book.mark(demand).pooled;
  book.info(demand).lost.clear();
  book.freeBlocksWithoutUnits(demand);
  book.refreshSole(demand);
}

template <class K>
void addDemands(Book<K>& book, const RowsView& rows) {
  for (int32_t r = 0; r < rows.count; r++) {
    const int32_t i = rows.slots[r];
    if (static_cast<size_t>(i) >= book.demands.size()) {
      book.demands.resize(static_cast<size_t>(i) + 1);
      book.marks.resize(static_cast<size_t>(i) + 1);
      book.soles.resize(static_cast<size_t>(i) + 1);
      book.pays.resize(static_cast<size_t>(i) + 1);
      book.others.resize(static_cast<size_t>(i) + 1);
    }
    DemandInfo& d = book.info(i);
    d.units = rows.units[r];
    d.alive = true;
    d.held = false;
    d.givenKeep = rows.keep[r];
    d.keep = d.givenKeep < 0 ? -1 : book.grid(d.givenKeep);
    DemandMark<K>& m = book.mark(i);
    m.bounded = rows.bounds != nullptr;
    m.stamp = 0;
    m.pooled = m.pooledBase = 0;
    m.head = kNone;
    m.pool = 0;
    book.setPool(i, rows.unservedCost[r]);
    book.fetchColumns(rows.targets + rows.offsets[r], rows.offsets[r + 1] - rows.offsets[r]);
    book.reserveRow(i, rows.offsets[r + 1] - rows.offsets[r]);
    for (int32_t a = rows.offsets[r]; a < rows.offsets[r + 1]; a++)
      book.addArc(i, rows.targets[a] + 1, rows.costs[a], rows.bounds == nullptr ? kNoBound : rows.bounds[a]);
    book.checkOrder(i);
    book.unplace(i, d.units);
  }
}

namespace {

// Takes everything off a block, committed units too.
template <class K>
void clear(Book<K>& book, int32_t id) {
  Block& b = book.block(id);
  if (b.flow == 0) return;
  const int32_t j = b.node;
  book.node(j).fixed -= b.fixed;
  b.fixed = 0;
  book.take(id, b.flow);
  book.resize(j);
}

}  // namespace

template <class K>
int32_t removeDemand(Book<K>& book, int32_t demand) {
  DemandInfo& d = book.info(demand);
  const int32_t units = d.units;
  if (book.mark(demand).pooled > 0) book.pool(demand, -book.mark(demand).pooled);
  book.unplace(demand, -d.unplaced);
  for (int32_t id = book.mark(demand).head; id >= 0; id = book.block(id).next) {
    clear(book, id);
    book.block(id).base = 0;
  }
  book.freeBlocksWithoutUnits(demand);
  book.freeRow(demand);
  book.untouch(demand);
  d.lost.clear();
  d.alive = false;
  return units;
}

template <class K>
void removeArc(Book<K>& book, int32_t demand, int32_t arc) {
  const int32_t id = book.findBlock(demand, arc);
  if (id >= 0) {
    Block& b = book.block(id);
    const int32_t units = b.flow;
    if (b.base > 0) {
      book.info(demand).lost.push_back({b.node, b.base});
      book.touch(demand);
    }
    b.base = 0;
    clear(book, id);
    if (units > 0) book.unplace(demand, units);
    book.freeBlocksWithoutUnits(demand);
    book.refreshSole(demand);
  }
  book.removeArc(demand, arc);
  book.checkOrder(demand);
}

namespace {

// Price of a node that had no slots: so high that nobody with a place elsewhere would rather be here.
template <class K>
void open(Book<K>& book, int32_t j) {
  using Keys = Key<K>;
  auto& n = book.node(j);
  n.slots = std::max(n.capacity, n.fixed);
  if (n.slots == 0) return;
  K price = Keys::of(n.tiers[0].surcharge);
  for (const auto& entry : n.column) {
    const int32_t i = entry.demand;
    if (i < 0) continue;
    const DemandMark<K>& m = book.mark(i);
    const int32_t arc = book.findArc(i, j);
    const int32_t own = book.findBlock(i, arc);
    if (book.room(i, arc, own) <= 0) continue;
    const K cost = Keys::of(entry.cost) + (own >= 0 && book.block(own).flow < book.block(own).base ? K{0} : m.over);
    if (m.pooled > 0) price = std::max(price, book.poolPay(i) - cost);
    for (int32_t id = m.head; id >= 0; id = book.block(id).next)
      if (book.block(id).usedAt >= 0) price = std::max(price, book.takePay(book.block(id)) - cost);
  }
  book.setPrice(j, price);
  book.recount(j);
}

}  // namespace

template <class K>
void addNode(Book<K>& book, int32_t j, const std::vector<Tier>& tiers, const int32_t* demands, const double* costs, int32_t count) {
  if (static_cast<size_t>(j) >= book.nodes.size()) {
    book.nodes.resize(static_cast<size_t>(j) + 1);
    book.prices.resize(static_cast<size_t>(j) + 1);
    book.exits.resize(static_cast<size_t>(j) + 1);
  }
  auto& n = book.node(j);
  n.tiers = tiers;
  n.capacity = 0;
  for (const Tier& tier : tiers) n.capacity += tier.slots;
  n.slots = 0;
  book.refresh(j);
  for (int32_t k = 0; k < count; k++) {
    book.addArc(demands[k], j, costs[k], kNoBound);
    book.checkOrder(demands[k]);
  }
  open(book, j);
}

template <class K>
void removeNode(Book<K>& book, int32_t j, std::vector<int32_t>& out) {
  std::vector<int32_t> losers;
  const auto column = book.node(j).column;
  for (const auto& entry : column) {
    if (entry.demand < 0) continue;
    const int32_t i = entry.demand;
    const int32_t arc = book.findArc(i, j);
    const int32_t id = book.findBlock(i, arc);
    if (id >= 0 && book.block(id).flow > 0) {
      out.push_back(i);
      out.push_back(book.block(id).flow);
      losers.push_back(i);
    }
    removeArc(book, i, arc);
    if (id >= 0 && book.info(i).held && !losers.empty() && losers.back() == i) {
      // What is left of a demand that lost a dispatched part may go anywhere again.
      book.info(i).held = false;
      book.setPool(i);
    }
  }
  auto& n = book.node(j);
  n.capacity = 0;
  n.tiers.assign(1, {0, 0, 0});
  n.column.clear();
  n.dead = kNone;
  book.resize(j);
  for (const int32_t i : losers) drop(book, i);
}

template <class K>
void setCapacity(Book<K>& book, int32_t j, int64_t capacity) {
  auto& n = book.node(j);
  const bool wasClosed = n.slots == 0;
  const int64_t slots = std::max(capacity, n.fixed);
  std::vector<int32_t> losers;
  for (const bool held : {false, true}) {
    for (size_t k = n.used.size(); k-- > 0 && n.load > slots;) {
      const int32_t id = n.used[k].block;
      const int32_t i = book.block(id).demand;
      if (book.info(i).held != held) continue;
      const int32_t free = book.block(id).flow - book.block(id).fixed;
      const int32_t units = static_cast<int32_t>(std::min<int64_t>(n.load - slots, free));
      book.take(id, units);
      book.unplace(i, units);
      losers.push_back(i);
    }
  }
  book.charge(n, 0, n.load, -1);
  int64_t change = capacity - n.capacity;
  if (change > 0) n.tiers.back().slots += change;
  for (size_t t = n.tiers.size(); change < 0 && t-- > 0;) {
    const int64_t cut = std::min(-change, n.tiers[t].slots);
    n.tiers[t].slots -= cut;
    change += cut;
  }
  n.capacity = capacity;
  book.charge(n, 0, n.load, 1);
  if (wasClosed)
    open(book, j);
  else
    book.resize(j);
  for (const int32_t i : losers) drop(book, i);
}

template <class K>
bool commit(Book<K>& book, int32_t demand) {
  DemandInfo& d = book.info(demand);
  if (d.unplaced > 0 || book.mark(demand).pooled > 0) return false;
  if (d.keep >= 0) {
    d.held = true;
    book.setPool(demand);
  } else {
    for (int32_t id = book.mark(demand).head; id >= 0; id = book.block(id).next) {
      Block& b = book.block(id);
      book.node(b.node).fixed += b.flow - b.fixed;
      b.fixed = b.flow;
      book.list(id);
    }
  }
  rebase(book, demand);
  book.untouch(demand);
  return true;
}

#define OUTBID_TICKS_CHANGES(K)                                                                               \
  template void drop(Book<K>&, int32_t);                                                                      \
  template void rebase(Book<K>&, int32_t);                                                                    \
  template void addDemands(Book<K>&, const RowsView&);                                                        \
  template int32_t removeDemand(Book<K>&, int32_t);                                                           \
  template void removeArc(Book<K>&, int32_t, int32_t);                                                        \
  template void addNode(Book<K>&, int32_t, const std::vector<Tier>&, const int32_t*, const double*, int32_t); \
  template void removeNode(Book<K>&, int32_t, std::vector<int32_t>&);                                         \
  template void setCapacity(Book<K>&, int32_t, int64_t);                                                      \
  template bool commit(Book<K>&, int32_t);

OUTBID_TICKS_CHANGES(int64_t)
OUTBID_TICKS_CHANGES(__int128)

}  // namespace outbid::ticks
