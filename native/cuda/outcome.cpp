#include "outcome.h"

#include <algorithm>

namespace outbid::cuda {

std::vector<int64_t> wholePrices(const Layout& layout, const int32_t* price, bool& exact) {
  const int32_t s = layout.scale;
  std::vector<int32_t> having(static_cast<size_t>(s), 0);
  having[0] = 1;  // what goes unserved pays a price of 0
  for (size_t j = 0; j < static_cast<size_t>(layout.nodes); j++) {
    if (layout.capacity[j] > 0) having[static_cast<size_t>(price[j] % s)]++;
  }
  // From the top: with a single residue, or none that is better, the shift is 0.
  int32_t residue = s - 1;
  for (int32_t r = s - 1; r >= 0; r--) {
    if (having[static_cast<size_t>(r)] < having[static_cast<size_t>(residue)]) residue = r;
  }
  exact = having[static_cast<size_t>(residue)] == 0;
  std::vector<int64_t> whole(static_cast<size_t>(layout.nodes), 0);
  for (size_t j = 0; j < whole.size(); j++) {
    if (layout.capacity[j] > 0) whole[j] = (static_cast<int64_t>(price[j]) + (s - 1 - residue)) / s << layout.coarse;
  }
  return whole;
}

Proof proofOf(const Tally& tally, const Layout& layout, const std::vector<int64_t>& scaled) {
  Proof proof;
  for (int s = 0; s < kSums; s++) {
    proof.primal += tally.primal[s];
    proof.dual += tally.dual[s];
  }
  for (size_t j = 0; j < scaled.size(); j++) proof.dual -= static_cast<__int128>(scaled[j]) * layout.capacity[j];
  proof.primal /= layout.scale;
  proof.dual /= layout.scale;
  proof.unplaced = tally.unplaced;
  return proof;
}

void takeOver(const Layout& layout, const int32_t* at, const int32_t* price, Market& market) {
  const Classes& k = market.k;
  const Unfolding* u = layout.unfolding.get();
  bool exact = false;
  std::vector<int64_t> whole = wholePrices(layout, price, exact);
  if (u != nullptr) whole = u->fold(whole);
  for (size_t j = 0; j < static_cast<size_t>(k.nodes); j++) {
    if (k.capacity[j] > 0) market.price[j] = whole[j];
  }
  Array<int64_t> placed(static_cast<size_t>(k.nodes), 0);
  std::vector<int32_t> used;
  size_t i = 0;
  for (int32_t c = 0; c < k.classes; c++) {
    ClassState& s = market.state[static_cast<size_t>(c)];
    used.clear();
    for (int64_t q = 0; q < k.units[static_cast<size_t>(c)]; q++, i++) {
      if (at[i] == kPooled) {
        s.pooled++;
        s.unplaced--;
      } else if (at[i] >= 0 && at[i] < layout.nodes) {
        const int32_t node = u == nullptr ? at[i] : u->nodeOf(at[i]);
        if (placed[static_cast<size_t>(node)]++ == 0) used.push_back(node);
      }
    }
    if (used.empty()) continue;
    // The arc of each node in use, at its cheapest; what does not fit stays without a place.
    for (int32_t a = s.begin; a < s.end; a++) {
      const size_t j = static_cast<size_t>(k.node[static_cast<size_t>(a)]);
      const int64_t units = std::min(placed[j], k.capacity[j] - market.load[j]);
      if (units <= 0) continue;
      placed[j] = 0;
      s.unplaced -= units;
      market.place(c, a, units, 0);
    }
    for (int32_t node : used) placed[static_cast<size_t>(node)] = 0;
  }
}

}  // namespace outbid::cuda
