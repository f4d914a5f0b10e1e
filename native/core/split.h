// Split: the answer of a class dealt to the demands it stands for.
#pragma once

#include <vector>

#include "classes.h"

namespace outbid {

// One placement of a class: `units` units on its arc.
struct ClassPlacement {
  int32_t arc = 0;
  int64_t units = 0;
};

// Deals the placements of every class to its members: placements of class c are list[start[c]] .. list[start[c + 1] - 1]. Classes
// without bounds: member after member in index order. Bounded classes: node after node, one unit at a time to the members in turn,
// never restarting the turn, so that each gets the floor or the ceiling of its share of every arc (<= its bound) and exactly
// its units. Fills answer.placedArcs, answer.placedUnits and, where every demand wants one unit, answer.assignment.
void splitClasses(const Classes& classes, const Array<int32_t>& start, const std::vector<ClassPlacement>& list, Answer& answer);

}  // namespace outbid
