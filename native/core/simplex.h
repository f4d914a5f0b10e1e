// The network simplex method, for few classes of many units.
//
// An auction, and a shortest path too, moves units of one class at a time and pays for every class it meets with a look at all its arcs. Where
// classes are few and want many units each, a basis does better: a spanning tree of classes, nodes and a root (tree.h), with flow that
// is feasible all the time and potentials that make every arc of the tree tight. A pivot brings in one arc of negative reduced cost;
// no such arc left: optimal.
//
//   arcs outside the tree    class i to node j    empty, or filled to its bound
//                            node j to the root   one for each tier; those below a mark are full, those above are empty
//                            class i to the root  going unserved; for a class that must be served at a cost no real path reaches
//
// START. Every class and node hangs on the root. In rounds each class fills the cheapest node it has not tried; a node that is full
// then hangs on the class that filled it, a class that is served on the node that took its last units. A few rounds only: filled up
// to the end the tree is deep and far from optimal, and more pivots are needed, not fewer.
//
// PRICING. Groups of classes in turn, by their short lists (shortlist.h). In a group the class with the most negative reduced
// cost pivots, at most a few times; then the nodes' own arcs to the root are looked at, then comes the next group. When no group offers anything
// the full rows are read and the lists extended.
//
// The method ends with prices p_j = potential of j and the flow as placements in the market, whatever happened: the exact finish
// then finds nothing left to do, or repairs what a stop or an infeasible problem left behind. A run that ended early calls unplaced what
// goes unserved in its tree: there may be free slots. Units that must be served and have
// no place stay unplaced; before, the part of the tree that hangs on the root by them is lowered as far as reduced costs allow,
// so that prices do not carry that artificial cost.
#pragma once

#include <cstdint>
#include <vector>

#include "control.h"
#include "market.h"
#include "shortlist.h"
#include "tree.h"

namespace outbid {

class Simplex {
 public:
  // The market must be fresh: nothing placed. Its prices decide the start. `largest` absolute value of a cost or surcharge.
  Simplex(Market& market, Control& control, int64_t largest);

  // False if control ended the run, or the limit of pivots was met.
  bool run();

  int64_t pivots = 0;

 private:
  struct Offer {
    int64_t reduced;
    int32_t cls;
    bool operator<(const Offer& other) const { return reduced != other.reduced ? reduced < other.reduced : cls < other.cls; }
  };

  void start();
  void fill(int32_t cls, int32_t entry);
  bool price();
  int64_t placed() const;
  void pivotGroup(int32_t begin, int32_t end);
  void pivotNodes(int32_t begin, int32_t end);

  int64_t reducedOf(int32_t cls) const;
  void enter(int32_t cls, int64_t reduced);
  int32_t boundedArcWith(int32_t cls, int64_t reduced) const;
  int64_t reducedOfBounded(int32_t cls, int32_t arc) const;
  bool pivot(const Entering& entering);
  void setTier(int32_t node, int32_t tier);

  void lower();
  void write(bool done) const;

  int32_t vertexOf(int32_t node) const { return k_.classes + node; }
  const int64_t* prices() const { return tree_.potentials() + k_.classes; }

  Market& market_;
  const Classes& k_;
  Control& control_;
  const int64_t largest_;
  Tree tree_;
  Shortlist list_;
  Array<int64_t> unserved_;    // classes: cost per unit of the arc to the root
  Array<int32_t> tier_;        // nodes: tiers before it are full, after it empty
  Array<int64_t> next_;        // nodes: surcharge of that tier; kInfinite when all are full
  Array<int64_t> last_;        // nodes: surcharge of the last full tier; -kInfinite when none is
  Array<uint8_t> filled_;      // arcs: outside the tree and at the bound; empty unless some class has bounds
  Array<int64_t> left_;        // start: classes, units without a place
  Array<int64_t> slots_;       // start: nodes, slots left of the tier
  std::vector<Offer> offers_;  // of one group
};

}  // namespace outbid
