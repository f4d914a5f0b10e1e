#include "rows/row_solver.h"

#include <algorithm>
#include <cmath>

namespace outbid {

namespace {

constexpr int32_t kRounds = 12;  // of adding arcs to lists; two or three are the rule (Euclidean, n = 2000: two)

constexpr double kLightLoad = 0.6;  // demands a slot up to which a load is light

// Every parameter of the schedule. None decides the answer, all of them the time. Measured as core milliseconds, layout left out, on the
// families of bench/: fleets 150k x 12.5k of 16 arcs at load 0.50 / 0.90 / 0.99, fleets 10k x 500, sparse assignment 100k of 8 / 16 / 32
// arcs, matrices. What is read from the data: whether units outnumber slots, whether they are as many and all must be served, how far the
// costs of a demand (of its list, where it has one) spread.
struct RowParameters {
  int32_t theta;  // epsilon divides by this from phase to phase
  int32_t kappa;  // discount in epsilons
  int32_t start;  // first epsilon
  int32_t last;   // last epsilon
};

RowParameters parametersOf(const Rows& rows, const RowMarket& market, double spread) {
  RowParameters p;
  const int32_t last = std::max(1, rows.range >> 17);  // 10 for costs to 1e6; 1 or 30 there: level
  if (rows.demands > rows.totalCapacity && rows.mustServe == 0) {
    // Overload. Start: 3.3 (unserved cost / 4), 3.4 (/ 2), 3.6 (/ 8), 3.8 (/ 16) on 10k. theta, kappa: 3.3 (5, 5), 3.8 (6, 8), 4.9 (4, 8),
    // 5.5 (10, 20): nearly every node is full, and a small discount saves bids.
    p = {5, 5, static_cast<int32_t>(rows.meanUnserved / 4), 1};
  } else if (market.balanced && market.single) {
    // Assignment. Start: spread / 4, / 2, / 1: 131, 125, 125 (8 arcs), 288, 181, 246 (16), 267, 255, 315 (32); Euclidean, n = 2000: 8.9, 8.0,
    // 9.5. theta 5 to 15: level, 30: slower. No discount: what is optimal stays so when all prices fall together.
    p = {10, 0, static_cast<int32_t>(spread / 2), last};
  } else if (static_cast<double>(rows.demands) <= kLightLoad * static_cast<double>(rows.totalCapacity)) {
    // Most nodes stay free, and a smaller start wastes no war. Start: spread / 4, / 8, / 16, / 32: 28.1, 26.8, 24.5, 25.5 on 150k, 1.2, 1.2, 1.0,
    // 1.1 on 10k, both at load 0.50. One phase at 2: 28.8 and 1.2.
    p = {6, 12, static_cast<int32_t>(spread / 16), last};
  } else {
    // Start: spread / 4, / 2, / 8, / 16: 33, 36, 29, 27 at load 0.50, 45, 52, 73, 65 at 0.90, 101, 92, 92, 101 at 0.99. kappa at theta 6: 8, 12,
    // 16: 43, 45, 52 at 0.90, 136, 101, 100 at 0.99; 4: 102, 2: 129 at 0.90, all of it pulls. theta 4, 8, 10 with twice that: level within a tenth.
    p = {6, 12, static_cast<int32_t>(spread / 4), last};
  }
  p.start = std::max(p.last, std::min(p.start, kRowCost / 16));
  return p;
}

// Lists are given up after the first phase where more than one demand in kListed, of a sample, would pay less outside its list by more
// than epsilon: hot nodes fill all lists then, and what is cheap now lies outside. Requests of an inference network, 60,000 x 5,000 x 217:
// 198 of 1,024, and 1,270 ms with lists, 510 without; matrices 0 to 3 (uniform), 11 to 15 (Euclidean), and without lists 2 to 4 times as slow.
constexpr int32_t kListSample = 1024;
constexpr int32_t kListed = 16;

constexpr int32_t kSettleSweeps = 5;  // sparse assignment, 8 arcs: 60,174 pushes and 125 ms without, 2,971 and 101 ms with 5
constexpr int32_t kSettled = 200;     // sweeps end when fewer than one demand in this many was moved
// First width of the columns for pulls, in last epsilons. Enough for the fleets of bench/, not for an inference network of hot nodes.
constexpr int32_t kWidth = 32;
// Float costs are rounded to 23 bits whatever they differ by, so a last epsilon says little of how far prices fall: where nodes have several slots the
// first width is at least this part of what a demand's costs spread. A fleet of 30,000 x 2,500, costs with fractions, millions of instructions, reading and
// making it included: 831, 824, 798, 800 without, with 8, 4, 2 at load 1.20; 804, 780, 781, 785 at 0.99; 715, 709, 709, 711 at 0.90. For whole
// costs it is level but on the contended fleet, where wide columns hold too much: 145 ms without, 175 with it.
constexpr double kSpreadWidths = 4;
// But no more than this many times the other. Fleets of 150,000 with fractions at load 0.99 and 1.20: 170 and 184 ms without, 160 and 182 with 4,
// 131 and 141 with 16; where costs span six decades, which spreads them more than it matters, 68, 70 and 75 ms.
constexpr int32_t kWidest = 16;
constexpr int64_t kBidsPerDemand = 64;  // and node, in a phase; then the finish places what is left

}  // namespace

RowSolver::RowSolver(Rows& rows, uint64_t seed, double gap, Control& control, const char* unit)
    : market(rows, seed),
      value(static_cast<size_t>(rows.demands) + kLanes, 0),
      place(static_cast<size_t>(rows.demands)),
      rows_(rows),
      gap_(gap),
      control_(control),
      loops_(rowLoops(unit)) {}

void RowSolver::note() {
  bestAt.assign(market.at.begin(), market.at.end());
  bestPrice.assign(market.price.begin(), market.price.end());
}

bool RowSolver::gapMet() {
  if (!(gap_ > 0)) return false;
  certificate = loops_.certify(market, value.data(), place.data());
  return certificate.valid && static_cast<double>(certificate.primal - certificate.dual) <= gap_;
}

bool RowSolver::listsMissMuch(int32_t epsilon) const {
  if (!rows_.listed) return false;
  const int32_t sample = std::min(rows_.demands, kListSample);
  int32_t missed = 0;
  for (int32_t s = 0; s < sample; s++) {
    const int32_t i = static_cast<int32_t>(static_cast<int64_t>(s) * rows_.demands / sample);
    if (!rows_.isLong(i)) continue;
    missed += loops_.paysLessOutside(market, i, epsilon) ? 1 : 0;
  }
  return missed > sample / kListed;
}

RowEnd RowSolver::run() {
  if (rows_.cannotServe()) return RowEnd::kHandOver;
  RowParameters parameters = parametersOf(rows_, market, rows_.spread);
  const int64_t limit = kBidsPerDemand * (static_cast<int64_t>(rows_.demands) + rows_.nodes) + 1024;
  int32_t epsilon = parameters.start;
  for (bool firstPhase = true;;) {
    const ForwardEnd end = loops_.forward(market, epsilon, limit, firstPhase, control_);
    market.seatAll();
    if (end == ForwardEnd::kStopped) return RowEnd::kStopped;
    if (end == ForwardEnd::kListsTooShort ||
        (end == ForwardEnd::kAllPlaced && firstPhase && market.lists && listsMissMuch(epsilon))) {
      // A war among lists has driven prices where whole rows never would; lowering them takes longer than to start over.
      market.lists = false;
      market.startOver();
      parameters = parametersOf(rows_, market, rows_.spreadOf(false));
      epsilon = parameters.start;
      firstPhase = true;
      continue;
    }
    if (end != ForwardEnd::kAllPlaced) break;
    if (control_.hasDeadline) note();
    if (gapMet()) return RowEnd::kGapMet;
    if (epsilon <= parameters.last) break;
    epsilon = std::max(parameters.last, epsilon / parameters.theta);
    loops_.restart(market, epsilon,
                   static_cast<int32_t>(std::min<int64_t>(kRowPrice, static_cast<int64_t>(parameters.kappa) * epsilon)));
    if (control_.mustStop()) return RowEnd::kStopped;
    firstPhase = false;
  }
  if (market.balanced && market.single) {
    for (int32_t sweep = 0; sweep < kSettleSweeps; sweep++) {
      if (loops_.settle(market) < rows_.demands / kSettled) break;
    }
  }
  // Each round adds arcs to lists, so there is a last one; without lists the first is. Where it is long in coming, whole rows.
  for (int32_t round = 0;; round++) {
    if (round == kRounds) market.lists = false;
    if (!finish()) return control_.ended() ? RowEnd::kStopped : RowEnd::kHandOver;
    certificate = loops_.certify(market, value.data(), place.data());
    if (!certificate.valid) return RowEnd::kHandOver;
    if (certificate.primal == certificate.dual) return RowEnd::kExact;
    if (!rows_.listed || !market.lists) return RowEnd::kHandOver;
  }
}

bool RowSolver::endEarly() {
  if (!bestAt.empty()) {
    std::copy(bestAt.begin(), bestAt.end(), market.at.begin());
    std::copy(bestPrice.begin(), bestPrice.end(), market.price.begin());
  } else {
    market.load.fill(0);
    for (int32_t at : market.at) {
      if (at >= 0) market.load[static_cast<size_t>(at)]++;
    }
    for (int32_t i = 0; i < rows_.demands; i++) {
      int32_t& at = market.at[static_cast<size_t>(i)];
      if (at != kUnplaced) continue;
      int32_t least = rows_.unserved[static_cast<size_t>(i)];
      at = kPooled;
      for (int32_t a = 0; a < (rows_.stride > 0 ? rows_.nodes : rows_.wholeCount(i) * kLanes); a++) {
        const int32_t node = rows_.nodeAt(i, a);
        if (node == rows_.nodes || rows_.costAt(i, a) >= least) continue;
        if (market.load[static_cast<size_t>(node)] >= market.capacity[static_cast<size_t>(node)]) continue;
        least = rows_.costAt(i, a);
        at = node;
      }
      if (least == kRowFar) return false;
      if (at >= 0) market.load[static_cast<size_t>(at)]++;
    }
  }
  // Any prices prove a bound; those reported are multiples of the scale, and what is proven must be what is reported.
  for (int32_t j = 0; j < rows_.nodes; j++) {
    int32_t& price = market.price[static_cast<size_t>(j)];
    if (market.capacity[static_cast<size_t>(j)] > 0) price -= (price % rows_.scale + rows_.scale) % rows_.scale;
  }
  market.noteLeast();
  certificate = loops_.certify(market, value.data(), place.data());
  return certificate.valid;
}

bool RowSolver::finish() {
  loops_.drop(market, value.data());
  market.findHungry();
  RowSearch search(rows_.nodes);
  int32_t highest = 0;
  for (int32_t j = 0; j < rows_.nodes; j++) {
    if (market.capacity[static_cast<size_t>(j)] > 0) highest = std::max(highest, market.price[static_cast<size_t>(j)]);
  }
  for (int32_t q = 0; q < market.drops; q++) {
    if ((q & 3) == 0 && control_.mustStop()) return false;
    control_.progress(Phase::kFinish, rows_.demands - market.drops + q, rows_.demands, 0.8 + 0.1 * q / market.drops);
    if (!loops_.push(market, search, market.dropped[static_cast<size_t>(q)])) {
      if (!rows_.listed || !market.lists) return false;
      market.lists = false;  // no way over listed arcs: prices may not fit the whole rows, so drop once more
      loops_.drop(market, value.data());
      market.findHungry();
      q = -1;
      continue;
    }
    for (int32_t v : search.settled) highest = std::max(highest, market.price[static_cast<size_t>(v)]);
    if (highest > kRowPrice) return false;
  }
  market.drops = 0;
  if (market.hungers == 0) return true;
  if (market.pushes > 0) {
    // Values as pushes left them: every demand now pays its least.
    for (int32_t i = 0; i < rows_.demands; i++) {
      const size_t k = static_cast<size_t>(i);
      value[k] = market.at[k] >= 0 ? market.paid[k] + market.price[static_cast<size_t>(market.at[k])] : rows_.unserved[k];
    }
  }
  // A pull that ends where the columns are too narrow waits for wider ones, until all that need none have been made: few wait, and their
  // prices have fallen by then.
  std::vector<int32_t> waiting;
  for (int32_t j = 0; j < rows_.nodes; j++) {
    if (market.hungry[static_cast<size_t>(j)] > 0) waiting.push_back(j);
  }
  RowColumns columns;
  int32_t width = kWidth * std::max(1, rows_.range >> 17);
  if (!rows_.integer && !(market.balanced && market.single))
    width = std::clamp(static_cast<int32_t>(rows_.spread / kSpreadWidths), width, width * kWidest);
  while (!waiting.empty()) {
    loops_.buildColumns(market, value.data(), width, columns);
    int32_t needed = 0;
    size_t left = 0;
    for (const int32_t j : waiting) {
      const size_t k = static_cast<size_t>(j);
      bool tooNarrow = false;
      while (!tooNarrow && market.hungry[k] > 0 && market.price[k] > 0) {
        if ((market.pulls & 15) == 0 && control_.mustStop()) return false;
        control_.progress(Phase::kFinish, rows_.demands, rows_.demands, 0.9 + 0.08 * j / rows_.nodes);
        tooNarrow = !loops_.pull(market, search, columns, value.data(), j);
      }
      if (tooNarrow) {
        needed = std::max(needed, search.widthNeeded);
        waiting[left++] = j;
      } else {
        market.hungry[k] = 0;
      }
    }
    waiting.resize(left);
    if (left > 0 && control_.mustStop()) return false;
    width = std::max(needed, width > kRowPrice / 4 ? kRowFar : width * 4);
  }
  return true;
}

}  // namespace outbid
