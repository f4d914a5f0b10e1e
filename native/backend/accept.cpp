#include "accept.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>

#include "../core/threads.h"

namespace outbid::backend {

namespace {

constexpr double kLargestWholePrice = 9007199254740992.0 + 4503599627370496.0;  // 2^53 + 2^52
const double kLargestPrice = std::ldexp(1.0, 960);
// The tolerance is a sum of sizes: it may be summed in another order.
constexpr double kToleranceSlack = 1e-6;
constexpr int64_t kLeast = 1 << 16;  // arcs and demands worth a thread

bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

class Check {
 public:
  Check(const outbid_answer& from, const Snapshot& problem, const Wanted& wanted, int32_t threads)
      : from_(from), view_(problem.view()), wanted_(wanted), threads_(threads), n_(view_.demands), m_(view_.nodes) {}

  Failure run(Answer& to) {
    if (from_.size < sizeof(outbid_answer)) return wrong("the answer is shorter than the contract says");
    if (from_.status > OUTBID_STATUS_INFEASIBLE) return wrong("status %lld", from_.status);
    to.status = static_cast<Status>(from_.status);
    to.stats.classes = from_.classes;
    to.stats.bids = from_.bids;
    to.stats.pushes = from_.pushes;
    to.stats.pulls = from_.pulls;
    to.stats.layoutMilliseconds = from_.layout_milliseconds;
    to.stats.solveMilliseconds = from_.solve_milliseconds + from_.upload_milliseconds;
    return to.status == Status::kInfeasible ? infeasible(to) : complete(to);
  }

 private:
  static Failure wrong(const char* format, long long a = 0, long long b = 0) {
    char text[160];
    std::snprintf(text, sizeof(text), format, a, b);
    return {"CERTIFICATE_FAILED", text};
  }

  int64_t begin(int32_t i) const { return view_.offsets == nullptr ? static_cast<int64_t>(i) * m_ : view_.offsets[i]; }
  int64_t end(int32_t i) const { return view_.offsets == nullptr ? static_cast<int64_t>(i + 1) * m_ : view_.offsets[i + 1]; }
  int32_t node(int64_t a) const { return view_.targets == nullptr ? static_cast<int32_t>(a % m_) : view_.targets[a]; }
  double cost(int64_t a) const { return view_.costs.at(static_cast<size_t>(a)); }
  bool forbidden(int64_t a) const { return view_.offsets == nullptr && std::isinf(cost(a)); }
  int32_t bound(int64_t a) const { return view_.arcCapacity.at(static_cast<size_t>(a)); }
  int32_t units(int32_t i) const { return view_.units.at(static_cast<size_t>(i)); }
  bool mustServe(int32_t i) const { return view_.unservedCost.at(static_cast<size_t>(i)) == INFINITY; }
  double sign() const { return view_.maximize ? -1 : 1; }

  template <class T>
  static bool has(const T* data, int64_t count, int64_t most) {
    return count >= 0 && count <= most && (count == 0 || data != nullptr);
  }

  Failure complete(Answer& to) {
    if (from_.prices_count != m_ || !has(from_.prices, from_.prices_count, m_))
      return wrong("%lld prices for %lld nodes", from_.prices_count, m_);
    if (from_.values_count != n_ || !has(from_.values, from_.values_count, n_))
      return wrong("%lld values for %lld demands", from_.values_count, n_);
    if (!has(from_.placed_arcs, from_.placed_count, view_.arcs) || !has(from_.placed_units, from_.placed_count, view_.arcs))
      return wrong("%lld arcs carry units, there are %lld", from_.placed_count, view_.arcs);
    to.prices.assign(from_.prices, from_.prices + from_.prices_count);
    // New memory is dear: each array on a thread of its own.
    onThreads(from_.placed_count < kLeast ? 1 : threads_, 2, [&](size_t array) {
      if (array == 0) to.placedArcs.assign(from_.placed_arcs, from_.placed_arcs + from_.placed_count);
      if (array == 1) to.placedUnits.assign(from_.placed_units, from_.placed_units + from_.placed_count);
    });
    for (size_t j = 0; j < to.prices.size(); j++) {
      const double p = to.prices[j];
      const bool fits = view_.integer ? p >= 0 && p <= kLargestWholePrice && p == std::trunc(p) : p >= 0 && p <= kLargestPrice;
      if (!fits) return wrong("the price of node %lld is out of range", static_cast<long long>(j));
    }
    if (Failure failure = placements(to)) return failure;
    if (Failure failure = claims(to)) return failure;
    return values(to);
  }

  Failure placements(const Answer& to) const {
    const int64_t count = static_cast<int64_t>(to.placedArcs.size());
    std::atomic<int64_t> first{count};
    overStretches(threads_, to.placedArcs.size(), kLeast, [&](size_t from, size_t end) {
      for (size_t q = from; q < end; q++) {
        if (placement(to, q)) return lower(first, static_cast<int64_t>(q));
      }
    });
    return first == count ? Failure() : placement(to, static_cast<size_t>(first));
  }

