// Which unit of the classes stands for which of the caller's demands: units of a class are all alike, so any dealing within it will do.
#pragma once

#include <vector>

#include "classes.h"

namespace outbid::cuda {

class UnitMap {
 public:
  explicit UnitMap(const Classes& classes);
  // Per unit, its node or kPooled in an answer to the problem the classes were merged from.
  std::vector<int32_t> placementsOf(const ProblemView& view, const Answer& answer) const;

 private:
  std::vector<int32_t> classOf_;  // demands
  std::vector<int32_t> start_;    // classes: the first unit
  size_t units_;
};

}  // namespace outbid::cuda
