// What a run on rows leaves behind: the answer, or a state that the general market takes over.
#pragma once

#include <vector>

#include "market.h"
#include "rows/row_parts.h"
#include "solve.h"

namespace outbid {

// Fills the answer from runs that all ended exact or within their gap. `parts` is empty where one solver had the whole.
void reportRows(const Rows& rows, const std::vector<PartRun>& runs, const std::vector<RowPart>& parts, Answer& answer);

// Placements and prices of all demands and nodes, in the caller's unit.
struct RowPlacements {
  std::vector<int32_t> at;      // demands: the node, kPooled or kUnplaced
  std::vector<int64_t> prices;  // nodes
};

// Where runs stood when they were handed over.
struct RowState {
  RowPlacements now;  // as they ended
  std::vector<int32_t>
      arcs;            // demands: the caller's arc each uses, -1: none. Known of runs that ended exact, within their gap or early
  RowPlacements best;  // with a deadline: where each last had a complete answer
  bool hasBest = true;
  bool stopped = false;

  RowState(const Rows& rows, const std::vector<PartRun>& runs, const std::vector<RowPart>& parts);
};

// Puts placements and prices into an empty general market over the same problem.
void takeOver(const RowPlacements& from, Market& market);

}  // namespace outbid
