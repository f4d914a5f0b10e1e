// The exact finish: epsilon = 0, original costs, correct from ANY prices and any partial placement within capacities and bounds.
//
//   settle   p_j up to the surcharge of the last used slot
//   DROP     every unit, pooled ones too, that pays more than its class's least over arcs with room becomes unplaced
//   hungry   h_j = number of slots of surcharge < p_j, minus the load: slots the prices say must be used
//   PUSH     each unplaced unit by a shortest path (push.h)
//   PULL     each hungry slot by a shortest path (pull.h)
//
// After DROP all residual reduced costs are >= 0; both moves keep them so, and keep s_v(z_v - 1) <= p_v <= s_v(z_v) on the
// pseudo-load z = load + hungry. With nothing unplaced and nothing hungry that is complementary slackness: gap 0. The number of
// moves depends on paths, not on masses.
#pragma once

#include "bid.h"
#include "control.h"
#include "market.h"

namespace outbid {

enum class FinishEnd : uint8_t { kExact, kStopped, kInfeasible };

struct FinishStats {
  int64_t dropped = 0;
  int64_t pushes = 0;
  int64_t pulls = 0;
};

// `width` is a first guess of how far reduced costs matter to pulls; any value gives the same answer.
FinishEnd finish(Market& market, Control& control, Reach& reach, int64_t width, FinishStats& stats);

// Prices of nodes without slots: high enough that no class would rather be there. Call when the rest is exact.
void priceNodesWithoutSlots(Market& market);

}  // namespace outbid
