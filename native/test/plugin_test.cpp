// The host's half of the C contract: a plug-in that is the core answers like the core, and whatever is wrong with a problem, an answer
// or a library ends in a failure with a code. Run under the sanitizers, it shows that nothing is read out of bounds on the way.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <thread>

#include "../backend/plugin_side.h"
#include "../backend/registry.h"
#include "../backend/run.h"
#include "check.h"
#include "random_problem.h"

using namespace outbid;
using namespace outbid::backend;
using namespace outbid::test;

namespace {

// The stub under a name that says what it does; see stub_plugin.cpp.
class Stubs {
 public:
  explicit Stubs(const char* stub)
      : stub_(stub),
        folder_(std::filesystem::temp_directory_path() /
                ("outbid-stubs-" + std::to_string(Control::Clock::now().time_since_epoch().count()))) {
    std::filesystem::create_directories(folder_);
  }
  ~Stubs() { std::filesystem::remove_all(folder_); }

  std::string file(const char* name) const {
    const std::filesystem::path to = folder_ / (std::string(name) + ".so");
    std::filesystem::copy_file(stub_, to, std::filesystem::copy_options::skip_existing);
    return to.string();
  }
  const Plugin* open(const char* name) {
    Failure failure;
    const Plugin* plugin = registry_.open(file(name), failure);
    CHECK(plugin != nullptr && !failure);
    return plugin;
  }

