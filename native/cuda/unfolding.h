// Tiers and arc capacities, unfolded: a board knows slots of one price and arcs without bounds.
//
//   tier          each tier of a node is a node of the board, and an arc to the node one to each tier, dearer by its surcharge. Surcharges never
//                 fall, so a cheaper tier fills first without being told to
//   arc capacity  an arc of class i to node j that can fill, a_ij < d_i, leads to a gate instead: a node of a_ij slots, in which as many units of the
//                 gate's own must be served, for nothing, or else on node j. Every unit that comes through the gate sends one of those on:
//                 at most a_ij come, each pays cost_ij, and each takes a slot of node j
//
// Nodes of the board: all tiers in the order of their nodes, then the gates. Its demands: the units of the classes in their order, then those of
// the gates. Both ways of looking have the same optimum, and prices go there and back:
//
//   fold      p_j = least of q_jk + g_jk over the tiers that have slots, and no less than at a gate that could let in more than node j takes:
//             where the gate asks for more, its class has all of the node
//   unfold    q_jk = max(0, p_j - g_jk);   at a gate max(p_j, u_i - cost_ij), with u_i what one unit more of class i would pay
//
// At an optimum both keep complementary slackness, so what proves the one proves the other.
#pragma once

#include <vector>

#include "classes.h"

namespace outbid::cuda {

struct Gate {
  int32_t cls;
  int32_t demand;  // the caller's, one of the class
  int32_t arc;     // of the class
  int32_t node;    // where it leads
  int64_t slots;   // the arc capacity, and no more than the node has
  bool cut;        // the arc capacity is more
  int64_t cost;    // of the arc
};

class Unfolding {
 public:
  explicit Unfolding(const Classes& classes);

  // Nothing was unfolded: nodes and demands of the board are those of the classes.
  bool flat() const { return flat_; }
  int64_t nodes() const { return tiers() + static_cast<int64_t>(gates_.size()); }
  int64_t units() const { return classUnits_ + gateUnits_; }
  int64_t classUnits() const { return classUnits_; }
  // Arcs of the board, or a few more: without looking at them.
  int64_t arcs(const Classes& k) const;
  int32_t tiers() const { return static_cast<int32_t>(slots_.size()); }
  int32_t tierBegin(int32_t node) const { return tierOffset_[static_cast<size_t>(node)]; }
  int32_t tierEnd(int32_t node) const { return tierOffset_[static_cast<size_t>(node) + 1]; }
  int64_t slots(int32_t tier) const { return slots_[static_cast<size_t>(tier)]; }
  int64_t surcharge(int32_t tier) const { return surcharge_[static_cast<size_t>(tier)]; }
  const std::vector<Gate>& gates() const { return gates_; }

  // The node of the classes that a node of the board stands for.
  int32_t nodeOf(int32_t boardNode) const { return node_[static_cast<size_t>(boardNode)]; }

  // Calls arc(boardNode, cost, gate) for all arcs of the board that come of a class's; gate: the number of the gate, or -1. To be called
  // class by class in ascending order, with the same `nextGate`, 0 at first.
  template <class Visit>
  void arcsOf(const Classes& k, int32_t cls, size_t& nextGate, Visit arc) const {
    for (int32_t a = k.offset[static_cast<size_t>(cls)]; a < k.offset[static_cast<size_t>(cls) + 1]; a++) {
      const int32_t j = k.node[static_cast<size_t>(a)];
      const int64_t cost = k.cost[static_cast<size_t>(a)];
      if (nextGate < gates_.size() && gates_[nextGate].arc == a) {
        const int32_t gate = static_cast<int32_t>(nextGate++);
        arc(tiers() + gate, cost, gate);
      } else if (!closed(k, cls, a)) {
        for (int32_t t = tierBegin(j); t < tierEnd(j); t++) arc(t, cost + surcharge(t), -1);
      }
    }
  }

  // Prices of the board's nodes as those of the classes' nodes; 0 for a node without slots.
  std::vector<int64_t> fold(const std::vector<int64_t>& boardPrices) const;
  // And back; next: per gate, u_i of its class.
  std::vector<int64_t> unfold(const std::vector<int64_t>& prices, const std::vector<int64_t>& next) const;
  // u_i per gate, from what one more unit of each of the caller's demands would cost; infinite where no arc has room: the dearest arc's pay.
  std::vector<int64_t> nextPays(const std::vector<int64_t>& prices, const std::vector<double>& values, double sign) const;
  // Nodes of the units of classes, or a negative number each, as nodes of all units of the board. Tiers fill from the cheapest.
  std::vector<int32_t> unfold(const std::vector<int32_t>& nodes) const;

 private:
  // Nothing can ever use the arc.
  static bool closed(const Classes& k, int32_t cls, int32_t arc) {
    return k.bounded && k.isBounded[static_cast<size_t>(cls)] != 0 && k.bound[static_cast<size_t>(arc)] == 0;
  }

  bool flat_ = true;
  int64_t classUnits_ = 0;
  int64_t gateUnits_ = 0;
  std::vector<int32_t> tierOffset_;   // nodes + 1
  std::vector<int64_t> slots_;        // tiers
  std::vector<int64_t> surcharge_;    // tiers
  std::vector<int32_t> node_;         // nodes of the board
  std::vector<Gate> gates_;           // in the order of their arcs
  std::vector<int64_t> unitsBefore_;  // gates: units of the classes before theirs,
  std::vector<int64_t> unitsOf_;      // and of their own
};

}  // namespace outbid::cuda
