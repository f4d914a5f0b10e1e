// A whole warm market in flat arrays: MarketState of lib/backend/engine.ts.
#pragma once

#include <cstdint>
#include <vector>

namespace outbid::ticks {

constexpr int32_t kNoBound = 2147483647;
// MUST_SERVE of lib/backend/engine.ts: the must-serve part of a price that leaves the engine, on the grid.
constexpr double kMustServe = 2251799813685248.0;

// Borrowed rows of several demands, checked by the caller; bounds may be null.
struct RowsView {
  int32_t count = 0;
  const int32_t* slots = nullptr;
  const int32_t* offsets = nullptr;
  const int32_t* targets = nullptr;
  const double* costs = nullptr;
  const int32_t* bounds = nullptr;
  const int32_t* units = nullptr;
  const double* unservedCost = nullptr;
  const double* keep = nullptr;
};

struct MarketState {
  std::vector<int32_t> capacity, tierOffsets, tierSlots;
  std::vector<double> tierSurcharge, price;
  std::vector<int32_t> slots, offsets, targets, bounds, units;
  std::vector<double> costs, unservedCost, keep;
  std::vector<uint8_t> held;
  std::vector<int32_t> pooled, pooledBase, flow, base, fixed, lost;

  RowsView rows() const {
    return {static_cast<int32_t>(slots.size()),       slots.data(), offsets.data(),      targets.data(), costs.data(),
            bounds.empty() ? nullptr : bounds.data(), units.data(), unservedCost.data(), keep.data()};
  }
};

struct UpdateOutcome {
  bool complete = false;
  bool restarted = false;
  bool interrupted = false;
  double objective = 0;
  double gap = 0;
  int64_t missing = 0;
  int64_t pushes = 0;
  int64_t pulls = 0;
  int64_t expanded = 0;
};

}  // namespace outbid::ticks
