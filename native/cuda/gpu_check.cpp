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
#include "gpu_bench.h"
#include "grid.h"
#include "solve_boards.h"

using namespace outbid;
using namespace outbid::test;
using cuda::DeviceBoards;
using cuda::Layout;

namespace {

double since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
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
  Shape shape = seed % 97 == 0 ? Shape{400, 150, false} : seed % 7 == 0 ? Shape{60, 30, false} : Shape{};
  const bool matrix = seed % 5 == 0;  // of a slot a node, all to be served: chains
  shape.floats = seed % 11 == 0;
  t.instance = matrix ? flatInstance(random, shape) : fittingInstance(random, shape);
  if (matrix) {
    t.instance.units.assign(t.instance.units.size(), 1);
    t.instance.unserved.assign(t.instance.unserved.size(), INFINITY);
    t.instance.capacity.assign(t.instance.capacity.size(), 1);
  }
  t.view = seed % 3 == 0 || matrix ? denseView(t.instance, t.costs) : t.instance.view();
  Classes classes;
  CHECK(mergeClasses(t.view, classes) == Fault::kNone);
  const Grid grid(classes);
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
  CHECK(pass.gap <= answer.tolerance && (answer.tolerance == 0 || !t.instance.integer));
  CHECK(!t.instance.integer || (pass.primal == answer.objective && pass.dual == answer.bound));
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
    cuda::listBenchInstances();
    return 0;
  }
  if (mode == "random" && argc > 3) return randomProblems(std::atoll(argv[2]), static_cast<uint64_t>(std::atoll(argv[3])));
  if (mode == "bench" && argc > 3) {
    const int result = cuda::benchInstance(argv[2], std::atoi(argv[3]), argc > 4);
    if (result >= 0) return result;
  }
  std::fprintf(stderr, "usage: gpu_check probe | list | random COUNT SEED | bench NAME RUNS [core]\n");
  return 2;
}
