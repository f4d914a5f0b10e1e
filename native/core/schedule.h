// The schedule: epsilon up on a price war, down to the exact finish.
//
//   prices at the first surcharges (or the caller's); everything unplaced; forward(epsilon)
//   while epsilon > last:   epsilon /= theta;  restart(kappa * epsilon);  forward(epsilon)
//   finish
//
//   restart   p_j = max(surcharge of the last used slot, p_j - discount). Units that then pay more than their class's least by more
//             than epsilon lose their place; the bids of the others are set anew to what they would bid now.
//
// The start epsilon reads the data: a quarter of the mean standard deviation of a demand's costs, so that one bid settles what
// alternatives differ by. In overload (more units than slots, and they may go unserved) a quarter of the unserved cost, because
// there prices rise to it. The discount kappa > theta keeps idle priced nodes rare, so that no reverse pass is needed
// between phases; after warm prices one pass of offers lets nodes without takers come down.
#pragma once

#include "best.h"
#include "bid.h"
#include "finish.h"
#include "grid.h"
#include "market.h"
#include "offer.h"

namespace outbid {

// Every parameter of the schedule. None decides the answer, all of them the time; they were taken from trials on fleets and assignment
// problems, and no sweep over all benchmark families stands behind them yet.
struct Parameters {
  int64_t theta = 6;              // epsilon divides by this from phase to phase
  int64_t kappa = 12;             // discount in epsilons; below theta the prices of idle nodes stay up, and each needs a pull
  int64_t thetaOverload = 5;      // more units than slots: nearly every node is full,
  int64_t kappaOverload = 5;      // and a smaller discount saves bids
  int64_t spreadDivisor = 4;      // start epsilon = standard deviation / this
  int64_t lastDivisor = 1 << 17;  // last epsilon = range of costs / this, at least one unit
  int64_t bidsPerClass = 64;      // forward leaves the rest to the finish after this many bids per class and node
};

enum class ScheduleEnd : uint8_t { kExact, kGapMet, kStopped, kInfeasible };

class Schedule {
 public:
  // `gap`: stop early once a complete answer has at most this gap, in the caller's unit; 0: never.
  Schedule(Market& market, Grid& grid, Control& control, Reach& reach, double gap);

  ScheduleEnd run(bool warm);
  // The exact finish alone, after a refinement.
  ScheduleEnd refinish();

  int64_t bids() const { return bidder_.bids; }
  FinishStats finishStats;
  Best best;  // kept up only when a deadline may end the run

  void restart(int64_t epsilon, int64_t discount);

 private:
  int64_t startEpsilon() const;
  bool overloaded() const;
  bool gapMet() const;

  Market& market_;
  Grid& grid_;
  Control& control_;
  Reach& reach_;
  const double gap_;
  Bidder bidder_;
  Parameters parameters_;
  int64_t width_ = 32;
};

}  // namespace outbid