 private:
  const std::filesystem::path stub_;
  const std::filesystem::path folder_;
  Registry registry_;
};

bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

bool is(const Failure& failure, const char* code) {
  return failure && std::strcmp(failure.code, code) == 0;
}

void thePlugInAnswersLikeTheCore(Stubs& stubs) {
  const Plugin* plugin = stubs.open("good");
  int compared = 0;
  for (int seed = 1; seed <= 1500; seed++) {
    Random random(static_cast<uint64_t>(seed) + 4000000);
    const Instance p = randomInstance(random, {12, 8, seed % 3 == 0});
    context("seed %d", seed);
    Request request;
    request.seed = static_cast<uint64_t>(seed);
    Job job;
    Control own;
    const bool fits = job.build(p.view(), request) == Fault::kNone;
    const Fault fault = fits ? job.run(own) : Fault::kProblemChanged;
    PluginRun run(*plugin, true);
    const Failure built = run.build(p.view(), request, random.chance(50));
    CHECK(static_cast<bool>(built) == !fits);
    if (built) continue;
    Control control;
    run.run(control);
    const Outcome& outcome = run.outcomes[0];
    if (fault != Fault::kNone) {
      CHECK(is(outcome.failure, faultCode(fault)));
      continue;
    }
    compared++;
    const Answer& a = job.answer();
    const Answer& b = outcome.answer;
    CHECK(!outcome.failure);
    CHECK(a.status == b.status && same(a.objective, b.objective) && same(a.bound, b.bound) && same(a.gap, b.gap));
    CHECK(std::fabs(a.tolerance - b.tolerance) <= 1e-6 * a.tolerance);
    CHECK(a.prices == b.prices && a.values == b.values && a.placedArcs == b.placedArcs && a.placedUnits == b.placedUnits);
    CHECK(a.assignment == b.assignment && a.witnessDemands == b.witnessDemands && a.witnessNodes == b.witnessNodes);
    CHECK(outcome.device == "stub device 0");
  }
  CHECK(compared > 1000);
}

// One number of an answer is another, one count is none: accepted is only what the certificate still proves.
void aSpoiledAnswerIsRefused() {
  int refused = 0;
  for (int seed = 1; seed <= 4000; seed++) {
    Random random(static_cast<uint64_t>(seed) + 5000000);
    const Instance p = randomInstance(random, {12, 8, seed % 3 == 0});
    context("spoiled answer, seed %d", seed);
    Snapshot snapshot;
    if (snapshot.take(p.view(), nullptr, false)) continue;
    Job job;
    Control control;
    if (job.build(p.view(), {}) != Fault::kNone || job.run(control) != Fault::kNone) continue;
    const Answer good = job.answer();
    outbid_answer* given = plugin::giveOut(std::move(job.answer()), "");
    Answer& own = static_cast<plugin::GivenAnswer*>(given->owner)->answer;
    const int32_t wild[] = {-1, 0, 1, 7, INT32_MIN, INT32_MAX, static_cast<int32_t>(random.in(0, 100))};
    const double wilder[] = {-1, 0.5, 3, INFINITY, -INFINITY, NAN, 1e300, 9007199254740993.0};
    const int64_t counts[] = {-1, INT64_MAX, INT64_MIN, int64_t{1} << 40};
    const auto spoil = [&](auto& vector, const auto& values) {
      if (vector.empty()) return;
      vector[static_cast<size_t>(random.in(0, static_cast<int64_t>(vector.size()) - 1))] =
          values[random.in(0, static_cast<int64_t>(std::size(values)) - 1)];
    };
    int64_t* const lengths[] = {&given->prices_count,     &given->values_count,          &given->placed_count,
                                &given->assignment_count, &given->witness_demands_count, &given->witness_nodes_count};
    double* const claims[] = {&given->objective, &given->bound,          &given->gap,
                              &given->tolerance, &given->witness_needed, &given->witness_available};
    switch (random.in(0, 10)) {
      case 0: spoil(own.prices, wilder); break;
      case 1: spoil(own.values, wilder); break;
      case 2: spoil(own.placedArcs, wild); break;
      case 3: spoil(own.placedUnits, wild); break;
      case 4: spoil(own.assignment, wild); break;
      case 5: spoil(own.witnessDemands, wild); break;
      case 6: spoil(own.witnessNodes, wild); break;
      case 7: *lengths[random.in(0, 5)] = counts[random.in(0, 3)]; break;
      case 8: *lengths[random.in(0, 5)] /= 2; break;
      case 9: *claims[random.in(0, 5)] = wilder[random.in(0, 7)]; break;
      case 10: given->status = static_cast<uint32_t>(random.in(0, 5)); break;
    }
    Answer answer;
    const Failure failure = accept(*given, snapshot, {}, answer);
    refused += static_cast<bool>(failure);
    // What is accepted is as good as the answer was.
    CHECK(failure || (answer.status == good.status && same(answer.objective, good.objective) && same(answer.bound, good.bound)));
    CHECK(!failure || is(failure, "CERTIFICATE_FAILED"));
    for (const int32_t units : answer.placedUnits) CHECK(failure || units >= 1);
    plugin::release(given);
  }
  CHECK(refused > 1500);
}

// Demands, the nodes they reach, and the right counts: but there is room for them, or they need not be served.
void aWitnessThatProvesNothingIsRefused() {
  int refused = 0;
  for (int seed = 1; seed <= 300; seed++) {
    Random random(static_cast<uint64_t>(seed) + 8000000);
    const Instance p = randomInstance(random);
    context("false witness, seed %d", seed);
    Snapshot snapshot;
    Job job;
    Control control;
    if (snapshot.take(p.view(), nullptr, false)) continue;
    if (job.build(p.view(), {}) != Fault::kNone || job.run(control) != Fault::kNone || job.answer().status != Status::kOptimal)
      continue;
    Answer answer;
    answer.status = Status::kInfeasible;
    answer.objective = answer.bound = p.maximize ? -INFINITY : INFINITY;
    answer.gap = NAN;
    for (size_t i = 0; i < p.units.size() && answer.witnessDemands.empty(); i++) {
      if ((p.unserved[i] == INFINITY) != (seed % 2 == 0)) continue;
      answer.witnessDemands.push_back(static_cast<int32_t>(i));
      answer.witnessNeeded = p.units[i];
      for (size_t a = static_cast<size_t>(p.offsets[i]); a < static_cast<size_t>(p.offsets[i + 1]); a++) {
        const int32_t capacity = p.capacity[static_cast<size_t>(p.targets[a])];
        answer.witnessNodes.push_back(p.targets[a]);
        answer.witnessAvailable += p.arcCapacity.empty() ? capacity : std::min(capacity, p.arcCapacity[a]);
      }
    }
    outbid_answer* given = plugin::giveOut(std::move(answer), "");
    Answer out;
    refused++;
    CHECK(is(accept(*given, snapshot, {}, out), "CERTIFICATE_FAILED"));
    plugin::release(given);
  }
  CHECK(refused > 100);
}

// A caller may write to its arrays at any time: the snapshot holds a valid problem, or says that it does not.
void aChangedProblemIsRefusedOrStillAProblem() {
  int changed = 0;
  for (int seed = 1; seed <= 4000; seed++) {
    Random random(static_cast<uint64_t>(seed) + 6000000);
    Instance p = randomInstance(random, {12, 8, seed % 3 == 0});
    context("changed problem, seed %d", seed);
    const int32_t wild[] = {-1, INT32_MIN, INT32_MAX, 3, 0};
    const double wilder[] = {NAN, -INFINITY, INFINITY, 0.5, 1e300, -7};
    const auto spoil = [&](auto& vector, const auto& values) {
      if (vector.empty()) return;
      vector[static_cast<size_t>(random.in(0, static_cast<int64_t>(vector.size()) - 1))] =
          values[random.in(0, static_cast<int64_t>(std::size(values)) - 1)];
    };
    switch (random.in(0, 8)) {
      case 0: spoil(p.offsets, wild); break;
      case 1: spoil(p.targets, wild); break;
      case 2: spoil(p.units, wild); break;
      case 3: spoil(p.capacity, wild); break;
      case 4: spoil(p.arcCapacity, wild); break;
      case 5: spoil(p.tierOffsets, wild); break;
      case 6: spoil(p.tierSlots, wild); break;
      case 7: spoil(p.tierSurcharge, wilder); break;
      case 8: random.chance(50) ? spoil(p.costs, wilder) : spoil(p.unserved, wilder); break;
    }
    Snapshot snapshot;
    const Failure failure = snapshot.take(p.view(), nullptr, random.chance(50));
    changed += static_cast<bool>(failure);
    CHECK(!failure || is(failure, "PROBLEM_CHANGED"));
    if (failure) continue;
    Job job;
    CHECK(job.build(snapshot.view(), {}) == Fault::kNone);
  }
  CHECK(changed > 1000);
}

void aStopEndsThePlugIn(Stubs& stubs) {
  const Plugin* plugin = stubs.open("slow");
  Random random(1);
  const Instance p = randomInstance(random);
  for (int problems = 1; problems <= 2; problems++) {
    PluginRun run(*plugin, false);
    for (int k = 0; k < problems; k++) CHECK(!run.build(p.view(), {}, true));
    Control control;
    std::thread thread([&] { run.run(control); });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    control.stop.store(true);
    thread.join();
  }
}

void severalRunsAtOnceShareThePlugIn(Stubs& stubs) {
  const Plugin* plugin = stubs.open("shared");
  std::vector<std::thread> threads;
  std::atomic<int> answered{0};
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([&, t] {
      for (int seed = 1; seed <= 40; seed++) {
        Random random(static_cast<uint64_t>(seed * 4 + t) + 7000000);
        const Instance p = randomInstance(random);
        PluginRun run(*plugin, false);
        if (run.build(p.view(), {}, true)) continue;
        Control control;
        run.run(control);
        if (!run.outcomes[0].failure) answered++;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(answered > 100);
}

void everyUnfitLibraryHasItsCode(Stubs& stubs) {
  const struct {
    const char* name;
    const char* code;
  } unfit[] = {
      {"other-version", "PLUGIN_API_MISMATCH"},
      {"short-entry", "PLUGIN_API_MISMATCH"},
      {"no-solve", "PLUGIN_API_MISMATCH"},
      {"no-entry", "PLUGIN_API_MISMATCH"},
      {"no-driver", "DRIVER_NOT_FOUND"},
      {"old-driver", "DRIVER_TOO_OLD"},
      {"no-device", "NO_DEVICE"},
      {"endless-text", "NO_DEVICE"},
      {"no-arch", "ARCH_UNSUPPORTED"},
      {"broken-device", "DEVICE_FAILED"},
      {"unknown-code", "INTERNAL"},
  };
  for (const auto& one : unfit) {
    context("%s", one.name);
    Plugin plugin;
    Failure failure = plugin.open(stubs.file(one.name));
    std::vector<Device> devices;
    if (!failure) failure = plugin.probe(devices);
    CHECK(is(failure, one.code) && devices.empty());
  }
  CHECK(is(Plugin().open("/nowhere/plugin.so"), "PLUGIN_NOT_INSTALLED"));
}

}  // namespace

// The argument is the stub's file.
int main(int count, char** arguments) {
  if (count != 2) return 2;
  Stubs stubs(arguments[1]);
  thePlugInAnswersLikeTheCore(stubs);
  aSpoiledAnswerIsRefused();
  aWitnessThatProvesNothingIsRefused();
  aChangedProblemIsRefusedOrStillAProblem();
  aStopEndsThePlugIn(stubs);
  severalRunsAtOnceShareThePlugIn(stubs);
  everyUnfitLibraryHasItsCode(stubs);
  return report("plugin");
}
