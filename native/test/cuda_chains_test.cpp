// Full matrices with a slot a node, as a device solves them: shortlists, chains of bids side by side, searches for those that are left. How
// chains meet is not the same in every run; what the outcome is worth must be.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "board_opener.h"
#include "direct.h"
#include "solve.h"

using namespace outbid;
using namespace outbid::test;

namespace {

// n demands, m nodes, all to be served; `forbidden` percent of the pairs have no arc.
struct Matrix {
  int32_t n;
  int32_t m;
  std::vector<double> costs;

  Matrix(Random& random, int32_t demands, int32_t nodes, int64_t limit, int forbidden) : n(demands), m(nodes) {
    costs.resize(static_cast<size_t>(n) * static_cast<size_t>(m));
    const int64_t low = random.chance(30) ? -limit / 2 : 0;
    for (double& cost : costs) cost = random.chance(forbidden) ? INFINITY : static_cast<double>(random.in(low, low + limit));
    // Rows that are alike, and columns: wars.
    for (int32_t i = 1; i < n && random.chance(30); i++)
      std::copy_n(costs.begin(), m, costs.begin() + static_cast<std::ptrdiff_t>(i) * m);
  }
  ProblemView view() const {
    ProblemView v;
    v.demands = n;
    v.nodes = m;
    v.arcs = static_cast<int64_t>(costs.size());
    v.costs = {costs.data(), CostType::kFloat64};
    v.units.all = 1;
    v.unservedCost.all = INFINITY;
    v.capacity.all = 1;
    v.arcCapacity.all = kNoBound;
    v.integer = true;
    return v;
  }
};

Matrix drawMatrix(Random& random, int32_t most) {
  const int32_t n = static_cast<int32_t>(random.in(1, most));
  const int32_t m = n + static_cast<int32_t>(random.chance(60) ? 0 : random.in(0, most));
  const int64_t limit = random.chance(30) ? 2 : random.chance(50) ? 50 : 100000;
  return Matrix(random, n, m, limit, random.chance(50) ? 0 : static_cast<int>(random.in(5, 70)));
}

// What is not on a list pays at least the floor, at the prices of the list's making and at any that rose since; a choice is the cheapest
// arc, and knows of no dearer second best than there is.
template <int W>
void listsTellTheTruth(int count) {
  int64_t told = 0;
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 41000000);
    context("lists, width %d, seed %d", W, seed);
    const Matrix matrix = drawMatrix(random, 150);
    cuda::Layout layout;
    CHECK(cuda::layOutDirect(matrix.view(), random.next(), layout) || matrix.n > 1);
    if (layout.plan.chains == 0) continue;
    HostBoard host(layout);
    const cuda::Board& b = host.board;
    Random order(random.next());
    Lanes<W> lanes(random.chance(50) ? &order : nullptr);
    const int32_t high = random.chance(50) ? 3 : layout.plan.range;
    for (int32_t j = 0; j < b.nodes; j++) b.slot[j] = cuda::slotOf(static_cast<int32_t>(random.in(0, high)), cuda::kUnplaced);
    const int32_t i = static_cast<int32_t>(random.in(0, b.demands - 1));
    const int32_t* row = b.cost + b.begin[i];
    cuda::makeList(lanes, b, i, true);
    for (int round = 0; round < 4; round++) {
      std::vector<char> listed(static_cast<size_t>(b.nodes), 0);
      for (int32_t k = 0; k < cuda::kListed; k++) {
        const cuda::Listed arc = b.list[static_cast<int64_t>(i) * cuda::kListed + k];
        if (arc.cost >= cuda::kFar) continue;
        CHECK(arc.cost == row[arc.node] && !listed[static_cast<size_t>(arc.node)]);
        listed[static_cast<size_t>(arc.node)] = 1;
      }
      std::vector<int32_t> pays;
      for (int32_t j = 0; j < b.nodes; j++) {
        const int32_t pay = row[j] + cuda::priceOf(b.slot[j]);
        pays.push_back(pay);
        CHECK(listed[static_cast<size_t>(j)] || pay >= b.floor[i]);
      }
      pays.push_back(cuda::kOff);
      std::sort(pays.begin(), pays.end());
      const int64_t madeBefore = b.tally->lists;
      const cuda::Choice top = cuda::choose(lanes, b, i);
      told += b.tally->lists == madeBefore ? 1 : 0;
      CHECK(pays[0] >= cuda::kFar ? top.first >= cuda::kFar : top.first == pays[0]);
      CHECK(top.second <= pays[1] || pays[1] >= cuda::kFar);
      CHECK(top.first >= cuda::kFar || (row[top.node] == top.cost && top.cost + cuda::priceOf(b.slot[top.node]) == top.first));
      CHECK(top.second >= top.first);
      for (int32_t j = 0; j < b.nodes; j++) {
        if (random.chance(20))
          b.slot[j] = cuda::slotOf(cuda::priceOf(b.slot[j]) + static_cast<int32_t>(random.in(0, high / 2 + 1)), cuda::kUnplaced);
      }
    }
  }
  CHECK(told > count);
}

