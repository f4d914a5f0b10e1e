#include "rows/row_answer.h"

#include <algorithm>

namespace outbid {

namespace {

// Notes what a solver had at some moment; part == nullptr: it had the whole.
void note(const RowMarket& market, const int32_t* at, const int32_t* price, const RowPart* part, RowPlacements& to) {
  const size_t n = static_cast<size_t>(market.rows.demands);
  const size_t m = static_cast<size_t>(market.rows.nodes);
  int32_t lowest = 0;  // balanced prices may be negative; all rise together
  for (size_t j = 0; j < m; j++) {
    if (market.capacity[j] > 0) lowest = std::min(lowest, price[j]);
  }
  for (size_t j = 0; j < m; j++) {
    const size_t k = part == nullptr ? j : static_cast<size_t>(part->nodes[j]);
    if (market.capacity[j] > 0) to.prices[k] = (price[j] - lowest) / market.rows.scale;
  }
  for (size_t i = 0; i < n; i++) {
    const size_t k = part == nullptr ? i : static_cast<size_t>(part->demands[i]);
    to.at[k] = part == nullptr || at[i] < 0 ? at[i] : part->nodes[static_cast<size_t>(at[i])];
  }
}

// The caller's arcs that the demands of a solver use, of the moment of its certificate.
void noteArcs(const Rows& rows, const RowSolver& solver, const RowPart* part, std::vector<int32_t>& arcs) {
  const Rows& mine = solver.market.rows;
  for (int32_t i = 0; i < mine.demands; i++) {
    const int32_t place = solver.place[static_cast<size_t>(i)];
    const int32_t k = part == nullptr ? i : part->demands[static_cast<size_t>(i)];
    if (place >= 0) arcs[static_cast<size_t>(k)] = static_cast<int32_t>(rows.firstArc(k)) + mine.callerPlace(i, place);
  }
}

void reportPart(const Rows& rows, const RowSolver& solver, const RowPart* part, std::vector<int32_t>& arcs, Answer& answer) {
  const RowMarket& market = solver.market;
  const Rows& mine = market.rows;
  // At an optimum all but prices and values are multiples of the scale, and those may be rounded down: c + p >= u holds for the whole parts as
  // it stands, equal where it was equal.
  const int32_t scale = mine.scale;
  const auto whole = [&](int32_t v) { return static_cast<double>((v >= 0 ? v : v - scale + 1) / scale); };
  // A balanced market's prices may have settled below 0: all rise together.
  const int32_t rise = -std::min(0, market.least);
  bool withoutSlots = false;
  for (size_t j = 0; j < static_cast<size_t>(mine.nodes); j++) {
    withoutSlots |= market.capacity[j] == 0;
    const size_t k = part == nullptr ? j : static_cast<size_t>(part->nodes[j]);
    answer.prices[k] = market.capacity[j] == 0 ? 0 : whole(market.price[j] + rise);
  }
  for (int32_t i = 0; i < mine.demands; i++) {
    const size_t at = static_cast<size_t>(i);
    const size_t k = part == nullptr ? at : static_cast<size_t>(part->demands[at]);
    answer.values[k] = rows.sign * whole(solver.value[at] + rise) + 0.0;
    if (solver.place[at] < 0) continue;
    const int32_t begin = mine.stride > 0 ? i * mine.nodes : rows.offset[k];
    arcs[k] = begin + mine.callerPlace(i, solver.place[at]);
    answer.assignment[k] = part == nullptr ? market.at[at] : part->nodes[static_cast<size_t>(market.at[at])];
  }
  if (!withoutSlots) return;
  // High enough that no demand would rather be there.
  for (int32_t i = 0; i < mine.demands; i++) {
    const double value = whole(solver.value[static_cast<size_t>(i)] + rise);
    for (int32_t a = 0; a < (mine.stride > 0 ? mine.nodes : mine.wholeCount(i) * kLanes); a++) {
      const int32_t node = mine.nodeAt(i, a);
      if (node == mine.nodes) continue;  // an empty lane
      const int32_t cost = mine.costAt(i, a);
      if (market.capacity[static_cast<size_t>(node)] > 0 || cost == kRowOff) continue;
      double& price = answer.prices[static_cast<size_t>(part == nullptr ? node : part->nodes[static_cast<size_t>(node)])];
      price = std::max(price, value - cost / scale);
    }
  }
}

}  // namespace

void reportRows(const Rows& rows, const std::vector<PartRun>& runs, const std::vector<RowPart>& parts, Answer& answer) {
  const size_t n = static_cast<size_t>(rows.demands);
  __int128 primal = 0;
  __int128 dual = 0;
  answer.prices.assign(static_cast<size_t>(rows.nodes), 0);
  answer.values.resize(n);
  answer.assignment.assign(n, kPooled);
  std::vector<int32_t> arcs(n, -1);
  for (size_t p = 0; p < runs.size(); p++) {
    primal += runs[p].solver->certificate.primal;
    dual += runs[p].solver->certificate.dual;
    reportPart(rows, *runs[p].solver, parts.empty() ? nullptr : &parts[p], arcs, answer);
  }
  answer.status = primal == dual ? Status::kOptimal : Status::kFeasible;
  answer.objective = rows.sign * static_cast<double>(primal / rows.scale) + 0.0;
  answer.bound = rows.sign * static_cast<double>(dual / rows.scale) + 0.0;
  answer.gap = static_cast<double>((primal - dual) / rows.scale);
  answer.placedArcs.reserve(n);
  for (int32_t arc : arcs) {
    if (arc >= 0) answer.placedArcs.push_back(arc);
  }
  answer.placedUnits.assign(answer.placedArcs.size(), 1);
}

RowState::RowState(const Rows& rows, const std::vector<PartRun>& runs, const std::vector<RowPart>& parts) {
  arcs.assign(static_cast<size_t>(rows.integer ? 0 : rows.demands), -1);
  for (RowPlacements* all : {&now, &best}) {
    all->at.assign(static_cast<size_t>(rows.demands), kUnplaced);
    all->prices.assign(static_cast<size_t>(rows.nodes), 0);
  }
  for (size_t p = 0; p < runs.size(); p++) {
    const RowSolver& solver = *runs[p].solver;
    const RowMarket& market = solver.market;
    const RowPart* part = parts.empty() ? nullptr : &parts[p];
    stopped |= runs[p].end == RowEnd::kStopped;
    note(market, market.at.data(), market.price.data(), part, now);
    if (!rows.integer && solver.certificate.valid) noteArcs(rows, solver, part, arcs);
    if (runs[p].end == RowEnd::kExact || runs[p].end == RowEnd::kGapMet)
      note(market, market.at.data(), market.price.data(), part, best);
    else if (!solver.bestAt.empty())
      note(market, solver.bestAt.data(), solver.bestPrice.data(), part, best);
    else
      hasBest = false;
  }
}

void takeOver(const RowPlacements& from, Market& market) {
  const Classes& k = market.k;
  for (size_t j = 0; j < static_cast<size_t>(k.nodes); j++) {
    if (k.capacity[j] > 0) market.price[j] = from.prices[j];
  }
  for (size_t i = 0; i < static_cast<size_t>(k.demands); i++) {
    const int32_t at = from.at[i];
    const int32_t cls = k.classOf[i];
    ClassState& s = market.state[static_cast<size_t>(cls)];
    if (at == kUnplaced) continue;
    s.unplaced--;
    if (at == kPooled) {
      s.pooled++;
      continue;
    }
    int32_t arc = -1;
    for (int32_t a = s.begin; a < s.end; a++) {
      if (k.node[static_cast<size_t>(a)] == at && (arc < 0 || k.cost[static_cast<size_t>(a)] < k.cost[static_cast<size_t>(arc)]))
        arc = a;
    }
    market.place(cls, arc, 1, 0);
  }
}

}  // namespace outbid
