// The single steps of the device's auction, each against what a few plain lines make of the same input.
#include <algorithm>
#include <cstdlib>
#include <set>

#include "board_opener.h"
#include "unit_map.h"

using namespace outbid;
using namespace outbid::test;
using cuda::Best;

namespace {

// Best and second best over a row: any stretch of it, any width, any grouping of the merges.
template <int W>
void topTwoIsTopTwo(int count) {
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 21000000);
    context("top two, width %d, seed %d", W, seed);
    const int32_t n = static_cast<int32_t>(random.in(0, 70));
    std::vector<int64_t> begin{0};
    std::vector<int32_t> node, cost, price;
    for (int32_t j = 0; j < n; j++) {
      node.push_back(n - 1 - j);
      cost.push_back(static_cast<int32_t>(random.in(-3, random.chance(50) ? 3 : 300)));
      price.push_back(random.chance(10) ? cuda::kOff : static_cast<int32_t>(random.in(0, 3)));
    }
    cuda::Board b;
    b.seed = random.next();
    b.begin = begin.data();
    b.node = node.data();
    b.cost = cost.data();
    b.price = price.data();
    const int32_t from = static_cast<int32_t>(random.in(0, n));
    const int32_t to = static_cast<int32_t>(random.in(from, n));
    Random order(random.next());
    Lanes<W> lanes(random.chance(50) ? &order : nullptr);
    const Best top = cuda::scan(lanes, b, 0, from, to);

    struct Pay {
      int32_t pay;
      uint32_t tie;
      int32_t node;
      bool operator<(const Pay& o) const { return pay != o.pay ? pay < o.pay : tie < o.tie; }
    };
    std::vector<Pay> pays;
    for (int32_t a = from; a < to; a++) {
      const int32_t j = node[static_cast<size_t>(a)];
      pays.push_back({cost[static_cast<size_t>(a)] + price[static_cast<size_t>(j)], cuda::tieOf(b.seed, 0, j), j});
    }
    std::sort(pays.begin(), pays.end());
    // Beyond kFar nothing is usable and nobody looks which.
    const bool usable = !pays.empty() && pays[0].pay < cuda::kFar;
    CHECK(usable ? top.first == pays[0].pay && top.node == pays[0].node : top.first >= cuda::kFar);
    if (pays.size() > 1 && pays[1].pay < cuda::kFar)
      CHECK(top.second == pays[1].pay);
    else
      CHECK(top.second >= cuda::kFar);
  }
}

