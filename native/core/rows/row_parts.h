// Parts: where demands and nodes fall into groups with no arc between them - models that share no node, as a rule - each group is a problem of
// its own, and threads may solve them side by side. The cut depends on the problem alone, never on the number of threads: groups are
// dealt, the largest first, to at most kMostParts parts of nearly equal size. A problem that one group dominates is not cut.
#pragma once

#include <memory>
#include <vector>

#include "control.h"
#include "rows/row_layout.h"
#include "rows/row_solver.h"

namespace outbid {

constexpr int32_t kMostParts = 8;

struct RowPart {
  Rows rows;
  std::vector<int32_t> demands;  // of the part: their index in the whole
  std::vector<int32_t> nodes;
};

// The parts of sparse rows; empty: the rows stay one problem. Nodes without arcs belong to none.
std::vector<RowPart> splitRows(const Rows& rows);

// Runs a solver on every part, on `threads` threads, this one included. A deadline and a stop of `control` hold for all. Returns the
// solvers and how each ended, in the order of the parts.
struct PartRun {
  std::unique_ptr<RowSolver> solver;
  RowEnd end = RowEnd::kStopped;
};
std::vector<PartRun> runParts(std::vector<RowPart>& parts, uint64_t seed, double gap, int32_t threads, Control& control);

}  // namespace outbid
