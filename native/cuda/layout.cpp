#include "layout.h"

#include <algorithm>
#include <cstdlib>

namespace outbid::cuda {

namespace {

constexpr int32_t kMostInitial = kMostPrice / 4;

// The nearest whole number of 2^bits.
int64_t rounded(int64_t value, int32_t bits) {
  return bits == 0 ? value : (value + (int64_t{1} << (bits - 1))) >> bits;
}

// Whole costs within kMostCost keep all their bits. Of others so many are left that an epsilon of one is a fraction of the last.
int32_t coarseFor(const Classes& k) {
  constexpr int64_t kCoarsest = kScaledCost / kSteps;
  int64_t most = 0;
  const auto see = [&](int64_t cost) { most = std::max(most, std::abs(cost)); };
  for (size_t a = 0; a < static_cast<size_t>(k.arcs()); a++) see(k.cost[a]);
  for (int32_t c = 0; c < k.classes; c++) {
    if (!k.mustServe(c)) see(k.unserved[static_cast<size_t>(c)]);
  }
  int64_t surcharge = 0;
  for (int64_t s : k.tierSurcharge) surcharge = std::max(surcharge, s);
  most += surcharge;
  if (k.integer && most <= kMostCost) return 0;
  int32_t bits = 0;
  while (rounded(most, bits) > kCoarsest) bits++;
  return bits;
}

// What the schedule is chosen by, and the arcs that all demands of the board together read in a pass.
int64_t measure(const Classes& k, const Unfolding& u, Layout& to, Sizes& sizes) {
  sizes.units = u.units();
  __int128 reads = 0;
  size_t next = 0;
  to.arcs = 0;
  const auto tiersOf = [&](int32_t gate) { return u.tierEnd(u.gates()[gate].node) - u.tierBegin(u.gates()[gate].node); };
  for (int32_t c = 0; c < k.classes; c++) {
    const int64_t units = k.units[static_cast<size_t>(c)];
    int64_t arcs = 0;
    u.arcsOf(k, c, next, [&](int32_t, int64_t cost, int32_t) {
      sizes.see(rounded(cost, to.coarse));
      arcs++;
    });
    if (to.dense) arcs = k.nodes;
    reads += static_cast<__int128>(units) * arcs;
    to.arcs += arcs;
    if (!k.mustServe(c)) sizes.seeUnserved(rounded(k.unserved[static_cast<size_t>(c)], to.coarse), units);
  }
  for (size_t g = 0; g < u.gates().size(); g++) {
    const int64_t arcs = 1 + tiersOf(g);
    reads += static_cast<__int128>(u.gates()[g].slots) * arcs;
    to.arcs += arcs;
  }
  for (int32_t t = 0; t < u.tiers(); t++) sizes.see(rounded(u.surcharge(t), to.coarse));
  return static_cast<int64_t>(std::min<__int128>(reads, INT64_MAX));
}

// Demands and arcs; reach: per node, the units with an arc to it.
void fill(const Classes& k, const Unfolding& u, Layout& to, Array<int64_t>& reach) {
  const size_t n = static_cast<size_t>(to.demands);
  to.begin = Array<int64_t>(n);
  to.count = Array<int32_t>(n);
  to.unserved = Array<int32_t>(n);
  const size_t arcs = static_cast<size_t>(to.arcs);
  to.cost = to.dense ? Array<int32_t>(arcs, kOff) : Array<int32_t>(arcs);
  if (!to.dense) to.node = Array<int32_t>(arcs);
  size_t i = 0;
  size_t end = 0;
  const auto add = [&](int32_t node, int64_t cost) {
    to.node[end] = node;
    to.cost[end++] = static_cast<int32_t>(rounded(cost, to.coarse) * to.scale);
  };
  const auto demands = [&](int64_t units, size_t begin, int32_t unserved) {
    for (const size_t last = i + static_cast<size_t>(units); i < last; i++) {
      to.begin[i] = static_cast<int64_t>(begin);
      to.count[i] = static_cast<int32_t>(end - begin);
      to.unserved[i] = unserved;
    }
  };
  size_t next = 0;
  for (int32_t c = 0; c < k.classes; c++) {
    const size_t begin = end;
    const int64_t units = k.units[static_cast<size_t>(c)];
    u.arcsOf(k, c, next, [&](int32_t node, int64_t cost, int32_t) {
      reach[static_cast<size_t>(node)] += units;
      if (to.dense)
        to.cost[begin + static_cast<size_t>(node)] = static_cast<int32_t>(rounded(cost, to.coarse) * to.scale);
      else
        add(node, cost);
    });
    if (to.dense) end = begin + static_cast<size_t>(k.nodes);
    const int64_t unserved = k.unserved[static_cast<size_t>(c)];
    demands(units, begin, k.mustServe(c) ? kFar : static_cast<int32_t>(rounded(unserved, to.coarse) * to.scale));
  }
  for (size_t g = 0; g < u.gates().size(); g++) {
    const Gate& gate = u.gates()[g];
    const size_t begin = end;
    const int32_t own = u.tiers() + static_cast<int32_t>(g);
    add(own, 0);
    for (int32_t t = u.tierBegin(gate.node); t < u.tierEnd(gate.node); t++) add(t, u.surcharge(t));
    for (size_t a = begin; a < end; a++) reach[static_cast<size_t>(to.node[a])] += gate.slots;
    demands(gate.slots, begin, kFar);
  }
}

}  // namespace

bool completeLayout(Layout& to, Sizes& sizes, const Array<int64_t>& capacity, const Array<int64_t>& reach) {
  const size_t m = static_cast<size_t>(to.nodes);
  to.capacity = Array<int32_t>(m);
  to.first = Array<int32_t>(m + 1);
  to.initial = Array<int32_t>(m, 0);
  int64_t end = 0;
  for (size_t j = 0; j < m; j++) {
    to.first[j] = static_cast<int32_t>(end);
    to.capacity[j] = static_cast<int32_t>(std::min<int64_t>(capacity[j], kMostUnits));
    sizes.slots += capacity[j];
    if (capacity[j] < reach[j]) end += to.capacity[j];
    if (end > kMostSlots) return false;
  }
  to.first[m] = static_cast<int32_t>(end);
  planFor(to, sizes);
  return true;
}

void Layout::costsOf(size_t i, std::vector<int32_t>& costs) const {
  costs.clear();
  if (caller == nullptr) {
    for (int64_t a = begin[i]; a < begin[i] + count[i]; a++) {
      if (cost[static_cast<size_t>(a)] < kFar) costs.push_back(cost[static_cast<size_t>(a)]);
    }
    return;
  }
  const ProblemView& v = *caller;
  const size_t from = v.offsets == nullptr ? i * static_cast<size_t>(v.nodes) : static_cast<size_t>(v.offsets[i]);
  const size_t to = v.offsets == nullptr ? from + static_cast<size_t>(v.nodes) : static_cast<size_t>(v.offsets[i + 1]);
  for (size_t a = from; a < to; a++) {
    const double whole = v.maximize ? -v.costs.at(a) : v.costs.at(a);
    if (whole <= kMostCost) costs.push_back(static_cast<int32_t>(whole) * scale);
  }
}

int32_t Layout::scaledPrice(int64_t whole) const {
  return static_cast<int32_t>(std::clamp<int64_t>(rounded(whole, coarse) * scale, 0, kMostInitial));
}

const char* layOut(const Classes& k, uint64_t seed, Layout& to, const std::vector<int64_t>* warm, int32_t mostScale) {
  auto unfolding = std::make_unique<Unfolding>(k);
  const Unfolding& u = *unfolding;
  // A unit is a demand here and costs as much, while the core takes any number of units for one.
  constexpr int64_t kFewUnits = 1 << 20;
  constexpr int64_t kUnitsEach = 64;
  if (u.units() > std::min(kMostUnits, kFewUnits + kUnitsEach * k.demands)) return "more units than a device takes";
  // An arc to a node of many tiers is many arcs here, and a single one in the core.
  constexpr int64_t kFewArcs = 1 << 26;
  constexpr int64_t kTiersEach = 8;
  if (u.nodes() > kMostUnits || u.arcs(k) > kFewArcs + kTiersEach * k.arcs())
    return "more tiers and arc capacities than a device takes";
  to.dense = k.dense && u.flat();
  to.coarse = coarseFor(k);
  Sizes sizes;
  const int64_t reads = measure(k, u, to, sizes);
  if (reads > kMostReads) return "too many units of demands with too many arcs";
  to.reads = reads;
  to.demands = static_cast<int32_t>(u.units());
  to.nodes = static_cast<int32_t>(u.nodes());
  to.seed = seed;
  to.scale = scaleFor(sizes, to.nodes, mostScale);
  Array<int64_t> reach(static_cast<size_t>(u.nodes()), 0);
  fill(k, u, to, reach);
  Array<int64_t> capacity(static_cast<size_t>(u.nodes()));
  for (int32_t t = 0; t < u.tiers(); t++) capacity[static_cast<size_t>(t)] = u.slots(t);
  for (size_t g = 0; g < u.gates().size(); g++) capacity[static_cast<size_t>(u.tiers()) + g] = u.gates()[g].slots;
  if (!completeLayout(to, sizes, capacity, reach)) return "more slots than a device takes";
  if (warm != nullptr) {
    std::vector<int64_t> next;  // at a gate, to begin with, what its node asks
    for (const Gate& gate : u.gates()) next.push_back(gate.cost + (*warm)[static_cast<size_t>(gate.node)]);
    const std::vector<int64_t> prices = u.unfold(*warm, next);
    for (size_t j = 0; j < prices.size(); j++) to.initial[j] = to.scaledPrice(prices[j]);
    startAtLast(to);
  }
  if (!u.flat()) to.unfolding = std::move(unfolding);
  return nullptr;
}

}  // namespace outbid::cuda
