// The certificate of a state on rows, for costs as the caller gave them.
//
// Costs and prices times the rows' unit are off their whole numbers by half a unit at most, so pays by one, and two pays compare as they are
// wherever their whole numbers differ by more than two. One vector pass over the whole rows therefore leaves an arc or two of each demand
// that may be its least, and only these are added up and compared as pairs of doubles, exactly. Nothing is assumed of the state.
#pragma once

#include <vector>

#include "certificate.h"
#include "rows/row_layout.h"

namespace outbid {

// What a demand uses and every node costs, in the minimising sense.
struct FloatState {
  std::vector<int32_t> at;     // demands: the node, kPooled: unserved
  std::vector<int32_t> arcs;   // demands: the caller's arc, -1: unserved
  std::vector<double> prices;  // nodes; of nodes without slots the proof fills in what is high enough
};

// `values` gets what each demand would pay at least. Not valid: also where prices are out of the rows' range.
Certificate proveRows(const Rows& rows, FloatState& state, std::vector<double>& values);

}  // namespace outbid
