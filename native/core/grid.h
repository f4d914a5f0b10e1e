// Float costs as whole numbers.
//
// The solver computes on whole numbers only. Float data is put on a grid of unit 2^-q: cost = round(c 2^q), with the largest q that
// keeps 2 C (min(n, m) + 1) <= 2^57, so that no sum of costs along a path overflows (see below). If every cost already lies on
// the grid the answer is exact; else each cost is off by at most half a unit and the answer may be off by a few.
//
// REFINE then repeats the exact finish on reduced costs, which are small and so fit a finer grid:
//
//   cost' = c_ij + P_j - w_i     r' = r_i - w_i     surcharge' = g_jk - P_j      with w_i = u_i at prices P
//
// is the same problem shifted by constants, its prices are p' = p - P, and the flow is kept as a start. Any residual cycle has at
// most min(n, m) + 1 hops, each off by at most one old unit, so an arc whose reduced cost exceeds K = min(n, m) + 4 old units lies
// on no improving cycle: values are clamped to +-(K + 1) units and the grid can be finer by 57 - log2(2 (min + 1)(K + 1)) bits. P
// is kept as an unevaluated sum of two doubles. Rounds end when the certificate's gap is within its tolerance.
//
// A refinement may also come before any optimum, where the grid is too coarse to tell arcs apart: with a clamp that is a guess, and that is
// seen to hold or not to hold when the finish is exact.
//
// Magnitudes: with all start prices of the finish at most ceiling = limit - 2 C (min(n, m) + 1), no price ever exceeds the limit,
// because a shortest path changes cost at most twice a hop. limit = 2^53 for integer data, so prices are exact as doubles.
#pragma once

#include "exact_sum.h"
#include "market.h"

namespace outbid {

class Grid {
 public:
  // Chooses the grid and fills the whole costs of the classes. Integer data: unit 1.
  explicit Grid(Classes& classes);
  // Float data whose market holds prices that are multiples of 2^-exponent; costs are filled in by the refinement that must come first.
  Grid(Classes& classes, int exponent) : k_(classes), exponent_(exponent) {}

  // The price ceiling the market must respect at the start of a finish.
  int64_t ceiling() const { return ceiling_; }
  // The largest absolute value of a cost, unserved cost or surcharge, or a little more.
  int64_t largest() const { return largest_; }
  // What one unit of the grid before the last refinement is worth in units of this one.
  int64_t unit() const { return unit_; }
  // Caller's prices to whole numbers, clamped to what is allowed.
  int64_t fromPrice(double price) const;

  // Replaces the market's costs by reduced costs on a finer grid and its prices by zero. False: no finer grid is to be had. `most`: old
  // units that reduced costs are clamped to, K + 1 where not given; fewer let the grid be finer, and are for callers who know of no
  // larger ones or who prove the outcome.
  bool refine(Market& market, int64_t most = 0);

  // Bits by which the grid should be finer to tell the two cheapest arcs of most classes well apart, but not too many at once; 0: it does.
  int bitsMissing() const;
  // After a refinement from prices that were no optimum, and the exact finish: whether nothing the answer rests on was clamped. Then it is the
  // optimum of this grid, as if no cost had been clamped.
  bool isUnclamped(const Market& market) const;
  // Back to the first grid; what is placed stays there, and prices are rounded.
  void coarsen(Market& market);
  // The clamp that lets a refinement be finer by `bits` and hardly more.
  int64_t mostFor(int bits) const;

  // Prices of the market as doubles in the caller's unit: rounded up, so that rounding never makes a node look cheaper to a unit
  // that is not on it, then held between the surcharges of the last used and the next free slot.
  void exportPrices(const Market& market, double* prices) const;

 private:
  void roundAll();
  void setCeiling(int64_t largestWhole);
  int64_t whole(double value) const;
  double exported(const Market& market, size_t node) const;
  int64_t clamped(Pair value, int64_t most) const;

  Classes& k_;
  int exponent_ = 0;  // grid unit = 2^-exponent_
  bool exact_ = true;
  int firstExponent_ = 0;
  double most_ = 0;  // largest absolute value given
  int64_t ceiling_ = 0;
  int64_t largest_ = 0;
  int64_t unit_ = 1;
  int level_ = 0;
  Array<Pair> base_;  // nodes: P_j; empty until the first refinement
};

}  // namespace outbid
