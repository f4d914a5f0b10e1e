// Rows: the layout for problems whose demands want one unit each - no tiers, no arc capacities, costs that fit 28 bits.
//
// A row holds a demand's arcs in lines of one cache line each: eight nodes and their eight costs. Lanes without an arc lead to
// a node past the last one, whose price is out of reach, so no loop needs a mask for the tail. Rows of three lines and more are
// ordered where prices are never negative: no arc of a line, and of those behind it, costs less than the line's first, so that
// a scan may stop early. A long row stands twice: whole, in the caller's order, and as a list of its cheapest arcs. Auction and
// paths look at lists alone - a smaller problem over the same demands and nodes -, the certificate at whole rows; arcs it finds
// missing join the lists and the demands concerned are placed again, until none is missing; where lists miss too much, all look at
// whole rows. Whole rows of a full matrix are plain costs, node after node, so that prices need no gathering.
//
// Float costs are rounded to whole multiples of a power of two, and the doubles kept beside them: rows solve the rounded problem, and
// row_refine.h goes on from there to the given one.
//
// Nothing is merged: a sample tells whether demands repeat, and if they do the classes of classes.h are worth more than any loop.
#pragma once

#include <cstdint>

#include "array.h"
#include "classes.h"
#include "problem_view.h"
#include "solve.h"

namespace outbid {

constexpr int32_t kLanes = 8;
constexpr int32_t kPlainLines = 2;    // rows of up to this many lines keep the caller's order
constexpr int32_t kOrderedLines = 8;  // rows of more stand twice

// Magnitudes in 32 bits. A pay below kRowFar leads to a usable node; prices of nodes without slots and of empty lanes, and costs of forbidden
// pairs, are kRowOff. With costs within 2^27, prices within -2^27 .. 2^28 and search distances within 2^28 no sum leaves 31 bits (row_loops.h).
constexpr int32_t kRowCost = 1 << 27;
constexpr int32_t kRowPrice = 1 << 28;
constexpr int32_t kRowFar = 3 << 28;
constexpr int32_t kRowOff = 7 << 27;

struct alignas(64) Line {
  int32_t node[kLanes];
  int32_t cost[kLanes];
};

struct Rows {
  int32_t demands = 0;
  int32_t nodes = 0;
  double sign = 1;    // -1: costs were values to be maximised
  int32_t scale = 1;  // what all costs here are multiples of: room for epsilons below one where costs differ by little

  bool integer = true;          // the costs here are the caller's; else
  int32_t exponent = 0;         // they are multiples of 2 to minus this,
  bool rounded = false;         // some of them rounded to that, and here they are as given, in the minimising sense:
  Array<double> exact;          // arcs, in the caller's order
  Array<double> exactUnserved;  // demands

  Array<Line> lines;          // short rows, and the lists of long ones
  Array<int32_t> first;       // demands: the first line of each,
  Array<int32_t> last;        // and one past its last
  int32_t usedLines = 0;      // lines that are in use
  Array<int32_t> roomEnd;     // demands: where the room of a list ends that has grown; empty if none has
  Array<int32_t> floor;       // demands: what an arc outside the list costs at least; kRowOff: the list is the row
  bool ordered = false;       // rows of three lines and more are; then
  Array<uint8_t> rank;        // says for each lane of such a row the arc's place in the caller's
  Array<Line> whole;          // sparse long rows in the caller's order
  Array<int32_t> wholeFirst;  // demands + 1; empty if there are none
  Array<int32_t> matrix;      // full matrix: costs, `stride` a row; kRowOff: forbidden
  int32_t stride = 0;         // a multiple of kLanes; 0: not a full matrix
  Array<int32_t> offset;      // demands + 1: the caller's index of a row's first arc. Sparse only
  bool listed = false;        // some row is long, and lists are worth while

  Array<int32_t> unserved;  // demands; kRowFar: must be served
  Array<int32_t> capacity;  // nodes, as the caller gave it
  Array<int32_t> slots;     // nodes: how many slots can be used at most
  int64_t totalCapacity = 0;
  int64_t mustServe = 0;    // demands that must be served
  bool hopeless = false;    // a demand that must be served has no arc to a node with slots
  int32_t range = 1;        // largest of 0, the costs and the unserved costs minus the least of them, plus one
  double spread = 0;        // spreadOf lists
  double meanUnserved = 0;  // mean size of the finite unserved costs

  // More must be served than there are slots, or a demand that must has nowhere to go.
  bool cannotServe() const { return hopeless || mustServe > totalCapacity; }
  // The caller's index of a row's first arc.
  size_t firstArc(int32_t demand) const {
    const size_t i = static_cast<size_t>(demand);
    return stride > 0 ? i * static_cast<size_t>(nodes) : static_cast<size_t>(offset[i]);
  }
  int32_t arcsOf(int32_t demand) const {
    const size_t i = static_cast<size_t>(demand);
    return stride > 0 ? nodes : offset[i + 1] - offset[i];
  }
  bool isLong(int32_t demand) const { return floor[static_cast<size_t>(demand)] < kRowOff; }
  // The caller's place of the arc at a place of the row as it stands here.
  int32_t callerPlace(int32_t demand, int32_t place) const {
    const size_t i = static_cast<size_t>(demand);
    const bool moved = ordered && !isLong(demand) && last[i] - first[i] > kPlainLines;
    return moved ? rank[static_cast<size_t>(first[i]) * kLanes + static_cast<size_t>(place)] : place;
  }
  // The node and cost of the arc at a place of the row as it stands here. Cost kRowOff: forbidden.
  int32_t nodeAt(int32_t demand, int32_t place) const {
    return stride > 0 ? place : wholeLines(demand)[place / kLanes].node[place % kLanes];
  }
  int32_t costAt(int32_t demand, int32_t place) const {
    if (stride > 0) return matrix[static_cast<size_t>(demand) * static_cast<size_t>(stride) + static_cast<size_t>(place)];
    return wholeLines(demand)[place / kLanes].cost[place % kLanes];
  }
  // Sparse: the lines of the whole row.
  const Line* wholeLines(int32_t demand) const {
    const size_t i = static_cast<size_t>(demand);
    return isLong(demand) ? whole.data() + wholeFirst[i] : lines.data() + first[i];
  }
  // Adds arcs to the list of a long row; it moves to the end of the lines where it does not fit any more.
  void extend(int32_t demand, const int32_t* moreNodes, const int32_t* moreCosts, int32_t count);
  int32_t wholeCount(int32_t demand) const { return (arcsOf(demand) + kLanes - 1) / kLanes; }
  // Mean standard deviation of the costs of a demand, over a sample of demands: of its list, where it has one, or of its whole row.
  double spreadOf(bool lists) const;
  size_t bytes() const;
};

// Reads the caller's arrays into rows. `fits` tells whether the problem is of this kind at all; if not, the rows are of no use and
// nothing is at fault: the classes will read the problem again. `scalable`: costs may be scaled, because only an exact end will be reported.
Fault readRows(const ProblemView& view, bool scalable, Rows& rows, bool& fits);

// The same problem in the caller's order, for the solver that merges: what a run hands over that leaves these magnitudes.
Fault mergeRows(const Rows& rows, Classes& classes);

}  // namespace outbid
