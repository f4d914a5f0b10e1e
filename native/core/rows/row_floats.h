// Float costs as they are read in: copied, and a unit chosen - a power of two - whose multiples they are rounded to.
//
// The largest cost takes kFloatBits bits; of the 27 that costs may have, prices need the rest, which may rise far above any cost. Where
// that rounding would blur what is there to choose from - neighbours among the cheapest arcs of a demand come to lie within a few units, though
// not equal - the general market, whose grid has 57 bits, does better.
#pragma once

#include "problem_view.h"
#include "rows/row_layout.h"
#include "rows/row_loops.h"

namespace outbid {

// Fills the exact costs, the unserved costs of both kinds and the unit. False: rows do not suit them.
bool readFloats(const ProblemView& view, const RowLoops& loops, Rows& rows);

}  // namespace outbid