struct Sums {
  int64_t bids = 0;
  int64_t searches = 0;
  int64_t exact = 0;
};

// Every demand has a node of its own, pays at most epsilon more than its least, and no node that is free has a price; or there is no such
// assignment at all. Where prices are exact the assignment is optimal.
void outcomesAreOptimal(const Matrix& matrix, const Executor& how, Random& random, Sums& sums) {
  cuda::Layout layout;
  if (!cuda::layOutDirect(matrix.view(), random.next(), layout)) return;
  CHECK(layout.plan.chains > 0);
  const int leave = static_cast<int>(random.in(0, 2));
  layout.plan.fewest = leave == 0 ? 0 : leave == 1 ? 2 : layout.demands;  // chains alone; both; searches alone
  layout.plan.chains = random.chance(50) ? layout.plan.chains : 1;
  if (random.chance(20)) layout.plan.warBids = random.in(1, 5);
  if (random.chance(30)) {
    for (int32_t& price : layout.initial) price = layout.scaledPrice(random.in(0, random.chance(50) ? 5 : 200000));
    cuda::startAtLast(layout);
  }
  HostBoard host(layout);
  const cuda::Plan plan = layout.plan;
  onTeam(how, [&](auto& team) { cuda::auctionOf(team, host.board, plan); });
  const cuda::Board& b = host.board;
  Job job;
  Control control;
  CHECK(job.build(matrix.view(), {}) == Fault::kNone && job.run(control) == Fault::kNone);
  const Answer& answer = job.answer();
  std::vector<int32_t> holder(static_cast<size_t>(b.nodes), cuda::kUnplaced);
  int32_t unplaced = 0;
  double objective = 0;
  for (int32_t i = 0; i < b.demands; i++) {
    if (b.at[i] == cuda::kUnplaced) {
      unplaced++;
      continue;
    }
    CHECK(b.at[i] >= 0 && b.at[i] < b.nodes && holder[static_cast<size_t>(b.at[i])] == cuda::kUnplaced);
    holder[static_cast<size_t>(b.at[i])] = i;
    const int32_t* row = b.cost + b.begin[i];
    int32_t least = cuda::kOff;
    for (int32_t j = 0; j < b.nodes; j++) least = std::min(least, row[j] + b.price[j]);
    CHECK(b.paid[i] == row[b.at[i]] && b.paid[i] + b.price[b.at[i]] <= least + b.tally->end.epsilon);
    objective += matrix.costs[static_cast<size_t>(i) * static_cast<size_t>(matrix.m) + static_cast<size_t>(b.at[i])];
  }
  for (int32_t j = 0; j < b.nodes; j++) {
    CHECK(b.load[j] == (holder[static_cast<size_t>(j)] == cuda::kUnplaced ? 0 : 1));
    CHECK(b.load[j] == 1 || b.price[j] == 0 || b.demands == b.nodes);
  }
  CHECK((unplaced > 0) == (answer.status == Status::kInfeasible));
  bool exact = false;
  cuda::wholePrices(layout, b.price, exact);
  exact = exact && unplaced == 0 && b.tally->end.epsilon == 1;
  if (exact) CHECK(objective == answer.objective);
  sums.bids += b.tally->chained;
  sums.searches += b.tally->searches;
  sums.exact += exact ? 1 : 0;
}

void matricesAreSolved(int count, int32_t most, int threads) {
  const int widths[] = {1, 4, 32};
  Sums sums;
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 42000000);
    context("matrices of %d, %d threads, seed %d", most, threads, seed);
    const Matrix matrix = drawMatrix(random, most);
    Executor how;
    how.width = widths[seed % 3];
    how.threads = threads;
    how.wide = random.chance(50);
    how.shuffle = threads == 1 && random.chance(50) ? random.next() | 1 : 0;
    outcomesAreOptimal(matrix, how, random, sums);
  }
  std::printf("%d matrices, %d threads: %lld bids, %lld searches, %lld exact\n", count, threads, static_cast<long long>(sums.bids),
              static_cast<long long>(sums.searches), static_cast<long long>(sums.exact));
  CHECK(sums.bids > count && sums.searches > count && sums.exact > count / 2);
}

