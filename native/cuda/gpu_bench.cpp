#include "gpu_bench.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "direct.h"
#include "random_problem.h"
#include "solve_boards.h"

namespace outbid::cuda {

namespace {

using test::Random;

double since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  if (values.empty()) return NAN;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Instances of the benchmark: n demands, m nodes. Their costs are drawn one after the other from Random(1), so another program can draw
// the same.
struct BenchInstance {
  const char* name;
  int32_t problems;
  int32_t demands;
  int32_t nodes;
  int32_t arcs;   // of a demand; 0: a full matrix, one slot a node, all must be served
  int64_t costs;  // below this
  double load;
  double targetMilliseconds;  // on an H200, resident
};

constexpr BenchInstance kBench[] = {
    {"dense-10000-n", 1, 10000, 10000, 0, 10000, 1, 40},     {"dense-8192-10n", 1, 8192, 8192, 0, 81920, 1, 30},
    {"dense-20000-10n", 1, 20000, 20000, 0, 200000, 1, 150}, {"batch-256-of-256", 256, 256, 256, 0, 2560, 1, 3},
    {"batch-256-of-512", 256, 512, 512, 0, 5120, 1, 25},     {"fleet-150k-12500-32", 1, 150000, 12500, 32, 0, 0.9, 10},
    {"fleet-1m-10k-16", 1, 1000000, 10000, 16, 0, 0.9, 30},  {"small", 1, 2000, 400, 16, 0, 0.9, 0},
};

struct BenchArrays {
  std::vector<int32_t> offsets, targets, costs, capacity;
  double unserved = INFINITY;
  ProblemView view(const BenchInstance& from) const {
    ProblemView v;
    v.demands = from.demands;
    v.nodes = from.nodes;
    v.arcs = static_cast<int64_t>(costs.size());
    v.offsets = offsets.empty() ? nullptr : offsets.data();
    v.targets = targets.empty() ? nullptr : targets.data();
    v.costs = {costs.data(), CostType::kInt32};
    v.units.all = 1;
    v.unservedCost.all = unserved;
    v.capacity.all = 1;
    v.capacity.each = capacity.empty() ? nullptr : capacity.data();
    v.arcCapacity.all = kNoBound;
    v.integer = true;
    return v;
  }
};

// Requests and nodes on a square: cost = 1000 * distance + the node's price 0..300 + noise 0..20, the nearest `arcs` of four times as many
// nodes drawn; unserved cost 5000; slots drawn until demand / slots = load.
BenchArrays makeArrays(const BenchInstance& from, Random& random) {
  BenchArrays a;
  const size_t n = static_cast<size_t>(from.demands);
  const size_t m = static_cast<size_t>(from.nodes);
  if (from.arcs == 0) {
    a.costs.resize(n * m);
    for (int32_t& cost : a.costs) cost = static_cast<int32_t>(random.in(0, from.costs - 1));
    return a;
  }
  a.unserved = 5000;
  a.capacity.assign(m, 1);
  for (int64_t left = std::llround(static_cast<double>(n) / from.load) - static_cast<int64_t>(m); left > 0; left--)
    a.capacity[static_cast<size_t>(random.in(0, from.nodes - 1))]++;
  struct Site {
    double east, north, price;
  };
  std::vector<Site> sites(m);
  for (Site& s : sites) s = {random.unit(), random.unit(), static_cast<double>(random.in(0, 300))};
  std::vector<int32_t> seen(m, -1);
  a.offsets.push_back(0);
  for (int32_t i = 0; i < from.demands; i++) {
    const double east = random.unit();
    const double north = random.unit();
    std::vector<std::pair<double, int32_t>> near;
    while (near.size() < 4 * static_cast<size_t>(from.arcs)) {
      const int32_t j = static_cast<int32_t>(random.in(0, from.nodes - 1));
      if (seen[static_cast<size_t>(j)] == i) continue;
      seen[static_cast<size_t>(j)] = i;
      near.emplace_back(std::hypot(sites[static_cast<size_t>(j)].east - east, sites[static_cast<size_t>(j)].north - north), j);
    }
    std::partial_sort(near.begin(), near.begin() + from.arcs, near.end());
    std::sort(near.begin(), near.begin() + from.arcs, [](const auto& p, const auto& q) { return p.second < q.second; });
    for (int32_t k = 0; k < from.arcs; k++) {
      a.targets.push_back(near[static_cast<size_t>(k)].second);
      a.costs.push_back(static_cast<int32_t>(std::lround(1000 * near[static_cast<size_t>(k)].first +
                                                         sites[static_cast<size_t>(near[static_cast<size_t>(k)].second)].price +
                                                         20 * random.unit())));
    }
    a.offsets.push_back(static_cast<int32_t>(a.targets.size()));
  }
  return a;
}

int benchOf(const BenchInstance& from, int runs, bool core) {
  Random random(1);
  std::vector<BenchArrays> arrays;
  for (int32_t p = 0; p < from.problems; p++) arrays.push_back(makeArrays(from, random));
  const size_t count = arrays.size();
  // Resident: the boards stay, the auction runs again and again.
  std::vector<Layout> layouts(count);
  std::vector<const Layout*> pointers;
  double bytes = 0;
  for (size_t p = 0; p < count; p++) {
    if (!layOutDirect(arrays[p].view(from), 0, layouts[p])) return 1;
    pointers.push_back(&layouts[p]);
    bytes += static_cast<double>(layouts[p].cost.bytes() + layouts[p].node.bytes());
  }
  auto boards = std::make_unique<DeviceBoards>(0);
  std::vector<double> device;
  bool good = boards->upload(pointers);
  for (int run = 0; good && run <= runs; run++) {
    good = boards->run([] { return false; });
    if (run > 0) device.push_back(boards->runMilliseconds);  // the first loads the code
  }
  Tally marked{};  // of the first problem
  int64_t bids = 0, rounds = 0, settles = 0, relaxations = 0, raises = 0, leftovers = 0, searches = 0, expanded = 0, lists = 0;
  std::vector<Left> left;
  good = good && boards->read(left);
  for (size_t p = 0; good && p < count; p++) {
    const Tally& tally = *left[p].tally;
    if (p == 0) marked = tally;
    bids += tally.end.bids;
    rounds = std::max<int64_t>(rounds, tally.end.rounds);
    settles = std::max<int64_t>(settles, tally.settles);
    relaxations = std::max<int64_t>(relaxations, tally.end.relaxations);
    raises += tally.raises;
    searches += tally.searches;
    expanded += tally.expanded;
    lists += tally.lists;
    leftovers += std::count(left[p].at, left[p].at + layouts[p].demands, kUnplaced);
  }
  std::string words = boards->words;
  boards.reset();  // gives its memory to what follows
  // The whole way, as a caller has it, who has called before.
  std::vector<Task> tasks;
  BatchTimes times;
  double totalMs = 0;
  for (int call = 0; call < 2; call++) {
    tasks = std::vector<Task>(count);
    std::vector<Control> controls(count);
    for (size_t p = 0; p < count; p++) {
      tasks[p].view = arrays[p].view(from);
      tasks[p].control = &controls[p];
    }
    times = {};
    const auto start = std::chrono::steady_clock::now();
    DeviceBoards whole(0);
    good = good && solveBoards(tasks, whole, 16, times);
    totalMs = since(start);
    words += whole.words;
  }
  double checkMs = 0;  // what the host asks of an answer, on the threads of a request
  double objective = 0;
  int64_t pushes = 0, pulls = 0, optimal = 0, direct = 0, proven = 0;
  for (size_t p = 0; good && p < count; p++) {
    const Answer& answer = tasks[p].answer;
    objective += answer.objective;
    pushes += answer.stats.pushes;
    pulls += answer.stats.pulls;
    optimal += tasks[p].end == TaskEnd::kAnswered && answer.status == Status::kOptimal ? 1 : 0;
    direct += tasks[p].finished ? 0 : 1;
    PassResult pass;
    const Fault fault = certificatePass(tasks[p].view, answer.prices.data(), answer.placedArcs.data(), answer.placedUnits.data(),
                                        answer.placedArcs.size(), pass, 16);
    checkMs += pass.milliseconds;
    proven += fault == Fault::kNone && pass.gap == 0 && pass.primal == answer.objective ? 1 : 0;
  }
  double coreMs = NAN;
  if (core && good) {
    double coreObjective = 0;
    coreMs = 0;
    for (size_t p = 0; p < count; p++) {
      Job job;
      Control control;
      if (job.build(arrays[p].view(from), {}) != Fault::kNone || job.run(control) != Fault::kNone) return 1;
      coreMs += job.answer().stats.layoutMilliseconds + job.answer().stats.solveMilliseconds;
      coreObjective += job.answer().objective;
    }
    if (coreObjective != objective) good = false, words = "the core finds another objective";
  }
  const double bandwidth = good ? copyBandwidth(0) : 0;
  const double pass = bandwidth > 0 ? 1e3 * bytes / bandwidth : NAN;
  const auto number = [](double value) { return std::isfinite(value) ? std::to_string(value) : std::string("null"); };
  std::printf("{\"name\":\"%s\",\"ok\":%s,\"trouble\":\"%s\",\"problems\":%zu,\"demands\":%d,\"nodes\":%d,", from.name,
              good && optimal == proven && optimal == static_cast<int64_t>(count) ? "true" : "false", words.c_str(), count,
              from.demands, from.nodes);
  const auto time = [&](const char* name, double value) { std::printf("\"%s\":%s,", name, number(value).c_str()); };
  const auto number64 = [&](const char* name, int64_t value) { std::printf("\"%s\":%lld,", name, static_cast<long long>(value)); };
  time("bytes", bytes);
  time("target", from.targetMilliseconds);
  time("device", median(device));
  time("fastest", device.empty() ? NAN : *std::min_element(device.begin(), device.end()));
  time("slowest", device.empty() ? NAN : *std::max_element(device.begin(), device.end()));
  time("layout", times.layout);
  time("upload", times.upload);
  time("finish", times.finish);
  time("total", totalMs);
  time("check", checkMs);
  time("core", coreMs);
  time("pass", pass);
  time("bandwidth", bandwidth);
  number64("optimal", optimal);
  number64("proven", proven);
  number64("direct", direct);
  number64("bids", bids);
  number64("rounds", rounds);
  number64("settles", settles);
  number64("relaxations", relaxations);
  number64("raises", raises);
  number64("leftovers", leftovers);
  number64("searches", searches);
  number64("expanded", expanded);
  number64("lists", lists);
  number64("pushes", pushes);
  number64("pulls", pulls);
  std::printf("\"marks\":[");
  for (int32_t k = 1; k < marked.marks; k++)
    std::printf("%s[%.4f,%d,%lld,%d]", k == 1 ? "" : ",", 1e-6 * static_cast<double>(marked.mark[k].time - marked.mark[0].time),
                marked.mark[k].epsilon, static_cast<long long>(marked.mark[k].bids), marked.mark[k].rounds);
  std::printf("],\"objective\":%.0f}\n", objective);
  return good && optimal == proven ? 0 : 1;
}

}  // namespace

void listBenchInstances() {
  for (const BenchInstance& instance : kBench) std::printf("%s\n", instance.name);
}

int benchInstance(const std::string& name, int runs, bool core) {
  for (const BenchInstance& instance : kBench) {
    if (name == instance.name) return benchOf(instance, runs, core);
  }
  return -1;
}

}  // namespace outbid::cuda
