// The short way for plain problems: every demand wants one unit, costs are whole, no tiers, no arc capacities, every node has a slot, and
// demands do not repeat. They go to a board as the caller holds them, without the core's layout, and where the device proves the
// auction's outcome it is the answer: nothing is left to finish. Whatever it does not prove goes the long way, through the core.
#pragma once

#include "layout.h"
#include "solve.h"

namespace outbid::cuda {

// False: the problem is not one of these, and the layout is of no use. One board demand for each of the caller's.
bool layOutDirect(const ProblemView& view, uint64_t seed, Layout& to);

// Whether a state with this proof is optimal: complete, within capacities, both objectives equal.
bool isOptimal(const Layout& layout, const int32_t* at, const Proof& proof);

// The answer of an optimal state of a direct layout; value: per demand, what the certificate step found.
void answerDirect(const ProblemView& view, const Layout& layout, const int32_t* at, const std::vector<int64_t>& prices,
                  const int64_t* value, const Proof& proof, Answer& answer);

// A state that is not, as the core's start.
class DirectOpening : public Opener {
 public:
  DirectOpening(const Layout& layout, const std::vector<int32_t>& at, const std::vector<int32_t>& price)
      : layout_(layout), at_(at), price_(price) {}
  bool open(Market& market, Control& control) override;

 private:
  const Layout& layout_;
  const std::vector<int32_t>& at_;
  const std::vector<int32_t>& price_;
};

}  // namespace outbid::cuda
