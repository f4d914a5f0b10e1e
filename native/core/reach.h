// Reachability: can one more unit of a class be placed at all, whatever it costs?
//
// From the class over arcs with room to nodes, from a full node to the classes that use it, and so on. A free slot, or a class
// that may go unserved, is a way out. If there is none, let S be the classes reached and R the nodes: nodes of R are full with
// units of S alone, arcs from S to other nodes are saturated, so
//
//   sum over j of min(c_j, sum over S of a_ij)  =  units of S placed  <  units of S:
//
// a Hall witness that the problem is infeasible. T = every node with an arc from S.
#pragma once

#include <vector>

#include "market.h"

namespace outbid {

struct Reach {
  // True if no place can be reached for a unit of the class; `stuck` then holds S.
  bool isStuck(const Market& market, int32_t cls);
  std::vector<int32_t> stuck;
};

// A must-serve class that its own arcs cannot hold - sum of min(a_ij, c_j) below its units -, or -1.
int32_t hopelessClass(const Classes& classes);

// The witness of the classes in `stuck`, in the caller's demands and nodes.
void writeWitness(const Classes& classes, const std::vector<int32_t>& stuck, Answer& answer);

}  // namespace outbid
