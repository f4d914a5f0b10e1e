// The warm market on random lives, its updates cut short or not: narrow and wide keys come to the same objective after every update,
// what they hold keeps every bound, and the state that goes out and in again is optimal as it stands. Run with sanitizers, it is also
// the test of its memory.
#include <cmath>
#include <cstdio>
#include <map>
#include <random>

#include "check.h"
#include "ticks/matcher.h"

using outbid::ticks::kNoBound;
using outbid::ticks::MarketState;
using outbid::ticks::Matcher;
using outbid::ticks::RowsView;
using outbid::ticks::UpdateOutcome;

namespace {

struct World {
  std::mt19937 random;
  Matcher narrow{7};
  Matcher wide{7};
  std::vector<int32_t> alive;
  std::vector<bool> nodes;
  int32_t nextSlot = 0;

  explicit World(uint32_t seed) : random(seed) { wide.setRange(1e14, 10, 1e13); }
  int32_t whole(int32_t low, int32_t high) { return std::uniform_int_distribution<int32_t>(low, high)(random); }
  std::vector<int32_t> someNodes() {
    std::vector<int32_t> list;
    for (size_t j = 0; j < nodes.size(); j++)
      if (nodes[j] && whole(0, 2) > 0) list.push_back(static_cast<int32_t>(j));
    return list;
  }
  std::vector<double> costs(size_t count) {
    std::vector<double> list;
    for (size_t k = 0; k < count; k++) list.push_back(whole(-2, 12));
    return list;
  }
};

void add(World& w) {
  const int32_t slot = w.nextSlot++;
  const std::vector<int32_t> targets = w.someNodes();
  const std::vector<double> costs = w.costs(targets.size());
  std::vector<int32_t> bounds;
  for (size_t k = 0; k < targets.size(); k++) bounds.push_back(w.whole(0, 3));
  const int32_t offsets[] = {0, static_cast<int32_t>(targets.size())};
  const int32_t units = w.whole(0, 4);
  const double unserved = w.whole(0, 3) == 0 ? INFINITY : w.whole(0, 30);
  const double keep = w.whole(0, 2) == 0 ? w.whole(0, 4) : -1;
  RowsView rows{1,      &slot,     offsets, targets.data(), costs.data(), keep < 0 && w.whole(0, 2) == 0 ? bounds.data() : nullptr,
                &units, &unserved, &keep};
  const bool now = w.whole(0, 2) == 0;
  for (Matcher* m : {&w.narrow, &w.wide}) {
    m->market().addDemands(rows);
    if (now) m->market().place(slot);
  }
  w.alive.push_back(slot);
}

void change(World& w) {
  const int32_t kind = w.whole(0, 9);
  if (kind == 0) {
    const int32_t node = static_cast<int32_t>(w.nodes.size());
    const int32_t slots[] = {w.whole(0, 2), w.whole(0, 2)};
    const double surcharge[] = {0, static_cast<double>(w.whole(0, 3))};
    std::vector<int32_t> demands;
    for (const int32_t slot : w.alive)
      if (w.whole(0, 1) == 0) demands.push_back(slot);
    const std::vector<double> costs = w.costs(demands.size());
    for (Matcher* m : {&w.narrow, &w.wide})
      m->market().addNode(node, slots, surcharge, 2, demands.data(), costs.data(), static_cast<int32_t>(demands.size()));
    w.nodes.push_back(true);
    return;
  }
  if (kind < 4 || w.alive.empty()) return add(w);
  const size_t at = static_cast<size_t>(w.whole(0, static_cast<int32_t>(w.alive.size()) - 1));
  const int32_t slot = w.alive[at];
  const int32_t node = w.nodes.empty() ? 0 : w.whole(0, static_cast<int32_t>(w.nodes.size()) - 1);
  const bool there = !w.nodes.empty() && w.nodes[static_cast<size_t>(node)];
  const int32_t capacity = w.whole(0, 4);
  const double cost = w.whole(-2, 20);
  std::vector<int32_t> out;
  for (Matcher* m : {&w.narrow, &w.wide}) {
    if (kind == 4) m->market().removeDemands(&slot, 1);
    if (kind == 5) m->market().commit(slot);
    if (kind == 6 && there) m->market().setCapacity(node, capacity);
    if (kind == 7 && there && capacity == 0) m->market().removeNode(node, out);
    if (kind == 8) {
      if (!m->market().setCosts(slot, &node, &cost, 1) && there) m->market().addArcs(slot, &node, &cost, nullptr, 1);
    }
    if (kind == 9)
      capacity > 2 ? m->market().setUnservedCost(slot, cost) : static_cast<void>(m->market().removeArcs(slot, &node, 1));
  }
  if (kind == 4) w.alive.erase(w.alive.begin() + static_cast<std::ptrdiff_t>(at));
  if (kind == 7 && there && capacity == 0) w.nodes[static_cast<size_t>(node)] = false;
}

// Units within every bound; committed ones may exceed a capacity that was cut below them.
void checkBounds(const MarketState& s) {
  std::vector<int64_t> load(s.capacity.size());
  std::vector<int64_t> fixed(s.capacity.size());
  for (size_t k = 0; k < s.slots.size(); k++) {
    int64_t units = s.pooled[k];
    for (int32_t a = s.offsets[k]; a < s.offsets[k + 1]; a++) {
      const size_t at = static_cast<size_t>(a);
      CHECK(s.flow[at] >= s.fixed[at] && s.flow[at] <= s.bounds[at]);
      units += s.flow[at];
      load[static_cast<size_t>(s.targets[at])] += s.flow[at];
      fixed[static_cast<size_t>(s.targets[at])] += s.fixed[at];
    }
    CHECK(units == s.units[k]);
  }
  for (size_t j = 0; j < load.size(); j++) CHECK(load[j] <= std::max<int64_t>(s.capacity[j], fixed[j]));
}

// The state proves itself: loaded anew at its prices nobody wants to move.
void checkOptimal(Matcher& matcher, const UpdateOutcome& outcome) {
  std::vector<int32_t> moves;
  const MarketState state = matcher.market().exportState();
  checkBounds(state);
  Matcher again(1);
  again.market().refineGrid(matcher.market().exponent());
  again.market().importState(state);
  const UpdateOutcome other = again.market().update(std::chrono::steady_clock::time_point::max(), moves);
  CHECK(outcome.complete && !outcome.interrupted && !outcome.restarted && outcome.gap == 0);
  CHECK(other.objective == outcome.objective && other.missing == outcome.missing);
  CHECK(other.pushes == 0 && other.pulls == 0 && moves.empty());
}

int64_t interrupted = 0;

// With `hasty` most updates are cut short at once, whatever they are at; both markets then go their own ways.
void life(uint32_t seed, bool hasty) {
  World w(seed);
  std::vector<int32_t> moves;
  for (int32_t step = 0; step < 300; step++) {
    change(w);
    if (step % 50 == 49 && seed % 3 == 0) {
      w.narrow.market().refineGrid(step / 50);
      w.wide.market().refineGrid(step / 50);
    }
    for (int32_t k = hasty ? w.whole(0, 2) : 0; k > 0; k--) {
      for (Matcher* m : {&w.narrow, &w.wide}) {
        const UpdateOutcome outcome = m->market().update(std::chrono::steady_clock::time_point::min(), moves);
        CHECK(!outcome.interrupted || !outcome.complete);
        interrupted += outcome.interrupted;
        CHECK(outcome.gap >= 0 && (!outcome.complete || outcome.gap == 0));
      }
    }
    if (w.whole(0, 5) > 0) continue;
    const auto never = std::chrono::steady_clock::time_point::max();
    const UpdateOutcome one = w.narrow.market().update(never, moves);
    const UpdateOutcome other = w.wide.market().update(never, moves);
    moves.clear();
    CHECK(hasty || (one.objective == other.objective && one.missing == other.missing));
    checkOptimal(w.narrow, one);
    checkOptimal(w.wide, other);
  }
}

}  // namespace

int main() {
  for (uint32_t seed = 0; seed < 300; seed++) {
    life(seed, false);
    life(seed, true);
  }
  CHECK(interrupted > 1000);
  return outbid::test::report("ticks");
}
