#include "snapshot.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <mutex>
#include <type_traits>

#include "../core/threads.h"

namespace outbid::backend {

namespace {

constexpr double kExactRange = 9007199254740992.0;  // 2^53
const double kFloatRange = std::ldexp(1.0, 960);
constexpr size_t kLeast = 1 << 18;  // bytes worth a thread

size_t bytesOf(CostType type) {
  switch (type) {
    case CostType::kFloat64: return 8;
    case CostType::kFloat32:
    case CostType::kInt32:
    case CostType::kUint32: return 4;
    case CostType::kInt16:
    case CostType::kUint16: return 2;
    case CostType::kInt8:
    case CostType::kUint8: return 1;
  }
  return 8;
}

}  // namespace

template <class T>
void Snapshot::keep(const T*& data, size_t count) {
  if (data == nullptr) return;
  const size_t bytes = count * sizeof(T);
  // One more than needed, so that an empty array has an address too.
  Array<double> copy(bytes / sizeof(double) + 1);
  const char* from = reinterpret_cast<const char*>(data);
  char* to = reinterpret_cast<char*>(copy.data());
  overStretches(threads_, bytes, kLeast, [&](size_t begin, size_t end) {
    if (end > begin) std::memcpy(to + begin, from + begin, end - begin);
  });
  data = reinterpret_cast<const T*>(copy.data());
  own_.push_back(std::move(copy));
}

Failure Snapshot::take(const ProblemView& view, const double* prices, bool copy, int32_t threads) {
  threads_ = threads;
  view_ = view;
  prices_ = prices;
  if (copy) {
    const size_t n = static_cast<size_t>(view.demands);
    const size_t m = static_cast<size_t>(view.nodes);
    const size_t arcs = static_cast<size_t>(view.arcs);
    keep(view_.offsets, n + 1);
    keep(view_.targets, arcs);
    const char* costs = static_cast<const char*>(view.costs.data);
    keep(costs, arcs * bytesOf(view.costs.type));
    view_.costs.data = costs;
    keep(view_.units.each, n);
    keep(view_.unservedCost.each, n);
    keep(view_.capacity.each, m);
    keep(view_.arcCapacity.each, arcs);
    keep(view_.tierOffsets, m + 1);
    keep(view_.tierSlots, static_cast<size_t>(view.tiers));
    keep(view_.tierSurcharge, static_cast<size_t>(view.tiers));
    keep(prices_, m);
  }
  if (!check()) return {"PROBLEM_CHANGED", ""};
  describe();
  return {};
}

// Remembers the largest size; false if the value is not finite, not whole where it must be, or out of range.
bool Snapshot::fits(double value, double& largest) const {
  const double size = std::fabs(value);
  if (!(size <= (view_.integer ? kExactRange : kFloatRange))) return false;
  if (view_.integer && value != std::trunc(value)) return false;
  if (size > largest) largest = size;
  return true;
}

bool Snapshot::check() {
  if (view_.demands < 0 || view_.nodes < 0 || view_.arcs < 0 || view_.arcs > INT32_MAX) return false;
  needs_ = view_.offsets == nullptr ? OUTBID_FEATURE_DENSE : OUTBID_FEATURE_SPARSE;
  if (!view_.integer) needs_ |= OUTBID_FEATURE_FLOAT_COSTS;
  if (view_.maximize) needs_ |= OUTBID_FEATURE_MAXIMIZE;
  for (size_t i = 0; i < static_cast<size_t>(view_.demands); i++) {
    const int32_t units = view_.units.at(i);
    const double r = view_.unservedCost.at(i);
    if (units < 0 || (r != INFINITY && !note(r))) return false;
    if (units != 1) needs_ |= OUTBID_FEATURE_UNITS;
    if (r != INFINITY) needs_ |= OUTBID_FEATURE_UNSERVED;
    totalUnits_ += units;
    largestCount_ = std::max(largestCount_, units);
  }
  if (!checkNodes() || !checkArcs()) return false;
  for (size_t j = 0; prices_ != nullptr && j < static_cast<size_t>(view_.nodes); j++) {
    if (!(prices_[j] >= 0 && prices_[j] < INFINITY)) return false;
  }
  // The range the caller was promised (COST_RANGE), on the values that stand here now.
  const double limit = view_.integer ? kExactRange : kFloatRange;
  const double shorter = std::min(view_.demands, view_.nodes);
  return static_cast<double>(totalUnits_) * largestCost_ <= limit && 2 * largestCost_ * (shorter + 1) <= limit;
}

bool Snapshot::checkNodes() {
  int64_t read = 0;
  if (view_.tierOffsets != nullptr) {
    needs_ |= OUTBID_FEATURE_TIERS;
    if (view_.tierOffsets[0] != 0) return false;
  }
  for (size_t j = 0; j < static_cast<size_t>(view_.nodes); j++) {
    const int32_t capacity = view_.capacity.at(j);
    if (capacity < 0) return false;
    if (capacity > 1) needs_ |= OUTBID_FEATURE_CAPACITY;
    largestCount_ = std::max(largestCount_, capacity);
    if (view_.tierOffsets == nullptr) continue;
    const int64_t stop = view_.tierOffsets[j + 1];
    if (stop < read || stop > view_.tiers) return false;
    if (stop == read) continue;  // one tier of surcharge 0
    int64_t slots = 0;
    double below = 0;
    for (; read < stop; read++) {
      const double g = view_.tierSurcharge[read];
      if (view_.tierSlots[read] < 0 || !(g >= below) || !note(g)) return false;
      below = g;
      slots += view_.tierSlots[read];
    }
    if (slots != capacity) return false;
  }
  return view_.tierOffsets == nullptr || read == view_.tiers;
}

bool Snapshot::checkArcs() {
  const size_t arcs = static_cast<size_t>(view_.arcs);
  if (view_.arcCapacity.each != nullptr) {
    for (size_t a = 0; a < arcs; a++) {
      const int32_t bound = view_.arcCapacity.each[a];
      if (bound < 0) return false;
      if (bound != kNoBound) needs_ |= OUTBID_FEATURE_ARC_CAPACITY;
    }
  } else if (view_.arcCapacity.all != kNoBound) {
    if (view_.arcCapacity.all < 0) return false;
    needs_ |= OUTBID_FEATURE_ARC_CAPACITY;
  }
  if (view_.offsets != nullptr) {
    if (view_.offsets[0] != 0 || view_.offsets[view_.demands] != view_.arcs) return false;
    for (int32_t i = 0; i < view_.demands; i++) {
      if (view_.offsets[i + 1] < view_.offsets[i]) return false;
    }
    if (!checkTargets()) return false;
  }
  return checkCosts();
}

// Every target is a node, and none stands twice with a demand.
bool Snapshot::checkTargets() const {
  const size_t n = static_cast<size_t>(view_.demands);
  // Demands worth a thread, and worth what it remembers of every node.
  const size_t least = 1 + n * std::max(kLeast, static_cast<size_t>(view_.nodes)) / (static_cast<size_t>(view_.arcs) + n + 1);
  std::atomic<bool> good{true};
  overStretches(threads_, n, least, [&](size_t from, size_t to) {
    Array<int32_t> seen(static_cast<size_t>(view_.nodes) + 1, -1);
    bool own = true;
    for (size_t i = from; i < to && own; i++) {
      for (int32_t a = view_.offsets[i]; a < view_.offsets[i + 1]; a++) {
        const int32_t j = view_.targets[a];
        own = j >= 0 && j < view_.nodes && seen[static_cast<size_t>(j)] != static_cast<int32_t>(i);
        if (!own) break;
        seen[static_cast<size_t>(j)] = static_cast<int32_t>(i);
      }
    }
    if (!own) good = false;
  });
  return good;
}

bool Snapshot::checkCosts() {
  std::atomic<bool> good{true};
  std::mutex mutex;
  overStretches(threads_, static_cast<size_t>(view_.arcs), kLeast, [&](size_t from, size_t to) {
    double largest = 0;
    bool own = false;
    switch (view_.costs.type) {
      case CostType::kFloat64: own = checkCosts<double>(from, to, largest); break;
      case CostType::kFloat32: own = checkCosts<float>(from, to, largest); break;
      case CostType::kInt32: own = checkCosts<int32_t>(from, to, largest); break;
      case CostType::kUint32: own = checkCosts<uint32_t>(from, to, largest); break;
      case CostType::kInt16: own = checkCosts<int16_t>(from, to, largest); break;
      case CostType::kUint16: own = checkCosts<uint16_t>(from, to, largest); break;
      case CostType::kInt8: own = checkCosts<int8_t>(from, to, largest); break;
      case CostType::kUint8: own = checkCosts<uint8_t>(from, to, largest); break;
    }
    if (!own) good = false;
    std::lock_guard<std::mutex> lock(mutex);
    largestCost_ = std::max(largestCost_, largest);
  });
  return good;
}

template <class Cost>
bool Snapshot::checkCosts(size_t from, size_t to, double& largest) const {
  const Cost* costs = static_cast<const Cost*>(view_.costs.data);
  if constexpr (std::is_integral_v<Cost>) {
    Cost low = 0;
    Cost high = 0;
    for (size_t a = from; a < to; a++) {
      low = std::min(low, costs[a]);
      high = std::max(high, costs[a]);
    }
    return fits(static_cast<double>(low), largest) && fits(static_cast<double>(high), largest);
  } else {
    const double forbidden = view_.offsets != nullptr ? NAN : view_.maximize ? -INFINITY : INFINITY;
    for (size_t a = from; a < to; a++) {
      const double cost = static_cast<double>(costs[a]);
      if (!fits(cost, largest) && cost != forbidden) return false;
    }
    return true;
  }
}

void Snapshot::describe() {
  problem_.size = sizeof(outbid_problem);
  problem_.demands = view_.demands;
  problem_.nodes = view_.nodes;
  problem_.cost_type = static_cast<uint32_t>(view_.costs.type);
  problem_.arcs = view_.arcs;
  problem_.offsets = view_.offsets;
  problem_.targets = view_.targets;
  problem_.costs = view_.costs.data;
  problem_.units = {view_.units.each, view_.units.all};
  problem_.unserved_cost = {view_.unservedCost.each, view_.unservedCost.all};
  problem_.capacity = {view_.capacity.each, view_.capacity.all};
  problem_.arc_capacity = {view_.arcCapacity.each, view_.arcCapacity.all};
  problem_.tier_offsets = view_.tierOffsets;
  problem_.tier_slots = view_.tierSlots;
  problem_.tier_surcharge = view_.tierSurcharge;
  problem_.tiers = view_.tiers;
  problem_.maximize = view_.maximize;
  problem_.integer = view_.integer;
  problem_.needs = needs_;
}

size_t Snapshot::bytes() const {
  size_t sum = 0;
  for (const Array<double>& array : own_) sum += array.bytes();
  return sum;
}

}  // namespace outbid::backend
