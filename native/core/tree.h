// A spanning tree of arcs: the basis of the network simplex method.
//
// Vertices are the classes, the nodes and a root that takes in every unit: a unit of class i flows over an arc (i, j) and then over a slot
// of j to the root, or goes unserved straight to it. Each vertex but the root has one arc to its parent, in either direction. What that arc
// still carries upwards is its `rise`, what can be taken back downwards its `fall`, both residual: flow and room change places with the
// direction of the arc, so a walk never asks for it. Potentials make every arc of the tree tight: with u_i of a class, p_j of a node and 0 of the
// root, cost + potential(head) = potential(tail).
//
// PIVOT. An arc from s to t outside the tree whose reduced cost is negative closes one cycle with it: units go from s to t, up from t to
// the join and down to s again. The narrowest place of the cycle leaves the tree, the part below it is hung on the entering arc, its
// potentials shift by the reduced cost.
//
// STRONGLY FEASIBLE. Every vertex can send one more unit to the root: rise > 0 everywhere. Of several narrowest places the last one leaves,
// counted from the join in the direction of the cycle; that keeps the property, and a pivot that moves nothing then lowers
// potentials strictly, so the method ends (Cunningham, Math. Programming 11, 1976).
//
// ORDER. Vertices stand in a list, parents before children and every subtree in one piece: the vertices after v that are deeper than v. A
// subtree that is hung on one of its own vertices keeps its pieces, in another sequence, and one walk over them shifts potentials and
// depths and finds the ends: no counts, no links to children, and hardly a branch to guess wrong.
#pragma once

#include <cstdint>

#include "array.h"

namespace outbid {

// The arc from a vertex to its parent and what it carries. Order, depths and potentials stand apart: they are all that a shift reads.
struct Limb {
  int64_t rise;    // units the arc can still carry upwards
  int64_t fall;    // units it can carry downwards
  int32_t arc;     // kRootArc: straight to the root
  int32_t parent;  // -1: the root, or not in the tree
};

struct Entering {
  int32_t from;
  int32_t to;
  int32_t arc;
  int64_t room;     // units it can carry
  int64_t reduced;  // cost + potential(to) - potential(from), negative
};

struct Leaving {
  int32_t vertex = -1;  // the lower end; -1: the entering arc itself ran from one of its bounds to the other
  int32_t arc = -1;
  bool upwards = false;  // it left because it can carry nothing more upwards; else nothing more downwards
};

class Tree {
 public:
  static constexpr int32_t kRootArc = -1;

  explicit Tree(int32_t vertices);  // the last one is the root

  // Before settle(): the arc of a vertex to its parent. `difference` = potential of the vertex - potential of the parent.
  void hang(int32_t vertex, int32_t parent, int32_t arc, int64_t difference, int64_t rise, int64_t fall);
  // Links the vertices and computes potentials and depths.
  void settle();

  Leaving pivot(const Entering& entering);

  int32_t root() const { return root_; }
  const Limb& limb(int32_t v) const { return limbs_[static_cast<size_t>(v)]; }
  int32_t parent(int32_t v) const { return limbs_[static_cast<size_t>(v)].parent; }
  // The vertex after v in the subtree of `top`, parents before children; -1 after the last.
  int32_t nextBelow(int32_t top, int32_t v) const {
    const int32_t next = order_[static_cast<size_t>(v)].next;
    return order_[static_cast<size_t>(next)].depth > order_[static_cast<size_t>(top)].depth ? next : -1;
  }
  int64_t& potential(int32_t v) { return potential_[static_cast<size_t>(v)]; }
  int64_t potential(int32_t v) const { return potential_[static_cast<size_t>(v)]; }
  const int64_t* potentials() const { return potential_.data(); }

 private:
  struct Order {
    int32_t next;   // in the list; the root after the last
    int32_t depth;  // arcs to the root
  };
  void join(int32_t before, int32_t after) {
    order_[static_cast<size_t>(before)].next = after;
    previous_[static_cast<size_t>(after)] = before;
  }
  void rehang(int32_t top, int32_t last, Limb limb, int64_t difference);

  int32_t root_;
  Array<Order> order_;
  Array<int32_t> previous_;  // in the list
  Array<Limb> limbs_;
  Array<int64_t> potential_;
};

}  // namespace outbid
