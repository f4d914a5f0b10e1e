#include <atomic>
#include <chrono>
#include <cmath>

#include "certify.h"
#include "solve.h"

namespace outbid {

namespace {

// The caller's own arrays and placements, as they are.
template <class Cost>
struct ViewSource {
  const ProblemView& view;
  const double* prices;
  const int32_t* placedArcs;
  const int32_t* placedUnits;
  size_t placed;
  double sign;
  mutable size_t at = 0;
  int32_t rows() const { return view.demands; }
  int32_t nodes() const { return view.nodes; }
  int64_t size() const { return view.arcs + view.demands; }
  ViewSource from(int32_t i) const {
    ViewSource source = *this;
    source.at = static_cast<size_t>(std::lower_bound(placedArcs, placedArcs + placed, begin(i)) - placedArcs);
    return source;
  }
  int64_t begin(int32_t i) const { return view.offsets == nullptr ? static_cast<int64_t>(i) * view.nodes : view.offsets[i]; }
  int64_t end(int32_t i) const { return view.offsets == nullptr ? static_cast<int64_t>(i + 1) * view.nodes : view.offsets[i + 1]; }
  bool skip(int64_t a) const { return view.offsets == nullptr && std::isinf(cost(a)); }
  int32_t node(int32_t i, int64_t a) const {
    return view.targets == nullptr ? static_cast<int32_t>(a - static_cast<int64_t>(i) * view.nodes) : view.targets[a];
  }
  double cost(int64_t a) const { return sign * static_cast<double>(static_cast<const Cost*>(view.costs.data)[a]); }
  double price(int32_t j) const { return prices[j]; }
  int64_t units(int32_t i) const { return view.units.at(static_cast<size_t>(i)); }
  bool mustServe(int32_t i) const { return view.unservedCost.at(static_cast<size_t>(i)) == INFINITY; }
  double unserved(int32_t i) const { return view.unservedCost.at(static_cast<size_t>(i)); }
  bool bounded(int32_t) const { return view.arcCapacity.each != nullptr || view.arcCapacity.all != kNoBound; }
  int64_t bound(int64_t a) const { return view.arcCapacity.at(static_cast<size_t>(a)); }
  int64_t capacity(int32_t j) const { return view.capacity.at(static_cast<size_t>(j)); }
  // A node without tiers has one, of surcharge 0.
  bool hasTiers(int32_t j) const { return view.tierOffsets != nullptr && view.tierOffsets[j + 1] > view.tierOffsets[j]; }
  int32_t tiers(int32_t j) const { return hasTiers(j) ? view.tierOffsets[j + 1] - view.tierOffsets[j] : 1; }
  int64_t tierSlots(int32_t j, int32_t t) const { return hasTiers(j) ? view.tierSlots[view.tierOffsets[j] + t] : capacity(j); }
  double tierSurcharge(int32_t j, int32_t t) const { return hasTiers(j) ? view.tierSurcharge[view.tierOffsets[j] + t] : 0; }
  template <class F>
  void served(int32_t i, F fn) const {
    for (; at < placed && placedArcs[at] < end(i); at++) fn(placedArcs[at], placedUnits[at]);
  }
};

bool inRange(const ProblemView& view, const int32_t* placedArcs, size_t placed, int32_t threads) {
  for (size_t q = 0; q < placed; q++) {
    if (placedArcs[q] < (q == 0 ? 0 : placedArcs[q - 1] + 1) || placedArcs[q] >= view.arcs) return false;
  }
  if (view.tierOffsets != nullptr) {
    for (int32_t j = 0; j < view.nodes; j++) {
      if (view.tierOffsets[j] < 0 || view.tierOffsets[j + 1] < view.tierOffsets[j] || view.tierOffsets[j + 1] > view.tiers)
        return false;
    }
  }
  if (view.offsets == nullptr) return true;
  for (int32_t i = 0; i < view.demands; i++) {
    if (view.offsets[i] < 0 || view.offsets[i + 1] < view.offsets[i] || view.offsets[i + 1] > view.arcs) return false;
  }
  constexpr size_t kLeast = 1 << 16;  // arcs worth a thread
  std::atomic<bool> good{true};
  overStretches(threads, static_cast<size_t>(view.arcs), kLeast, [&](size_t from, size_t to) {
    bool inside = true;
    for (size_t a = from; a < to; a++) inside &= view.targets[a] >= 0 && view.targets[a] < view.nodes;
    if (!inside) good = false;
  });
  return good;
}

}  // namespace

Fault certificatePass(const ProblemView& view, const double* prices, const int32_t* placedArcs, const int32_t* placedUnits,
                      size_t placed, PassResult& result, int32_t threads) noexcept {
  try {
    if (!inRange(view, placedArcs, placed, threads)) return Fault::kProblemChanged;
    const double sign = view.maximize ? -1 : 1;
    const auto start = std::chrono::steady_clock::now();
    Certificate c;
    const auto run = [&](auto zero) {
      const ViewSource<decltype(zero)> source{view, prices, placedArcs, placedUnits, placed, sign};
      c = view.integer ? certifyOn<WholeDouble>(threads, source) : certifyOn<Floating>(threads, source);
    };
    switch (view.costs.type) {
      case CostType::kFloat64: run(double{}); break;
      case CostType::kFloat32: run(float{}); break;
      case CostType::kInt32: run(int32_t{}); break;
      case CostType::kUint32: run(uint32_t{}); break;
      case CostType::kInt16: run(int16_t{}); break;
      case CostType::kUint16: run(uint16_t{}); break;
      case CostType::kInt8: run(int8_t{}); break;
      case CostType::kUint8: run(uint8_t{}); break;
    }
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    result = PassResult{c.valid, c.unplaced, sign * c.primal + 0.0, sign * c.dual + 0.0, c.gap, c.tolerance, time.count()};
    return Fault::kNone;
  } catch (...) {
    return Fault::kOutOfMemory;
  }
}

}  // namespace outbid
