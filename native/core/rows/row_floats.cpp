#include "rows/row_floats.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace outbid {

namespace {

constexpr int kFloatBits = 23;
constexpr int kUnservedBits = 27;  // the largest unserved cost takes these at most
const double kMostFloat =
    std::ldexp(1.0, 900);  // sizes above it, or all below its inverse: no power of two that is a double brings them into range
constexpr int32_t kBlurSample = 16;  // demands,
constexpr int64_t kNearest = 24;     // and their cheapest arcs, at most, looked at
constexpr double kBlur = 8;          // neighbours closer than this many units are blurred;
constexpr int64_t kBlurred = 8;      // more than one pair in this many are too many

bool isBlurred(const ProblemView& view, const Rows& rows) {
  const int32_t sample = std::min(view.demands, kBlurSample);
  const double factor = std::ldexp(1.0, rows.exponent);
  std::vector<double> costs;
  int64_t pairs = 0;
  int64_t blurred = 0;
  for (int32_t s = 0; s < sample; s++) {
    const int64_t i = static_cast<int64_t>(s) * view.demands / sample;
    const int64_t begin = view.offsets == nullptr ? i * view.nodes : std::clamp<int64_t>(view.offsets[i], 0, view.arcs);
    const int64_t end = view.offsets == nullptr ? begin + view.nodes : std::clamp<int64_t>(view.offsets[i + 1], begin, view.arcs);
    costs.assign(rows.exact.begin() + begin, rows.exact.begin() + end);
    const int64_t nearest = std::min(end - begin, kNearest);
    std::partial_sort(costs.begin(), costs.begin() + nearest, costs.end());
    for (size_t a = 1; a < static_cast<size_t>(nearest); a++) {
      pairs++;
      blurred += costs[a] > costs[a - 1] && (costs[a] - costs[a - 1]) * factor < kBlur;
    }
  }
  return blurred * kBlurred > pairs;
}

}  // namespace

bool readFloats(const ProblemView& view, const RowLoops& loops, Rows& rows) {
  const size_t n = static_cast<size_t>(view.demands);
  rows.integer = false;
  rows.exactUnserved = Array<double>(n);
  double mostUnserved = 0;
  for (size_t i = 0; i < n; i++) {
    if (view.units.at(i) != 1) return false;
    const double r = view.unservedCost.at(i);
    rows.exactUnserved[i] = r + 0.0;
    rows.mustServe += r == INFINITY;
    if (!(r >= -kMostFloat) || (r > kMostFloat && r != INFINITY)) return false;
    if (r != INFINITY) mostUnserved = std::max(mostUnserved, std::fabs(r));
  }
  const size_t arcs = static_cast<size_t>(view.arcs);
  rows.exact = Array<double>(arcs);
  double most = 0;
  if (!loops.copyCosts(view.costs, arcs, view.maximize, view.offsets == nullptr, rows.exact.data(), most)) return false;
  if (!(most <= kMostFloat) || most < 1 / kMostFloat) return false;
  int exponent;
  std::frexp(most, &exponent);
  rows.exponent = kFloatBits - exponent;
  std::frexp(mostUnserved, &exponent);
  if (mostUnserved > 0) rows.exponent = std::min(rows.exponent, kUnservedBits - exponent);
  if (isBlurred(view, rows)) return false;
  const double factor = std::ldexp(1.0, rows.exponent);
  rows.unserved = Array<int32_t>(n);
  for (size_t i = 0; i < n; i++) {
    const double r = rows.exactUnserved[i];
    if (r == INFINITY) {
      rows.unserved[i] = kRowFar;
      continue;
    }
    rows.unserved[i] = static_cast<int32_t>(std::nearbyint(r * factor));
    rows.rounded |= static_cast<double>(rows.unserved[i]) != r * factor;
    rows.meanUnserved += std::abs(rows.unserved[i]);
  }
  if (rows.mustServe < view.demands) rows.meanUnserved /= static_cast<double>(view.demands - rows.mustServe);
  return true;
}

}  // namespace outbid
