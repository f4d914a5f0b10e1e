// The start and the end of the network simplex method: the first tree, and what the last one says; see simplex.h.
#include <algorithm>

#include "simplex.h"

namespace outbid {

void Simplex::start() {
  const int32_t root = tree_.root();
  // More than any path through the tree can cost, so that no unit goes without a place that could have one.
  const int64_t artificial = 2 * (largest_ + 1) * (std::min(k_.classes, k_.nodes) + 1);
  left_ = Array<int64_t>(static_cast<size_t>(k_.classes));
  slots_ = Array<int64_t>(static_cast<size_t>(k_.nodes), 0);
  for (int32_t c = 0; c < k_.classes; c++) {
    const size_t at = static_cast<size_t>(c);
    unserved_[at] = k_.mustServe(c) ? artificial : k_.unserved[at];
    left_[at] = k_.units[at];
  }
  for (int32_t j = 0; j < k_.nodes; j++) {
    const size_t at = static_cast<size_t>(j);
    tier_[at] = k_.tierOffset[at] - 1;
    setTier(j, k_.tierOffset[at]);
    if (k_.capacity[at] > 0) slots_[at] = k_.tierSlots[static_cast<size_t>(tier_[at])];
  }
  int32_t rounds = 0;
  for (int32_t c = 0; c < k_.classes; c++) rounds = std::max(rounds, list_.row(c).first);
  for (int32_t round = 0; round < rounds; round++) {
    for (int32_t c = 0; c < k_.classes; c++) {
      const Shortlist::Row& row = list_.row(c);
      if (round < row.first && tree_.parent(c) < 0) fill(c, row.begin + round);
    }
  }
  for (int32_t c = 0; c < k_.classes; c++) {
    const size_t at = static_cast<size_t>(c);
    if (tree_.parent(c) < 0) tree_.hang(c, root, Tree::kRootArc, unserved_[at], kInfinite - left_[at], left_[at]);
  }
  for (int32_t j = 0; j < k_.nodes; j++) {
    const size_t at = static_cast<size_t>(j);
    if (k_.capacity[at] == 0) {
      tree_.potential(vertexOf(j)) = kBlocked;
    } else if (tree_.parent(vertexOf(j)) < 0) {
      const int64_t used = k_.tierSlots[static_cast<size_t>(tier_[at])] - slots_[at];
      tree_.hang(vertexOf(j), root, Tree::kRootArc, next_[at], slots_[at], used);
    }
  }
  left_ = Array<int64_t>();
  slots_ = Array<int64_t>();
  tree_.settle();
}

// A class fills a node, as far as its units and the slots of the tier go. Whichever is used up hangs on the other; the node if both are, because
// a class without units left can still send one to the root over whatever it hangs on, a node without slots cannot.
void Simplex::fill(int32_t cls, int32_t entry) {
  const size_t c = static_cast<size_t>(cls);
  const int32_t node = list_.node(entry);
  const size_t j = static_cast<size_t>(node);
  const int64_t cost = list_.cost(entry);
  if (slots_[j] == 0) return;
  const int64_t units = std::min(left_[c], slots_[j]);
  left_[c] -= units;
  slots_[j] -= units;
  if (slots_[j] > 0) {
    tree_.hang(cls, vertexOf(node), list_.arc(entry), cost, kInfinite - units, units);
    return;
  }
  setTier(node, tier_[j] + 1);
  tree_.hang(vertexOf(node), cls, list_.arc(entry), -cost, units, kInfinite - units);
}

// Parts of the tree that hang on the root by units that must be served carry the artificial cost in all their prices. They come down as
// far as their nodes' surcharges and the arcs between them and the rest allow: first all together, then each for itself. Those that
// move at the same time do not disturb each other: an arc between two of them only gains by the descent of its class.
void Simplex::lower() {
  constexpr int32_t kPasses = 3;
  std::vector<int32_t> part(static_cast<size_t>(tree_.root()), -1);
  std::vector<int32_t> tops;
  for (int32_t c = 0; c < k_.classes; c++) {
    if (!k_.mustServe(c) || tree_.limb(c).arc != Tree::kRootArc || tree_.nextBelow(c, c) < 0) continue;
    for (int32_t w = c; w >= 0; w = tree_.nextBelow(c, w)) part[static_cast<size_t>(w)] = static_cast<int32_t>(tops.size());
    tops.push_back(c);
  }
  if (tops.empty()) return;
  bool alone = filled_.empty();  // no class outside: then nothing but surcharges limits them all together
  for (int32_t c = 0; c < k_.classes; c++)
    alone = alone && (part[static_cast<size_t>(c)] >= 0 || k_.units[static_cast<size_t>(c)] == 0);
  for (int32_t pass = 0; pass < (tops.size() > 1 ? kPasses : 1); pass++) {
    const auto partOf = [&](int32_t v) {
      const int32_t p = part[static_cast<size_t>(v)];
      return p >= 0 && pass == 0 ? 0 : p;
    };
    std::vector<int64_t> by(tops.size(), kInfinite);
    const auto limit = [&](int32_t p, int64_t most) {
      if (p >= 0) by[static_cast<size_t>(p)] = std::min(by[static_cast<size_t>(p)], std::max<int64_t>(0, most));
    };
    for (int32_t j = 0; j < k_.nodes; j++)
      limit(partOf(vertexOf(j)), prices()[j] - std::max<int64_t>(0, last_[static_cast<size_t>(j)]));
    for (int32_t c = 0; c < k_.classes; c++) {
      const size_t at = static_cast<size_t>(c);
      const int32_t own = partOf(c);
      if (k_.units[at] == 0 || (pass == 0 && alone)) continue;
      for (int32_t arc = k_.offset[at]; arc < k_.offset[at + 1]; arc++) {
        const size_t a = static_cast<size_t>(arc);
        const int32_t other = partOf(vertexOf(k_.node[a]));
        if (other == own || (k_.isBounded[at] && k_.bound[a] == 0)) continue;
        const int64_t reduced = k_.cost[a] + prices()[k_.node[a]] - tree_.potential(c);
        if (!filled_.empty() && filled_[a])
          limit(own, -reduced);
        else
          limit(other, reduced);
      }
    }
    for (size_t p = 0; p < tops.size(); p++) {
      const int64_t down = by[pass == 0 ? 0 : p];
      for (int32_t w = tops[p]; w >= 0; w = tree_.nextBelow(tops[p], w)) tree_.potential(w) -= down;
    }
  }
}

void Simplex::write(bool done) const {
  Array<int32_t> blocks(static_cast<size_t>(k_.nodes), 0);
  for (int32_t v = 0; v < tree_.root(); v++) {
    const Limb& limb = tree_.limb(v);
    if (limb.arc != Tree::kRootArc) blocks[static_cast<size_t>(k_.node[static_cast<size_t>(limb.arc)])]++;
  }
  for (size_t a = 0; a < filled_.size(); a++) blocks[static_cast<size_t>(k_.node[a])] += filled_[a];
  market_.reserve(blocks);
  const auto place = [this](int32_t cls, int32_t arc, int64_t units) {
    if (units == 0) return;
    market_.place(cls, arc, units, 0);
    market_.state[static_cast<size_t>(cls)].unplaced -= units;
  };
  for (int32_t c = 0; c < k_.classes; c++) {
    const Limb& limb = tree_.limb(c);
    if (limb.arc != Tree::kRootArc) {
      place(c, limb.arc, limb.fall);
    } else if (done && !k_.mustServe(c)) {
      ClassState& s = market_.state[static_cast<size_t>(c)];
      s.pooled = limb.fall;
      s.unplaced -= limb.fall;
    }
    if (!k_.isBounded[static_cast<size_t>(c)]) continue;
    for (int32_t a = k_.offset[static_cast<size_t>(c)]; a < k_.offset[static_cast<size_t>(c) + 1]; a++) {
      if (filled_[static_cast<size_t>(a)]) place(c, a, k_.bound[static_cast<size_t>(a)]);
    }
  }
  for (int32_t j = 0; j < k_.nodes; j++) {
    const Limb& limb = tree_.limb(vertexOf(j));
    if (k_.capacity[static_cast<size_t>(j)] == 0) continue;
    if (limb.arc != Tree::kRootArc) place(tree_.parent(vertexOf(j)), limb.arc, limb.rise);
    market_.price[static_cast<size_t>(j)] = std::max<int64_t>(0, prices()[j]);
  }
}

}  // namespace outbid
