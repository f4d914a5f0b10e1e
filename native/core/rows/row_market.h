// The market of unit rows: the state of market.h for demands that want one unit each, in flat 32-bit arrays.
//
//   price_j                            one more entry than there are nodes: empty lanes lead there, out of reach
//   who[first_j .. first_j + load_j)   the demands at node j, in no order
//   bid[...]                           beside who: what each would pay there at most. A full node's price is its lowest bid. Free
//                                      slots hold kRowFar, and blocks are whole lanes, so a minimum needs no mask
//   at_i, seat_i                       a demand's node and its entry in `who`; at_i < 0: unserved or without a place
//
// Where every node has at most one slot the price is the bid: `bid` is empty and a block is one entry. Forward writes prices, who and
// bid alone; at and seat are built anew after it. Only a full node has a positive price at the end; while epsilon is positive, and
// after a drop, a node may be priced and not full: it is hungry.
//
// Balanced (as many demands as slots, all must be served): every slot is used in the end, so a price may be any number and what
// is optimal stays so when all prices rise or fall together.
#pragma once

#include <cstdint>
#include <vector>

#include "array.h"
#include "rows/row_layout.h"

namespace outbid {

constexpr int32_t kPooled = -1;         // goes unserved
constexpr int32_t kBlock = 2 * kLanes;  // bids are kept in blocks of this many, so that few nodes have more than one
constexpr int32_t kUnplaced = -2;       // has no place yet

struct RowMarket {
  explicit RowMarket(Rows& rows, uint64_t seed);

  Rows& rows;  // whose lists may grow
  const uint64_t seed;
  bool single = false;  // every node has at most one slot
  bool balanced = false;
  bool lists = true;  // auction and paths see lists; false: whole rows
  int32_t least = 0;  // no node with slots has a lower price; noteLeast makes it the least there is

  Array<int32_t> price;     // nodes, and lanes beyond them at kRowOff, and whole lanes
  Array<int32_t> capacity;  // nodes
  Array<int32_t> load;      // nodes
  Array<int32_t> first;     // nodes + 1
  Array<int32_t> bid;
  Array<int32_t> who;
  Array<int32_t> at;     // demands
  Array<int32_t> seat;   // demands
  Array<int32_t> paid;   // demands: the cost of the arc in use; known after a drop
  Array<int32_t> stack;  // demands that wait to bid
  int32_t waiting = 0;
  Array<int32_t> dropped;  // demands without a place after a drop, in order
  int32_t drops = 0;
  Array<int64_t> hungry;  // nodes: free slots that the price says must be used
  int64_t hungers = 0;    // their sum

  int64_t bids = 0;
  int64_t pushes = 0;
  int64_t pulls = 0;

  // Prices at 0, nobody placed, everybody waiting.
  void startOver();
  // After forward: at and seat from the blocks. Demands in no block are unserved, those still on the stack without a place.
  void seatAll();
  void noteLeast();
  // Free slots of priced nodes; all free slots if balanced.
  void findHungry();

  void leave(int32_t demand) {
    const size_t i = static_cast<size_t>(demand);
    const size_t j = static_cast<size_t>(at[i]);
    const int32_t last = first[j] + --load[j];
    const int32_t seatLeft = seat[i];
    const int32_t moved = who[static_cast<size_t>(last)];
    if (single) {
      who[static_cast<size_t>(last)] = -1;
    } else {
      who[static_cast<size_t>(seatLeft)] = moved;
      seat[static_cast<size_t>(moved)] = seatLeft;
      bid[static_cast<size_t>(seatLeft)] = bid[static_cast<size_t>(last)];
      bid[static_cast<size_t>(last)] = kRowFar;
    }
    at[i] = kUnplaced;
  }
  void enter(int32_t demand, int32_t node, int32_t cost) {
    const size_t i = static_cast<size_t>(demand);
    const size_t j = static_cast<size_t>(node);
    const int32_t s = first[j] + load[j]++;
    who[static_cast<size_t>(s)] = demand;
    seat[i] = s;
    at[i] = node;
    paid[i] = cost;
  }
  size_t bytes() const;
};

}  // namespace outbid