  Failure placement(const Answer& to, size_t q) const {
    const int64_t a = to.placedArcs[q];
    // The one before may be out of range itself, and on another thread.
    const bool after = q == 0 || a > to.placedArcs[q - 1];
    if (a < 0 || !after || a >= view_.arcs) return wrong("arc %lld is out of range or out of order", a);
    if (to.placedUnits[q] < 1) return wrong("arc %lld carries %lld units", a, to.placedUnits[q]);
    if (forbidden(a)) return wrong("arc %lld carries units and is forbidden", a);
    return {};
  }

  static void lower(std::atomic<int64_t>& to, int64_t value) {
    int64_t known = to;
    while (value < known && !to.compare_exchange_weak(known, value)) {
    }
  }

  // Capacities, both objectives and the gap, by a pass that shares nothing with the plug-in.
  Failure claims(Answer& to) const {
    PassResult pass;
    const Fault fault =
        certificatePass(view_, to.prices.data(), to.placedArcs.data(), to.placedUnits.data(), to.placedArcs.size(), pass, threads_);
    if (fault != Fault::kNone) return {faultCode(fault), ""};
    if (!pass.valid) return wrong("a capacity is exceeded, or a demand has more units than it wants");
    const Status status = pass.unplaced > 0 ? Status::kStopped : pass.gap <= pass.tolerance ? Status::kOptimal : Status::kFeasible;
    if (to.status != status)
      return wrong("the status is %lld, the certificate says %lld", from_.status, static_cast<long long>(status));
    const bool early = wanted_.hasDeadline || (status == Status::kFeasible && pass.gap <= wanted_.gap);
    if (status != Status::kOptimal && !early) return wrong("the answer proves less than was asked for, and there was time");
    if (!same(from_.objective, pass.primal)) return wrong("the objective is not that of the placements");
    if (!same(from_.bound, pass.dual)) return wrong("the bound is not what the prices prove");
    if (!same(from_.gap, pass.gap)) return wrong("the gap is not the distance of objective and bound");
    if (view_.integer ? from_.tolerance != 0 : !(from_.tolerance >= 0)) return wrong("the tolerance is out of range");
    if (pass.unplaced == 0 && !(std::fabs(from_.tolerance - pass.tolerance) <= pass.tolerance * kToleranceSlack))
      return wrong("the tolerance is not that of the terms");
    to.objective = pass.primal;
    to.bound = pass.dual;
    to.gap = pass.gap;
    to.tolerance = pass.tolerance;
    return {};
  }

  // values[i]: what one more unit of demand i would cost; see solve.cpp. And the assignment, where it is given.
  Failure values(Answer& to) const {
    const bool assigned = from_.assignment_count != 0;
    if (assigned && (from_.assignment_count != n_ || !has(from_.assignment, from_.assignment_count, n_)))
      return wrong("an assignment of %lld for %lld demands", from_.assignment_count, n_);
    onThreads(n_ < kLeast ? 1 : threads_, 2, [&](size_t array) {
      if (array == 0) to.values.resize(static_cast<size_t>(n_));
      if (array == 1 && assigned) to.assignment.resize(static_cast<size_t>(n_));
    });
    const int64_t least = std::max<int64_t>(1, kLeast * n_ / (view_.arcs + n_ + 1));
    std::atomic<int64_t> first{2 * static_cast<int64_t>(n_)};  // what is wrong: twice the demand, and one more for its assignment
    overStretches(threads_, static_cast<size_t>(n_), static_cast<size_t>(least), [&](size_t begin, size_t end) {
      lower(first, valuesOf(static_cast<int32_t>(begin), static_cast<int32_t>(end), assigned, to));
    });
    if (first == 2 * static_cast<int64_t>(n_)) return {};
    if (first % 2 == 0) return wrong("the value of demand %lld is not what its arcs and prices say", first / 2);
    return wrong("the assignment of demand %lld is not its placement", first / 2);
  }

  int64_t valuesOf(int32_t first, int32_t last, bool assigned, Answer& to) const {
    switch (view_.costs.type) {
      case CostType::kFloat64: return valuesOf<double>(first, last, assigned, to);
      case CostType::kFloat32: return valuesOf<float>(first, last, assigned, to);
      case CostType::kInt32: return valuesOf<int32_t>(first, last, assigned, to);
      case CostType::kUint32: return valuesOf<uint32_t>(first, last, assigned, to);
      case CostType::kInt16: return valuesOf<int16_t>(first, last, assigned, to);
      case CostType::kUint16: return valuesOf<uint16_t>(first, last, assigned, to);
      case CostType::kInt8: return valuesOf<int8_t>(first, last, assigned, to);
      case CostType::kUint8: return valuesOf<uint8_t>(first, last, assigned, to);
    }
    return 0;
  }

