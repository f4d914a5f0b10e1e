#include "matcher.h"

#include <algorithm>
#include <cmath>

#include "changes.h"
#include "export.h"
#include "repair.h"

namespace outbid::ticks {

namespace {

template <class K>
class MarketOf final : public Market {
 public:
  explicit MarketOf(uint64_t seed) : repair_(book_, seed) {}

  bool holds(double range, double hops, double largest) const override {
    return range <= static_cast<double>(Keys::kRange) && hops <= static_cast<double>(Keys::kHops) &&
           largest <= static_cast<double>(Keys::kLargest);
  }
  void refineGrid(int32_t exponent) override {
    repair_.forget();
    book_.refineGrid(exponent);
  }
  int32_t exponent() const override { return book_.exponent; }

  void addNode(int32_t node, const int32_t* slots, const double* surcharge, int32_t tiers, const int32_t* demands,
               const double* costs, int32_t count) override {
    repair_.forget();
    std::vector<Tier> list;
    for (int32_t t = 0; t < tiers; t++) list.push_back({slots[t], book_.grid(surcharge[t]), surcharge[t]});
    ticks::addNode(book_, node + 1, list, demands, costs, count);
  }
  void removeNode(int32_t node, std::vector<int32_t>& out) override {
    repair_.forget();
    ticks::removeNode(book_, node + 1, out);
  }
  void setCapacity(int32_t node, int32_t capacity) override {
    repair_.forget();
    ticks::setCapacity(book_, node + 1, capacity);
  }
  void addDemands(const RowsView& rows) override {
    repair_.forget();
    ticks::addDemands(book_, rows);
  }
  int64_t removeDemands(const int32_t* slots, int32_t count) override {
    repair_.forget();
    int64_t units = 0;
    for (int32_t k = 0; k < count; k++) units += removeDemand(book_, slots[k]);
    return units;
  }

  int32_t place(int32_t slot) override {
    repair_.forget();
    repair_.patience.forever();
    while (book_.info(slot).unplaced > 0) push(slot);
    rebase(book_, slot);
    book_.untouch(slot);
    return onlyNode(slot);
  }
  int32_t commit(int32_t slot) override {
    repair_.forget();
    return ticks::commit(book_, slot) ? onlyNode(slot) : -2;
  }

  bool setCosts(int32_t slot, const int32_t* targets, const double* costs, int32_t count) override {
    if (!findAll(slot, targets, count)) return false;
    repair_.forget();
    for (int32_t k = 0; k < count; k++) book_.setCost(slot, arcs_[static_cast<size_t>(k)], costs[k]);
    book_.checkOrder(slot);
    drop(book_, slot);
    return true;
  }

  int32_t addArcs(int32_t slot, const int32_t* targets, const double* costs, const int32_t* bounds, int32_t count) override {
    DemandInfo& d = book_.info(slot);
    if (bounds != nullptr && d.keep >= 0 && d.units > 1) return 2;
    for (int32_t k = 0; k < count; k++)
      if (book_.findArc(slot, targets[k] + 1) >= 0) return 1;
    repair_.forget();
    book_.mark(slot).bounded = book_.mark(slot).bounded || bounds != nullptr;
    for (int32_t k = 0; k < count; k++) book_.addArc(slot, targets[k] + 1, costs[k], bounds == nullptr ? kNoBound : bounds[k]);
    book_.checkOrder(slot);
    drop(book_, slot);
    return 0;
  }

  int32_t removeArcs(int32_t slot, const int32_t* targets, int32_t count) override {
    if (!findAll(slot, targets, count)) return 1;
    for (const int32_t arc : arcs_) {
      const int32_t id = book_.findBlock(slot, arc);
      if (id >= 0 && (book_.block(id).fixed > 0 || (book_.info(slot).held && book_.block(id).flow > 0))) return 2;
    }
    repair_.forget();
    for (const int32_t arc : arcs_) removeArc(book_, slot, arc);
    drop(book_, slot);
    return 0;
  }

  void setUnservedCost(int32_t slot, double cost) override {
    repair_.forget();
    book_.setPool(slot, cost);
    drop(book_, slot);
  }

  UpdateOutcome update(std::chrono::steady_clock::time_point deadline, std::vector<int32_t>& moves) override;
  void placements(int32_t slot, std::vector<int32_t>& out) override {
    for (int32_t id = book_.mark(slot).head; id >= 0; id = book_.block(id).next) {
      const Block& b = book_.block(id);
      if (b.flow == 0) continue;
      out.push_back(b.node - 1);
      out.push_back(b.flow);
    }
  }
  MarketState exportState() override { return ticks::exportState(book_); }
  void importState(const MarketState& state) override { ticks::importState(book_, state); }
  size_t bytes() const override { return book_.bytes(); }

