// A problem that may be shown to a plug-in: every value checked, and nobody writes to it.
//
// The caller's arrays are borrowed where that is safe - the caller waits on its own thread and shares them with no other - and
// copied otherwise; the copy is taken first and is what is checked. What the contract lets a plug-in assume is established here, by
// the same rules as the core's own reading (classes.cpp), and what the problem needs of a plug-in is noted on the way.
#pragma once

#include <vector>

#include "../core/array.h"
#include "contract.h"
#include "failure.h"

namespace outbid::backend {

class Snapshot {
 public:
  Snapshot() = default;
  Snapshot(Snapshot&&) = default;
  Snapshot& operator=(Snapshot&&) = default;

  // `prices`: warm prices, one per node, or nullptr. PROBLEM_CHANGED if a value is out of range. Throws std::bad_alloc.
  Failure take(const ProblemView& view, const double* prices, bool copy, int32_t threads = 1);

  const ProblemView& view() const { return view_; }
  const outbid_problem& problem() const { return problem_; }
  const double* prices() const { return prices_; }
  int32_t largestCount() const { return largestCount_; }  // units of a demand or slots of a node
  size_t bytes() const;

 private:
  template <class T>
  void keep(const T*& data, size_t count);
  bool check();
  bool checkArcs();
  bool checkTargets() const;
  bool checkCosts();
  template <class Cost>
  bool checkCosts(size_t from, size_t to, double& largest) const;
  bool checkNodes();
  bool note(double value) { return fits(value, largestCost_); }
  bool fits(double value, double& largest) const;
  void describe();

  ProblemView view_;
  outbid_problem problem_{};
  const double* prices_ = nullptr;
  std::vector<Array<double>> own_;
  int32_t threads_ = 1;
  int32_t largestCount_ = 0;
  double largestCost_ = 0;
  int64_t totalUnits_ = 0;
  uint64_t needs_ = 0;
};

}  // namespace outbid::backend
