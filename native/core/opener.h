// An opener stands in for the auction: it puts prices and placements into an empty market by means the core knows nothing of, such
// as a device. The finish is exact from any state within capacities and bounds, so a poor opening costs time and never the answer.
#pragma once

#include "control.h"
#include "market.h"

namespace outbid {

class Opener {
 public:
  virtual ~Opener() = default;
  // Runs on the job's thread and heeds the control. False: nothing was put into the market, and the core's own schedule begins.
  virtual bool open(Market& market, Control& control) = 0;
};

}  // namespace outbid
