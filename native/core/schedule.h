// The schedule: epsilon up on a price war, down to the exact finish.
//
//   prices at the first surcharges (or the caller's); everything unplaced; forward(epsilon)
//   while epsilon > last:   epsilon /= theta;  restart(kappa * epsilon);  forward(epsilon)
//   finish
//
//   restart   p_j = max(surcharge of the last used slot, p_j - discount). Units that then pay more than their class's least by more
//             than epsilon lose their place; the bids of the others are set anew to what they would bid now.
//
// Few classes of many units do without the auction: the network simplex method (simplex.h) places them, and the finish proves it. The rule
// reads units per class, classes per node and nodes per class, and only without warm prices. Measured, processor time of the whole
// solve in milliseconds, auction / simplex:
//
//   2,000 classes, 5,000 nodes, 64 arcs; 1, 2, 200 units a class, 200 in overload         6.0 / 5.5,  12 / 6.8,  38 / 7.3,  55 / 6.7
//   20,000 classes, 20,000 nodes, 32 arcs, 10 units                                       285 / 78
//   20,000 nodes, 1,000 arcs; 100, 200 classes: 200 and 100 nodes a class                 105 / 190,  152 / 84
//   500 nodes, 16 arcs, 100 units, load 0.99; 2,000, 5,000, 10,000 classes                14 / 7.2,  20 / 19,  38 / 67
//   2,000 nodes, 16 arcs, 25 units, load 0.95; 20,000 classes                             46 / 45
//   300 classes, 300 nodes, full matrix, many units, products as costs                    68 / 26
//   unit demands, 1,000 x 1,000: uniform costs, distances twice as fast; low rank costs 5, products 15 times slower; fleets of 10,000
//   2 to 5 times slower: with equal units most pivots move nothing
//
// The start epsilon reads the data: a quarter of the mean standard deviation of a demand's costs, so that one bid settles what
// alternatives differ by. In overload (more units than slots, and they may go unserved) a quarter of the unserved cost, because
// there prices rise to it. The discount kappa > theta keeps idle priced nodes rare, so that no reverse pass is needed
// between phases; after warm prices one pass of offers lets nodes without takers come down.
//
// The last epsilon must be small against what alternatives differ by, whatever the range: costs of a thousand and millionths, or between 1e-6
// and 1e9, would else leave every choice to the finish. Where the grid itself is too coarse for that (grid.h), the auction goes on with finer
// ones before the finish, from one unit of the grid before. Such a grid clamps costs by no more than a guess; if the exact finish shows that
// a clamp mattered, the coarse grid has the last word, with the prices found. A fleet of 150,000 x 12,500, 16 arcs, costs 1e-6 to 1e9, load
// 0.90 and 0.99: 1.0 and 1.4 s; with the finish alone a minute was not enough, and after the auction on the coarse grid 8 and 17 s, among zeros.
#pragma once

#include <optional>

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
  int64_t theta = 6;   // epsilon divides by this from phase to phase
  int64_t kappa = 12;  // discount in epsilons; below theta the prices of idle nodes stay up, and each needs a pull
  int64_t kappaFiner =
      30;  // on a finer grid, where prices that coarse costs drove up have far to fall; 12: 8.1 s instead of 3.2 below
  int64_t thetaOverload = 5;       // more units than slots: nearly every node is full,
  int64_t kappaOverload = 5;       // and a smaller discount saves bids
  int64_t spreadDivisor = 4;       // start epsilon = standard deviation / this
  int64_t lastDivisor = 1 << 17;   // last epsilon = range of costs / this, at least one unit, but no more than
  int64_t startDivisor = 1 << 10;  // the first epsilon / this, nor than
  int64_t gapDivisor = 1 << 7;     // the middle gap between the two cheapest arcs of a class / this,
  int32_t sampled = 1024;          // over so many classes
  int64_t moving = 16;             // one class in so many, at least, must move on a finer grid to be worth an auction there
  int64_t unitsForSimplex = 2;     // units per class from which the network simplex method starts instead of the auction,
  int64_t classesForSimplex = 8;   // classes per node up to which it does,
  int64_t nodesForSimplex = 128;   // and nodes per class; see above
  int64_t bidsPerClass = 64;       // forward leaves the rest to the finish after this many bids per class and node
};

enum class ScheduleEnd : uint8_t { kExact, kGapMet, kStopped, kInfeasible };

class Schedule {
 public:
  // `gap`: stop early once a complete answer has at most this gap, in the caller's unit; 0: never.
  Schedule(Market& market, Grid& grid, Control& control, Reach& reach, double gap);

  ScheduleEnd run(bool warm);
  // The exact finish alone, after a refinement.
  ScheduleEnd refinish();

  int64_t bids() const { return earlierBids_ + (bidder_ ? bidder_->bids : 0); }
  FinishStats finishStats;
  Best best;  // kept up only when a deadline may end the run

  void restart(int64_t epsilon, int64_t discount);

 private:
  // Phases from `epsilon` down to `last`; kExact: they ended, and the finish has to follow.
  ScheduleEnd descend(int64_t epsilon, int64_t last, int64_t kappa, bool first, bool warm);
  // The same after a refinement: what is placed stays where it still pays.
  ScheduleEnd descendFrom(int64_t epsilon);
  // Whether so many classes pay more than their least that an auction settles them sooner than paths.
  bool manyMove() const;
  // What was best counts in units that are no more.
  void forgetBest();
  Bidder& bidder();
  bool suitsSimplex() const;
  int64_t startEpsilon() const;
  int64_t lastEpsilon(int64_t start) const;
  bool overloaded() const;
  bool gapMet() const;

  Market& market_;
  Grid& grid_;
  Control& control_;
  Reach& reach_;
  const double gap_;
  std::optional<Bidder> bidder_;  // made when needed: it reads all costs
  int64_t earlierBids_ = 0;
  Parameters parameters_;
  int64_t width_ = 32;
};

}  // namespace outbid
