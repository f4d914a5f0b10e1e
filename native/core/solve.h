// The door of the core: build a solver's own layout from a borrowed view, run, read the answer. No exception crosses it and
// nothing here knows Node. `Job::build` reads the caller's arrays, so it runs where they are safe to read; `Job::run` touches
// only what build copied and may run on any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "control.h"
#include "problem_view.h"

namespace outbid {

class Opener;

enum class Fault : uint8_t {
  kNone,
  kProblemChanged,  // the caller's arrays no longer hold what was checked: an offset, target, cost or quantity is invalid
  kCostRange,       // float costs too far apart to be refined to the tolerance
  kOutOfMemory,
  kCertificateFailed,  // the answer found does not pass its own certificate: a defect; nothing is returned
};

enum class Status : uint8_t { kOptimal, kFeasible, kStopped, kInfeasible };

struct Request {
  double gap = 0;                  // absolute gap at which to stop early, in the caller's cost
  const double* prices = nullptr;  // warm prices, one per node, >= 0; nullptr: cold. Read by Job::build only
  uint64_t seed = 0;
  int32_t threads = 1;       // how many may work at once; never changes the answer
  Opener* opener = nullptr;  // opener.h: finds the start in the auction's stead; must last as long as the job
};

struct Stats {
  int64_t classes = 0;  // distinct demands after merging
  int64_t bids = 0;
  int64_t pushes = 0;
  int64_t pulls = 0;
  double layoutMilliseconds = 0;
  double solveMilliseconds = 0;
};

// All in the caller's sense and order: for a maximising problem objective, bound and values are values.
struct Answer {
  Status status = Status::kOptimal;
  double objective = 0;
  double bound = 0;
  double gap = 0;
  double tolerance = 0;
  std::vector<double> prices;        // per node
  std::vector<double> values;        // per demand
  std::vector<int32_t> placedArcs;   // ascending; arcs that carry units
  std::vector<int32_t> placedUnits;  // beside placedArcs
  std::vector<int32_t> assignment;   // per demand its node, -1: unserved; empty where not at hand
  std::vector<int32_t> witnessDemands;
  std::vector<int32_t> witnessNodes;
  double witnessNeeded = 0;
  double witnessAvailable = 0;
  Stats stats;
};

class Job {
 public:
  Job();
  ~Job();
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  Fault build(const ProblemView& view, const Request& request) noexcept;
  Fault run(Control& control) noexcept;
  Answer& answer() { return answer_; }
  // Bytes the job holds, for reporting external memory.
  size_t bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  Answer answer_;
};

// Exact worth of one slot more (gain) and one slot less (loss) of every node of an optimal solution; both hold `nodes` entries.
// placedArcs ascend. See slot_values.h.
Fault slotValues(const ProblemView& view, const double* prices, const int32_t* placedArcs, const int32_t* placedUnits,
                 size_t placed, double* gain, double* loss) noexcept;

struct PassResult {
  bool valid = false;    // capacities, arc capacities and units hold
  int64_t unplaced = 0;  // must-serve units without a place: primal and gap are then infinite
  double primal = 0;
  double dual = 0;
  double gap = 0;
  double tolerance = 0;
  double milliseconds = 0;  // of the pass alone
};

// One certificate pass over the caller's arrays, where they stand: the floor any exact solver is measured against. See
// certificate.h. The arrays are checked first, outside the time taken, and must not be written to meanwhile. The same on any number of threads.
Fault certificatePass(const ProblemView& view, const double* prices, const int32_t* placedArcs, const int32_t* placedUnits,
                      size_t placed, PassResult& result, int32_t threads = 1) noexcept;

}  // namespace outbid
