// The schedule of a board: its scale, its first and last epsilon, how far prices come down between phases, chains or rounds.
#pragma once

#include <cstdint>

#include "board.h"

namespace outbid::cuda {

struct Layout;

// Scaled costs stay within this: prices rise to some multiples of the largest cost, and kMostPrice ends a bid.
constexpr int64_t kScaledCost = 1 << 26;
constexpr int32_t kSteps = 64;  // of a circle that may gain if all are at epsilon from their least

// What a layout's scale and plan are read from, in the classes' unit, but for the bits that are left out.
struct Sizes {
  int64_t low = 0;  // of 0, the costs and the unserved costs
  int64_t high = 0;
  int64_t units = 0;
  int64_t mayGo = 0;    // units that may go unserved,
  double unserved = 0;  // and the sum of their unserved costs' sizes
  int64_t slots = 0;
  void see(int64_t cost) {
    if (cost < low) low = cost;
    if (cost > high) high = cost;
  }
  void seeUnserved(int64_t cost, int64_t times);
};

int32_t scaleFor(const Sizes& sizes, int32_t nodes, int32_t mostScale);

// Of a layout that is complete but for its plan.
void planFor(Layout& layout, const Sizes& sizes);
// The plan where prices to begin with are at hand: the last epsilon alone, raised in a war like any first one.
void startAtLast(Layout& layout);

}  // namespace outbid::cuda
