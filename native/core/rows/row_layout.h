// Rows: the layout for problems whose demands want one unit each - no tiers, no arc capacities, whole costs that fit 28 bits.
//
// A row holds a demand's arcs in lines of one cache line each: eight nodes and their eight costs. Rows of up to two lines keep
// the caller's order; longer ones are sorted by cost, so that whoever scans them may stop early. Lanes without an arc lead to a
// node past the last one, whose price is out of reach, so no loop needs a mask for the tail. Nothing is merged: a sample tells
// whether demands repeat, and if they do the classes of classes.h are worth more than any loop.
#pragma once

#include <cstdint>

#include "array.h"
#include "classes.h"
#include "problem_view.h"
#include "solve.h"

namespace outbid {

constexpr int32_t kLanes = 8;
constexpr int32_t kShortLines = 2;  // rows of more lines are sorted by cost

// Magnitudes in 32 bits. A pay below kRowFar leads to a usable node; prices of nodes without slots and of empty lanes are kRowOff. With
// costs within 2^27, prices within 2^28 and search distances within 2^28 no sum below leaves 31 bits (see row_loops.inc).
constexpr int32_t kRowCost = 1 << 27;
constexpr int32_t kRowPrice = 1 << 28;
constexpr int32_t kRowFar = 3 << 28;
constexpr int32_t kRowOff = 1 << 30;

struct alignas(64) Line {
  int32_t node[kLanes];
  int32_t cost[kLanes];
};

struct Rows {
  int32_t demands = 0;
  int32_t nodes = 0;
  double sign = 1;  // -1: costs were values to be maximised
  Array<Line> lines;
  Array<int32_t> first;     // demands + 1: a row's first line
  Array<int32_t> offset;    // demands + 1: the caller's index of its first arc
  Array<int32_t> rank;      // lanes; of sorted rows the arc's place in the caller's row. Empty if no row is sorted
  Array<int32_t> unserved;  // demands; kRowFar: must be served
  Array<int32_t> capacity;  // nodes, as the caller gave it
  Array<int32_t> slots;     // nodes: capacity, or the number of arcs to the node where that is less
  int64_t totalCapacity = 0;
  int64_t mustServe = 0;    // demands that must be served
  bool hopeless = false;    // a demand that must be served has no arc to a node with slots
  int32_t lowest = 0;       // least cost, at most 0
  int32_t range = 1;        // largest cost or unserved cost minus the least, plus one
  double spread = 0;        // mean standard deviation of a demand's costs, over a sample of demands
  double meanUnserved = 0;  // mean size of the finite unserved costs
  size_t bytes() const;

  // The caller's index of the arc in a lane of a demand's row.
  int32_t callerArc(int32_t demand, int32_t lane) const {
    const size_t i = static_cast<size_t>(demand);
    const bool sorted = first[i + 1] - first[i] > kShortLines;
    return offset[i] + (sorted ? rank[static_cast<size_t>(first[i]) * kLanes + static_cast<size_t>(lane)] : lane);
  }
};

// Reads the caller's arrays into rows. `fits` tells whether the problem is of this kind at all; if not, the rows are of no use and
// nothing is at fault: the classes will read the problem again.
Fault readRows(const ProblemView& view, Rows& rows, bool& fits);

// The same problem in the caller's order, for the solver that merges: what a run hands over that leaves these magnitudes.
Fault mergeRows(const Rows& rows, Classes& classes);

}  // namespace outbid