  // The first wrong one of demands first..last, as above, or a number beyond all.
  template <class Cost>
  int64_t valuesOf(int32_t first, int32_t last, bool assigned, Answer& to) const {
    const Cost* costs = static_cast<const Cost*>(view_.costs.data);
    const bool dense = view_.offsets == nullptr;
    const bool bounded = view_.arcCapacity.each != nullptr || view_.arcCapacity.all != kNoBound;
    auto placed = std::lower_bound(to.placedArcs.begin(), to.placedArcs.end(), first == last ? 0 : begin(first));
    for (int32_t i = first; i < last; i++) {
      double u = view_.unservedCost.at(static_cast<size_t>(i));
      int32_t server = -1;
      const int64_t start = begin(i);
      const auto own = placed;
      for (; placed != to.placedArcs.end() && *placed < end(i); ++placed)
        server = dense ? static_cast<int32_t>(*placed - start) : view_.targets[*placed];
      auto next = own;
      for (int64_t a = start; a < end(i); a++) {
        const double cost = sign() * static_cast<double>(costs[a]);
        const double pay = cost + to.prices[static_cast<size_t>(dense ? a - start : view_.targets[a])];
        if (!(pay < u)) continue;  // as a forbidden pair's never is
        if (bounded) {
          while (next != placed && *next < a) ++next;
          const int32_t x = next != placed && *next == a ? to.placedUnits[static_cast<size_t>(next - to.placedArcs.begin())] : 0;
          if (x >= bound(a) && bound(a) != kNoBound) continue;
        }
        u = pay;
      }
      const double value = sign() * u + 0.0;
      if (!same(from_.values[i], value)) return 2 * static_cast<int64_t>(i);
      to.values[static_cast<size_t>(i)] = value;
      if (!assigned) continue;
      if (units(i) != 1 || from_.assignment[i] != server) return 2 * static_cast<int64_t>(i) + 1;
      to.assignment[static_cast<size_t>(i)] = server;
    }
    return INT64_MAX;
  }

  // Demands S that must be served and want more units than all the nodes they have arcs to may give them.
  Failure infeasible(Answer& to) {
    const double worst = sign() * INFINITY;
    if (from_.objective != worst || from_.bound != worst || !std::isnan(from_.gap))
      return wrong("an infeasible problem has an infinite objective and bound, and no gap");
    if (from_.prices_count != 0 || from_.values_count != 0 || from_.placed_count != 0 || from_.assignment_count != 0)
      return wrong("an infeasible problem has neither prices nor placements");
    if (!has(from_.witness_demands, from_.witness_demands_count, n_) || !has(from_.witness_nodes, from_.witness_nodes_count, m_))
      return wrong("the witness names more demands or nodes than there are");
    to.witnessDemands.assign(from_.witness_demands, from_.witness_demands + from_.witness_demands_count);
    to.witnessNodes.assign(from_.witness_nodes, from_.witness_nodes + from_.witness_nodes_count);
    Array<int64_t> given(static_cast<size_t>(m_) + 1, -1);  // sum over S of a_ij, at most the capacity; -1: no arc from S
    int64_t needed = 0;
    int32_t last = -1;
    for (const int32_t i : to.witnessDemands) {
      if (i <= last || i >= n_ || !mustServe(i)) return wrong("the witness names demand %lld wrongly", i);
      last = i;
      needed += units(i);
      for (int64_t a = begin(i); a < end(i); a++) {
        if (forbidden(a)) continue;
        int64_t& g = given[static_cast<size_t>(node(a))];
        g = std::min<int64_t>(view_.capacity.at(static_cast<size_t>(node(a))), std::max<int64_t>(g, 0) + bound(a));
      }
    }
    int64_t available = 0;
    size_t named = 0;
    for (int32_t j = 0; j < m_; j++) {
      if (given[static_cast<size_t>(j)] < 0) continue;
      if (named == to.witnessNodes.size() || to.witnessNodes[named] != j) return wrong("the witness leaves out node %lld", j);
      named++;
      available += given[static_cast<size_t>(j)];
    }
    if (named != to.witnessNodes.size()) return wrong("the witness names a node that none of its demands has an arc to");
    if (needed <= available) return wrong("the witness needs %lld units and %lld are available", needed, available);
    if (from_.witness_needed != static_cast<double>(needed) || from_.witness_available != static_cast<double>(available))
      return wrong("the witness counts wrongly");
    to.witnessNeeded = from_.witness_needed;
    to.witnessAvailable = from_.witness_available;
    to.objective = to.bound = worst;
    to.gap = NAN;
    // No tolerance is defined without an objective.
    to.tolerance = view_.integer || !(from_.tolerance >= 0) ? 0 : from_.tolerance;
    return {};
  }

  const outbid_answer& from_;
  const ProblemView& view_;
  const Wanted& wanted_;
  const int32_t threads_;
  const int32_t n_;
  const int32_t m_;
};

}  // namespace

Failure accept(const outbid_answer& from, const Snapshot& problem, const Wanted& wanted, Answer& to, int32_t threads) {
  return Check(from, problem, wanted, threads).run(to);
}

}  // namespace outbid::backend
