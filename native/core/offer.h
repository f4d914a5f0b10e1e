// Reverse auction: a node with a free, priced slot lowers its price until a unit comes or the price reaches the floor.
//
// Node j is open if p_j exceeds the surcharge of its next free slot. Every class with room on its arc to j offers what its units
// pay elsewhere (on a used arc, or in the pool) minus cost: a move at price p_j saves value - p_j. Offers are accepted from the
// highest down while value >= next surcharge + epsilon and slots are left; then
//
//   all slots filled     p_j = min(p_j, max(last used surcharge, next offer - epsilon))
//   offers ran out       p_j = min(p_j, max(last used surcharge, min(next surcharge, last accepted value - epsilon)))
//   none accepted        p_j = min(p_j, next surcharge)
//
// No unit is ever left unplaced and no price rises, so running it after forward needs no rule against cycling; a donor node that
// becomes open joins the queue. Dearer units of a class move first, which keeps (I1) with arc bounds: a saturated cheap arc gives
// up a unit only after every dearer unit of that class has moved to j. A limit on visits is safe: the exact finish repairs the
// rest. Source: Bertsekas, Castanon and Tsaknakis, SIAM J. Optim. 3 (1993).
#pragma once

#include "columns.h"
#include "control.h"
#include "market.h"

namespace outbid {

// Visits open nodes until none is left, or `visitLimit` visits. Returns the number of visits. `columns` must be complete.
int64_t reverse(Market& market, const Columns& columns, int64_t epsilon, int64_t visitLimit, Control& control);

// p_j is above the surcharge of the next free slot.
inline bool isOpen(const Market& market, int32_t node) {
  const size_t j = static_cast<size_t>(node);
  return market.k.capacity[j] > 0 && market.price[j] > market.next[j];
}

}  // namespace outbid
