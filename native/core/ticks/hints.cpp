// Hints: bounds on what a demand pays where it is and what it would pay elsewhere, in whole costs. A search that reaches a node asks
// them of all who are, or could come, there, and looks at a row only where they leave a doubt.
//
//   pay    >= what any of its units saves by leaving. Exact up to rounding: it follows each price.
//   other  <= cost + price of every arc but that to its only node, and <= the cost of going unserved. Rounded down, such a sum can only
//          rise while prices rise, and the rounding of prices after a report does not lower it. So it stands until a price falls by
//          a whole cost; then all who have an arc there are told, once, before the next push.
#include <algorithm>

#include "book.h"

namespace outbid::ticks {

template <class K>
void Book<K>::setHintPay(int32_t demand) {
  const Sole<K>& s = sole(demand);
  Cost& pay = payOf(demand);
  const K key = s.node >= 0 ? s.pay + price(s.node) : poolPay(demand);
  pay = s.node == kNone ? -kMost : static_cast<Cost>(std::clamp<K>(-(-key >> Keys::kShift), -kMost, kMost));
  // On several nodes: what it pays most is not followed.
  for (int32_t id = mark(demand).head; id >= 0 && s.node == kMany; id = block(id).next)
    if (block(id).usedAt >= 0) pay = kMost;
}

template <class K>
bool Book<K>::lowerHints(Patience& patience) {
  if (fallen_.empty()) return true;
  // Where few may move, as where most are committed, their rows are shorter than the columns.
  constexpr size_t kRow = 16;
  size_t entries = 0;
  for (const int32_t j : fallen_) entries += node(j).column.size();
  const bool forget = entries > kRow * listed_ + others.size() / kRow;
  if (forget) std::fill(others.begin(), others.end(), -kMost);
  while (!fallen_.empty()) {
    const int32_t j = fallen_.back();
    Node& n = node(j);
    fallen_.pop_back();
    n.fallen = false;
    if (n.slots == 0 || forget) continue;
    // For those who are here alone the node is not elsewhere.
    kept_.clear();
    for (const auto& u : n.used) kept_.push_back(otherOf(u.demand));
    const Cost now = static_cast<Cost>(std::clamp<K>(price(j) >> Keys::kShift, -kMost, kMost - 1));
    for (const auto& entry : n.column) {
      Cost& other = otherOf(std::max(0, entry.demand));
      const Cost pay = std::max<Cost>(-kMost, entry.cost + now);
      other = entry.demand >= 0 && pay < other ? pay : other;
    }
    for (size_t k = 0; k < n.used.size(); k++)
      if (sole(n.used[k].demand).node == j) otherOf(n.used[k].demand) = kept_[k];
    if (patience.sees(n.column.size()) && !fallen_.empty()) return false;
  }
  return true;
}

template <class K>
void Book<K>::hideUsed(int32_t j) {
  for (const auto& u : node(j).used)
    if (u.cost < kMost) payOf(u.demand) = -kMost;
}

template <class K>
void Book<K>::showUsed(int32_t j) {
  const Saving saving = savingAt(j);
  for (const auto& u : node(j).used) payOf(u.demand) = saving.of(u);
}

#define OUTBID_TICKS_HINTS(K)                 \
  template void Book<K>::hideUsed(int32_t);   \
  template void Book<K>::showUsed(int32_t);   \
  template void Book<K>::setHintPay(int32_t); \
  template bool Book<K>::lowerHints(Patience&);

OUTBID_TICKS_HINTS(int64_t)
OUTBID_TICKS_HINTS(__int128)

}  // namespace outbid::ticks
