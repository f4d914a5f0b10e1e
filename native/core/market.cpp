#include "market.h"

namespace outbid {

namespace {
constexpr size_t kFirstPool = 256;
constexpr int32_t kFirstSlab = 16;  // blocks a node's slab holds before it moves to a larger place
}  // namespace

Market::Market(Classes& classes, uint64_t seedOfTies) : k(classes), seed(seedOfTies) {
  const size_t m = static_cast<size_t>(k.nodes);
  const size_t n = static_cast<size_t>(k.classes);
  price = Array<int64_t>(m);
  load = Array<int64_t>(m, 0);
  hungry = Array<int64_t>(m, 0);
  next = Array<int64_t>(m);
  state = Array<ClassState>(n);
  slabs_ = Array<Slab>(m, Slab{0, 0, 0});
  ids_ = Array<int32_t>(kFirstPool);
  bids_ = Array<int64_t>(kFirstPool);
  lone_ = Array<int32_t>(kFirstPool);
  for (size_t j = 0; j < m; j++) {
    next[j] = surcharge(static_cast<int32_t>(j), 0);
    price[j] = k.capacity[j] > 0 ? next[j] : kBlocked;
  }
  unit_ = Array<uint8_t>(n);
  blocks_ = Array<Block>(std::max<size_t>(64, n));
  for (size_t c = 0; c < n; c++) {
    state[c] = ClassState{k.units[c], 0, -1, 0, k.offset[c], k.offset[c + 1]};
    unit_[c] = k.units[c] == 1 && !k.isBounded[c];
    if (!unit_[c] && blockOfArc_.empty()) blockOfArc_ = Array<int32_t>(static_cast<size_t>(k.arcs()), -1);
  }
}

int64_t Market::surcharge(int32_t node, int64_t slot) const {
  const size_t j = static_cast<size_t>(node);
  if (slot >= k.capacity[j]) return kInfinite;
  size_t t = static_cast<size_t>(k.tierOffset[j]);
  while (slot >= k.tierSlots[t]) slot -= k.tierSlots[t++];
  return k.tierSurcharge[t];
}

int64_t Market::floorOf(int32_t node) const {
  const int64_t used = load[static_cast<size_t>(node)];
  return surcharge(node, used > 0 ? used - 1 : 0);
}

void Market::tierOf(int32_t node, int64_t slot, int64_t& begin, int64_t& end) const {
  size_t t = static_cast<size_t>(k.tierOffset[static_cast<size_t>(node)]);
  begin = 0;
  while (slot >= begin + k.tierSlots[t]) begin += k.tierSlots[t++];
  end = begin + k.tierSlots[t];
}

int64_t Market::slotsBelow(int32_t node, int64_t limit) const {
  const size_t j = static_cast<size_t>(node);
  int64_t slots = 0;
  for (int32_t t = k.tierOffset[j]; t < k.tierOffset[j + 1] && k.tierSurcharge[static_cast<size_t>(t)] < limit; t++)
    slots += k.tierSlots[static_cast<size_t>(t)];
  return slots;
}

int64_t Market::room(int32_t arc, int32_t id) const {
  const int64_t bound = k.bound[static_cast<size_t>(arc)];
  return id < 0 || bound >= kInfinite ? bound : bound - block(id).count;
}

int32_t Market::blockOf(int32_t cls, int32_t arc) const {
  if (!isUnit(cls)) return blockOfArc_[static_cast<size_t>(arc)];
  const int32_t id = state[static_cast<size_t>(cls)].head;
  return id >= 0 && block(id).arc == arc ? id : -1;
}

void Market::setLoad(int32_t node, int64_t value) {
  const size_t j = static_cast<size_t>(node);
  load[j] = value;
  const size_t t = static_cast<size_t>(k.tierOffset[j]);
  if (k.tierOffset[j + 1] - k.tierOffset[j] == 1)
    next[j] = value < k.capacity[j] ? k.tierSurcharge[t] : kInfinite;
  else
    next[j] = surcharge(node, value);
}

int32_t Market::allocateBlock() {
  if (freeBlock_ >= 0) {
    const int32_t id = freeBlock_;
    freeBlock_ = block(id).next;
    return id;
  }
  if (static_cast<size_t>(blockEnd_) == blocks_.size()) blocks_.resize(blocks_.size() * 2);
  return blockEnd_++;
}

// Gives a node its first slab, or moves it to one twice the size, at the end of the pool. The old place is left unused: all old places
// of a node together are no larger than the new one.
void Market::grow(int32_t node) {
  Slab& slab = slabs_[static_cast<size_t>(node)];
  const int64_t capacity = std::max<int64_t>(1, k.capacity[static_cast<size_t>(node)]);
  const int32_t size =
      slab.size == 0 ? static_cast<int32_t>(std::min<int64_t>(capacity, kFirstSlab)) : std::max(kFirstSlab, slab.size * 2);
  const size_t needed = static_cast<size_t>(slabEnd_ + size);
  if (needed > ids_.size()) {
    const size_t larger = std::max(ids_.size() + ids_.size() / 2, needed);
    ids_.resize(larger);
    bids_.resize(larger);
    lone_.resize(larger);
  }
  std::copy(ids_.data() + slab.begin, ids_.data() + slab.begin + slab.used, ids_.data() + slabEnd_);
  std::copy(bids_.data() + slab.begin, bids_.data() + slab.begin + slab.used, bids_.data() + slabEnd_);
  std::copy(lone_.data() + slab.begin, lone_.data() + slab.begin + slab.used, lone_.data() + slabEnd_);
  slab.begin = slabEnd_;
  slab.size = size;
  slabEnd_ += size;
}

void Market::reserve(const Array<int32_t>& blocksOfNode) {
  int64_t all = 0;
  for (size_t j = 0; j < slabs_.size(); j++) {
    slabs_[j] = Slab{slabEnd_ + all, 0, blocksOfNode[j]};
    all += blocksOfNode[j];
  }
  slabEnd_ += all;
  const size_t needed = static_cast<size_t>(slabEnd_);
  if (needed > ids_.size()) {
    ids_.resize(needed);
    bids_.resize(needed);
    lone_.resize(needed);
  }
  if (static_cast<size_t>(all) > blocks_.size()) blocks_.resize(static_cast<size_t>(all));
}

int32_t Market::place(int32_t cls, int32_t arc, int64_t units, int64_t bid) {
  ClassState& s = state[static_cast<size_t>(cls)];
  int32_t id = blockOf(cls, arc);
  const int32_t node = k.node[static_cast<size_t>(arc)];
  if (id < 0) {
    id = allocateBlock();
    Slab& slab = slabs_[static_cast<size_t>(node)];
    if (slab.used == slab.size) grow(node);
    blocks_[static_cast<size_t>(id)] = Block{0, k.cost[static_cast<size_t>(arc)], arc, cls, node, slab.used, s.head, -1};
    if (!blockOfArc_.empty()) blockOfArc_[static_cast<size_t>(arc)] = id;
    if (s.head >= 0) block(s.head).previous = id;
    s.head = id;
    s.blocks++;
    ids_[static_cast<size_t>(slab.begin + slab.used)] = id;
    bids_[static_cast<size_t>(slab.begin + slab.used)] = bid;
    lone_[static_cast<size_t>(slab.begin + slab.used)] = isUnit(cls) ? cls : -1;
    slab.used++;
  }
  block(id).count += units;
  placed += units;
  setLoad(node, load[static_cast<size_t>(node)] + units);
  return id;
}

void Market::take(int32_t id, int64_t units) {
  Block& b = block(id);
  b.count -= units;
  placed -= units;
  setLoad(b.node, load[static_cast<size_t>(b.node)] - units);
  if (b.count > 0) return;
  Slab& slab = slabs_[static_cast<size_t>(b.node)];
  slab.used--;
  const size_t last = static_cast<size_t>(slab.begin + slab.used);
  const size_t here = static_cast<size_t>(slab.begin + b.position);
  ids_[here] = ids_[last];
  bids_[here] = bids_[last];
  lone_[here] = lone_[last];
  block(ids_[here]).position = b.position;
  if (!blockOfArc_.empty()) blockOfArc_[static_cast<size_t>(b.arc)] = -1;
  ClassState& s = state[static_cast<size_t>(b.cls)];
  if (b.next >= 0) block(b.next).previous = b.previous;
  if (b.previous >= 0)
    block(b.previous).next = b.next;
  else
    s.head = b.next;
  s.blocks--;
  b.next = freeBlock_;
  freeBlock_ = id;
}

int64_t Market::lowestBid(int32_t node, int32_t except, int32_t& id) const {
  const Slab& slab = slabs_[static_cast<size_t>(node)];
  const int64_t* bids = bids_.data() + slab.begin;
  const int32_t* ids = ids_.data() + slab.begin;
  int64_t lowest = kInfinite;
  id = -1;
  for (int32_t q = 0; q < slab.used; q++) {
    if (bids[q] < lowest && (except < 0 || block(ids[q]).cls != except)) {
      lowest = bids[q];
      id = ids[q];
    }
  }
  return lowest;
}

void Market::replace(int32_t node, int32_t position, int32_t cls, int32_t arc, int64_t bid) {
  const size_t at = static_cast<size_t>(slabs_[static_cast<size_t>(node)].begin + position);
  ClassState& out = state[static_cast<size_t>(lone_[at])];
  out.unplaced = 1;
  out.head = -1;
  out.blocks = 0;
  ClassState& in = state[static_cast<size_t>(cls)];
  in.unplaced = 0;
  in.head = ids_[at];
  in.blocks = 1;
  Block& b = block(ids_[at]);
  if (!blockOfArc_.empty()) {
    blockOfArc_[static_cast<size_t>(b.arc)] = -1;
    blockOfArc_[static_cast<size_t>(arc)] = ids_[at];
  }
  b.cls = cls;
  b.arc = arc;
  b.cost = k.cost[static_cast<size_t>(arc)];
  bids_[at] = bid;
  lone_[at] = cls;
}

size_t Market::bytes() const {
  return price.bytes() + load.bytes() + hungry.bytes() + next.bytes() + state.bytes() + slabs_.bytes() + ids_.bytes() +
         bids_.bytes() + blocks_.bytes();
}

}  // namespace outbid
