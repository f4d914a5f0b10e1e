#include "layout.h"

#include <algorithm>
#include <cmath>

namespace outbid::cuda {

namespace {

constexpr int32_t kSoloRows = 8;  // rows of a matrix that one block reads in about the time of a grid's barriers
// Scaled costs stay within this: prices rise to some multiples of the largest cost, and kMostPrice ends a bid.
constexpr int64_t kScaledCost = 1 << 26;

constexpr int32_t kSteps = 64;            // of a circle that may gain if all are at epsilon from their least
constexpr int32_t kNodesPerWaiting = 32;  // a phase leaves one demand in so many nodes waiting

// Mean standard deviation of a demand's costs - of a long row the cheapest, the others hardly matter -, over a sample of demands: fewer of
// long rows, which take a millisecond for 2^17 arcs.
constexpr int32_t kLongRow = 64;
constexpr int32_t kCheapest = 32;

double spreadOf(const Layout& layout) {
  constexpr int64_t kSample = 512;
  constexpr int64_t kLeastSample = 32;
  constexpr int64_t kSampledArcs = 1 << 18;
  const int64_t sample = std::clamp(kSampledArcs * layout.demands / std::max<int64_t>(1, layout.reads), kLeastSample, kSample);
  const int64_t step = std::max<int64_t>(1, layout.demands / sample);
  std::vector<int32_t> row;
  double deviations = 0;
  int64_t rows = 0;
  for (size_t i = 0; i < static_cast<size_t>(layout.demands); i += static_cast<size_t>(step)) {
    layout.costsOf(i, row);
    if (row.size() < 2) continue;
    if (row.size() >= kLongRow) {
      std::nth_element(row.begin(), row.begin() + kCheapest, row.end());
      row.resize(kCheapest);
    }
    double sum = 0;
    double squares = 0;
    for (int32_t cost : row) {
      const double v = static_cast<double>(cost) - static_cast<double>(row[0]);
      sum += v;
      squares += v * v;
    }
    const double count = static_cast<double>(row.size());
    deviations += std::sqrt(std::max(0.0, squares / count - (sum / count) * (sum / count)));
    rows++;
  }
  return rows == 0 ? 0 : deviations / static_cast<double>(rows);
}

// The rules of the core's schedule for rows (row_solver.cpp), which were measured there; on a device, where rounds count and not bids, they
// are a first guess. Assignment, start: the spread of all costs / 2 takes 31.8 and 28.2 bids a demand and 7,242 and 4,060 rounds on matrices of
// 1,000 with costs below 1,000 and 10,000; that of the cheapest / 8 takes 16.3 and 14.7 bids and 4,360 and 3,819 rounds.
Plan planOf(const Layout& layout, const Sizes& sizes) {
  Plan p;
  p.range = static_cast<int32_t>((sizes.high - sizes.low + 1) * layout.scale);
  p.last = layout.scale > 1 ? 1 : std::max(1, p.range >> 17);
  p.exact = layout.scale >= layout.nodes + 2 ? 1 : 0;
  if (!layout.dense) {
    // Settle makes prices exact. All it needs is that no circle gains.
    p.last = std::max(p.last, layout.scale / kSteps);
    p.exact = 0;
    p.mayWait = layout.nodes / kNodesPerWaiting;
  }
  const double spread = spreadOf(layout);
  const bool must = sizes.mayGo == 0;
  if (sizes.units > sizes.slots && sizes.mayGo == sizes.units) {
    p.theta = 5;
    p.kappa = 5;
    const double mean = layout.scale * sizes.unserved / static_cast<double>(std::max<int64_t>(1, sizes.mayGo));
    p.start = static_cast<int32_t>(std::min<double>(kMostCost, mean / 4));
  } else if (must && sizes.units == sizes.slots) {
    p.theta = 10;
    p.kappa = 0;  // what is optimal stays so when all prices rise
    p.start = static_cast<int32_t>(spread / 8);
  } else {
    // Fleets of 150,000 on 12,500 nodes at load 0.9: 12 takes 6.1 bids a demand and 331 rounds, 8 takes 5.0 and 145, and settle 271 rounds
    // instead of 192.
    p.kappa = layout.dense ? 12 : 8;
    p.start = static_cast<int32_t>(spread / 4);
  }
  p.start = std::clamp(p.start, p.last, kMostCost / 16);
  if (layout.dense) p.soloBelow = kSoloRows;
  p.warBids = 4 * (static_cast<int64_t>(layout.demands) + layout.nodes);
  p.bidLimit = 64 * (static_cast<int64_t>(layout.demands) + layout.nodes) + 1024;
  return p;
}

// A full matrix whose demands must all be served, a slot a node (matrix.h). Counted in a model where a bid takes 1 us and a step of a search
// 1.5, for costs below n: 2, 4, 8 demands left to searches take 27, 18, 16 ms at n = 10,000; 4, 16, 64 take 8, 11, 17 at 4,096.
constexpr int32_t kChains = 2048;
constexpr int32_t kFewestOfMany = 8;
constexpr int32_t kFewest = 2;
constexpr int32_t kMany = 2048;  // demands

void planChains(Layout& layout, const Sizes& sizes) {
  if (!layout.mayDiffer || !layout.dense || sizes.mayGo > 0 || layout.demands > layout.nodes || layout.demands == 0) return;
  for (int32_t capacity : layout.capacity) {
    if (capacity != 1) return;
  }
  Plan& p = layout.plan;
  p.chains = kChains;
  p.fewest = layout.demands < kMany ? kFewest : kFewestOfMany;
}

}  // namespace

const char* misfit(const Classes& k) {
  if (!k.integer) return "costs that are not whole";
  if (k.bounded) return "arc capacities that can bind";
  if (k.totalUnits > kMostUnits) return "more units than a device takes";
  __int128 reads = 0;
  for (size_t c = 0; c < static_cast<size_t>(k.classes); c++)
    reads += static_cast<__int128>(k.units[c]) * (k.offset[c + 1] - k.offset[c]);
  if (reads > kMostReads) return "too many units of demands with too many arcs";
  for (size_t j = 0; j < static_cast<size_t>(k.nodes); j++) {
    if (k.tierOffset[j + 1] - k.tierOffset[j] > 1 || k.tierSurcharge[static_cast<size_t>(k.tierOffset[j])] != 0) return "tiers";
  }
  for (size_t a = 0; a < static_cast<size_t>(k.arcs()); a++) {
    const int64_t cost = k.cost[a];
    if (cost > kMostCost || cost < -kMostCost) return "costs beyond 2^27";
  }
  for (size_t c = 0; c < static_cast<size_t>(k.classes); c++) {
    const int64_t r = k.unserved[c];
    if (r < kInfinite && (r > kMostCost || r < -kMostCost)) return "unserved costs beyond 2^27";
  }
  return nullptr;
}

void Sizes::seeUnserved(int64_t cost, int64_t times) {
  see(cost);
  unserved += static_cast<double>(times) * std::fabs(static_cast<double>(cost));
  mayGo += times;
}

int32_t scaleFor(const Sizes& sizes, int32_t nodes, int32_t mostScale) {
  const int64_t most = std::max<int64_t>({1, sizes.high, -sizes.low});
  return static_cast<int32_t>(
      std::clamp<int64_t>(std::min<int64_t>(kScaledCost / most, mostScale), 1, static_cast<int64_t>(nodes) + 2));
}

bool completeLayout(Layout& to, Sizes& sizes, const Array<int64_t>& capacity, const Array<int64_t>& reach) {
  const size_t m = static_cast<size_t>(to.nodes);
  to.capacity = Array<int32_t>(m);
  to.first = Array<int32_t>(m + 1);
  int64_t end = 0;
  for (size_t j = 0; j < m; j++) {
    to.first[j] = static_cast<int32_t>(end);
    to.capacity[j] = static_cast<int32_t>(std::min<int64_t>(capacity[j], kMostUnits));
    sizes.slots += capacity[j];
    if (capacity[j] < reach[j]) end += to.capacity[j];
    if (end > kMostSlots) return false;
  }
  to.first[m] = static_cast<int32_t>(end);
  to.plan = planOf(to, sizes);
  planChains(to, sizes);
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

bool layOut(const Classes& k, uint64_t seed, Layout& to, int32_t mostScale) {
  const size_t n = static_cast<size_t>(k.totalUnits);
  const size_t m = static_cast<size_t>(k.nodes);
  Sizes sizes;
  sizes.units = k.totalUnits;
  for (size_t a = 0; a < static_cast<size_t>(k.arcs()); a++) sizes.see(k.cost[a]);
  for (int32_t c = 0; c < k.classes; c++) {
    if (!k.mustServe(c)) sizes.seeUnserved(k.unserved[static_cast<size_t>(c)], k.units[static_cast<size_t>(c)]);
  }
  to.demands = static_cast<int32_t>(k.totalUnits);
  to.nodes = k.nodes;
  to.seed = seed;
  to.dense = k.dense;
  to.arcs = k.dense ? static_cast<int64_t>(k.classes) * k.nodes : k.arcs();
  to.reads = 0;
  to.scale = scaleFor(sizes, k.nodes, mostScale);
  to.begin = Array<int64_t>(n);
  to.count = Array<int32_t>(n);
  to.unserved = Array<int32_t>(n);
  if (k.dense) {
    to.cost = Array<int32_t>(static_cast<size_t>(to.arcs), kOff);
  } else {
    to.cost = Array<int32_t>(static_cast<size_t>(to.arcs));
    to.node = Array<int32_t>(static_cast<size_t>(to.arcs));
    std::copy(k.node.begin(), k.node.begin() + k.arcs(), to.node.begin());
  }
  Array<int64_t> reach(m, 0);
  size_t i = 0;
  for (size_t c = 0; c < static_cast<size_t>(k.classes); c++) {
    const size_t begin = static_cast<size_t>(k.offset[c]);
    const size_t end = static_cast<size_t>(k.offset[c + 1]);
    for (size_t a = begin; a < end; a++) {
      const size_t j = static_cast<size_t>(k.node[a]);
      to.cost[k.dense ? c * m + j : a] = static_cast<int32_t>(k.cost[a] * to.scale);
      reach[j] += k.units[c];
    }
    to.reads += k.units[c] * (k.dense ? k.nodes : static_cast<int64_t>(end - begin));
    for (int64_t q = 0; q < k.units[c]; q++, i++) {
      to.begin[i] = static_cast<int64_t>(k.dense ? c * m : begin);
      to.count[i] = k.dense ? k.nodes : static_cast<int32_t>(end - begin);
      to.unserved[i] = k.mustServe(static_cast<int32_t>(c)) ? kFar : static_cast<int32_t>(k.unserved[c] * to.scale);
    }
  }
  return completeLayout(to, sizes, k.capacity, reach);
}

std::vector<int64_t> wholePrices(const Layout& layout, const int32_t* price, bool& exact) {
  const int32_t s = layout.scale;
  std::vector<int32_t> having(static_cast<size_t>(s), 0);
  having[0] = 1;  // what goes unserved pays a price of 0
  for (size_t j = 0; j < static_cast<size_t>(layout.nodes); j++) {
    if (layout.capacity[j] > 0) having[static_cast<size_t>(price[j] % s)]++;
  }
  // From the top: with a single residue, or none that is better, the shift is 0.
  int32_t residue = s - 1;
  for (int32_t r = s - 1; r >= 0; r--) {
    if (having[static_cast<size_t>(r)] < having[static_cast<size_t>(residue)]) residue = r;
  }
  exact = having[static_cast<size_t>(residue)] == 0;
  std::vector<int64_t> whole(static_cast<size_t>(layout.nodes), 0);
  for (size_t j = 0; j < whole.size(); j++) {
    if (layout.capacity[j] > 0) whole[j] = (static_cast<int64_t>(price[j]) + (s - 1 - residue)) / s;
  }
  return whole;
}

Proof proofOf(const Tally& tally, const Layout& layout, const std::vector<int64_t>& scaled) {
  Proof proof;
  for (int s = 0; s < kSums; s++) {
    proof.primal += tally.primal[s];
    proof.dual += tally.dual[s];
  }
  for (size_t j = 0; j < scaled.size(); j++) proof.dual -= static_cast<__int128>(scaled[j]) * layout.capacity[j];
  proof.primal /= layout.scale;
  proof.dual /= layout.scale;
  proof.unplaced = tally.unplaced;
  return proof;
}

void takeOver(const Layout& layout, const int32_t* at, const int32_t* price, Market& market) {
  const Classes& k = market.k;
  bool exact = false;
  const std::vector<int64_t> whole = wholePrices(layout, price, exact);
  for (size_t j = 0; j < static_cast<size_t>(k.nodes); j++) {
    if (k.capacity[j] > 0) market.price[j] = whole[j];
  }
  Array<int32_t> placed(static_cast<size_t>(k.nodes), 0);
  std::vector<int32_t> used;
  size_t i = 0;
  for (int32_t c = 0; c < k.classes; c++) {
    ClassState& s = market.state[static_cast<size_t>(c)];
    used.clear();
    for (int64_t q = 0; q < k.units[static_cast<size_t>(c)]; q++, i++) {
      if (at[i] == kPooled) {
        s.pooled++;
        s.unplaced--;
      } else if (at[i] >= 0 && at[i] < layout.nodes && placed[static_cast<size_t>(at[i])]++ == 0) {
        used.push_back(at[i]);
      }
    }
    if (used.empty()) continue;
    // The arc of each node in use, at its cheapest; what does not fit stays without a place.
    for (int32_t a = s.begin; a < s.end; a++) {
      const size_t j = static_cast<size_t>(k.node[static_cast<size_t>(a)]);
      const int64_t units = std::min<int64_t>(placed[j], k.capacity[j] - market.load[j]);
      if (units <= 0) continue;
      placed[j] = 0;
      s.unplaced -= units;
      market.place(c, a, units, 0);
    }
    for (int32_t node : used) placed[static_cast<size_t>(node)] = 0;
  }
}

}  // namespace outbid::cuda
