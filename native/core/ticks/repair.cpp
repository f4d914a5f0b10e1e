// What both searches of a repair share: nodes settled in order of distance, and a search that stops in the middle.
#include "repair.h"

#include <algorithm>

namespace outbid::ticks {

template <class K>
void Repair<K>::forget() {
  if (paused_ != Paused::kNot) patience.threwAway();
  paused_ = Paused::kNot;
}

template <class K>
bool Repair<K>::goesOn(Paused kind, int32_t source) {
  const bool same = paused_ == kind && source_ == source;
  if (!same) forget();
  paused_ = Paused::kNot;
  patience.begin(!same, book_.touchedDemands.size() + book_.touchedNodes.size() + (same ? kOwed * settled_.size() : 0));
  return same;
}

template <class K>
void Repair<K>::begin() {
  if (stamp_ == INT32_MAX) {
    for (NodeMark& mark : nodes_) mark.stamp = mark.settled = 0;
    for (DemandMark<K>& mark : book_.marks) mark.stamp = 0;
    stamp_ = 0;
  }
  stamp_++;
  if (nodes_.size() < book_.nodes.size()) nodes_.resize(book_.nodes.size());
  heap_.clear();
  settled_.clear();
  endNode_ = endDemand_ = end_ = kNone;
}

template <class K>
void Repair<K>::enqueue(int32_t node, K distance) {
  heap_.push_back({distance, node});
  std::push_heap(heap_.begin(), heap_.end());
}

template <class K>
int32_t Repair<K>::settleNext() {
  while (!heap_.empty() && heap_.front().distance < best_) {
    const Waiting top = heap_.front();
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
    NodeMark& mark = at(top.node);
    if (mark.settled == stamp_ || mark.distance < top.distance) continue;
    mark.settled = stamp_;
    settled_.push_back(top.node);
    expanded++;
    return top.node;
  }
  return kNone;
}

#define OUTBID_TICKS_SEARCH(K)                      \
  template void Repair<K>::forget();                \
  template bool Repair<K>::goesOn(Paused, int32_t); \
  template void Repair<K>::begin();                 \
  template void Repair<K>::enqueue(int32_t, K);     \
  template int32_t Repair<K>::settleNext();

OUTBID_TICKS_SEARCH(int64_t)
OUTBID_TICKS_SEARCH(__int128)

}  // namespace outbid::ticks