// The word to stop ends everything at once: nobody is placed, and what is left is the finish's.
void aWordStopsIt() {
  Random random(43);
  const Matrix matrix(random, 200, 200, 1000, 0);
  cuda::Layout layout;
  CHECK(cuda::layOutDirect(matrix.view(), 0, layout) && layout.plan.chains > 0);
  HostBoard host(layout);
  host.stop = 1;
  const cuda::Plan plan = layout.plan;
  onTeam({32, 2, 0}, [&](auto& team) { cuda::auctionOf(team, host.board, plan); });
  CHECK(host.board.tally->chained == 0 && host.board.tally->expanded == 0);
  for (int32_t i = 0; i < layout.demands; i++) CHECK(host.board.at[i] == cuda::kUnplaced);
}

// Demands that share a group of nodes and leave it, one after the other, by ever longer paths of dear arcs: the group's prices rise with every
// search, and come to an end before they leave their bits.
void pricesStayInRange() {
  constexpr int32_t kGroup = 24;
  constexpr double kDear = 1 << 26;
  context("prices of long paths");
  // Path k has 2 k nodes; its first demand is of the group, the others each have a node of it to begin with.
  int32_t size = kGroup;
  for (int32_t k = 1; k <= kGroup; k++) size += 2 * k;
  Random random(0);
  Matrix matrix(random, size, size, 1, 100);
  const auto arc = [&](int32_t demand, int32_t node, double cost) {
    matrix.costs[static_cast<size_t>(demand) * static_cast<size_t>(size) + static_cast<size_t>(node)] = cost;
  };
  int32_t demand = 0;
  int32_t node = kGroup;
  for (int32_t k = 1; k <= kGroup; k++) {
    for (int32_t j = 0; j < kGroup; j++) arc(demand, j, 0), arc(demand + 1, j, 0);
    demand++;  // which has no way out
    arc(demand++, node, kDear);
    for (int32_t step = 1; step < 2 * k; step++, demand++, node++) arc(demand, node, 0), arc(demand, node + 1, kDear);
    node++;
  }
  CHECK(demand == size && node == size);
  cuda::Layout layout;
  CHECK(cuda::layOutDirect(matrix.view(), 0, layout) && layout.plan.chains > 0);
  layout.plan.fewest = layout.demands;
  HostBoard host(layout);
  const cuda::Plan plan = layout.plan;
  onTeam({4, 1, 0}, [&](auto& team) { cuda::auctionOf(team, host.board, plan); });
  int32_t highest = 0;
  for (int32_t price : host.prices()) {
    CHECK(price >= 0 && price <= 2 * cuda::kMostPrice);
    highest = std::max(highest, price);
  }
  CHECK(highest > cuda::kMostPrice / 2);
}

// The prices of an optimum leave about a bid a demand, and they are what a square matrix begins with.
void pricesToBeginWithSpareBids(int count) {
  int64_t cold = 0;
  int64_t warm = 0;
  int64_t demands = 0;
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 46000000);
    context("prices to begin with, seed %d", seed);
    const int32_t n = static_cast<int32_t>(random.in(40, 90));
    const Matrix matrix(random, n, n, 100000, 0);
    Job job;
    Control control;
    CHECK(job.build(matrix.view(), {}) == Fault::kNone && job.run(control) == Fault::kNone);
    cuda::Layout layout;
    if (!cuda::layOutDirect(matrix.view(), random.next(), layout)) continue;
    layout.plan.fewest = 0;
    cold += runAuction(layout, {4, 1, 0}).end.bids;
    for (int32_t j = 0; j < n; j++)
      layout.initial[j] = layout.scaledPrice(static_cast<int64_t>(job.answer().prices[static_cast<size_t>(j)]));
    cuda::startAtLast(layout);
    const Outcome outcome = runAuction(layout, {4, 1, 0});
    warm += outcome.end.bids;
    demands += n;
    for (int32_t j = 0; j < n; j++) CHECK(outcome.prices[static_cast<size_t>(j)] >= layout.initial[j]);
  }
  std::printf("%lld demands: %lld bids from nothing, %lld from the prices of the optimum\n", static_cast<long long>(demands),
              static_cast<long long>(cold), static_cast<long long>(warm));
  CHECK(2 * warm < cold);
}

}  // namespace

int main(int argc, char** argv) {
  const int scale = argc > 1 ? std::atoi(argv[1]) : 1;
  listsTellTheTruth<1>(300 * scale);
  listsTellTheTruth<4>(300 * scale);
  listsTellTheTruth<32>(300 * scale);
  matricesAreSolved(1500 * scale, 12, 1);
  matricesAreSolved(150 * scale, 80, 1);
  matricesAreSolved(100 * scale, 12, 3);
  matricesAreSolved(20 * scale, 80, 4);
  pricesToBeginWithSpareBids(40 * scale);
  aWordStopsIt();
  pricesStayInRange();
  return report("cuda chains");
}
