#include "unit_map.h"

#include "board.h"

namespace outbid::cuda {

UnitMap::UnitMap(const Classes& k) : classOf_(k.classOf.begin(), k.classOf.begin() + k.demands), units_(0) {
  for (size_t c = 0; c < static_cast<size_t>(k.classes); c++) {
    start_.push_back(static_cast<int32_t>(units_));
    units_ += static_cast<size_t>(k.units[c]);
  }
}

std::vector<int32_t> UnitMap::placementsOf(const ProblemView& view, const Answer& answer) const {
  std::vector<int32_t> at(units_, kPooled);
  std::vector<int32_t> next = start_;
  size_t q = 0;
  for (int32_t i = 0; i < view.demands; i++) {
    const int64_t end = view.offsets == nullptr ? (static_cast<int64_t>(i) + 1) * view.nodes : view.offsets[i + 1];
    int32_t& unit = next[static_cast<size_t>(classOf_[static_cast<size_t>(i)])];
    int32_t left = view.units.at(static_cast<size_t>(i));
    for (; q < answer.placedArcs.size() && answer.placedArcs[q] < end; q++) {
      const int32_t arc = answer.placedArcs[q];
      const int32_t node = view.targets == nullptr ? arc % view.nodes : view.targets[arc];
      for (int32_t x = 0; x < answer.placedUnits[q]; x++) at[static_cast<size_t>(unit++)] = node;
      left -= answer.placedUnits[q];
    }
    unit += left;
  }
  return at;
}

}  // namespace outbid::cuda
