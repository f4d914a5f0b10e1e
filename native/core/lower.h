// The lowest optimal prices of an exact state.
//
// Optimal duals are not unique: in a must-serve market without a free slot all prices may rise together for ever. The lowest ones
// follow from one search: let in(j) be the cheapest way to bring one unit more to node j, with sources at every used node v at
// p_v - s_v(L_v - 1) - its own unit leaves a slot behind - and at classes with pooled units at -r. Then p_j - in(j) is optimal too for
// all used nodes at once, at least the surcharge of their last used slot, and no optimal price is lower.
#pragma once

#include "market.h"

namespace outbid {

// Lowers the prices of used nodes. The market must be exact: nothing unplaced, nothing hungry.
void lowerPrices(Market& market);

}  // namespace outbid