 private:
  using Keys = Key<K>;

  bool push(int32_t slot) {
    if (!repair_.push(slot)) return false;
    pushes_++;
    return true;
  }
  enum class Step { kDone, kStopped, kNothing };
  Step step();
  void report(std::vector<int32_t>& moves);
  void movesOf(int32_t slot, std::vector<int32_t>& moves);
  double gapLeft();
  void restart();

  // The arcs to some nodes, in arcs_; false if there is none to one of them.
  bool findAll(int32_t slot, const int32_t* targets, int32_t count) {
    arcs_.clear();
    for (int32_t k = 0; k < count; k++) {
      arcs_.push_back(book_.findArc(slot, targets[k] + 1));
      if (arcs_.back() < 0) return false;
    }
    return true;
  }
  // The node that has all units of a demand, -1.
  int32_t onlyNode(int32_t slot) {
    for (int32_t id = book_.mark(slot).head; id >= 0; id = book_.block(id).next)
      if (book_.block(id).flow > 0 && book_.block(id).flow == book_.info(slot).units) return book_.block(id).node - 1;
    return -1;
  }

  Book<K> book_;
  Repair<K> repair_;
  std::vector<int32_t> arcs_;
  std::vector<Lost> from_;
  int64_t pushes_ = 0;
  int64_t pulls_ = 0;
};

// One push, or one pull when nothing is unplaced.
template <class K>
typename MarketOf<K>::Step MarketOf<K>::step() {
  if (!book_.unplaced.empty()) return push(book_.unplaced.back()) ? Step::kDone : Step::kStopped;
  while (!book_.hungry.empty()) {
    const int32_t node = book_.hungry.back();
    if (book_.node(node).hungry > 0) {
      if (!repair_.pull(node)) return Step::kStopped;
      pulls_++;
      return Step::kDone;
    }
    book_.node(node).queued = false;
    book_.hungry.pop_back();
  }
  return Step::kNothing;
}

template <class K>
UpdateOutcome MarketOf<K>::update(std::chrono::steady_clock::time_point deadline, std::vector<int32_t>& moves) {
  UpdateOutcome out;
  out.restarted = book_.drifted;
  if (book_.drifted) restart();
  const int64_t pushes = pushes_;
  const int64_t pulls = pulls_;
  const int64_t expanded = repair_.expanded;
  repair_.patience.until(deadline);
  Step done = step();
  for (bool first = true; done == Step::kDone && !repair_.patience.isOver(first); done = step()) first = false;
  out.interrupted = done == Step::kStopped;
  while (!book_.hungry.empty() && book_.node(book_.hungry.back()).hungry == 0) {
    book_.node(book_.hungry.back()).queued = false;
    book_.hungry.pop_back();
  }
  out.complete = book_.unplaced.empty() && book_.hungry.empty();
  out.objective = book_.objective();
  // What is reported is no move any more: distances change.
  if (!book_.touchedDemands.empty() || !book_.touchedNodes.empty()) repair_.forget();
  report(moves);
  out.gap = out.complete ? 0 : gapLeft();
  out.missing = book_.missing;
  out.pushes = pushes_ - pushes;
  out.pulls = pulls_ - pulls;
  out.expanded = repair_.expanded - expanded;
  return out;
}

template <class K>
void MarketOf<K>::movesOf(int32_t slot, std::vector<int32_t>& moves) {
  from_.assign(book_.info(slot).lost.begin(), book_.info(slot).lost.end());
  const int32_t head = book_.mark(slot).head;
  for (int32_t id = head; id >= 0; id = book_.block(id).next) {
    const Block& b = book_.block(id);
    if (b.base > b.flow) from_.push_back({b.node, b.base - b.flow});
  }
  size_t next = 0;
  for (int32_t id = head; id >= 0; id = book_.block(id).next) {
    const Block& b = book_.block(id);
    for (int32_t left = b.flow - b.base; left > 0;) {
      const bool known = next < from_.size();
      const int32_t units = known ? std::min(left, from_[next].units) : left;
      moves.insert(moves.end(), {slot, known ? from_[next].node - 1 : -1, b.node - 1, units});
      left -= units;
      if (known && (from_[next].units -= units) == 0) next++;
    }
  }
  for (; next < from_.size(); next++) moves.insert(moves.end(), {slot, from_[next].node - 1, -1, from_[next].units});
}

// Lists the moves and takes the market as it stands for the new base. (I1) and (I2) hold before and after: what a unit pays where it
// is can only fall, and what it would pay elsewhere only rise.
template <class K>
void MarketOf<K>::report(std::vector<int32_t>& moves) {
  for (const int32_t slot : book_.touchedDemands) {
    movesOf(slot, moves);
    rebase(book_, slot);
    book_.info(slot).touchedAt = kNone;
  }
  book_.touchedDemands.clear();
  for (const int32_t node : book_.touchedNodes) {
    book_.node(node).touched = false;
    if (book_.node(node).slots > 0) book_.setPrice(node, Keys::of(Keys::cost(book_.price(node))));
  }
  book_.touchedNodes.clear();
}

// An unplaced unit counts as unserved and may save r - u; a free slot below its node's price is p - s too good. Of many unplaced units
// only the cheapest arcs are asked, whose costs are known: u is no less, since prices are not negative.
template <class K>
double MarketOf<K>::gapLeft() {
  if (book_.waitingMust > 0) return INFINITY;
  constexpr size_t kExact = 256;
  const bool exact = book_.unplaced.size() <= kExact;
  double gap = exact ? 0 : static_cast<double>(book_.hopes);
  for (size_t k = 0; exact && k < book_.unplaced.size(); k++) {
    const int32_t slot = book_.unplaced[k];
    const DemandMark<K>& m = book_.mark(slot);
    int64_t least = Keys::cost(m.pool);
    for (int32_t a = m.begin; a < m.begin + m.count; a++) {
      if (book_.room(slot, a, book_.findBlock(slot, a)) <= 0) continue;
      const auto [node, cost] = book_.arcs[static_cast<size_t>(a)];
      least = std::min(least, cost + Keys::cost(book_.price(node)));
    }
    gap += static_cast<double>(book_.info(slot).unplaced) * static_cast<double>(Keys::cost(m.pool) - least);
  }
  for (const int32_t node : book_.hungry) {
    const auto& n = book_.node(node);
    if (n.hungry == 0) continue;
    if (book_.price(node) > Keys::kMust / 2) return INFINITY;
    const int64_t price = Keys::cost(book_.price(node));
    for (int64_t slot = n.load; slot < n.slots;) {
      const int64_t s = book_.surchargeAt(n, slot);
      int64_t begin = 0;
      int64_t end = 0;
      if (s >= price) break;
      book_.tierOf(n, slot, begin, end);
      gap += static_cast<double>(end - slot) * static_cast<double>(price - s);
      slot = end;
    }
  }
  return gap;
}

// Everybody who may move loses their place, prices start at the floor.
template <class K>
void MarketOf<K>::restart() {
  repair_.forget();
  for (size_t i = 0; i < book_.demands.size(); i++) {
    const int32_t slot = static_cast<int32_t>(i);
    if (!book_.demands[i].alive) continue;
    for (int32_t id = book_.mark(slot).head; id >= 0; id = book_.block(id).next) {
      const int32_t units = book_.block(id).flow - book_.block(id).fixed;
      if (units == 0) continue;
      book_.take(id, units);
      book_.unplace(slot, units);
    }
    const int32_t pooled = book_.mark(slot).pooled;
    if (pooled == 0) continue;
    book_.pool(slot, -pooled);
    book_.unplace(slot, pooled);
  }
  for (size_t j = 1; j < book_.nodes.size(); j++) {
    const int32_t node = static_cast<int32_t>(j);
    const auto& n = book_.node(node);
    if (n.slots > 0) book_.setPrice(node, Keys::of(book_.surchargeAt(n, std::max<int64_t>(0, n.load - 1))));
    book_.resize(node);
  }
  book_.drifted = false;
}

}  // namespace

Matcher::Matcher(uint64_t seed) : seed_(seed), market_(std::make_unique<MarketOf<int64_t>>(seed)) {}

void Matcher::setRange(double range, double hops, double largest) {
  if (market_->holds(range, hops, largest)) return;
  std::unique_ptr<Market> wide = std::make_unique<MarketOf<__int128>>(seed_);
  wide->refineGrid(market_->exponent());
  wide->importState(market_->exportState());
  market_ = std::move(wide);
}

}  // namespace outbid::ticks
