// What `npm run gpu-check` runs on a device. Prints one line of JSON.
//
//   gpu_check probe              the devices here
//   gpu_check random COUNT SEED  random problems: outcomes equal to those of the processor's executor bit for bit, alone and in batches;
//                                answers optimal, and proven by the device and by the core's certificate pass
//   gpu_check bench NAME RUNS    one instance of the benchmark, from layout to proof, every stage timed on its own
//   gpu_check list               names of the instances
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "board_opener.h"
#include "direct.h"
#include "solve_boards.h"

using namespace outbid;
using namespace outbid::test;
using cuda::DeviceBoards;
using cuda::Layout;

namespace {

double since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  if (values.empty()) return NAN;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

bool never() {
  return false;
}

// A problem with its classes and layout, and what a device made of it.
struct Trial {
  Instance instance;
  test::Matrix costs;
  ProblemView view;
  Layout layout;
  Outcome expected;
};

struct Found {
  std::vector<int32_t> at;
  std::vector<int32_t> price;
  cuda::Tally tally{};
  explicit Found(const Layout& layout) : at(static_cast<size_t>(layout.demands)), price(static_cast<size_t>(layout.nodes)) {}
  bool equals(const Outcome& o) const {
    return at == o.at && price == o.prices && tally.end.bids == o.end.bids && tally.end.rounds == o.end.rounds &&
           tally.end.epsilon == o.end.epsilon && tally.end.relaxations == o.end.relaxations && tally.settles == o.settles;
  }
};

void makeTrial(uint64_t seed, Trial& t) {
  Random random(seed + 31000000);
  t.instance = fittingInstance(random, seed % 97 == 0 ? Shape{400, 150, false} : seed % 7 == 0 ? Shape{60, 30, false} : Shape{});
  const bool matrix = seed % 5 == 0;  // of a slot a node, all to be served: chains
  if (matrix) {
    t.instance.units.assign(t.instance.units.size(), 1);
    t.instance.unserved.assign(t.instance.unserved.size(), INFINITY);
    t.instance.capacity.assign(t.instance.capacity.size(), 1);
  }
  t.view = seed % 3 == 0 || matrix ? denseView(t.instance, t.costs) : t.instance.view();
  Classes classes;
  CHECK(mergeClasses(t.view, classes) == Fault::kNone);
  CHECK(cuda::layOut(classes, random.next(), t.layout, nullptr, random.chance(30) ? 1 : INT32_MAX) == nullptr);
  t.layout.plan.chains = 0;  // where chains meet is not the same in every run
  t.layout.plan.soloBelow = static_cast<int32_t>(random.in(0, random.chance(50) ? 4 : 300));
  if (random.chance(50)) t.layout.plan.kappa = 1;
  t.expected = runAuction(t.layout, {});
}

void checkAnswer(const Trial& t, const cuda::Task& task) {
  CHECK(task.end == cuda::TaskEnd::kAnswered);
  const Answer& answer = task.answer;
  if (answer.status == Status::kInfeasible) {
    CHECK(answer.witnessNeeded > answer.witnessAvailable);
    return;
  }
  CHECK(answer.status == Status::kOptimal);
  PassResult pass;
  CHECK(certificatePass(t.view, answer.prices.data(), answer.placedArcs.data(), answer.placedUnits.data(), answer.placedArcs.size(),
                        pass) == Fault::kNone);
  CHECK(pass.gap == 0 && pass.primal == answer.objective && pass.dual == answer.bound);
}

int randomProblems(int64_t count, uint64_t seed) {
  constexpr size_t kBatch = 50;
  const auto start = std::chrono::steady_clock::now();
  std::string words;
  int64_t done = 0;
  int64_t direct = 0;
  int64_t chained = 0;
  for (; done < count && words.empty();) {
    std::vector<Trial> trials(std::min<size_t>(kBatch, static_cast<size_t>(count - done)));
    std::vector<const Layout*> layouts;
    for (Trial& t : trials) {
      context("random problem %lld of seed %llu", static_cast<long long>(done), static_cast<unsigned long long>(seed));
      makeTrial(seed * 1000003 + static_cast<uint64_t>(done++), t);
      layouts.push_back(&t.layout);
    }
    DeviceBoards batch(0);
    const bool ran = batch.upload(layouts) && batch.run(never);
    for (size_t k = 0; k < trials.size(); k++) {
      const Trial& t = trials[k];
      context("random problem %lld of seed %llu", static_cast<long long>(done) - static_cast<long long>(trials.size() - k),
              static_cast<unsigned long long>(seed));
      Found inBatch(t.layout);
      CHECK(ran && batch.read(k, inBatch.at.data(), inBatch.price.data(), inBatch.tally));
      CHECK(inBatch.equals(t.expected));
      DeviceBoards alone(0);
      Found found(t.layout);
      CHECK(alone.upload({&t.layout}) && alone.run(never) && alone.read(0, found.at.data(), found.price.data(), found.tally));
      CHECK(found.equals(t.expected));
      if (words.empty()) words = !batch.words.empty() ? batch.words : alone.words;
      if (!words.empty()) break;
    }
    if (!words.empty()) break;
    std::vector<cuda::Task> tasks(trials.size());
    std::vector<Control> controls(trials.size());
    for (size_t k = 0; k < trials.size(); k++) {
      tasks[k].view = trials[k].view;
      tasks[k].control = &controls[k];
    }
    DeviceBoards boards(0);
    cuda::BatchTimes times;
    CHECK(cuda::solveBoards(tasks, boards, 4, times));
    words = boards.words;
    for (size_t k = 0; k < trials.size(); k++) {
      context("answer %zu of the 50 before %lld of seed %llu", k, static_cast<long long>(done),
              static_cast<unsigned long long>(seed));
      checkAnswer(trials[k], tasks[k]);
      direct += tasks[k].direct ? 1 : 0;
      chained += tasks[k].tally.chained > 0 ? 1 : 0;
    }
  }
  std::printf(
      "{\"instances\":%lld,\"direct\":%lld,\"chained\":%lld,\"checks\":%ld,\"failures\":%ld,\"milliseconds\":%.0f,\"trouble\":\"%"
      "s\"}\n",
      static_cast<long long>(done), static_cast<long long>(direct), static_cast<long long>(chained), checks, failures, since(start),
      words.c_str());
  return failures == 0 && words.empty() ? 0 : 1;
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

int bench(const BenchInstance& from, int runs, bool core) {
  Random random(1);
  std::vector<BenchArrays> arrays;
  for (int32_t p = 0; p < from.problems; p++) arrays.push_back(makeArrays(from, random));
  const size_t count = arrays.size();
  // Resident: the boards stay, the auction runs again and again.
  std::vector<Layout> layouts(count);
  std::vector<const Layout*> pointers;
  double bytes = 0;
  for (size_t p = 0; p < count; p++) {
    if (!cuda::layOutDirect(arrays[p].view(from), 0, layouts[p])) return 1;
    pointers.push_back(&layouts[p]);
    bytes += static_cast<double>(layouts[p].cost.bytes() + layouts[p].node.bytes());
  }
  auto boards = std::make_unique<DeviceBoards>(0);
  std::vector<double> device;
  bool good = boards->upload(pointers);
  for (int run = 0; good && run <= runs; run++) {
    good = boards->run(never);
    if (run > 0) device.push_back(boards->runMilliseconds);  // the first loads the code
  }
  cuda::Tally marked{};  // of the first problem
  int64_t bids = 0, rounds = 0, settles = 0, relaxations = 0, raises = 0, leftovers = 0, searches = 0, expanded = 0, lists = 0;
  for (size_t p = 0; good && p < count; p++) {
    Found found(layouts[p]);
    good = boards->read(p, found.at.data(), found.price.data(), found.tally);
    if (p == 0) marked = found.tally;
    bids += found.tally.end.bids;
    rounds = std::max<int64_t>(rounds, found.tally.end.rounds);
    settles = std::max<int64_t>(settles, found.tally.settles);
    relaxations = std::max<int64_t>(relaxations, found.tally.end.relaxations);
    raises += found.tally.raises;
    searches += found.tally.searches;
    expanded += found.tally.expanded;
    lists += found.tally.lists;
    for (int32_t at : found.at) leftovers += at == cuda::kUnplaced ? 1 : 0;
  }
  std::string words = boards->words;
  boards.reset();  // gives its memory to what follows
  // The whole way, as a caller has it, who has called before.
  std::vector<cuda::Task> tasks;
  cuda::BatchTimes times;
  double totalMs = 0;
  for (int call = 0; call < 2; call++) {
    tasks = std::vector<cuda::Task>(count);
    std::vector<Control> controls(count);
    for (size_t p = 0; p < count; p++) {
      tasks[p].view = arrays[p].view(from);
      tasks[p].control = &controls[p];
    }
    times = {};
    const auto start = std::chrono::steady_clock::now();
    DeviceBoards whole(0);
    good = good && cuda::solveBoards(tasks, whole, 16, times);
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
    optimal += tasks[p].end == cuda::TaskEnd::kAnswered && answer.status == Status::kOptimal ? 1 : 0;
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
  const double bandwidth = good ? cuda::copyBandwidth(0) : 0;
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

int probe() {
  std::vector<cuda::DeviceFacts> devices;
  std::string words;
  const bool usable = cuda::findDevices(devices, words) == cuda::Trouble::kNone;
  std::printf("{\"usable\":%s,\"words\":\"%s\",\"devices\":[", usable ? "true" : "false", words.c_str());
  for (size_t k = 0; k < devices.size(); k++)
    std::printf("%s{\"name\":\"%s\",\"arch\":%d,\"memory\":%llu}", k == 0 ? "" : ",", devices[k].name, devices[k].arch,
                static_cast<unsigned long long>(devices[k].memory));
  std::printf("]}\n");
  return usable ? 0 : 3;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "probe";
  if (mode == "probe") return probe();
  if (mode == "list") {
    for (const BenchInstance& instance : kBench) std::printf("%s\n", instance.name);
    return 0;
  }
  if (mode == "random" && argc > 3) return randomProblems(std::atoll(argv[2]), static_cast<uint64_t>(std::atoll(argv[3])));
  for (const BenchInstance& instance : kBench) {
    if (mode == "bench" && argc > 3 && instance.name == std::string(argv[2])) return bench(instance, std::atoi(argv[3]), argc > 4);
  }
  std::fprintf(stderr, "usage: gpu_check probe | list | random COUNT SEED | bench NAME RUNS [core]\n");
  return 2;
}