// A node keeps its capacity's highest bids of residents and comers; the others wait; its price is the lowest bid once it is full.
template <int W>
void awardKeepsTheHighest(int count) {
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 22000000);
    context("award, width %d, seed %d", W, seed);
    const int32_t capacity = static_cast<int32_t>(random.in(1, random.chance(70) ? 6 : 90));
    const int32_t held = static_cast<int32_t>(random.in(0, capacity));
    const int32_t came = static_cast<int32_t>(random.in(1, random.chance(50) ? 4 : 120));
    const int64_t most = random.chance(30) ? 2 : random.chance(50) ? 50 : cuda::kMostPrice;
    const int32_t n = held + came;
    const bool kept = random.chance(80) || held + came > capacity;  // slots are kept of what can fill
    const int32_t room = kept ? capacity : 0;
    std::vector<int32_t> who(static_cast<size_t>(std::max(room, held)), -1), bid(who.size(), 0),
        at(static_cast<size_t>(n), cuda::kUnplaced);
    std::vector<int32_t> paid(at.size(), 0), comer, comerBid, comerCost, waiting(at.size(), -1), readList(at.size(), -1);
    std::vector<int32_t> demands(at.size());
    for (int32_t i = 0; i < n; i++) demands[static_cast<size_t>(i)] = i;
    for (size_t k = demands.size(); k > 1; k--)
      std::swap(demands[k - 1], demands[static_cast<size_t>(random.in(0, static_cast<int64_t>(k) - 1))]);
    std::vector<int32_t> first{0, room}, load{held}, asked{came}, segment{0}, touched{0}, capacities{capacity}, price{0};
    const uint64_t seedOfTies = random.next();
    std::vector<std::pair<uint64_t, int32_t>> keys;
    int32_t lowResident = cuda::kOff;
    for (int32_t k = 0; k < n; k++) {
      const int32_t demand = demands[static_cast<size_t>(k)];
      const int32_t amount = static_cast<int32_t>(random.in(1, most));
      keys.push_back({cuda::keyOf(amount, cuda::salt(seedOfTies, 0), demand), demand});
      if (k < held) {
        who[static_cast<size_t>(k)] = demand;
        bid[static_cast<size_t>(k)] = amount;
        at[static_cast<size_t>(demand)] = 0;
        lowResident = std::min(lowResident, amount);
      } else {
        comer.push_back(demand);
        comerBid.push_back(amount);
        comerCost.push_back(demand * 7 - 3);
      }
    }
    if (held == capacity) price[0] = std::max(0, lowResident - static_cast<int32_t>(random.in(0, 1)));
    const int32_t priceBefore = price[0];
    cuda::Tally tally{};
    cuda::Board b;
    b.seed = seedOfTies;
    b.tally = &tally;
    b.who = who.data();
    b.bid = bid.data();
    b.at = at.data();
    b.paid = paid.data();
    b.first = first.data();
    b.load = load.data();
    b.asked = asked.data();
    b.segment = segment.data();
    b.touched = touched.data();
    b.capacity = capacities.data();
    b.price = price.data();
    b.comer = comer.data();
    b.comerBid = comerBid.data();
    b.comerCost = comerCost.data();
    b.active[0] = readList.data();
    b.active[1] = waiting.data();
    Random order(random.next());
    Lanes<W> lanes(random.chance(50) ? &order : nullptr);
    cuda::Course course;
    cuda::Award{b, course}(lanes, 0);

    std::sort(keys.begin(), keys.end(), std::greater<>());
    const size_t stay = std::min(keys.size(), static_cast<size_t>(capacity));
    CHECK(load[0] == static_cast<int32_t>(stay));
    CHECK(asked[0] == 0);
    std::set<int32_t> winners, losers;
    for (size_t k = 0; k < keys.size(); k++) (k < stay ? winners : losers).insert(keys[k].second);
    CHECK(std::set<int32_t>(waiting.begin(), waiting.begin() + tally.active[1]) == losers);
    CHECK(tally.active[1] == static_cast<int32_t>(losers.size()));
    for (int32_t i = 0; i < n; i++) CHECK(at[static_cast<size_t>(i)] == (winners.count(i) != 0 ? 0 : cuda::kUnplaced));
    for (size_t q = 0; q < comer.size(); q++) {
      if (winners.count(comer[q]) != 0) CHECK(paid[static_cast<size_t>(comer[q])] == comerCost[q]);
    }
    if (!kept) continue;
    CHECK(std::set<int32_t>(who.begin(), who.begin() + load[0]) == winners);
    for (int32_t s = 0; s < load[0]; s++) {
      const uint64_t key = cuda::keyOf(bid[static_cast<size_t>(s)], cuda::salt(seedOfTies, 0), who[static_cast<size_t>(s)]);
      CHECK(std::find(keys.begin(), keys.end(), std::make_pair(key, who[static_cast<size_t>(s)])) != keys.end());
    }
    const int32_t lowest = static_cast<int32_t>(keys[stay - 1].first >> 32);
    CHECK(price[0] == (stay == static_cast<size_t>(capacity) ? std::max(priceBefore, lowest) : priceBefore));
  }
}

// The certificate step finds the core's objective and bound, and notices a unit without a place, a price too high and a worse arc.
void proofsAgreeWithTheCore(int count) {
  int proved = 0;
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 23000000);
    const Instance p = flatInstance(random);
    context("proof, seed %d", seed);
    Matrix matrix;
    const ProblemView view = seed % 2 == 0 ? p.view() : denseView(p, matrix);
    Job job;
    CHECK(job.build(view, {}) == Fault::kNone);
    Control control;
    CHECK(job.run(control) == Fault::kNone);
    const Answer& answer = job.answer();
    if (answer.status != Status::kOptimal) continue;
    proved++;
    Classes classes;
    CHECK(mergeClasses(view, classes) == Fault::kNone);
    cuda::Layout layout;
    CHECK(cuda::layOut(classes, 0, layout) == nullptr);
    HostBoard host(layout);
    const std::vector<int32_t> at = cuda::UnitMap(classes).placementsOf(view, answer);
    std::copy(at.begin(), at.end(), host.board.at);
    for (size_t j = 0; j < answer.prices.size(); j++) host.board.proof[j] = layout.scale * static_cast<int64_t>(answer.prices[j]);
    const auto prove = [&](int64_t& primal, __int128& dual) {
      *host.board.tally = cuda::Tally{};
      const Executor how{seed % 3 == 0 ? 32 : 4, 1, random.next() | 1};
      onTeam(how, [&](auto& team) { team.groups(layout.demands, cuda::Prove{host.board}); });
      const std::vector<int64_t> scaled(host.board.proof, host.board.proof + layout.nodes);
      const cuda::Proof proof = cuda::proofOf(*host.board.tally, layout, scaled);
      primal = proof.primal;
      dual = proof.dual;
      return host.board.tally->unplaced;
    };
    int64_t primal = 0;
    __int128 dual = 0;
    CHECK(prove(primal, dual) == 0);
    CHECK(classes.sign * static_cast<double>(primal) == answer.objective);
    CHECK(classes.sign * static_cast<double>(dual) == answer.bound);
    if (layout.demands == 0) continue;
    const int32_t any = static_cast<int32_t>(random.in(0, layout.demands - 1));
    host.board.at[any] = cuda::kUnplaced;
    CHECK(prove(primal, dual) == 1);
  }
  CHECK(proved > count / 2);
}

