// The market: ONE state that every move of the core reads and writes.
//
// A class i (identical demands, d_i units, unserved cost r_i) places units on the slots of nodes. Node j has a price p_j and
// slots in tiers of non-decreasing surcharge s_j(0) <= s_j(1) <= ...; s_j(c_j) is infinite. pay(a) = cost_a + p_j for an arc
// a = (i, j); room(a) is what its bound leaves. The units of class i at node j form one block (bid, count): there is one block
// per used arc, so memory never depends on how large units and capacities are. The pool "unserved" is a node of price 0
// without limit, where class i pays r_i.
//
// With u_i the least pay over the arcs with room and the pool, and L_j the slots used at j, the invariants are
//
//   (I1)  every placed unit of i pays at most u_i + epsilon          (epsilon = 0 after the exact finish)
//   (I2a) a free slot of surcharge s   =>  p_j <= s
//   (I2b) a used slot of surcharge s   =>  p_j >= s
//
// At epsilon = 0 they are complementary slackness: the answer is optimal. Nodes of capacity 0 are priced out (kBlocked) while
// solving. During the finish a node may be hungry: h_j free slots that its price says must be used; z_j = L_j + h_j is the
// load on which prices and slots agree.
#pragma once

#include <cstdint>

#include "array.h"
#include "classes.h"

namespace outbid {

struct Block {
  int64_t count;  // units
  int64_t cost;   // of the arc
  int32_t arc;
  int32_t cls;
  int32_t node;
  int32_t position;  // in the node's slab of bids
  int32_t next;      // other blocks of the class; -1: none
  int32_t previous;
};

struct ClassState {
  int64_t unplaced;  // q_i
  int64_t pooled;    // y_i: units that take the unserved cost
  int32_t head;      // first block, -1: none
  int32_t blocks;    // used arcs
  int32_t begin;     // the class's arcs, repeated here: a bid then touches one line of its class
  int32_t end;
};

class Market {
 public:
  Market(Classes& classes, uint64_t seed);

  // What the core minimises over. The costs in it change only while a float answer is refined (grid.h).
  Classes& k;
  const uint64_t seed;
  int64_t priceCeiling = 0;  // prices at the start of the finish stay at or below it: then no sum overflows (grid.h)

  Array<int64_t> price;     // nodes
  Array<int64_t> load;      // nodes, L_j
  Array<int64_t> hungry;    // nodes, h_j; zero outside the finish
  Array<int64_t> next;      // nodes: s_j(L_j), the surcharge of the next free slot; kInfinite when full
  Array<ClassState> state;  // classes
  int64_t placed = 0;       // units on nodes, all classes

  int64_t room(int32_t arc, int32_t block) const;
  int64_t roomOf(int32_t cls, int32_t arc) const {
    return k.isBounded[static_cast<size_t>(cls)] ? room(arc, blockOf(cls, arc)) : kInfinite;
  }
  int64_t pay(const Block& b) const { return b.cost + price[static_cast<size_t>(b.node)]; }
  int64_t payArc(int32_t arc) const {
    return k.cost[static_cast<size_t>(arc)] + price[static_cast<size_t>(k.node[static_cast<size_t>(arc)])];
  }

  // Surcharge of slot number `slot` (from 0); kInfinite from the capacity on.
  int64_t surcharge(int32_t node, int64_t slot) const;
  // Surcharge of the last used slot, that of the first slot for an empty node: the floor of the price.
  int64_t floorOf(int32_t node) const;
  // First slot of the tier that slot number `slot` belongs to, and one past its last.
  void tierOf(int32_t node, int64_t slot, int64_t& begin, int64_t& end) const;
  // Number of slots whose surcharge is below the price.
  int64_t slotsBelow(int32_t node, int64_t price) const;

