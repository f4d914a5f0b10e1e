#include "direct.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>

#include "scale.h"

namespace outbid::cuda {

namespace {

constexpr int32_t kSample = 256;
constexpr int32_t kRepeats = 16;  // one repeated demand in so many of the sample, and merging is worth more
constexpr int64_t kStart = 64;    // arcs that tell most demands apart

template <class Body>
void withCosts(const CostView& costs, Body body) {
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
}

int64_t beginOf(const ProblemView& v, int32_t demand) {
  return v.offsets == nullptr ? static_cast<int64_t>(demand) * v.nodes : v.offsets[demand];
}

int64_t slotsOf(const ProblemView& v) {
  int64_t slots = 0;
  for (size_t j = 0; j < static_cast<size_t>(v.nodes); j++) slots += v.capacity.at(j);
  return slots;
}

bool isPlain(const ProblemView& v) {
  if (!v.integer || v.demands == 0 || v.demands > kMostUnits || v.tierOffsets != nullptr) return false;
  if (v.arcCapacity.each != nullptr || v.arcCapacity.all != kNoBound) return false;
  for (size_t i = 0; i < static_cast<size_t>(v.demands); i++) {
    if (v.units.at(i) != 1) return false;
    if (v.units.each == nullptr) break;
  }
  for (size_t j = 0; j < static_cast<size_t>(v.nodes); j++) {
    if (v.capacity.at(j) == 0) return false;
  }
  return v.unservedCost.each != nullptr || v.unservedCost.all != HUGE_VAL || v.demands <= slotsOf(v);
}

uint64_t hashOf(const ProblemView& v, int32_t demand, int64_t mostArcs) {
  const int64_t begin = beginOf(v, demand);
  const int64_t end = beginOf(v, demand + 1);
  uint64_t hash = static_cast<uint64_t>(end - begin);
  const auto add = [&](uint64_t word) { hash = (hash ^ word) * 0x9E3779B97F4A7C15ull, hash ^= hash >> 29; };
  for (int64_t a = begin; a < begin + std::min(end - begin, mostArcs); a++) {
    if (v.targets != nullptr) add(static_cast<uint64_t>(v.targets[a]));
    add(std::bit_cast<uint64_t>(v.costs.at(static_cast<size_t>(a)) + 0.0));
  }
  return hash;
}

// Whole rows are looked at only of demands that begin alike.
bool repeats(const ProblemView& v) {
  std::unordered_map<uint64_t, int32_t> starts;
  std::unordered_set<uint64_t> seen;
  int32_t again = 0;
  int32_t looked = 0;
  const int32_t step = std::max(1, v.demands / kSample);
  for (int64_t at = 0; at < v.demands; at += step, looked++) {
    const int32_t i = static_cast<int32_t>(at);
    const auto [start, isNew] = starts.emplace(hashOf(v, i, kStart), i);
    if (isNew) continue;
    seen.insert(hashOf(v, start->second, INT64_MAX));
    again += seen.insert(hashOf(v, i, INT64_MAX)).second ? 0 : 1;
  }
  return again * kRepeats > looked;
}

}  // namespace

bool startDirect(const ProblemView& v, uint64_t seed, Layout& to) {
  if (!isPlain(v) || repeats(v)) return false;
  to.demands = v.demands;
  to.nodes = v.nodes;
  to.seed = seed;
  to.dense = v.offsets == nullptr;
  to.arcs = to.reads = v.arcs;
  to.caller = &v;
  return true;
}

DirectReader::DirectReader(const ProblemView& view)
    : view_(view), reach_(view.offsets == nullptr ? 0 : static_cast<size_t>(view.nodes)) {}

void DirectReader::begins(size_t from, size_t to, int64_t* out) const {
  for (size_t i = from; i < to; i++) out[i - from] = beginOf(view_, static_cast<int32_t>(i));
}

void DirectReader::counts(size_t from, size_t to, int32_t* out) const {
  for (size_t i = from; i < to; i++)
    out[i - from] = static_cast<int32_t>(beginOf(view_, static_cast<int32_t>(i) + 1) - beginOf(view_, static_cast<int32_t>(i)));
}

void DirectReader::nodes(size_t from, size_t to, int32_t* out) {
  std::copy(view_.targets + from, view_.targets + to, out);
  reach_.add(out, to - from);
}

// Without branches or comparisons of doubles, so that compilers make lanes of it.
template <class Cost>
void DirectReader::readCosts(const Cost* from, size_t count, bool maximize, int32_t* to, Seen& seen) {
  int32_t low = 0;
  int32_t high = 0;
  if constexpr (std::is_integral_v<Cost>) {
    // Exclusive or and subtraction turn a sign where the mask says so.
    const uint32_t mask = maximize ? ~0u : 0u;
    Cost least = 0;
    Cost most = 0;
    for (size_t a = 0; a < count; a++) {
      least = std::min(least, from[a]);
      most = std::max(most, from[a]);
      to[a] = static_cast<int32_t>((static_cast<uint32_t>(from[a]) ^ mask) - mask);
    }
    const int64_t sizes[] = {static_cast<int64_t>(least), static_cast<int64_t>(most)};
    if (sizes[0] < -kMostCost || sizes[1] > kMostCost) {
      seen.good = false;
      return;
    }
    low = static_cast<int32_t>(maximize ? -sizes[1] : sizes[0]);
    high = static_cast<int32_t>(maximize ? -sizes[0] : sizes[1]);
  } else {
    // Beside a number of 2^52 and a half, whole ones have their bits at the end, and others lose some.
    constexpr double kShift = 6755399441055744.0;
    constexpr uint64_t kInfinity = 0x7FF0000000000000u;
    constexpr uint64_t kSize = 0x7FFFFFFFFFFFFFFFu;  // all but the sign
    constexpr uint64_t kMost = std::bit_cast<uint64_t>(static_cast<double>(kMostCost));
    const double sign = maximize ? -1 : 1;
    uint64_t wrong = 0;
    uint64_t large = 0;  // its highest bit
    for (size_t a = 0; a < count; a++) {
      const double cost = sign * static_cast<double>(from[a]) + 0.0;
      const uint64_t bits = std::bit_cast<uint64_t>(cost);
      const uint64_t shifted = std::bit_cast<uint64_t>(cost + kShift);
      const uint64_t other = bits ^ kInfinity;
      const uint64_t usable = 0 - ((other | (0 - other)) >> 63);  // all bits, but none where the pair is forbidden
      wrong |= (std::bit_cast<uint64_t>((cost + kShift) - kShift) ^ bits) & usable;
      large |= (kMost - (bits & kSize)) & usable;
      const int32_t whole = static_cast<int32_t>(static_cast<uint32_t>(shifted & usable));
      low = std::min(low, whole);
      high = std::max(high, whole);
      to[a] = whole | static_cast<int32_t>(static_cast<uint32_t>(~usable) & kOff);
    }
    if (wrong != 0 || large >> 63 != 0) {
      seen.good = false;
      return;
    }
  }
  seen.low = low;
  seen.high = high;
}

void DirectReader::costs(size_t from, size_t to, int32_t* out) {
  Seen seen;
  withCosts(view_.costs, [&](const auto* costs) { readCosts(costs + from, to - from, view_.maximize, out, seen); });
  note(seen);
}

void DirectReader::unserved(size_t from, size_t to, int32_t* out) {
  Seen seen;
  for (size_t i = from; i < to; i++) {
    const double r = view_.unservedCost.at(i);
    const bool must = r == HUGE_VAL;
    const bool fits = std::fabs(r) <= kMostCost && r == std::floor(r);
    const int32_t whole = fits ? static_cast<int32_t>(r) : 0;
    seen.good &= must || fits;
    seen.low = std::min(seen.low, whole);
    seen.high = std::max(seen.high, whole);
    seen.mayGo += must ? 0 : 1;
    seen.unserved += std::abs(whole);
    out[i - from] = must ? kFar : whole;
  }
  note(seen);
}

void DirectReader::note(const Seen& seen) {
  std::lock_guard<std::mutex> lock(mutex_);
  seen_.good &= seen.good;
  seen_.low = std::min(seen_.low, seen.low);
  seen_.high = std::max(seen_.high, seen.high);
  seen_.mayGo += seen.mayGo;
  seen_.unserved += seen.unserved;
}

bool DirectReader::complete(Layout& to) const {
  if (!seen_.good || view_.demands - seen_.mayGo > slotsOf(view_)) return false;
  Sizes sizes;
  sizes.units = view_.demands;
  sizes.low = seen_.low;
  sizes.high = seen_.high;
  sizes.mayGo = seen_.mayGo;
  sizes.unserved = static_cast<double>(seen_.unserved);
  to.scale = scaleFor(sizes, view_.nodes, INT32_MAX);
  const size_t m = static_cast<size_t>(view_.nodes);
  Array<int64_t> capacity(m);
  Array<int64_t> reach(m, view_.demands);
  for (size_t j = 0; j < m; j++) {
    capacity[j] = view_.capacity.at(j);
    if (!to.dense) reach[j] = reach_[j];
  }
  if (!completeLayout(to, sizes, capacity, reach)) return false;
  if (to.warm != nullptr) {
    constexpr double kMost = 1 << 30;
    for (size_t j = 0; j < m; j++) to.initial[j] = to.scaledPrice(static_cast<int64_t>(std::min(kMost, to.warm[j])));
    startAtLast(to);
  }
  return true;
}

bool layOutDirect(const ProblemView& v, uint64_t seed, Layout& to) {
  if (!startDirect(v, seed, to)) return false;
  const size_t n = static_cast<size_t>(v.demands);
  const size_t arcs = static_cast<size_t>(v.arcs);
  DirectReader reader(v);
  to.begin = Array<int64_t>(n);
  to.count = Array<int32_t>(n);
  to.unserved = Array<int32_t>(n);
  to.cost = Array<int32_t>(arcs);
  if (!to.dense) to.node = Array<int32_t>(arcs);
  reader.begins(0, n, to.begin.data());
  reader.counts(0, n, to.count.data());
  reader.unserved(0, n, to.unserved.data());
  reader.costs(0, arcs, to.cost.data());
  if (!to.dense) reader.nodes(0, arcs, to.node.data());
  if (!reader.complete(to)) return false;
  for (Array<int32_t>* values : {&to.cost, &to.unserved}) {
    const Scale scale{values->data(), static_cast<int64_t>(values->size()), to.scale};
    for (int64_t k = 0; k < scale.count; k++) scale(k);
  }
  to.caller = nullptr;
  return true;
}

}  // namespace outbid::cuda
