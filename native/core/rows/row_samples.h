// What a sample of demands tells of all while rows are read.
#pragma once

#include "problem_view.h"
#include "rows/row_layout.h"
#include "rows/row_loops.h"

namespace outbid {

constexpr int32_t kMostListed = 48;  // arcs in the list of a long row, at most

// Whether so many demands look equal - in their first arcs - that classes are worth their while.
bool demandsRepeat(const ProblemView& view);

// Where the cheapest arcs of a demand differ by a few units, epsilon 1 is not small; a quarter of a unit is. Returns the bits that whole costs
// should be multiplied by 2 to; the rows' shape and unserved costs have been read.
int32_t narrowBits(const ProblemView& view, const Rows& rows, const RowLoops& loops);

// Whether the nodes in the lists of a sample of demands have slots for as many demands as there are. Where most demands like the same few
// nodes they have not; then a war among lists would end nowhere.
bool listsHoldAll(const Rows& rows);

}  // namespace outbid