  // Places units of a class on an arc; a new block gets the bid, an existing one keeps its own. Returns the block.
  int32_t place(int32_t cls, int32_t arc, int64_t units, int64_t bid);
  // Takes units out of a block; it vanishes with its last unit.
  void take(int32_t block, int64_t units);
  // Makes room for so many blocks at each node, of a fresh market: placing then moves nothing.
  void reserve(const Array<int32_t>& blocksOfNode);
  // Call after the surcharges of a node changed.
  void refreshNext(int32_t node) { setLoad(node, load[static_cast<size_t>(node)]); }
  // The class's block on an arc, -1 if it has none.
  int32_t blockOf(int32_t cls, int32_t arc) const;

  Block& block(int32_t id) { return blocks_[static_cast<size_t>(id)]; }
  const Block& block(int32_t id) const { return blocks_[static_cast<size_t>(id)]; }
  int64_t bidOf(int32_t id) const { return bids_[slot(blocks_[static_cast<size_t>(id)])]; }
  void setBid(int32_t id, int64_t bid) { bids_[slot(blocks_[static_cast<size_t>(id)])] = bid; }

  // Blocks of a node: ids and bids beside each other, in no order.
  int32_t blocksAt(int32_t node) const { return slabs_[static_cast<size_t>(node)].used; }
  const int32_t* idsAt(int32_t node) const { return ids_.data() + slabs_[static_cast<size_t>(node)].begin; }
  int64_t* bidsAt(int32_t node) { return bids_.data() + slabs_[static_cast<size_t>(node)].begin; }
  const int64_t* bidsAt(int32_t node) const { return bids_.data() + slabs_[static_cast<size_t>(node)].begin; }
  // For loops over all classes, whose blocks lie anywhere: fetch the first block of the class some steps ahead.
  void prefetchBlock(int32_t cls) const {
    constexpr int32_t kAhead = 12;
    if (cls + kAhead >= k.classes) return;
    const int32_t id = state[static_cast<size_t>(cls + kAhead)].head;
    if (id < 0) return;
    // A block may straddle two lines.
    const char* at = reinterpret_cast<const char*>(&blocks_[static_cast<size_t>(id)]);
    __builtin_prefetch(at);
    __builtin_prefetch(at + sizeof(Block) - 1);
  }

  // Fetches what a bid at the node will look at.
  void prefetchNode(int32_t node) const {
    const size_t at = static_cast<size_t>(slabs_[static_cast<size_t>(node)].begin);
    __builtin_prefetch(&bids_[at]);
    __builtin_prefetch(&bids_[at] + 8);
    __builtin_prefetch(&lone_[at]);
    __builtin_prefetch(&ids_[at]);
  }

  // Lowest bid at a node among blocks not of class `except` (-1: all), kInfinite if there is none; `id` is its block.
  int64_t lowestBid(int32_t node, int32_t except, int32_t& id) const;

  // Beside the ids: the class of a block that holds the one unit of a unit class, else -1. Spares the hot loop a look at the block.
  const int32_t* loneAt(int32_t node) const { return lone_.data() + slabs_[static_cast<size_t>(node)].begin; }
  // A unit class takes over the block of another at this position of the node's slab: one bid evicts another, in place.
  void replace(int32_t node, int32_t position, int32_t cls, int32_t arc, int64_t bid);
  // One unit, no arc bounds: it has at most one block, of one unit.
  bool isUnit(int32_t cls) const { return unit_[static_cast<size_t>(cls)] != 0; }

  size_t bytes() const;

 private:
  struct Slab {
    int64_t begin;
    int32_t used;
    int32_t size;
  };
  size_t slot(const Block& b) const { return static_cast<size_t>(slabs_[static_cast<size_t>(b.node)].begin + b.position); }
  void setLoad(int32_t node, int64_t load);
  int32_t allocateBlock();
  void grow(int32_t node);

  Array<Slab> slabs_;  // nodes: where the node's blocks stand in ids_, bids_ and lone_
  Array<int32_t> ids_;
  Array<int64_t> bids_;
  Array<int32_t> lone_;
  Array<uint8_t> unit_;
  Array<int32_t> blockOfArc_;  // arcs; empty where every class is a unit class, which has one block at most
  int64_t slabEnd_ = 0;
  Array<Block> blocks_;  // ids are stable while a block lives
  int32_t blockEnd_ = 0;
  int32_t freeBlock_ = -1;
};

}  // namespace outbid
