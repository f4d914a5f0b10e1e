// The best complete answer when a deadline ends the run: whatever has no place takes the cheapest free slot it can, one class after
// the other, never a slot dearer than going unserved. Prices stay as they are: they still prove a bound.
#pragma once

#include "market.h"

namespace outbid {

void complete(Market& market);

}  // namespace outbid
