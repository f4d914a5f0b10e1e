// What a device's answers must be, alone and in batches, whatever the problem has: optimal, proven there and here. Processor threads stand in
// its place.
#include <cstdio>
#include <cstdlib>

#include "plugin_door.h"
#include "solve_boards.h"

using namespace outbid;
using namespace outbid::test;

namespace {

// One of those that take the short way (cuda/direct.h), but for twins.
void makePlain(Instance& p) {
  p.arcCapacity.clear();
  p.tierOffsets.clear();
  p.tierSlots.clear();
  p.tierSurcharge.clear();
  for (int32_t& units : p.units) units = 1;
  for (int32_t& capacity : p.capacity) capacity = std::max(capacity, 1);
}

void answersAreOptimalAloneAndInBatches(int count) {
  Host host;
  char text[OUTBID_TEXT_BYTES];
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 41000000);
    std::vector<Instance> instances;
    std::vector<Matrix> matrices(static_cast<size_t>(random.in(0, 6)));
    std::vector<outbid_problem> problems;
    std::vector<outbid_request> requests;
    for (size_t k = 0; k < matrices.size(); k++) {
      instances.push_back(fittingInstance(random));
      if (random.chance(50)) makePlain(instances.back());
      requests.push_back(requestOf(random.next() >> 12));
    }
    for (size_t k = 0; k < instances.size(); k++)
      problems.push_back(problemOf(k % 2 == 0 ? instances[k].view() : denseView(instances[k], matrices[k])));
    std::vector<const outbid_problem*> pointers;
    for (const outbid_problem& problem : problems) pointers.push_back(&problem);
    std::vector<const outbid_answer*> answers(problems.size(), nullptr);
    std::vector<outbid_code> codes(problems.size(), OUTBID_INTERNAL);
    context("plug-in, seed %d", seed);
    CHECK(backend().solve_many(static_cast<int64_t>(problems.size()), pointers.data(), requests.data(), &host.control,
                               answers.data(), codes.data(), text) == OUTBID_OK);
    for (size_t k = 0; k < problems.size(); k++) {
      CHECK(codes[k] == OUTBID_OK && answers[k] != nullptr);
      if (answers[k] == nullptr) continue;
      checkAnswer(instances[k], *answers[k]);
      const outbid_answer* alone = nullptr;
      CHECK(backend().solve(&problems[k], &requests[k], &host.control, &alone, text) == OUTBID_OK && alone != nullptr);
      if (alone != nullptr) {
        checkAnswer(instances[k], *alone);
        CHECK(alone->placed_count == answers[k]->placed_count);
        CHECK(std::equal(alone->placed_arcs, alone->placed_arcs + alone->placed_count, answers[k]->placed_arcs));
        backend().release(alone);
      }
      backend().release(answers[k]);
    }
  }
}

// Plain problems take the short way, most of them to its end; prices, values and placements are those of an optimum.
void plainProblemsNeedNoFinish(int count) {
  int direct = 0;
  int unfinished = 0;
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 42000000);
    Instance p = flatInstance(random, seed % 10 == 0 ? Shape{60, 30, false} : Shape{});
    makePlain(p);
    context("short way, seed %d", seed);
    Matrix matrix;
    std::vector<cuda::Task> tasks(1);
    Control control;
    tasks[0].view = seed % 2 == 0 ? p.view() : denseView(p, matrix);
    tasks[0].request.seed = random.next();
    tasks[0].control = &control;
    cuda::DeviceBoards boards(0);
    cuda::BatchTimes times;
    CHECK(cuda::solveBoards(tasks, boards, 1, times) && tasks[0].end == cuda::TaskEnd::kAnswered);
    const Answer& answer = tasks[0].answer;
    const Verdict verdict = oracle(p);
    if (!verdict.feasible) {
      CHECK(answer.status == Status::kInfeasible);
      continue;
    }
    CHECK(answer.status == Status::kOptimal && static_cast<__int128>(answer.objective) == verdict.objective);
    PassResult pass;
    CHECK(certificatePass(tasks[0].view, answer.prices.data(), answer.placedArcs.data(), answer.placedUnits.data(),
                          answer.placedArcs.size(), pass) == Fault::kNone);
    CHECK(pass.gap == 0 && pass.primal == answer.objective && pass.dual == answer.bound);
    const double sign = p.maximize ? -1 : 1;
    for (size_t i = 0; i < p.units.size(); i++) {
      double least = p.unserved[i];
      for (size_t a = static_cast<size_t>(p.offsets[i]); a < static_cast<size_t>(p.offsets[i + 1]); a++)
        least = std::min(least, sign * p.costs[a] + answer.prices[static_cast<size_t>(p.targets[a])]);
      CHECK(answer.values[i] == sign * least);
    }
    direct += tasks[0].direct ? 1 : 0;
    unfinished += tasks[0].direct && !tasks[0].finished ? 1 : 0;
  }
  std::printf("%d problems, %d took the short way, %d of them to its end\n", count, direct, unfinished);
  CHECK(direct > count / 4 && unfinished > direct / 2);
}

