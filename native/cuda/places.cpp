#include "places.h"

#include <algorithm>

namespace outbid::cuda {

namespace {

constexpr int32_t kPartRoom = 1 << 14;

// Hands out places one after the other.
class Places {
 public:
  explicit Places(char* memory) : memory_(memory) {}
  template <class T>
  void give(T*& to, size_t count) {
    // A null pointer means something else in places: what has no entries points somewhere all the same.
    to = memory_ == nullptr ? nullptr : reinterpret_cast<T*>(memory_ + used_);
    used_ += (std::max<size_t>(1, count) * sizeof(T) + kAlign - 1) / kAlign * kAlign;
  }
  size_t used() const { return used_; }

 private:
  char* memory_;
  size_t used_ = 0;
};

}  // namespace

int32_t partsOf(const Layout& layout) {
  return layout.dense ? kPartRoom : 1;
}

ArcPlaces::ArcPlaces(const Layout& from) {
  const size_t n = static_cast<size_t>(from.demands);
  const size_t arcs = static_cast<size_t>(from.arcs);
  const auto after = [](size_t at, size_t bytes) { return at + (std::max<size_t>(1, bytes) + kAlign - 1) / kAlign * kAlign; };
  begin = 0;
  count = after(begin, n * sizeof(int64_t));
  node = after(count, n * sizeof(int32_t));
  unserved = after(node, (from.dense ? 0 : arcs) * sizeof(int32_t));
  cost = after(unserved, n * sizeof(int32_t));
  end = after(cost, arcs * sizeof(int32_t));
}

size_t placeArcs(Board& b, const Layout& from, char* memory) {
  b.demands = from.demands;
  b.nodes = from.nodes;
  b.dense = from.dense ? 1 : 0;
  b.seed = from.seed;
  const ArcPlaces places(from);
  if (memory == nullptr) return places.end;
  b.begin = reinterpret_cast<const int64_t*>(memory + places.begin);
  b.count = reinterpret_cast<const int32_t*>(memory + places.count);
  b.node = reinterpret_cast<const int32_t*>(memory + places.node);
  b.unserved = reinterpret_cast<const int32_t*>(memory + places.unserved);
  b.cost = reinterpret_cast<const int32_t*>(memory + places.cost);
  return places.end;
}

size_t placeNodes(Board& b, const Layout& from, char* memory) {
  Places places(memory);
  places.give(b.capacity, static_cast<size_t>(from.nodes));
  places.give(b.first, static_cast<size_t>(from.nodes) + 1);
  places.give(b.initial, static_cast<size_t>(from.nodes));
  return places.used();
}

size_t placeOutcome(Board& b, const Layout& from, char* memory) {
  Places places(memory);
  places.give(b.at, static_cast<size_t>(from.demands));
  places.give(b.price, static_cast<size_t>(from.nodes));
  return places.used();
}

size_t placeProof(Board& b, const Layout& from, char* memory) {
  Places places(memory);
  places.give(b.proof, static_cast<size_t>(from.nodes));
  return places.used();
}

size_t placeValues(Board& b, const Layout& from, char* memory) {
  Places places(memory);
  places.give(b.value, static_cast<size_t>(from.demands));
  return places.used();
}

size_t placeState(Board& b, const Layout& from, char* memory) {
  const size_t n = static_cast<size_t>(from.demands);
  const size_t m = static_cast<size_t>(from.nodes);
  b.parts = partsOf(from);
  Places places(memory);
  places.give(b.load, m);
  places.give(b.who, from.slots());
  places.give(b.bid, from.slots());
  places.give(b.paid, n);
  places.give(b.active[0], n);
  places.give(b.active[1], n);
  places.give(b.wanted, n);
  places.give(b.offered, n);
  places.give(b.ticket, n);
  places.give(b.wantedCost, n);
  places.give(b.touched, m);
  places.give(b.asked, m);
  places.give(b.segment, m);
  places.give(b.comer, n);
  places.give(b.comerBid, n);
  places.give(b.comerCost, n);
  places.give(b.part, static_cast<size_t>(b.parts));
  places.give(b.least, m);
  places.give(b.best, m);
  places.give(b.claim, n);
  if (from.plan.chains > 0) {
    places.give(b.list, n * static_cast<size_t>(kListed));
    places.give(b.floor, n);
    places.give(b.slot, m);
    places.give(b.label, m);
    places.give(b.frontier, m + 2 * n);
    places.give(b.work, m + 2 * n);
    places.give(b.due, n);
    places.give(b.taker, n);
    places.give(b.ending, m);
    places.give(b.source, m);
  }
  return places.used();
}

}  // namespace outbid::cuda
