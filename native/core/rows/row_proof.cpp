#include "rows/row_proof.h"

#include <algorithm>
#include <cmath>

#include "certify.h"
#include "rows/row_loops.h"

namespace outbid {

namespace {

constexpr int32_t kDoubt = 3;                  // whole numbers of pays that differ by less may stand the wrong way round
constexpr double kMostPrice = 5.0 * kRowCost;  // a cost and a price then stay below kRowFar

// The arcs that may be a demand's least, and the one it uses.
struct Hits {
  Array<size_t> start;  // demands + 1
  std::vector<int32_t> node;
  std::vector<double> cost;
  Array<size_t> own;  // demands; of those that are served
};

struct HitSource {
  const Rows& k;
  const FloatState& state;
  const Hits& hits;
  int32_t rows() const { return k.demands; }
  int32_t nodes() const { return k.nodes; }
  size_t begin(int32_t i) const { return hits.start[static_cast<size_t>(i)]; }
  size_t end(int32_t i) const { return hits.start[static_cast<size_t>(i) + 1]; }
  bool skip(size_t) const { return false; }
  int32_t node(int32_t, size_t a) const { return hits.node[a]; }
  double cost(size_t a) const { return hits.cost[a]; }
  double price(int32_t j) const { return state.prices[static_cast<size_t>(j)]; }
  int64_t units(int32_t) const { return 1; }
  bool mustServe(int32_t i) const { return k.unserved[static_cast<size_t>(i)] == kRowFar; }
  double unserved(int32_t i) const { return k.exactUnserved[static_cast<size_t>(i)]; }
  bool bounded(int32_t) const { return false; }
  int64_t bound(size_t) const { return kInfinite; }
  template <class Visit>
  void served(int32_t i, Visit visit) const {
    if (state.arcs[static_cast<size_t>(i)] >= 0) visit(hits.own[static_cast<size_t>(i)], 1);
  }
  int64_t capacity(int32_t j) const { return k.capacity[static_cast<size_t>(j)]; }
  int32_t tiers(int32_t) const { return 1; }
  int64_t tierSlots(int32_t j, int32_t) const { return capacity(j); }
  double tierSurcharge(int32_t, int32_t) const { return 0; }
};

// Prices of nodes without slots: high enough that no demand would rather be there, rounded up once for the value and once for the
// difference.
void priceWithoutSlots(const Rows& rows, const std::vector<double>& values, std::vector<double>& prices) {
  for (int32_t i = 0; i < rows.demands; i++) {
    const double value = std::nextafter(values[static_cast<size_t>(i)], INFINITY);
    const double* exact = rows.exact.data() + rows.firstArc(i);
    for (int32_t a = 0; a < (rows.stride > 0 ? rows.nodes : rows.wholeCount(i) * kLanes); a++) {
      const int32_t node = rows.nodeAt(i, a);
      if (node == rows.nodes || rows.capacity[static_cast<size_t>(node)] > 0) continue;
      const double cost = exact[rows.callerPlace(i, a)];
      double& price = prices[static_cast<size_t>(node)];
      if (cost < INFINITY) price = std::max(price, std::nextafter(value - cost, INFINITY));
    }
  }
}

}  // namespace

Certificate proveRows(const Rows& rows, FloatState& state, std::vector<double>& values) {
  const size_t n = static_cast<size_t>(rows.demands);
  const size_t m = static_cast<size_t>(rows.nodes);
  Array<int32_t> whole(m + kLanes, kRowOff);
  bool withoutSlots = false;
  for (size_t j = 0; j < m; j++) {
    if (rows.capacity[j] == 0) {
      withoutSlots = true;
      state.prices[j] = 0;
      continue;
    }
    const double scaled = std::ldexp(state.prices[j], rows.exponent);
    if (!(scaled >= 0 && scaled <= kMostPrice)) return Certificate();
    whole[j] = static_cast<int32_t>(std::nearbyint(scaled));
  }
  const RowLoops& loops = rowLoops();
  Hits hits;
  hits.start = Array<size_t>(n + 1);
  hits.own = Array<size_t>(n);
  hits.node.reserve(2 * n);
  hits.cost.reserve(2 * n);
  values.resize(n);
  int32_t longest = 0;
  for (int32_t i = 0; i < rows.demands; i++) longest = std::max(longest, rows.arcsOf(i));
  std::vector<int32_t> places(static_cast<size_t>(longest) + kLanes);
  for (int32_t i = 0; i < rows.demands; i++) {
    const size_t k = static_cast<size_t>(i);
    const size_t begin = rows.firstArc(i);
    hits.start[k] = hits.node.size();
    int32_t limit = 0;
    const int32_t found = loops.near(rows, whole.data(), i, kDoubt, places.data(), limit);
    double value = rows.exactUnserved[k];
    bool ownFound = state.arcs[k] < 0;
    const auto keep = [&](size_t arc, int32_t node) {
      if (static_cast<int64_t>(arc) == state.arcs[k]) {
        hits.own[k] = hits.node.size();
        ownFound = true;
      }
      hits.node.push_back(node);
      hits.cost.push_back(rows.exact[arc]);
      value = std::min(value, rows.exact[arc] + state.prices[static_cast<size_t>(node)]);
    };
    for (int32_t q = 0; q < found; q++)
      keep(begin + static_cast<size_t>(rows.callerPlace(i, places[static_cast<size_t>(q)])),
           rows.nodeAt(i, places[static_cast<size_t>(q)]));
    if (!ownFound) keep(static_cast<size_t>(state.arcs[k]), state.at[k]);
    values[k] = value;
  }
  hits.start[n] = hits.node.size();
  if (withoutSlots) priceWithoutSlots(rows, values, state.prices);
  return certify<Floating>(HitSource{rows, state, hits});
}

}  // namespace outbid