// Full matrices with a slot a node go in chains (cuda/matrix.h), unless the assignment has to be the same in every run.
void onlyWhatMayDifferGoesInChains(int count) {
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 43000000);
    context("chains or rounds, seed %d", seed);
    const int32_t n = static_cast<int32_t>(random.in(8, 40));
    std::vector<double> costs(static_cast<size_t>(n) * static_cast<size_t>(n));
    for (double& cost : costs) cost = static_cast<double>(random.in(-50, 1000));
    std::vector<cuda::Task> tasks(3);
    Control control;
    for (cuda::Task& task : tasks) {
      task.view.demands = task.view.nodes = n;
      task.view.arcs = static_cast<int64_t>(costs.size());
      task.view.costs = {costs.data(), CostType::kFloat64};
      task.view.units.all = task.view.capacity.all = 1;
      task.view.unservedCost.all = INFINITY;
      task.view.arcCapacity.all = kNoBound;
      task.view.integer = true;
      task.control = &control;
    }
    tasks[1].deterministic = true;
    tasks[2].view.integer = false;  // objective and bound would differ in their last bits
    cuda::DeviceBoards boards(0);
    cuda::BatchTimes times;
    CHECK(cuda::solveBoards(tasks, boards, 1, times));
    for (const cuda::Task& task : tasks) {
      CHECK(task.end == cuda::TaskEnd::kAnswered && task.answer.status == Status::kOptimal && task.answer.gap == 0);
      const bool rounds = task.deterministic || !task.view.integer;
      CHECK((task.tally.chained > 0) != rounds && (task.tally.end.rounds > task.tally.searches) == rounds);
    }
    CHECK(tasks[0].answer.objective == tasks[1].answer.objective);
  }
}

// Costs of more bits than a board has: the device opens, the core ends it exactly, and answers are as good as the core's own.
void costsMayBeLargeOrNotWhole(int count) {
  Host host;
  char text[OUTBID_TEXT_BYTES];
  int64_t opened = 0;
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 44000000);
    const bool floats = seed % 2 == 0;
    Instance p = fittingInstance(random, seed % 10 < 2 ? Shape{60, 30, floats} : Shape{12, 8, floats});
    context("large or float costs, seed %d", seed);
    if (!floats) {
      // Whole costs reach 3e5; 300 units together stay within 2^53.
      for (double& cost : p.costs) cost = cost * std::ldexp(1, 24) + static_cast<double>(random.in(-(1 << 28), 1 << 28));
    } else if (seed % 8 == 0) {
      // Few bits, which a board keeps all, but in a unit of its own.
      for (double& cost : p.costs) cost = static_cast<double>(random.in(-20, 400)) / 4;
      for (double& unserved : p.unserved) unserved = std::isinf(unserved) ? unserved : 50.5;
    } else if (random.chance(50)) {
      p.arcCapacity.clear();
      for (double& g : p.tierSurcharge) g += 0.125;
    }
    Matrix matrix;
    const ProblemView view = random.chance(50) ? p.view() : denseView(p, matrix);
    const outbid_problem problem = problemOf(view);
    const outbid_request request = requestOf(random.next() >> 12);
    const outbid_answer* answer = nullptr;
    const int64_t before = deviceScript().runs;
    CHECK(backend().solve(&problem, &request, &host.control, &answer, text) == OUTBID_OK && answer != nullptr);
    opened += deviceScript().runs - before;
    if (answer == nullptr) continue;
    if (!floats) checkAnswer(p, *answer);
    Job job;
    Control control;
    CHECK(job.build(view, {}) == Fault::kNone && job.run(control) == Fault::kNone);
    const Answer& own = job.answer();
    CHECK(static_cast<uint32_t>(own.status) == answer->status);
    if (own.status == Status::kOptimal) {
      CHECK(answer->gap <= answer->tolerance);
      CHECK(std::fabs(answer->objective - own.objective) <= answer->tolerance + own.tolerance);
    }
    backend().release(answer);
  }
  CHECK(opened > count / 2);
}

