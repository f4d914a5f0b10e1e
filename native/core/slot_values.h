// Slot values: what one slot more would save and one slot less would cost, for every node, from two shortest-path passes over the
// residual graph of an optimal solution.
//
// One slot more or less changes the optimum by one shortest augmentation, so this is exact - unlike the price, which is one of
// many optimal duals and may overstate a gain or understate a loss. With pay(i, v) = cost_iv + p_v, s_j(z) the surcharge of slot z,
// L_j the load, g_j the surcharge of node j's last tier and t_j that of its last slot:
//
//   in(j)    cheapest way to bring a unit to j     sources: nodes v with L_v > 0 at p_v - s_v(L_v - 1), demands with unserved units at -r_i
//   out(j)   cheapest way to send a unit of j away  sinks: nodes v with a free slot at s_v(L_v) - p_v, demands with finite r_i at r_i
//
//   gain_j = 0 if a slot of j is free or nothing can come, else max(0, p_j - g_j - in(j))      the new slot costs g_j
//   loss_j = NaN at capacity 0; 0 if a slot is free; Infinity if nothing can leave; else p_j - t_j + out(j)
//
// One demand with unserved cost 10, one slot, cost 0: gain 0, loss 10. Two such demands: gain 10, loss 10. Arithmetic is in doubles:
// exact for whole numbers below 2^53, within rounding for float data. The function is declared in solve.h.
#pragma once

#include "solve.h"
