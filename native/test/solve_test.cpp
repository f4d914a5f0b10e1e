// Whole solves on random instances: status and objective against the oracle, the certificate against the caller's arrays.
#include "solve.h"

#include <cstdio>
#include <cstdlib>

#include "check.h"
#include "oracle.h"
#include "random_problem.h"

using namespace outbid;
using namespace outbid::test;

namespace {

Answer solved(const Instance& instance, const Request& request = {}) {
  Job job;
  CHECK(job.build(instance.view(), request) == Fault::kNone);
  Control control;
  const Fault fault = job.run(control);
  CHECK(fault == Fault::kNone);
  return std::move(job.answer());
}

void checkAgainstOracle(const Instance& p, const Answer& answer) {
  const Verdict verdict = oracle(p);
  if (!verdict.feasible) {
    CHECK(answer.status == Status::kInfeasible);
    CHECK(answer.witnessNeeded > answer.witnessAvailable);
    return;
  }
  CHECK(answer.status == Status::kOptimal);
  CHECK(answer.gap == 0);
  CHECK(static_cast<__int128>(answer.objective) == verdict.objective);
  PassResult pass;
  CHECK(certificatePass(p.view(), answer.prices.data(), answer.placedArcs.data(), answer.placedUnits.data(),
                        answer.placedArcs.size(), pass) == Fault::kNone);
  CHECK(pass.primal == answer.objective);
  CHECK(pass.dual == answer.bound);
  CHECK(pass.gap == 0);
}

void integerInstancesAgreeWithTheOracle(int count, Shape shape) {
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed));
    const Instance p = randomInstance(random, shape);
    context("integer instance, seed %d", seed);
    checkAgainstOracle(p, solved(p));
  }
}

void floatInstancesAreWithinTolerance(int count) {
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 7000000);
    Shape shape;
    shape.floats = true;
    const Instance p = randomInstance(random, shape);
    context("float instance, seed %d", seed);
    const Answer answer = solved(p);
    if (answer.status == Status::kInfeasible) continue;
    CHECK(answer.status == Status::kOptimal);
    PassResult pass;
    CHECK(certificatePass(p.view(), answer.prices.data(), answer.placedArcs.data(), answer.placedUnits.data(),
                          answer.placedArcs.size(), pass) == Fault::kNone);
    CHECK(pass.primal == answer.objective);
    CHECK(pass.dual == answer.bound);
    CHECK(pass.gap == answer.gap);
    CHECK(pass.gap <= answer.tolerance);
  }
}

void warmPricesAndSeedsNeverChangeTheObjective(int count) {
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 3000000);
    const Instance p = randomInstance(random);
    context("warm instance, seed %d", seed);
    std::vector<double> prices;
    const double most = random.chance(20) ? 1e15 : 400;
    for (int32_t j = 0; j < p.nodes; j++) prices.push_back(std::floor(random.unit() * most));
    Request request;
    request.prices = prices.data();
    request.seed = random.next();
    checkAgainstOracle(p, solved(p, request));
  }
}

void slotValuesEqualReSolving(int count) {
  for (int seed = 1; seed <= count; seed++) {
    Random random(static_cast<uint64_t>(seed) + 5000000);
    Instance p = randomInstance(random);
    context("slot values, seed %d", seed);
    const Answer answer = solved(p);
    if (answer.status != Status::kOptimal) continue;
    const size_t m = static_cast<size_t>(p.nodes);
    std::vector<double> gain(m), loss(m);
    CHECK(slotValues(p.view(), answer.prices.data(), answer.placedArcs.data(), answer.placedUnits.data(), answer.placedArcs.size(),
                     gain.data(), loss.data()) == Fault::kNone);
    const double sign = p.maximize ? -1 : 1;
    for (size_t j = 0; j < m; j++) {
      Instance q = p;
      q.capacity[j]++;
      if (!q.tierOffsets.empty()) q.tierSlots[static_cast<size_t>(q.tierOffsets[j + 1] - 1)]++;
      CHECK(gain[j] == sign * (answer.objective - static_cast<double>(oracle(q).objective)));
      if (p.capacity[j] == 0) {
        CHECK(std::isnan(loss[j]));
        continue;
      }
      q = p;
      q.capacity[j]--;
      if (!q.tierOffsets.empty()) {
        int32_t t = q.tierOffsets[j + 1] - 1;
        while (q.tierSlots[static_cast<size_t>(t)] == 0) t--;
        q.tierSlots[static_cast<size_t>(t)]--;
      }
      const Verdict less = oracle(q);
      CHECK(loss[j] == (less.feasible ? sign * (static_cast<double>(less.objective) - answer.objective) : INFINITY));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int scale = argc > 1 ? std::atoi(argv[1]) : 1;
  integerInstancesAgreeWithTheOracle(3000 * scale, {});
  integerInstancesAgreeWithTheOracle(100 * scale, {60, 30, false});
  floatInstancesAreWithinTolerance(1000 * scale);
  warmPricesAndSeedsNeverChangeTheObjective(1000 * scale);
  slotValuesEqualReSolving(400 * scale);
  return report("solve");
}
