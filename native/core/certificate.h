// The certificate: both objectives and the gap, in one pass over the arcs.
//
//   primal   sum cost_ij x_ij + sum r_i y_i + sum g_jk z_jk
//   dual     sum d_i u_i - sum over tiers c_jk max(0, p_j - g_jk) - sum a_ij max(0, u_i - cost_ij - p_j)
//
// for prices p and, per demand, the best u_i <= r_i they allow: the pay of its d_i-th cheapest unit over the bounded arcs, which
// without bounds is the least pay. Any prices give a valid bound; at an optimum the two are equal. Sums are exact - 128-bit for
// whole numbers, a long accumulator for doubles - so primal - dual does not cancel and equals the sum of the non-negative slackness
// terms
//
//   sum x (pay - u)+ + sum (a - x)(u - pay)+ + sum y (r - u) + sum over tiers [ used (g - p)+ + free (p - g)+ ].
//
// tolerance: 0 for whole numbers; for float data 4 * 2^-53 * sum of |terms| of both, since each price is rounded to a double.
#pragma once

#include <vector>

#include "market.h"

namespace outbid {

struct Certificate {
  bool valid = false;    // capacities, bounds and units hold
  int64_t unplaced = 0;  // units of must-serve classes without a place: the objective is then infinite
  double primal = 0;
  double dual = 0;
  double gap = 0;
  double tolerance = 0;
  double primalTolerance = 0;  // the part of it that the objective's own terms allow

  // Prices that rose in a tight must-serve market - any common level is optimal there - count in the tolerance of float data. Where
  // it this many times what the objective's own terms allow, the lowest optimal prices are called for, or a gap that would pass without.
  static constexpr double kInflated = 16;
  bool inflated() const { return tolerance > kInflated * primalTolerance; }
  bool passes() const { return gap <= tolerance && gap <= kInflated * primalTolerance; }
};

// Of the market as it stands, for whole costs: unplaced units that may go unserved count as unserved. Minimising sense.
Certificate certifyWhole(const Market& market);

// The same for float data, with prices given as doubles.
Certificate certifyFloat(const Market& market, const double* prices);

}  // namespace outbid
