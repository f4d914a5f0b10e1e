// The solver for unit rows: the schedule of schedule.h and the finish of finish.h on the market of rows.
//
//   everything waits;  forward(epsilon);  where lists miss much: anew, on whole rows
//   while epsilon > last:  epsilon /= theta;  restart(kappa * epsilon);  forward(epsilon)
//   balanced and single:  a few settling sweeps
//   drop;  push each demand without a place;  pull into each hungry node;  certificate
//
// It is exact or says that it is not: prices or distances that leave 32 bits, a demand that finds no place, a deadline - each ends the
// run with a state, complete or not, that the general market takes over. A finish is correct from any state, so nothing is lost.
#pragma once

#include <vector>

#include "control.h"
#include "rows/row_loops.h"
#include "rows/row_market.h"

namespace outbid {

enum class RowEnd : uint8_t { kExact, kGapMet, kHandOver, kStopped };

class RowSolver {
 public:
  // `gap`: stop early at a complete answer within this gap; 0: never. `unit`: see rowLoops.
  RowSolver(Rows& rows, uint64_t seed, double gap, Control& control, const char* unit = nullptr);

  RowEnd run();
  // After kStopped: makes the last complete phase the answer, or gives what has no place the cheapest free slot, and certifies it.
  // False: a demand that must be served found none; nothing is to be reported.
  bool endEarly();

  RowMarket market;
  RowCertificate certificate;   // of the market, after kExact and kGapMet
  Array<int32_t> value;         // demands; likewise
  Array<int32_t> place;         // demands; likewise: where in its row the arc stands that it uses. -1: unserved
  std::vector<int32_t> bestAt;  // with a deadline: where a phase last ended complete; empty if none did
  std::vector<int32_t> bestPrice;

 private:
  bool finish();
  bool gapMet();
  // Whether many demands would pay less by more than epsilon outside their lists.
  bool listsMissMuch(int32_t epsilon) const;
  void note();

  const Rows& rows_;
  const double gap_;
  Control& control_;
  const RowLoops& loops_;
};

}  // namespace outbid
