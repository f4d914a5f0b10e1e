// Plain problems on their way to a device: whatever the type of the costs, the pieces and the threads that write them, a board holds what
// the caller's arrays say, and what does not fit is noticed.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "board_opener.h"
#include "direct.h"
#include "direct_answer.h"
#include "threads.h"

using namespace outbid;
using namespace outbid::test;
using cuda::Layout;

namespace {

// A problem that may take the short way, its costs in an array of one type.
struct Plain {
  Instance instance;
  Matrix matrix;
  std::vector<char> costs;
  bool dense = false;
  ProblemView view;
};

template <class Cost>
void keepAs(CostType type, const double* costs, size_t count, Plain& p) {
  p.costs.resize(count * sizeof(Cost) + 1);
  for (size_t a = 0; a < count; a++) {
    const Cost cost = static_cast<Cost>(costs[a]);
    std::memcpy(p.costs.data() + a * sizeof(Cost), &cost, sizeof(Cost));
  }
  p.view.costs = {p.costs.data(), type};
}

void makePlain(Random& random, Plain& p) {
  const CostType type = static_cast<CostType>(random.in(0, 7));
  const bool floating = type == CostType::kFloat64 || type == CostType::kFloat32;
  const bool isSigned = floating || type == CostType::kInt32 || type == CostType::kInt16 || type == CostType::kInt8;
  p.instance = flatInstance(random, random.chance(20) ? Shape{60, 40, false} : Shape{});
  for (int32_t& units : p.instance.units) units = 1;
  for (int32_t& capacity : p.instance.capacity) capacity = std::max(capacity, 1);
  const int64_t most = random.chance(50) ? 127 : random.in(1, 127);
  for (double& cost : p.instance.costs) cost = static_cast<double>(random.in(isSigned ? -most : 0, most));
  p.dense = random.chance(50);
  if (p.dense && !floating) {  // no pair can be forbidden
    p.instance.targets.clear();
    p.instance.costs.clear();
    for (size_t i = 0; i < p.instance.units.size(); i++) {
      for (int32_t j = 0; j < p.instance.nodes; j++) {
        p.instance.targets.push_back(j);
        p.instance.costs.push_back(static_cast<double>(random.in(isSigned ? -most : 0, most)));
      }
      p.instance.offsets[i + 1] = static_cast<int32_t>(p.instance.targets.size());
    }
  }
  p.view = p.dense ? denseView(p.instance, p.matrix) : p.instance.view();
  const double* costs = static_cast<const double*>(p.view.costs.data);
  const size_t count = static_cast<size_t>(p.view.arcs);
  switch (type) {
    case CostType::kFloat64: return keepAs<double>(type, costs, count, p);
    case CostType::kFloat32: return keepAs<float>(type, costs, count, p);
    case CostType::kInt32: return keepAs<int32_t>(type, costs, count, p);
    case CostType::kUint32: return keepAs<uint32_t>(type, costs, count, p);
    case CostType::kInt16: return keepAs<int16_t>(type, costs, count, p);
    case CostType::kUint16: return keepAs<uint16_t>(type, costs, count, p);
    case CostType::kInt8: return keepAs<int8_t>(type, costs, count, p);
    case CostType::kUint8: return keepAs<uint8_t>(type, costs, count, p);
  }
}

// Pieces in any order, by several threads, put together.
std::vector<char> arrive(const cuda::Image& image, Random& random) {
  std::vector<char> bytes(image.bytes(), 0x5A);
  const size_t piece = cuda::kAlign * static_cast<size_t>(random.in(1, random.chance(50) ? 3 : 60));
  std::vector<size_t> begins;
  for (size_t at = 0; at < bytes.size(); at += piece) begins.push_back(at);
  for (size_t k = begins.size(); k > 1; k--)
    std::swap(begins[k - 1], begins[static_cast<size_t>(random.in(0, static_cast<int64_t>(k) - 1))]);
  onThreads(static_cast<int32_t>(random.in(1, 3)), begins.size(), [&](size_t k) {
    // Written elsewhere, as into a staging buffer.
    const size_t to = std::min(bytes.size(), begins[k] + piece);
    std::vector<int64_t> buffer((to - begins[k]) / sizeof(int64_t));
    image.write(begins[k], to, reinterpret_cast<char*>(buffer.data()));
    std::memcpy(bytes.data() + begins[k], buffer.data(), to - begins[k]);
  });
  return bytes;
}

void checkBoard(const Plain& p, const Layout& layout, const cuda::Board& b) {
  const double sign = p.instance.maximize ? -1 : 1;
  std::vector<int32_t> reach(static_cast<size_t>(b.nodes), 0);
  const double* matrix = p.matrix.costs.data();
  for (int32_t i = 0; i < b.demands; i++) {
    const size_t k = static_cast<size_t>(i);
    const int64_t begin = p.dense ? static_cast<int64_t>(i) * b.nodes : p.instance.offsets[k];
    CHECK(b.begin[i] == begin && b.count[i] == (p.dense ? b.nodes : p.instance.offsets[k + 1] - begin));
    const double r = p.instance.unserved[k];
    CHECK(b.unserved[i] == (r == INFINITY ? cuda::kFar : static_cast<int32_t>(r) * layout.scale));
    for (int64_t a = begin; a < begin + b.count[i]; a++) {
      const double cost = sign * (p.dense ? matrix[a] : p.instance.costs[static_cast<size_t>(a)]);
      CHECK(b.cost[a] == (cost == INFINITY ? cuda::kOff : static_cast<int32_t>(cost) * layout.scale));
      if (!p.dense) CHECK(b.node[a] == p.instance.targets[static_cast<size_t>(a)]);
      reach[static_cast<size_t>(p.dense ? a - begin : b.node[a])]++;
    }
  }
  for (int32_t j = 0; j < b.nodes; j++) {
    const size_t k = static_cast<size_t>(j);
    CHECK(b.capacity[j] == std::min<int64_t>(p.instance.capacity[k], cuda::kMostUnits));
    CHECK(b.first[j + 1] - b.first[j] == (p.instance.capacity[k] < reach[k] ? b.capacity[j] : 0));
  }
}

void boardsHoldWhatTheCallerHas(int count) {
  int fits = 0;
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 51000000);
    context("image, seed %d", seed);
    std::vector<Plain> plains(static_cast<size_t>(random.in(1, 4)));
    std::vector<Layout> layouts(plains.size());
    std::vector<size_t> added;
    cuda::Image image;
    for (size_t k = 0; k < plains.size(); k++) {
      makePlain(random, plains[k]);
      const uint64_t ties = random.next();
      const bool complete = random.chance(20);
      if (!(complete ? cuda::layOutDirect(plains[k].view, ties, layouts[k]) : cuda::startDirect(plains[k].view, ties, layouts[k])))
        continue;
      added.push_back(k);
      if (complete)
        image.add(layouts[k]);
      else
        image.addBegun(layouts[k]);
    }
    if (image.boards() == 0) continue;
    std::vector<char> bytes = arrive(image, random);
    image.complete(2);
    for (size_t at = 0; at < added.size(); at++) {
      const Plain& p = plains[added[at]];
      const Layout& layout = layouts[added[at]];
      Layout whole;
      CHECK(image.fits(at) == cuda::layOutDirect(p.view, layout.seed, whole));
      if (!image.fits(at)) continue;
      fits++;
      // At an aligned address of its own.
      HostBoard host;
      host.arrive(image, at);
      std::memcpy(host.arcs(), bytes.data() + image.begin(at), cuda::ArcPlaces(layout).end);
      host.settle(image, at, layout);
      checkBoard(p, layout, host.board);
      CHECK(layout.scale == whole.scale && layout.reads == whole.reads);
      CHECK(layout.plan == whole.plan);
    }
  }
  CHECK(fits > count / 2);
}

