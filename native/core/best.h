// The best complete answer seen so far, for runs that a deadline may end: phases improve it as a rule, but the middle of a phase can be
// worse than the end of the one before. Placements and prices are kept apart: the cheapest placements and the prices of the
// highest bound need not come from the same moment, and any prices prove a bound for any placements.
#pragma once

#include <vector>

#include "certificate.h"
#include "market.h"

namespace outbid {

class Best {
 public:
  // Remembers the market's placements and prices where they are better than what is kept. Every unit must have a place.
  void note(const Market& market);
  // Puts back what is better than what the market holds now.
  void restore(Market& market) const;
  // After a change of costs nothing kept is comparable.
  void forget() { kept_ = false; }

 private:
  struct Placement {
    int32_t cls;
    int32_t arc;
    int64_t units;
  };
  bool kept_ = false;
  double primal_ = 0;
  double dual_ = 0;
  std::vector<Placement> placements_;
  std::vector<int64_t> pooled_;  // classes
  std::vector<int64_t> prices_;  // nodes
};

}  // namespace outbid
