#include "direct_answer.h"

#include <cmath>

#include "counts.h"
#include "rows/row_answer.h"
#include "threads.h"

namespace outbid::cuda {

namespace {

constexpr size_t kLeast = 1 << 14;  // demands worth a thread

int64_t arcTo(const ProblemView& v, size_t demand, int32_t node) {
  if (v.offsets == nullptr) return static_cast<int64_t>(demand) * v.nodes + node;
  int64_t arc = v.offsets[demand];
  while (v.targets[arc] != node) arc++;
  return arc;
}

}  // namespace

bool isOptimal(const Layout& layout, const int32_t* at, const Proof& proof, int32_t threads) {
  if (proof.unplaced != 0 || proof.dual != proof.primal) return false;
  Counts load(static_cast<size_t>(layout.nodes));
  overStretches(threads, static_cast<size_t>(layout.demands), kLeast,
                [&](size_t from, size_t to) { load.add(at + from, to - from); });
  for (size_t j = 0; j < static_cast<size_t>(layout.nodes); j++) {
    if (load[j] > layout.capacity[j]) return false;
  }
  return true;
}

void answerDirect(const ProblemView& v, const Layout& layout, const int32_t* at, const std::vector<int64_t>& prices,
                  const int64_t* value, const Proof& proof, int32_t threads, Answer& answer) {
  const double sign = v.maximize ? -1 : 1;
  const size_t n = static_cast<size_t>(v.demands);
  answer.status = Status::kOptimal;
  answer.objective = answer.bound = sign * static_cast<double>(proof.primal) + 0.0;
  answer.gap = answer.tolerance = 0;
  answer.prices.assign(prices.begin(), prices.end());
  answer.stats.classes = v.demands;
  if (n < 2 * kLeast) threads = 1;
  // Where the served demands of a stretch begin among all.
  const size_t stretches = threads <= 1 ? 1 : 4 * static_cast<size_t>(threads);
  const auto start = [&](size_t s) { return n * s / stretches; };
  std::vector<size_t> served(stretches + 1, 0);
  onThreads(threads, stretches, [&](size_t s) {
    for (size_t i = start(s); i < start(s + 1); i++) served[s + 1] += at[i] >= 0 ? 1 : 0;
  });
  for (size_t s = 0; s < stretches; s++) served[s + 1] += served[s];
  // New memory is dear: each array on a thread of its own.
  onThreads(threads, 4, [&](size_t array) {
    if (array == 0) answer.values.resize(n);
    if (array == 1) answer.assignment.assign(at, at + n);
    if (array == 2) answer.placedArcs.resize(served[stretches]);
    if (array == 3) answer.placedUnits.assign(served[stretches], 1);
  });
  onThreads(threads, stretches, [&](size_t s) {
    size_t q = served[s];
    for (size_t i = start(s); i < start(s + 1); i++) {
      answer.values[i] = value[i] == INT64_MAX ? sign * HUGE_VAL : sign * static_cast<double>(value[i] / layout.scale) + 0.0;
      if (at[i] >= 0) answer.placedArcs[q++] = static_cast<int32_t>(arcTo(v, i, at[i]));
    }
  });
}

bool DirectOpening::open(Market& market, Control&) {
  bool exact = false;
  outbid::takeOver(RowPlacements{at_, wholePrices(layout_, price_.data(), exact)}, market);
  return true;
}

}  // namespace outbid::cuda
