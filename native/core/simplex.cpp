#include "simplex.h"

#include <algorithm>

#include "ties.h"

namespace outbid {

namespace {
constexpr int32_t kGroup = 64;            // classes whose offers are compared before a pivot; 128: 3 % slower, 192: 7 %
constexpr int32_t kPivotsPerGroup = 8;    // pivots before the offers are taken anew
constexpr int64_t kPivotsPerVertex = 64;  // more than this and the finish takes over; 1 to 7 are usual
}  // namespace

Simplex::Simplex(Market& market, Control& control, int64_t largest)
    : market_(market),
      k_(market.k),
      control_(control),
      largest_(largest),
      tree_(market.k.classes + market.k.nodes + 1),
      list_(market),
      unserved_(static_cast<size_t>(market.k.classes)),
      tier_(static_cast<size_t>(market.k.nodes)),
      next_(static_cast<size_t>(market.k.nodes)),
      last_(static_cast<size_t>(market.k.nodes)),
      offers_(kGroup) {
  if (k_.bounded) filled_ = Array<uint8_t>(static_cast<size_t>(k_.arcs()), 0);
}

bool Simplex::run() {
  list_.build();
  start();
  const bool done = price();
  lower();
  write(done);
  return done;
}

void Simplex::setTier(int32_t node, int32_t tier) {
  const size_t j = static_cast<size_t>(node);
  const int32_t step = tier < tier_[j] ? -1 : 1;
  // Tiers without slots are neither full nor empty.
  while (tier >= k_.tierOffset[j] && tier < k_.tierOffset[j + 1] && k_.tierSlots[static_cast<size_t>(tier)] == 0) tier += step;
  tier_[j] = tier;
  next_[j] = tier < k_.tierOffset[j + 1] ? k_.tierSurcharge[static_cast<size_t>(tier)] : kInfinite;
  last_[j] = -kInfinite;
  for (int32_t t = tier - 1; t >= k_.tierOffset[j] && last_[j] == -kInfinite; t--) {
    if (k_.tierSlots[static_cast<size_t>(t)] > 0) last_[j] = k_.tierSurcharge[static_cast<size_t>(t)];
  }
}

int64_t Simplex::placed() const {
  int64_t units = k_.totalUnits;
  for (int32_t c = 0; c < k_.classes; c++) {
    if (tree_.limb(c).arc == Tree::kRootArc) units -= tree_.limb(c).fall;
  }
  return units;
}

bool Simplex::price() {
  const int64_t limit = kPivotsPerVertex * (static_cast<int64_t>(k_.classes) + k_.nodes) + 1024;
  const int32_t groups = (k_.classes + kGroup - 1) / kGroup;
  for (;;) {
    // Until a whole round went by without a pivot.
    for (int32_t idle = 0, g = 0; idle < groups; g = g + 1 < groups ? g + 1 : 0) {
      if (control_.mustStop() || pivots > limit) return false;
      if (g == 0 && control_.report != nullptr)
        control_.progress(Phase::kAuction, placed(), k_.totalUnits, 0.8 * static_cast<double>(pivots) / static_cast<double>(limit));
      const int64_t before = pivots;
      pivotGroup(g * kGroup, std::min(k_.classes, (g + 1) * kGroup));
      pivotNodes(static_cast<int32_t>(static_cast<int64_t>(k_.nodes) * g / groups),
                 static_cast<int32_t>(static_cast<int64_t>(k_.nodes) * (g + 1) / groups));
      idle = pivots == before ? idle + 1 : 0;
    }
    if (control_.mustStop()) return false;
    if (list_.extend(prices(), tree_.potentials()) == 0) return true;
  }
}

void Simplex::pivotGroup(int32_t begin, int32_t end) {
  size_t found = 0;
  for (int32_t c = begin; c < end; c++) {  // which classes have one is anybody's guess: no branch
    const int64_t reduced = reducedOf(c);
    offers_[found] = Offer{reduced, c};
    found += reduced < 0 ? 1 : 0;
  }
  const auto first = offers_.begin();
  const auto last = first + static_cast<std::ptrdiff_t>(std::min<size_t>(found, kPivotsPerGroup));
  std::partial_sort(first, last, first + static_cast<std::ptrdiff_t>(found));
  for (auto offer = first; offer != last; offer++) {
    const int64_t now = reducedOf(offer->cls);
    if (now < 0) enter(offer->cls, now);
  }
}

void Simplex::pivotNodes(int32_t begin, int32_t end) {
  const int64_t* price = prices();
  for (int32_t node = begin; node < end; node++) {
    const size_t j = static_cast<size_t>(node);
    if (price[j] >= last_[j] && price[j] <= next_[j]) continue;
    if (price[j] > next_[j]) {
      const size_t t = static_cast<size_t>(tier_[j]);
      if (!pivot({vertexOf(node), tree_.root(), Tree::kRootArc, k_.tierSlots[t], next_[j] - price[j]})) setTier(node, tier_[j] + 1);
    } else {
      setTier(node, tier_[j] - 1);
      const size_t t = static_cast<size_t>(tier_[j]);
      pivot({tree_.root(), vertexOf(node), Tree::kRootArc, k_.tierSlots[t], price[j] - next_[j]});
    }
  }
}

// The most negative reduced cost of the class's arcs; 0 or more if there is none.
int64_t Simplex::reducedOf(int32_t cls) const {
  const size_t c = static_cast<size_t>(cls);
  const int64_t pays = tree_.potential(cls);
  if (!k_.isBounded[c]) return std::min(list_.least(cls, prices()), unserved_[c]) - pays;
  if (k_.units[c] == 0) return 0;
  int64_t least = unserved_[c] - pays;
  for (int32_t a = k_.offset[c]; a < k_.offset[c + 1]; a++) least = std::min(least, reducedOfBounded(cls, a));
  return least;
}

// An arc filled to its bound enters backwards.
int64_t Simplex::reducedOfBounded(int32_t cls, int32_t arc) const {
  const size_t a = static_cast<size_t>(arc);
  if (k_.bound[a] == 0 || k_.capacity[static_cast<size_t>(k_.node[a])] == 0) return 0;
  const int64_t reduced = k_.cost[a] + prices()[k_.node[a]] - tree_.potential(cls);
  return filled_[a] ? -reduced : reduced;
}

int32_t Simplex::boundedArcWith(int32_t cls, int64_t reduced) const {
  const size_t c = static_cast<size_t>(cls);
  const auto tie = [&](int32_t a) { return tieHash(market_.seed, k_.first[c], k_.node[static_cast<size_t>(a)]); };
  int32_t chosen = -1;
  for (int32_t a = k_.offset[c]; a < k_.offset[c + 1]; a++) {
    if (reducedOfBounded(cls, a) == reduced && (chosen < 0 || tie(a) < tie(chosen))) chosen = a;
  }
  return chosen;
}

// Brings in the class's arc of that reduced cost.
void Simplex::enter(int32_t cls, int64_t reduced) {
  const size_t c = static_cast<size_t>(cls);
  if (!k_.isBounded[c]) {
    const int32_t e = list_.entryWith(cls, prices(), reduced + tree_.potential(cls));
    if (e >= 0) {
      pivot({cls, vertexOf(list_.node(e)), list_.arc(e), kInfinite, reduced});
      return;
    }
  } else {
    const int32_t arc = boundedArcWith(cls, reduced);
    if (arc >= 0) {
      const size_t a = static_cast<size_t>(arc);
      const int32_t node = vertexOf(k_.node[a]);
      const bool backwards = filled_[a] != 0;
      filled_[a] = 0;
      const bool stays =
          pivot(backwards ? Entering{node, cls, arc, k_.bound[a], reduced} : Entering{cls, node, arc, k_.bound[a], reduced});
      if (!stays) filled_[a] = backwards ? 0 : 1;
      return;
    }
  }
  pivot({cls, tree_.root(), Tree::kRootArc, kInfinite, reduced});
}

// False if the entering arc ran from one bound to the other and the tree stays as it is.
bool Simplex::pivot(const Entering& entering) {
  pivots++;
  const Leaving leaving = tree_.pivot(entering);
  if (leaving.vertex < 0) return false;
  if (leaving.arc == Tree::kRootArc) {
    if (leaving.vertex >= k_.classes && leaving.upwards) {
      const int32_t node = leaving.vertex - k_.classes;
      setTier(node, tier_[static_cast<size_t>(node)] + 1);
    }
  } else if (!filled_.empty()) {
    // An arc leads up from a class and down from a node.
    filled_[static_cast<size_t>(leaving.arc)] = leaving.upwards == (leaving.vertex < k_.classes) ? 1 : 0;
  }
  return true;
}

}  // namespace outbid
