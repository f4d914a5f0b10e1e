// The core's classes as a board, and a board's outcome as a start for the core's finish.
//
// Every unit of a class is a demand of its own here; demands of one class share their arcs. A full matrix becomes one row of costs for each class.
//
// Costs are multiplied by a scale, so that an epsilon of one is a fraction of a cost unit: the auction then leaves next to nothing to the
// finish. Its prices come back as whole parts of (price + shift) / scale. Scaled, a demand pays at most its least plus one; so a whole
// part can only be wrong by one, and only against a node whose price has the residue scale - 1 - shift. The shift is the one whose residue
// the fewest nodes have. If none has - sure from scale = nodes + 2 on, 0 standing for unserved - the whole parts are exact prices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "array.h"
#include "board.h"
#include "classes.h"
#include "market.h"
#include "opener.h"

namespace outbid::cuda {

// What the steps only read. Of a plain problem (direct.h) the arrays of demands and arcs may be left with the caller, to be written where a
// device takes them from (image.h): they are empty then, and `caller` is set.
struct Layout {
  int32_t demands = 0;
  int32_t nodes = 0;
  bool dense = false;
  int32_t scale = 1;
  uint64_t seed = 0;
  int64_t arcs = 0;
  bool mayDiffer = true;  // between equals, from run to run: what chains (matrix.h) may do
  int64_t reads = 0;      // arcs that all demands together read in a pass
  const ProblemView* caller = nullptr;
  Array<int64_t> begin;
  Array<int32_t> count;
  Array<int32_t> node;  // empty if dense
  Array<int32_t> cost;
  Array<int32_t> unserved;
  Array<int32_t> capacity;
  Array<int32_t> first;
  Plan plan;

  size_t slots() const { return static_cast<size_t>(first[first.size() - 1]); }
  // The scaled costs of a demand's usable arcs, wherever the arrays are.
  void costsOf(size_t demand, std::vector<int32_t>& costs) const;
};

constexpr int64_t kMostUnits = int64_t{1} << 27;  // demands of a board
constexpr int64_t kMostReads = int64_t{1} << 32;  // arcs that all units together read in a pass
constexpr int64_t kMostSlots = int64_t{1} << 30;  // slots that are kept

// What a layout's scale and plan are read from, in the classes' unit.
struct Sizes {
  int64_t low = 0;  // of 0, the costs and the unserved costs
  int64_t high = 0;
  int64_t units = 0;
  int64_t mayGo = 0;    // units that may go unserved,
  double unserved = 0;  // and the sum of their unserved costs' sizes
  int64_t slots = 0;
  void see(int64_t cost) {
    if (cost < low) low = cost;
    if (cost > high) high = cost;
  }
  void seeUnserved(int64_t cost, int64_t times);
};

int32_t scaleFor(const Sizes& sizes, int32_t nodes, int32_t mostScale);

// The nodes' part and the plan, once arcs and demands are there; reach: per node, the units with an arc to it. False: too many slots.
bool completeLayout(Layout& to, Sizes& sizes, const Array<int64_t>& capacity, const Array<int64_t>& reach);

// nullptr if the classes fit a board, else the reason in words: what a message can say after "the problem has ".
const char* misfit(const Classes& classes);

// Of classes that fit. False: more slots would have to be kept than a board has room for. `mostScale`: scale by no more.
bool layOut(const Classes& classes, uint64_t seed, Layout& to, int32_t mostScale = INT32_MAX);

// A board's prices in the classes' unit. `exact` says that no node has the residue that could be wrong.
std::vector<int64_t> wholePrices(const Layout& layout, const int32_t* price, bool& exact);

// Puts a board's outcome - at, per demand; price, per node - into an empty market over the classes it was laid out from.
void takeOver(const Layout& layout, const int32_t* at, const int32_t* price, Market& market);

// Both objectives of a complete state, in the classes' unit.
struct Proof {
  int64_t primal = 0;
  __int128 dual = 0;
  int32_t unplaced = 0;
};

// From what the certificate step (prove.h) counted at prices that are `scaled` like the costs.
Proof proofOf(const Tally& tally, const Layout& layout, const std::vector<int64_t>& scaled);

// An outcome that was found before the job began, as its opening. Borrows all three.
class FoundOpening : public Opener {
 public:
  FoundOpening(const Layout& layout, const std::vector<int32_t>& at, const std::vector<int32_t>& price)
      : layout_(layout), at_(at), price_(price) {}
  bool open(Market& market, Control&) override { return takeOver(layout_, at_.data(), price_.data(), market), true; }

 private:
  const Layout& layout_;
  const std::vector<int32_t>& at_;
  const std::vector<int32_t>& price_;
};

}  // namespace outbid::cuda
