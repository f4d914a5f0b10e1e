// The grid of a book: costs, prices and all that is made of them count in units of 2^-exponent. A finer one is exact for what there is.
#include <cmath>

#include "book.h"

namespace outbid::ticks {

template <class K>
int64_t Book<K>::grid(double cost) const {
  return exponent == 0 ? static_cast<int64_t>(cost) : static_cast<int64_t>(std::floor(std::ldexp(cost, exponent) + 0.5));
}

template <class K>
void Book<K>::refineGrid(int32_t finer) {
  const int32_t by = finer - exponent;
  if (by == 0) return;
  if (exponent == 0) {
    arcGiven_.resize(arcs.size());
    for (size_t a = 0; a < arcs.size(); a++) arcGiven_[a] = static_cast<double>(arcs[a].cost);
    sum_ = ExactSum();
    sum_.add(1, static_cast<double>(whole_));
  }
  const int64_t up = int64_t{1} << by;
  // The must-serve part of a price is no cost of the caller's: it stays.
  for (size_t j = 1; j < nodes.size(); j++) {
    for (Tier& tier : nodes[j].tiers) tier.surcharge *= up;
    for (Entry<Cost>& entry : nodes[j].column)
      if (entry.demand >= 0) entry.cost = static_cast<Cost>(entry.cost * up);
    if (nodes[j].slots == 0) continue;
    const K p = prices[j].price;
    const K must = p > Keys::kMust / 2 ? Keys::kMust : K{0};
    prices[j].price = Keys::of(Keys::cost(p - must) * up) + Keys::moves(p) + must;
  }
  for (Arc<Cost>& arc : arcs) arc.cost = static_cast<Cost>(arc.cost * up);
  for (Block& b : blocks_) b.cost *= up;
  exponent = finer;
  hopes *= up;
  for (size_t i = 0; i < demands.size(); i++) {
    if (!demands[i].alive) continue;
    demands[i].unserved *= up;
    demands[i].hope *= up;
    if (demands[i].keep > 0) demands[i].keep *= up;
    DemandMark<K>& m = marks[i];
    if (m.pool != Keys::kMust) m.pool = Keys::of(demands[i].unserved);
    m.over = Keys::of(demands[i].held ? demands[i].keep : 0) + 1;
    refreshSole(static_cast<int32_t>(i));
    forgetOther(static_cast<int32_t>(i));
  }
  for (size_t j = 1; j < nodes.size(); j++) refresh(static_cast<int32_t>(j));
}

#define OUTBID_TICKS_GRID(K)                    \
  template int64_t Book<K>::grid(double) const; \
  template void Book<K>::refineGrid(int32_t);

OUTBID_TICKS_GRID(int64_t)
OUTBID_TICKS_GRID(__int128)

}  // namespace outbid::ticks