// Two demands, two nodes, a slot each.
Instance small() {
  Instance p;
  p.nodes = 2;
  p.offsets = {0, 2, 4};
  p.targets = {0, 1, 0, 1};
  p.costs = {1, 5, 2, 3};
  p.units = {1, 1};
  p.unserved = {9, INFINITY};
  p.capacity = {1, 1};
  return p;
}

bool fits(const Instance& p) {
  Layout layout;
  const ProblemView view = p.view();
  if (!cuda::startDirect(view, 0, layout)) return false;
  cuda::Image image;
  image.addBegun(layout);
  Random random(1);
  arrive(image, random);
  return image.complete(1);
}

void whatDoesNotFitIsNoticed() {
  context("misfits");
  CHECK(fits(small()));
  constexpr double kNot = std::numeric_limits<double>::quiet_NaN();
  for (const double cost : {cuda::kMostCost + 1.0, -cuda::kMostCost - 1.0, 0.5, 1e300, -1e300, -HUGE_VAL, kNot}) {
    context("misfit %g", cost);
    for (size_t a = 0; a < 4; a++) {
      for (const bool maximize : {false, true}) {
        Instance p = small();
        p.maximize = maximize;
        p.costs[a] = maximize ? -cost : cost;
        CHECK(!fits(p));
      }
    }
    Instance p = small();
    p.unserved[0] = cost;
    CHECK(!fits(p));
  }
  for (const double cost : {static_cast<double>(cuda::kMostCost), -static_cast<double>(cuda::kMostCost)}) {
    Instance p = small();
    p.costs[2] = p.unserved[0] = cost;
    CHECK(fits(p));
  }
  context("misfits of integers");
  Instance p = small();
  for (const int32_t cost : {cuda::kMostCost, cuda::kMostCost + 1, INT32_MAX, INT32_MIN}) {
    const int32_t costs[] = {1, cost, 2, 3};
    ProblemView view = p.view();
    view.costs = {costs, CostType::kInt32};
    for (const bool maximize : {false, true}) {
      view.maximize = maximize;
      Layout layout;
      CHECK(cuda::layOutDirect(view, 0, layout) == (cost == cuda::kMostCost));
    }
  }
  // More that must be served than there are slots.
  p.unserved = {INFINITY, INFINITY};
  p.nodes = 1;
  p.offsets = {0, 1, 2};
  p.targets = {0, 0};
  p.capacity = {1};
  CHECK(!fits(p));
  p.capacity = {2};
  CHECK(fits(p));
}

