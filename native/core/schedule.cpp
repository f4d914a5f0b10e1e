#include "schedule.h"

#include <algorithm>
#include <cmath>

#include "certificate.h"
#include "reach.h"
#include "simplex.h"

namespace outbid {

Schedule::Schedule(Market& market, Grid& grid, Control& control, Reach& reach, double gap)
    : market_(market), grid_(grid), control_(control), reach_(reach), gap_(gap) {
  market_.priceCeiling = grid.ceiling();
}

Bidder& Schedule::bidder() {
  if (!bidder_) bidder_.emplace(market_, control_, reach_);
  return *bidder_;
}

bool Schedule::suitsSimplex() const {
  const Classes& k = market_.k;
  return k.totalUnits >= parameters_.unitsForSimplex * k.classes && k.classes <= parameters_.classesForSimplex * k.nodes &&
         k.nodes <= parameters_.nodesForSimplex * k.classes;
}

bool Schedule::overloaded() const {
  const Classes& k = market_.k;
  if (k.totalUnits <= k.totalCapacity) return false;
  for (int32_t c = 0; c < k.classes; c++) {
    if (k.mustServe(c)) return false;
  }
  return true;
}

int64_t Schedule::startEpsilon() const {
  const Classes& k = market_.k;
  if (overloaded()) {
    double sum = 0;
    for (int32_t c = 0; c < k.classes; c++) sum += static_cast<double>(std::abs(k.unserved[static_cast<size_t>(c)]));
    return std::max<int64_t>(1, static_cast<int64_t>(sum / std::max(1, k.classes) / 4));
  }
  double deviations = 0;
  int64_t rows = 0;
  for (int32_t c = 0; c < k.classes; c++) {
    const int32_t begin = k.offset[static_cast<size_t>(c)];
    const int32_t end = k.offset[static_cast<size_t>(c) + 1];
    if (end - begin < 2) continue;
    double sum = 0;
    double squares = 0;
    const double shift = static_cast<double>(k.cost[static_cast<size_t>(begin)]);
    for (int32_t a = begin; a < end; a++) {
      const double v = static_cast<double>(k.cost[static_cast<size_t>(a)]) - shift;
      sum += v;
      squares += v * v;
    }
    const double count = end - begin;
    deviations += std::sqrt(std::max(0.0, squares / count - (sum / count) * (sum / count)));
    rows++;
  }
  if (rows == 0) return 1;
  return std::max<int64_t>(
      1, static_cast<int64_t>(deviations / static_cast<double>(rows) / static_cast<double>(parameters_.spreadDivisor)));
}

int64_t Schedule::lastEpsilon(int64_t start) const {
  const Classes& k = market_.k;
  std::vector<int64_t> gaps;
  const int32_t sample = std::min(k.classes, parameters_.sampled);
  for (int32_t s = 0; s < sample; s++) {
    const size_t c = static_cast<size_t>(static_cast<int64_t>(s) * k.classes / sample);
    int64_t least = kInfinite;
    int64_t next = kInfinite;
    for (int32_t a = k.offset[c]; a < k.offset[c + 1]; a++) {
      const int64_t v = k.cost[static_cast<size_t>(a)];
      next = std::min(next, std::max(v, least));
      least = std::min(least, v);
    }
    if (next < kInfinite && next > least) gaps.push_back(next - least);
  }
  int64_t last = costRange(k) / parameters_.lastDivisor;
  if (!gaps.empty()) {
    const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
    std::nth_element(gaps.begin(), middle, gaps.end());
    last = std::min(last, *middle / parameters_.gapDivisor);
  }
  return std::max<int64_t>(1, std::min(last, start / parameters_.startDivisor));
}

void Schedule::restart(int64_t epsilon, int64_t discount) {
  const Classes& k = market_.k;
  for (int32_t j = 0; j < k.nodes; j++) {
    const size_t at = static_cast<size_t>(j);
    if (k.capacity[at] > 0) market_.price[at] = std::max(market_.floorOf(j), market_.price[at] - discount);
  }
  const int64_t* price = market_.price.data();
  const int64_t forced = bidder().forced();
  for (int32_t c = 0; c < k.classes; c++) {
    market_.prefetchBlock(c);
    ClassState& s = market_.state[static_cast<size_t>(c)];
    if (s.head < 0 && s.pooled == 0) continue;
    // Least and second least pay over arcs with room and the pool; the least one's arc.
    int64_t u1 = k.unserved[static_cast<size_t>(c)];
    int64_t u2 = kInfinite;
    int32_t least = -1;
    const bool bounded = k.isBounded[static_cast<size_t>(c)] != 0;
    for (int32_t a = k.offset[static_cast<size_t>(c)]; a < k.offset[static_cast<size_t>(c) + 1]; a++) {
      const int64_t v = k.cost[static_cast<size_t>(a)] + price[k.node[static_cast<size_t>(a)]];
      if (v >= u2 || (bounded && market_.roomOf(c, a) <= 0)) continue;
      if (v < u1) {
        u2 = u1;
        u1 = v;
        least = a;
      } else {
        u2 = v;
      }
    }
    if (s.pooled > 0 && k.unserved[static_cast<size_t>(c)] > u1 + epsilon) {
      s.unplaced += s.pooled;
      s.pooled = 0;
    }
    const bool elsewhere = s.blocks > 1;
    for (int32_t id = s.head; id >= 0;) {
      const Block b = market_.block(id);
      const int64_t v = market_.pay(b);
      if (v > u1 + epsilon) {
        s.unplaced += b.count;
        market_.take(id, b.count);
      } else {
        const int64_t level = b.arc == least && !elsewhere ? u2 : u1;
        const int64_t bid = (level >= kFar ? v + forced : level + epsilon) - b.cost;
        market_.setBid(id, std::max(price[b.node], bid));
      }
      id = b.next;
    }
  }
  for (int32_t j = 0; j < k.nodes; j++) {
    if (k.capacity[static_cast<size_t>(j)] > 0) bidder().lift(j);
  }
}

// For float data the grid's own gap would say nothing of what rounding to it hid.
bool Schedule::gapMet() const {
  if (!(gap_ > 0)) return false;
  if (market_.k.integer) {
    const Certificate c = certifyWhole(market_);
    return c.valid && c.unplaced == 0 && c.gap <= gap_;
  }
  std::vector<double> prices(static_cast<size_t>(market_.k.nodes));
  grid_.exportPrices(market_, prices.data());
  const Certificate c = certifyFloat(market_, prices.data());
  return c.valid && c.unplaced == 0 && c.gap <= gap_;
}

ScheduleEnd Schedule::run(bool warm) {
  const Classes& k = market_.k;
  const int32_t hopeless = hopelessClass(k);
  if (hopeless >= 0) {
    reach_.stuck.assign(1, hopeless);
    return ScheduleEnd::kInfeasible;
  }
  if (!warm && suitsSimplex()) {
    Simplex simplex(market_, control_, grid_.largest());
    simplex.run();
    return control_.ended() ? ScheduleEnd::kStopped : refinish();
  }
  const int64_t start = startEpsilon();
  const int64_t last = lastEpsilon(start);
  const int64_t epsilon = std::max(last, warm ? last : start);
  width_ = std::max<int64_t>(32, std::min(epsilon, last * parameters_.startDivisor));
  const ScheduleEnd end = descend(epsilon, last, overloaded() ? parameters_.kappaOverload : parameters_.kappa, true, warm);
  if (end != ScheduleEnd::kExact) return end;
  bool unjustified = false;
  for (int missing = grid_.bitsMissing(); missing > 0; missing = grid_.bitsMissing()) {
    if (!grid_.refine(market_, grid_.mostFor(missing))) break;
    unjustified = true;
    forgetBest();
    if (!manyMove()) break;
    if (const ScheduleEnd again = descendFrom(grid_.unit()); again != ScheduleEnd::kExact) return again;
  }
  const ScheduleEnd finished = refinish();
  if (!unjustified || finished != ScheduleEnd::kExact || grid_.isUnclamped(market_)) return finished;
  grid_.coarsen(market_);
  forgetBest();
  return refinish();
}

void Schedule::forgetBest() {
  best.forget();
  if (control_.hasDeadline) best.note(market_);
}

ScheduleEnd Schedule::descend(int64_t epsilon, int64_t last, int64_t kappa, bool first, bool warm) {
  const Classes& k = market_.k;
  const int64_t theta = overloaded() ? parameters_.thetaOverload : parameters_.theta;
  const int64_t limit = parameters_.bidsPerClass * (static_cast<int64_t>(k.classes) + k.nodes) + 1024;
  for (;; first = false) {
    const ForwardEnd end = bidder().forward(epsilon, limit, first);
    if (end == ForwardEnd::kStopped) return ScheduleEnd::kStopped;
    if (end == ForwardEnd::kInfeasible) return ScheduleEnd::kInfeasible;
    if (end == ForwardEnd::kLeftovers) break;
    if (first && warm) {
      Columns columns;
      columns.build(market_, kInfinite);
      reverse(market_, columns, epsilon, 4 * static_cast<int64_t>(k.nodes) + 64, control_);
      if (control_.ended()) return ScheduleEnd::kStopped;
    }
    if (control_.hasDeadline) best.note(market_);
    if (gapMet()) return ScheduleEnd::kGapMet;
    if (epsilon <= last) break;
    epsilon = std::max(last, epsilon / theta);
    restart(epsilon, kappa * epsilon);
    if (control_.mustStop()) return ScheduleEnd::kStopped;
  }
  return ScheduleEnd::kExact;
}

bool Schedule::manyMove() const {
  const Classes& k = market_.k;
  int64_t moving = 0;
  for (int32_t c = 0; c < k.classes; c++) {
    const ClassState& s = market_.state[static_cast<size_t>(c)];
    int64_t most = s.pooled > 0 ? k.unserved[static_cast<size_t>(c)] : -kInfinite;
    for (int32_t id = s.head; id >= 0; id = market_.block(id).next) most = std::max(most, market_.pay(market_.block(id)));
    bool moves = k.unserved[static_cast<size_t>(c)] < most;
    for (int32_t a = k.offset[static_cast<size_t>(c)]; a < k.offset[static_cast<size_t>(c) + 1] && !moves; a++)
      moves = market_.payArc(a) < most && market_.roomOf(c, a) > 0;
    moving += moves ? 1 : 0;
  }
  return moving * parameters_.moving > k.classes;
}

ScheduleEnd Schedule::descendFrom(int64_t epsilon) {
  earlierBids_ += bidder_ ? bidder_->bids : 0;
  bidder_.emplace(market_, control_, reach_);
  const int64_t last = lastEpsilon(epsilon);
  width_ = std::max<int64_t>(32, last);
  market_.priceCeiling = grid_.ceiling();
  epsilon = std::max(last, epsilon);
  const int64_t kappa = overloaded() ? parameters_.kappaOverload : parameters_.kappaFiner;
  restart(epsilon, kappa * epsilon);
  return descend(epsilon, last, kappa, false, false);
}

ScheduleEnd Schedule::refinish() {
  market_.priceCeiling = grid_.ceiling();
  switch (finish(market_, control_, reach_, width_, finishStats)) {
    case FinishEnd::kExact: return ScheduleEnd::kExact;
    case FinishEnd::kStopped: return ScheduleEnd::kStopped;
    case FinishEnd::kInfeasible: return ScheduleEnd::kInfeasible;
  }
  return ScheduleEnd::kStopped;
}

}  // namespace outbid
