#include "rows/row_refine.h"

#include <algorithm>
#include <cmath>

#include "finish.h"
#include "grid.h"
#include "reach.h"
#include "rows/row_loops.h"
#include "rows/row_proof.h"

namespace outbid {

namespace {

constexpr int32_t kNear = 64;
constexpr int32_t kRounds = 3;  // of finer grids

// The problem of the demands with a choice of near arcs.
struct Near {
  Classes classes;
  std::vector<int32_t> demandOf;  // classes
  std::vector<int32_t> arcOf;     // arcs: the caller's
  std::vector<int32_t> ownArc;    // classes: here; -1: unserved
};

void findNear(const Rows& rows, const std::vector<int64_t>& prices, FloatState& state, Near& out) {
  const size_t m = static_cast<size_t>(rows.nodes);
  Array<int32_t> price(m + kLanes, kRowOff);
  for (size_t j = 0; j < m; j++) {
    if (rows.capacity[j] > 0) price[j] = static_cast<int32_t>(prices[j]);
  }
  const RowLoops& loops = rowLoops();
  Classes& k = out.classes;
  std::vector<int32_t> offset{0};
  std::vector<int32_t> nodes;
  std::vector<double> costs;
  k.capacity = Array<int64_t>(m);
  std::copy(rows.capacity.begin(), rows.capacity.end(), k.capacity.begin());
  int32_t longest = 0;
  for (int32_t i = 0; i < rows.demands; i++) longest = std::max(longest, rows.arcsOf(i));
  std::vector<int32_t> places(static_cast<size_t>(longest) + kLanes);
  for (int32_t i = 0; i < rows.demands; i++) {
    const size_t at = static_cast<size_t>(i);
    int32_t limit = 0;
    const int32_t found = loops.near(rows, price.data(), i, kNear, places.data(), limit);
    const int32_t own = state.arcs[at];
    if (found + (rows.unserved[at] < limit ? 1 : 0) <= 1) {
      if (own >= 0) k.capacity[static_cast<size_t>(state.at[at])]--;
      continue;
    }
    const size_t begin = rows.firstArc(i);
    int32_t ownHere = -1;
    for (int32_t q = 0; q < found; q++) {
      const int32_t place = places[static_cast<size_t>(q)];
      const size_t arc = begin + static_cast<size_t>(rows.callerPlace(i, place));
      if (static_cast<int64_t>(arc) == own) ownHere = static_cast<int32_t>(nodes.size());
      out.arcOf.push_back(static_cast<int32_t>(arc));
      nodes.push_back(rows.nodeAt(i, place));
      costs.push_back(rows.exact[arc]);
    }
    out.demandOf.push_back(i);
    out.ownArc.push_back(ownHere);
    offset.push_back(static_cast<int32_t>(nodes.size()));
  }
  const size_t n = out.demandOf.size();
  k.demands = k.classes = static_cast<int32_t>(n);
  k.nodes = rows.nodes;
  k.offset = Array<int32_t>(n + 1);
  std::copy(offset.begin(), offset.end(), k.offset.begin());
  k.node = Array<int32_t>(nodes.size());
  std::copy(nodes.begin(), nodes.end(), k.node.begin());
  k.cost = Array<int64_t>(nodes.size(), 0);
  k.exactCost = Array<double>(nodes.size());
  std::copy(costs.begin(), costs.end(), k.exactCost.begin());
  k.isBounded = Array<uint8_t>(n, 0);
  k.units = Array<int64_t>(n, 1);
  k.unserved = Array<int64_t>(n);
  k.exactUnserved = Array<double>(n);
  for (size_t c = 0; c < n; c++) {
    const size_t i = static_cast<size_t>(out.demandOf[c]);
    k.unserved[c] = rows.unserved[i] == kRowFar ? kInfinite : 0;
    k.exactUnserved[c] = rows.exactUnserved[i];
  }
  k.tierOffset = Array<int32_t>(m + 1);
  k.tierSlots = Array<int64_t>(m);
  k.tierSurcharge = Array<int64_t>(m, 0);
  k.exactTierSurcharge = Array<double>(m, 0);
  for (size_t j = 0; j <= m; j++) k.tierOffset[j] = static_cast<int32_t>(j);
  std::copy(k.capacity.begin(), k.capacity.end(), k.tierSlots.begin());
  for (size_t j = 0; j < m; j++) k.totalCapacity += k.capacity[j];
  k.totalUnits = static_cast<int64_t>(n);
}

void enterAll(const Near& near, const std::vector<int64_t>& prices, Market& market) {
  const Classes& k = near.classes;
  for (size_t j = 0; j < static_cast<size_t>(k.nodes); j++) {
    if (k.capacity[j] > 0) market.price[j] = prices[j];
  }
  for (int32_t c = 0; c < k.classes; c++) {
    const int32_t arc = near.ownArc[static_cast<size_t>(c)];
    ClassState& s = market.state[static_cast<size_t>(c)];
    s.unplaced = 0;
    if (arc < 0)
      s.pooled = 1;
    else
      market.place(c, arc, 1, 0);
  }
}

void readBack(const Near& near, const Market& market, const Grid& grid, const std::vector<double>& before, FloatState& state) {
  const Classes& k = near.classes;
  grid.exportPrices(market, state.prices.data());
  for (size_t j = 0; j < state.prices.size(); j++) {
    if (k.capacity[j] == 0) state.prices[j] = std::max(state.prices[j], before[j]);
  }
  for (size_t c = 0; c < static_cast<size_t>(k.classes); c++) {
    const size_t i = static_cast<size_t>(near.demandOf[c]);
    const int32_t block = market.state[c].head;
    state.arcs[i] = block < 0 ? -1 : near.arcOf[static_cast<size_t>(market.block(block).arc)];
    state.at[i] = block < 0 ? kPooled : market.block(block).node;
  }
}

void write(const Rows& rows, FloatState& state, const std::vector<double>& values, const Certificate& certificate, Answer& answer) {
  answer.status = certificate.gap <= certificate.tolerance ? Status::kOptimal : Status::kFeasible;
  answer.objective = rows.sign * certificate.primal + 0.0;
  answer.bound = rows.sign * certificate.dual + 0.0;
  answer.gap = certificate.gap;
  answer.tolerance = certificate.tolerance;
  answer.prices = std::move(state.prices);
  answer.assignment = std::move(state.at);
  answer.values.resize(values.size());
  for (size_t i = 0; i < values.size(); i++) answer.values[i] = rows.sign * values[i] + 0.0;
  answer.placedArcs.reserve(values.size());
  for (int32_t arc : state.arcs) {
    if (arc >= 0) answer.placedArcs.push_back(arc);
  }
  answer.placedUnits.assign(answer.placedArcs.size(), 1);
}

}  // namespace

bool reportFloats(const Rows& rows, const RowState& rowState, bool exact, double gap, uint64_t seed, Control& control,
                  Answer& answer) {
  FloatState state;
  state.at = rowState.now.at;
  state.arcs = rowState.arcs;
  state.prices.resize(static_cast<size_t>(rows.nodes));
  for (size_t j = 0; j < state.prices.size(); j++)
    state.prices[j] = std::ldexp(static_cast<double>(rowState.now.prices[j]), -rows.exponent);
  std::vector<double> values;
  if (!exact || !rows.rounded) {
    const Certificate certificate = proveRows(rows, state, values);
    const bool enough = certificate.passes() || (gap > 0 && certificate.gap <= gap) || (!exact && control.mustStop());
    if (!certificate.valid || !enough) return false;
    write(rows, state, values, certificate, answer);
    return true;
  }
  const std::vector<double> before = state.prices;
  Near near;
  findNear(rows, rowState.now.prices, state, near);
  Grid grid(near.classes, rows.exponent);
  Market market(near.classes, seed);
  enterAll(near, rowState.now.prices, market);
  Reach reach;
  FinishStats stats;
  for (int32_t round = 0; round < kRounds; round++) {
    if (!grid.refine(market, round == 0 ? 2 * kNear : 0)) return false;
    market.priceCeiling = grid.ceiling();
    const FinishEnd end = finish(market, control, reach, kInfinite, stats);
    if (end == FinishEnd::kStopped && !control.aborted()) {
      state.at = rowState.now.at;
      state.arcs = rowState.arcs;
      state.prices = before;
      const Certificate certificate = proveRows(rows, state, values);
      if (!certificate.valid) return false;
      write(rows, state, values, certificate, answer);
      return true;
    }
    if (end != FinishEnd::kExact) return false;
    readBack(near, market, grid, before, state);
    const Certificate certificate = proveRows(rows, state, values);
    if (!certificate.valid) return false;
    if (!certificate.passes()) continue;
    answer.stats.pushes += stats.pushes;
    answer.stats.pulls += stats.pulls;
    write(rows, state, values, certificate, answer);
    return true;
  }
  return false;
}

}  // namespace outbid