// Demands that are all alike are left to the classes; such as only begin alike are not.
void repeatsAreSeenToTheirEnd() {
  context("repeats");
  constexpr int32_t kNodes = 100;
  constexpr int32_t kDemands = 50;
  std::vector<int32_t> costs(kNodes * kDemands);
  for (const bool alike : {true, false}) {
    for (size_t a = 0; a < costs.size(); a++)
      costs[a] = static_cast<int32_t>(a % kNodes) + (a % kNodes == kNodes - 1 && !alike ? static_cast<int32_t>(a / kNodes) : 0);
    ProblemView view;
    view.demands = kDemands;
    view.nodes = kNodes;
    view.arcs = static_cast<int64_t>(costs.size());
    view.costs = {costs.data(), CostType::kInt32};
    view.units.all = 1;
    view.unservedCost.all = INFINITY;
    view.capacity.all = 1;
    view.arcCapacity.all = kNoBound;
    view.integer = true;
    Layout layout;
    CHECK(cuda::startDirect(view, 0, layout) == !alike);
  }
}

// Answers of problems large enough to be dealt to threads.
void answersAreTheSameOnAnyNumberOfThreads() {
  constexpr int32_t kDemands = 50000;
  constexpr int32_t kNodes = 700;
  for (const bool dense : {false, true}) {
    context("answers, dense %d", dense);
    Random random(7);
    const int32_t n = dense ? 33000 : kDemands;
    std::vector<int32_t> offsets{0}, targets, at;
    for (int32_t i = 0; i < n; i++) {
      const int32_t arcs = static_cast<int32_t>(random.in(1, 5));
      for (int32_t a = 0; a < arcs; a++) targets.push_back((i * 11 + a * 3) % kNodes);
      offsets.push_back(static_cast<int32_t>(targets.size()));
      at.push_back(random.chance(20) ? cuda::kPooled
                                     : targets[static_cast<size_t>(offsets[static_cast<size_t>(i)] + random.in(0, arcs - 1))]);
    }
    ProblemView view;
    view.demands = n;
    view.nodes = kNodes;
    view.offsets = dense ? nullptr : offsets.data();
    view.targets = dense ? nullptr : targets.data();
    Layout layout;
    layout.demands = n;
    layout.nodes = kNodes;
    layout.scale = 3;
    layout.capacity = Array<int32_t>(kNodes, 0);
    for (const int32_t node : at) layout.capacity[static_cast<size_t>(std::max(0, node))] += node >= 0 ? 1 : 0;
    std::vector<int64_t> value;
    for (int32_t i = 0; i < n; i++) value.push_back(random.chance(1) ? INT64_MAX : 3 * random.in(-50, 50));
    const std::vector<int64_t> prices(kNodes, 1);
    Answer answers[2];
    for (const int32_t threads : {1, 3}) {
      CHECK(cuda::isOptimal(layout, at.data(), {}, threads));
      layout.capacity[5]--;
      CHECK(!cuda::isOptimal(layout, at.data(), {}, threads));
      layout.capacity[5]++;
      cuda::answerDirect(view, layout, at.data(), prices, value.data(), {}, threads, answers[threads > 1 ? 1 : 0]);
    }
    const Answer& a = answers[1];
    CHECK(a.values == answers[0].values && a.placedArcs == answers[0].placedArcs && a.placedUnits == answers[0].placedUnits);
    CHECK(a.assignment == at && a.placedUnits.size() == a.placedArcs.size());
    size_t q = 0;
    for (int32_t i = 0; i < n; i++) {
      const size_t k = static_cast<size_t>(i);
      CHECK(a.values[k] == (value[k] == INT64_MAX ? INFINITY : static_cast<double>(value[k] / 3)));
      if (at[k] < 0) continue;
      const int32_t arc = a.placedArcs[q++];
      CHECK(dense ? arc / kNodes == i && arc % kNodes == at[k]
                  : arc >= offsets[k] && arc < offsets[k + 1] && targets[static_cast<size_t>(arc)] == at[k]);
    }
    CHECK(q == a.placedArcs.size());
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int scale = argc > 1 ? std::atoi(argv[1]) : 1;
  boardsHoldWhatTheCallerHas(600 * scale);
  whatDoesNotFitIsNoticed();
  repeatsAreSeenToTheirEnd();
  answersAreTheSameOnAnyNumberOfThreads();
  return report("cuda image");
}