// Settle, from a state that is optimal for smaller nodes and with some demands taken out, finds the optimum, and prices that are the least: each
// is what its definition makes of the others. From one where two demands should trade places it comes to its end too, with everybody placed.
void settleEndsAtTheOptimum(int count) {
  int moved = 0;
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 24000000);
    Instance p = flatInstance(random, {24, 12, false});
    context("settle, seed %d", seed);
    Matrix matrix;
    const ProblemView view = seed % 3 == 0 ? denseView(p, matrix) : p.view();
    Job full;
    CHECK(full.build(view, {}) == Fault::kNone);
    Control control;
    CHECK(full.run(control) == Fault::kNone);
    Classes classes;
    CHECK(mergeClasses(view, classes) == Fault::kNone);
    cuda::Layout layout;
    CHECK(cuda::layOut(classes, random.next(), layout) == nullptr);
    for (int32_t& c : p.capacity) c -= c > 0 && random.chance(40) ? 1 : 0;
    Job small;
    CHECK(small.build(view, {}) == Fault::kNone);
    CHECK(small.run(control) == Fault::kNone);
    if (full.answer().status != Status::kOptimal || small.answer().status != Status::kOptimal || layout.demands == 0) continue;

    HostBoard host(layout);
    cuda::Board& b = host.board;
    const std::vector<int32_t> at = cuda::UnitMap(classes).placementsOf(view, small.answer());
    std::fill(b.load, b.load + b.nodes, 0);
    const auto costAt = [&](int32_t demand, int32_t node) {
      int32_t cost = cuda::kOff;
      for (int32_t a = 0; a < b.count[demand]; a++) {
        const int64_t arc = b.begin[demand] + a;
        if ((b.dense != 0 ? a : b.node[arc]) == node && b.cost[arc] < cost) cost = b.cost[arc];
      }
      return cost;
    };
    bool complete = true;
    for (int32_t i = 0; i < b.demands; i++) {
      b.at[i] = random.chance(15) ? cuda::kUnplaced : at[static_cast<size_t>(i)];
      complete &= b.at[i] != cuda::kUnplaced;
      b.paid[i] = b.at[i] >= 0 ? costAt(i, b.at[i]) : 0;
      if (b.at[i] >= 0) b.load[b.at[i]]++;
    }
    for (int32_t j = 0; j < b.nodes; j++) b.price[j] = b.capacity[j] > 0 ? static_cast<int32_t>(random.in(0, 50)) : cuda::kOff;
    cuda::Plan plan = layout.plan;
    plan.exact = 0;
    plan.soloBelow = static_cast<int32_t>(random.in(0, 8));
    const int widths[] = {1, 4, 32};
    const Executor how{widths[seed % 3], 1, random.next()};
    onTeam(how, [&](auto& team) {
      cuda::Course c;
      cuda::settle(team, b, plan, c, complete);
    });
    moved += b.tally->settles > 1 ? 1 : 0;

    int64_t primal = 0;
    std::vector<int32_t> load(static_cast<size_t>(b.nodes), 0);
    for (int32_t i = 0; i < b.demands; i++) {
      CHECK(b.at[i] != cuda::kUnplaced);
      primal += b.at[i] >= 0 ? b.paid[i] : b.unserved[i];
      if (b.at[i] >= 0) CHECK(b.paid[i] == costAt(i, b.at[i])), load[static_cast<size_t>(b.at[i])]++;
    }
    CHECK(classes.sign * static_cast<double>(primal / layout.scale) == full.answer().objective);
    for (int32_t j = 0; j < b.nodes; j++) {
      CHECK(load[static_cast<size_t>(j)] == b.load[j] && b.load[j] <= b.capacity[j]);
      if (b.capacity[j] == 0) continue;
      int32_t least = 0;
      for (int32_t i = 0; i < b.demands; i++) {
        if (b.at[i] == j || costAt(i, j) >= cuda::kFar) continue;
        const int32_t pay = b.at[i] >= 0 ? b.paid[i] + b.price[b.at[i]] : b.unserved[i];
        least = std::max(least, pay - costAt(i, j));
      }
      CHECK(b.price[j] == least);
      if (b.load[j] < b.capacity[j]) CHECK(b.price[j] == 0);
    }
  }
  CHECK(moved > count / 10);
}

