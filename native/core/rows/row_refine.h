// From the optimum of rounded costs to that of the costs given.
//
// Rows have solved the problem of whole numbers exactly: at prices P every demand uses an arc of least pay. As given, each cost is off by
// half a unit at most, so only NEAR arcs - those that pay less than kNear units above the least - are likely to matter. A demand with one near
// arc (or none, and unserved) keeps it, and its slot is taken off the node. The others, an eighth of a fleet's demands, are a problem of their own with
// few arcs, which the general market takes from there: reduced costs at P on a finer grid, the exact finish, again where the tolerance is not
// reached (grid.h). A node whose slots are all kept has price max(P, what keeps the others away).
//
// Nothing rests on what was left out: the proof (row_proof.h) is over all arcs. Where it fails the general market takes the whole problem over.
#pragma once

#include "control.h"
#include "rows/row_answer.h"
#include "solve.h"

namespace outbid {

// Reports the end of a run on rounded costs. `exact`: all runs ended exact; else what they hold is reported if it meets the gap or if time is up.
// False: the general market must go on; nothing is reported.
bool reportFloats(const Rows& rows, const RowState& state, bool exact, double gap, uint64_t seed, Control& control, Answer& answer);

}  // namespace outbid
