// The core's classes as a board.
//
// Every unit of a class is a demand of its own here; demands of one class share their arcs; tiers and arc capacities are unfolded (unfolding.h). A
// full matrix with neither becomes one row of costs for each class.
//
// Costs that need more bits than a board has - large ones, and float costs, which the core puts on a grid of 57 bits - lose their last: the board
// is then an opening for the core's finish, nearly always one with little to do, and proves nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "array.h"
#include "board.h"
#include "classes.h"
#include "plan.h"
#include "unfolding.h"

namespace outbid::cuda {

// What the steps only read. Of a plain problem (direct.h) the arrays of demands and arcs may be left with the caller, to be written where a
// device takes them from (image.h): they are empty then, and `caller` is set.
struct Layout {
  int32_t demands = 0;
  int32_t nodes = 0;
  bool dense = false;
  int32_t scale = 1;
  uint64_t seed = 0;
  int64_t arcs = 0;
  bool mayDiffer = true;  // between equals, from run to run: what chains (matrix.h) may do
  int64_t reads = 0;      // arcs that all demands together read in a pass
  const ProblemView* caller = nullptr;
  const double* warm = nullptr;          // the caller's prices to begin with, of a layout that startDirect began
  int32_t coarse = 0;                    // bits that the costs have lost
  std::unique_ptr<Unfolding> unfolding;  // nullptr: nothing was unfolded
  Array<int64_t> begin;
  Array<int32_t> count;
  Array<int32_t> node;  // empty if dense
  Array<int32_t> cost;
  Array<int32_t> unserved;
  Array<int32_t> capacity;
  Array<int32_t> first;
  Array<int32_t> initial;  // prices to begin with, scaled
  Plan plan;

  size_t slots() const { return static_cast<size_t>(first[first.size() - 1]); }
  // A price of the classes on this board.
  int32_t scaledPrice(int64_t whole) const;
  // The scaled costs of a demand's usable arcs, wherever the arrays are.
  void costsOf(size_t demand, std::vector<int32_t>& costs) const;
};

constexpr int64_t kMostUnits = int64_t{1} << 27;  // demands of a board
constexpr int64_t kMostReads = int64_t{1} << 32;  // arcs that all units together read in a pass
constexpr int64_t kMostSlots = int64_t{1} << 30;  // slots that are kept

// The nodes' part and the plan, once arcs and demands are there; reach: per node, the units with an arc to it. False: too many slots.
bool completeLayout(Layout& to, Sizes& sizes, const Array<int64_t>& capacity, const Array<int64_t>& reach);

// Of classes whose costs are whole (grid.h). Returns nullptr, or why they do not fit a board: what a message can say after "the problem has ".
// `warm`: prices of their nodes to begin with, nullptr for none. `mostScale`: scale by no more.
const char* layOut(const Classes& classes, uint64_t seed, Layout& to, const std::vector<int64_t>* warm = nullptr,
                   int32_t mostScale = INT32_MAX);

}  // namespace outbid::cuda
