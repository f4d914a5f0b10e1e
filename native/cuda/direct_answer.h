// From what a device leaves of a plain problem (direct.h) to the answer, or to a start for the core where it is not proven.
#pragma once

#include "outcome.h"
#include "solve.h"

namespace outbid::cuda {

// Whether a state with this proof is optimal: complete, within capacities, both objectives equal.
bool isOptimal(const Layout& layout, const int32_t* at, const Proof& proof, int32_t threads);

// The answer of an optimal state of a direct layout; value: per demand, what the certificate step found.
void answerDirect(const ProblemView& view, const Layout& layout, const int32_t* at, const std::vector<int64_t>& prices,
                  const int64_t* value, const Proof& proof, int32_t threads, Answer& answer);

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
