#include "plan.h"

#include <algorithm>
#include <cmath>

#include "layout.h"

namespace outbid::cuda {

namespace {

constexpr int32_t kSoloRows = 8;          // rows of a matrix that one block reads in about the time of a grid's barriers
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

void planFor(Layout& layout, const Sizes& sizes) {
  layout.plan = planOf(layout, sizes);
  planChains(layout, sizes);
}

void startAtLast(Layout& layout) {
  layout.plan.start = layout.plan.last;
  layout.plan.warm = 1;
}

}  // namespace outbid::cuda
