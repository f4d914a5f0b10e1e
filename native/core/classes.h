// Classes: identical demands merged into one. How the answer is dealt back to them stands in split.h.
//
// A class stands for demands with equal arcs (same nodes in the same order, same costs) and equal unserved cost. It wants the
// sum of their units. An arc capacity that cannot bind its demand (a_ij >= d_i on every arc) is dropped; where one can, only
// demands whose units AND bounds are all equal merge, and the class's bounds are the members' bounds times their number: with
// unequal members a class could use room that no member has (units 1 and 3, bound 2 each: 4 on the arc, but only 3 can be dealt).
//
// Costs carry the sign of the sense: the core always minimises. For float data `exactCost` keeps the doubles and `cost` is
// filled by the grid (grid.h).
#pragma once

#include <cstdint>
#include <vector>

#include "array.h"
#include "problem_view.h"
#include "solve.h"

namespace outbid {

// Magnitudes in 64 bits. Integer data stays below 2^53, a float grid below 2^57, so any pay of a usable node is below kFar,
// and any pay of a node without slots is above it.
constexpr int64_t kInfinite = int64_t{1} << 61;  // no value: must be served, no bound, no alternative
constexpr int64_t kBlocked = int64_t{1} << 60;   // the price of a node without slots while solving
constexpr int64_t kFar = int64_t{1} << 59;

struct Classes {
  int32_t demands = 0;
  int32_t classes = 0;
  int32_t nodes = 0;
  bool integer = false;
  bool bounded = false;  // some class has arc bounds
  double sign = 1;       // -1: costs were values to be maximised

  Array<int32_t> offset;        // classes + 1
  Array<int32_t> node;          // arcs
  Array<int64_t> cost;          // arcs
  Array<double> exactCost;      // arcs; float data only
  Array<int64_t> bound;         // arcs; kInfinite: none. Empty unless `bounded`
  Array<uint8_t> isBounded;     // classes
  Array<int64_t> units;         // classes
  Array<int64_t> unserved;      // classes, cost per unit; kInfinite: must be served
  Array<double> exactUnserved;  // classes; float data only
  Array<int32_t> first;         // classes: the first demand of the class
  Array<int32_t> members;       // classes
  Array<int32_t> classOf;       // demands
  Array<int32_t> demandUnits;   // demands
  Array<int32_t> firstArc;      // demands: the caller's index of the row's first arc. Sparse only
  Array<int32_t> arcCapacity;   // the caller's, per arc; empty where one holds for all
  int32_t arcCapacityOfAll = kNoBound;
  bool dense = false;

  Array<int64_t> capacity;           // nodes
  Array<int32_t> tierOffset;         // nodes + 1; every node has at least one tier
  Array<int64_t> tierSlots;          // tiers
  Array<int64_t> tierSurcharge;      // tiers
  Array<double> exactTierSurcharge;  // tiers; float data only

  int64_t totalUnits = 0;
  int64_t totalCapacity = 0;

  int32_t arcs() const { return offset[static_cast<size_t>(classes)]; }
  bool mustServe(int32_t c) const { return unserved[static_cast<size_t>(c)] >= kInfinite; }
  // The caller's index of a demand's arc, given the arc of its class.
  int32_t callerArc(int32_t demand, int32_t arc) const {
    const size_t i = static_cast<size_t>(demand);
    if (dense) return static_cast<int32_t>(static_cast<int64_t>(demand) * nodes + node[static_cast<size_t>(arc)]);
    return firstArc[i] + (arc - offset[static_cast<size_t>(classOf[i])]);
  }
  bool hasArcCapacities() const { return !arcCapacity.empty() || arcCapacityOfAll != kNoBound; }
  int32_t callerArcCapacity(int32_t arc) const {
    return arcCapacity.empty() ? arcCapacityOfAll : arcCapacity[static_cast<size_t>(arc)];
  }
  size_t bytes() const;
};

// Reads the caller's arrays once each, checks every value read, merges. kProblemChanged if anything is out of range.
Fault mergeClasses(const ProblemView& view, Classes& classes);

}  // namespace outbid