// Two demands that should trade places: prices rise without end, and settle ends by its bounds - on steps, or where the circle gains much,
// on prices -, with placements and prices as they were, though an idle node is asked for more all the time.
void settleLeavesCirclesAlone(int32_t nodes, double dear) {
  context("settle, a circle of %g among %d nodes", dear, nodes);
  Instance p;
  p.nodes = nodes;
  p.capacity.assign(static_cast<size_t>(nodes), 1);
  p.units = {1, 1};
  p.unserved = {INFINITY, INFINITY};
  p.targets = {0, 1, 2, 0, 1, 2};
  p.costs = {1, dear, dear, dear, 1, dear};
  p.offsets = {0, 3, 6};
  Classes classes;
  CHECK(mergeClasses(p.view(), classes) == Fault::kNone);
  cuda::Layout layout;
  CHECK(cuda::layOut(classes, 0, layout) == nullptr);
  HostBoard host(layout);
  cuda::Board& b = host.board;
  std::fill(b.load, b.load + nodes, 0);
  std::fill(b.price, b.price + nodes, 7);
  for (int32_t i = 0; i < 2; i++) {
    b.at[i] = 1 - i;
    b.paid[i] = static_cast<int32_t>(dear) * layout.scale;
    b.load[i] = 1;
  }
  const cuda::Plan plan = layout.plan;
  cuda::Course c;
  onTeam({1, 1, 0}, [&](auto& team) { cuda::settle(team, b, plan, c, true); });
  CHECK(c.relaxations <= nodes + 2);
  CHECK(b.tally->settles == 0);
  CHECK(b.at[0] == 1 && b.at[1] == 0 && b.price[0] == 7 && b.price[1] == 7 && b.price[2] == 7);
}

// The same circle where the highest price there is ends its rise: its prices stay, and the path to a node that is priced and idle runs in it.
void pathsEndInCircles() {
  context("settle, a circle at the highest price");
  Instance p;
  p.nodes = 3;
  p.capacity = {1, 1, 1};
  p.units = {1, 1, 1};
  p.unserved = {INFINITY, INFINITY, INFINITY};
  p.targets = {0, 1, 2, 0, 1, 0};
  p.costs = {1, 5, 5, 5, 1, 0};
  p.offsets = {0, 3, 5, 6};
  Classes classes;
  CHECK(mergeClasses(p.view(), classes) == Fault::kNone);
  cuda::Layout layout;
  CHECK(cuda::layOut(classes, 0, layout) == nullptr);
  HostBoard host(layout);
  cuda::Board& b = host.board;
  for (int32_t j = 0; j < 3; j++) {
    b.load[j] = j < 2 ? 1 : 0;
    b.price[j] = cuda::kMostPrice - 1 - 10 * layout.scale;
  }
  for (int32_t i = 0; i < 2; i++) {
    b.at[i] = 1 - i;
    b.paid[i] = 5 * layout.scale;
  }
  b.at[2] = cuda::kUnplaced;
  const cuda::Plan plan = layout.plan;
  cuda::Course c;
  onTeam({1, 1, 0}, [&](auto& team) { cuda::settle(team, b, plan, c, false); });
  CHECK(b.at[0] == 1 && b.at[1] == 0 && b.at[2] == cuda::kUnplaced);
}

}  // namespace

int main(int argc, char** argv) {
  const int scale = argc > 1 ? std::atoi(argv[1]) : 1;
  topTwoIsTopTwo<1>(2000 * scale);
  topTwoIsTopTwo<4>(2000 * scale);
  topTwoIsTopTwo<32>(2000 * scale);
  awardKeepsTheHighest<1>(1500 * scale);
  awardKeepsTheHighest<4>(1500 * scale);
  awardKeepsTheHighest<32>(1500 * scale);
  proofsAgreeWithTheCore(600 * scale);
  settleEndsAtTheOptimum(600 * scale);
  settleLeavesCirclesAlone(3, 5);
  settleLeavesCirclesAlone(100, 5);
  settleLeavesCirclesAlone(100, 100000000);
  pathsEndInCircles();
  return report("cuda steps");
}
