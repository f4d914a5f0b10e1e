#include "direct.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "rows/row_answer.h"

namespace outbid::cuda {

namespace {

constexpr int32_t kSample = 256;
constexpr int32_t kRepeats = 16;  // one repeated demand in so many of the sample, and merging is worth more

template <class Body>
bool withCosts(const CostView& costs, Body body) {
  switch (costs.type) {
    case CostType::kFloat64: return body(static_cast<const double*>(costs.data));
    case CostType::kFloat32: return body(static_cast<const float*>(costs.data));
    case CostType::kInt32: return body(static_cast<const int32_t*>(costs.data));
    case CostType::kUint32: return body(static_cast<const uint32_t*>(costs.data));
    case CostType::kInt16: return body(static_cast<const int16_t*>(costs.data));
    case CostType::kUint16: return body(static_cast<const uint16_t*>(costs.data));
    case CostType::kInt8: return body(static_cast<const int8_t*>(costs.data));
    case CostType::kUint8: return body(static_cast<const uint8_t*>(costs.data));
  }
  return false;
}

int64_t beginOf(const ProblemView& v, int32_t demand) {
  return v.offsets == nullptr ? static_cast<int64_t>(demand) * v.nodes : v.offsets[demand];
}

bool isPlain(const ProblemView& v) {
  if (!v.integer || v.demands == 0 || v.demands > kMostUnits || v.tierOffsets != nullptr) return false;
  if (v.arcCapacity.each != nullptr || v.arcCapacity.all != kNoBound) return false;
  for (size_t i = 0; i < static_cast<size_t>(v.demands); i++) {
    if (v.units.at(i) != 1) return false;
    if (v.units.each == nullptr) break;
  }
  int64_t slots = 0;
  for (size_t j = 0; j < static_cast<size_t>(v.nodes); j++) {
    if (v.capacity.at(j) == 0) return false;
    slots += v.capacity.at(j);
  }
  int64_t must = 0;
  for (size_t i = 0; i < static_cast<size_t>(v.demands); i++) must += v.unservedCost.at(i) == HUGE_VAL ? 1 : 0;
  return must <= slots;
}

bool repeats(const ProblemView& v) {
  std::unordered_set<uint64_t> seen;
  int32_t again = 0;
  int32_t looked = 0;
  const int32_t step = std::max(1, v.demands / kSample);
  for (int32_t i = 0; i < v.demands; i += step, looked++) {
    uint64_t hash = 0;
    const auto add = [&](uint64_t word) { hash = (hash ^ word) * 0x9E3779B97F4A7C15ull, hash ^= hash >> 29; };
    for (int64_t a = beginOf(v, i); a < beginOf(v, i + 1); a++) {
      if (v.targets != nullptr) add(static_cast<uint64_t>(v.targets[a]));
      const double cost = v.costs.at(static_cast<size_t>(a));
      add(static_cast<uint64_t>(static_cast<int64_t>(std::isfinite(cost) ? cost : 0)) + 1);
    }
    again += seen.insert(hash).second ? 0 : 1;
  }
  return again * kRepeats > looked;
}

// Whole costs in the minimising sense; false if one is out of range.
template <class Cost>
bool readCosts(const Cost* from, size_t count, bool maximize, int32_t* to, Sizes& sizes) {
  const double sign = maximize ? -1 : 1;
  int32_t low = 0;
  int32_t high = 0;
  bool good = true;
  for (size_t a = 0; a < count; a++) {
    const double cost = sign * static_cast<double>(from[a]);
    if (cost == HUGE_VAL) {
      to[a] = kOff;
      continue;
    }
    good &= cost <= kMostCost && cost >= -kMostCost;
    const int32_t whole = good ? static_cast<int32_t>(cost) : 0;
    good &= whole == cost;
    low = std::min(low, whole);
    high = std::max(high, whole);
    to[a] = whole;
  }
  sizes.see(low);
  sizes.see(high);
  return good;
}

}  // namespace

bool layOutDirect(const ProblemView& v, uint64_t seed, Layout& to) {
  if (!isPlain(v) || repeats(v)) return false;
  const size_t n = static_cast<size_t>(v.demands);
  const size_t m = static_cast<size_t>(v.nodes);
  const size_t arcs = static_cast<size_t>(v.arcs);
  Sizes sizes;
  sizes.units = v.demands;
  to.demands = v.demands;
  to.nodes = v.nodes;
  to.seed = seed;
  to.dense = v.offsets == nullptr;
  to.cost = Array<int32_t>(arcs);
  if (!withCosts(v.costs, [&](const auto* costs) { return readCosts(costs, arcs, v.maximize, to.cost.data(), sizes); }))
    return false;
  to.unserved = Array<int32_t>(n);
  for (size_t i = 0; i < n; i++) {
    const double r = v.unservedCost.at(i);
    if (r == HUGE_VAL) {
      to.unserved[i] = kFar;
      continue;
    }
    if (!(std::fabs(r) <= kMostCost) || r != std::floor(r)) return false;
    to.unserved[i] = static_cast<int32_t>(r);
    sizes.seeUnserved(to.unserved[i], 1);
  }
  to.scale = scaleFor(sizes, v.nodes, INT32_MAX);
  for (int32_t& cost : to.cost) {
    if (cost != kOff) cost *= to.scale;
  }
  for (int32_t& unserved : to.unserved) {
    if (unserved != kFar) unserved *= to.scale;
  }
  to.begin = Array<int64_t>(n);
  to.count = Array<int32_t>(n);
  for (int32_t i = 0; i < v.demands; i++) {
    to.begin[static_cast<size_t>(i)] = beginOf(v, i);
    to.count[static_cast<size_t>(i)] = static_cast<int32_t>(beginOf(v, i + 1) - beginOf(v, i));
  }
  Array<int64_t> reach(m, to.dense ? v.demands : 0);
  if (!to.dense) {
    to.node = Array<int32_t>(arcs);
    std::copy(v.targets, v.targets + arcs, to.node.begin());
    for (int32_t node : to.node) reach[static_cast<size_t>(node)]++;
  }
  Array<int64_t> capacity(m);
  for (size_t j = 0; j < m; j++) capacity[j] = v.capacity.at(j);
  return completeLayout(to, sizes, capacity, reach);
}

bool isOptimal(const Layout& layout, const int32_t* at, const Proof& proof) {
  if (proof.unplaced != 0 || proof.dual != proof.primal) return false;
  std::vector<int32_t> load(static_cast<size_t>(layout.nodes), 0);
  for (int32_t i = 0; i < layout.demands; i++) {
    if (at[i] >= 0 && ++load[static_cast<size_t>(at[i])] > layout.capacity[static_cast<size_t>(at[i])]) return false;
  }
  return true;
}

void answerDirect(const ProblemView& v, const Layout& layout, const int32_t* at, const std::vector<int64_t>& prices,
                  const int64_t* value, const Proof& proof, Answer& answer) {
  const double sign = v.maximize ? -1 : 1;
  answer.status = Status::kOptimal;
  answer.objective = answer.bound = sign * static_cast<double>(proof.primal) + 0.0;
  answer.gap = answer.tolerance = 0;
  answer.prices.assign(prices.begin(), prices.end());
  answer.values.resize(static_cast<size_t>(v.demands));
  answer.assignment.assign(at, at + v.demands);
  answer.placedArcs.reserve(static_cast<size_t>(v.demands));
  for (int32_t i = 0; i < v.demands; i++) {
    const size_t k = static_cast<size_t>(i);
    answer.values[k] = value[k] == INT64_MAX ? sign * HUGE_VAL : sign * static_cast<double>(value[k] / layout.scale) + 0.0;
    if (at[i] < 0) continue;
    int64_t arc = beginOf(v, i);
    if (v.targets == nullptr)
      arc += at[i];
    else
      while (v.targets[arc] != at[i]) arc++;
    answer.placedArcs.push_back(static_cast<int32_t>(arc));
  }
  answer.placedUnits.assign(answer.placedArcs.size(), 1);
  answer.stats.classes = v.demands;
}

bool DirectOpening::open(Market& market, Control&) {
  bool exact = false;
  outbid::takeOver(RowPlacements{at_, wholePrices(layout_, price_.data(), exact)}, market);
  return true;
}

}  // namespace outbid::cuda