// Prices to begin with never change what is optimal; those of the optimum leave little to bid.
void pricesToBeginWithSpareBids(int count) {
  int64_t cold = 0;
  int64_t warm = 0;
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 45000000);
    Instance p = fittingInstance(random, {60, 30, seed % 5 == 0});
    if (seed % 3 == 0) makePlain(p);
    context("prices to begin with, seed %d", seed);
    Matrix matrix;
    const ProblemView view = seed % 2 == 0 ? p.view() : denseView(p, matrix);
    const auto solve = [&](const double* prices, bool deterministic, int64_t& bids) {
      std::vector<cuda::Task> tasks(1);
      Control control;
      tasks[0].view = view;
      tasks[0].request.prices = prices;
      tasks[0].control = &control;
      tasks[0].deterministic = deterministic;
      cuda::DeviceBoards boards(0);
      cuda::BatchTimes times;
      CHECK(cuda::solveBoards(tasks, boards, 1, times) && tasks[0].end == cuda::TaskEnd::kAnswered);
      bids = tasks[0].tally.end.bids;
      return std::move(tasks[0].answer);
    };
    int64_t first = 0;
    int64_t second = 0;
    const bool deterministic = random.chance(50);
    const Answer one = solve(nullptr, deterministic, first);
    if (one.status != Status::kOptimal) continue;
    std::vector<double> prices = one.prices;
    const bool wrong = random.chance(40);
    for (double& price : prices) {
      if (wrong) price = random.chance(30) ? 0 : random.chance(10) ? 1e12 : std::floor(price * random.unit() * 3);
    }
    const Answer other = solve(prices.data(), deterministic, second);
    CHECK(other.status == Status::kOptimal && std::fabs(other.objective - one.objective) <= one.tolerance + other.tolerance);
    CHECK(other.gap <= other.tolerance);
    if (!wrong) cold += first, warm += second;
  }
  std::printf("%lld bids from nothing, %lld from the prices of the optimum\n", static_cast<long long>(cold),
              static_cast<long long>(warm));
  CHECK(2 * warm < cold);
}

// A demand whose arcs are all full has no next unit to pay for: the gates' prices come from its dearest arc.
void everyArcMayBeFull() {
  Host host;
  char text[OUTBID_TEXT_BYTES];
  context("all arcs full");
  Instance p;
  p.nodes = 2;
  p.offsets = {0, 2};
  p.targets = {0, 1};
  p.costs = {1, 50};
  p.arcCapacity = {1, 2};
  p.units = {3};
  p.unserved = {INFINITY};
  p.capacity = {5, 5};
  for (const double unserved : {static_cast<double>(INFINITY), 1000.0}) {
    p.unserved[0] = unserved;
    const outbid_problem problem = problemOf(p.view());
    const outbid_request request = requestOf();
    const outbid_answer* answer = nullptr;
    CHECK(backend().solve(&problem, &request, &host.control, &answer, text) == OUTBID_OK && answer != nullptr);
    if (answer == nullptr) continue;
    CHECK(answer->status == OUTBID_STATUS_OPTIMAL && answer->objective == 101 && answer->bound == 101);
    CHECK(answer->placed_count == 2 && answer->placed_units[0] == 1 && answer->placed_units[1] == 2);
    backend().release(answer);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int scale = argc > 1 ? std::atoi(argv[1]) : 1;
  answersAreOptimalAloneAndInBatches(150 * scale);
  plainProblemsNeedNoFinish(400 * scale);
  onlyWhatMayDifferGoesInChains(60 * scale);
  everyArcMayBeFull();
  costsMayBeLargeOrNotWhole(300 * scale);
  pricesToBeginWithSpareBids(300 * scale);
  return report("cuda answers");
}
