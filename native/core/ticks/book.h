// The book of a warm market: who wants what, who is where, at which prices. The story is told in lib/reference/ticks/state.ts; this
// is the same state laid out for speed. For an arc with flow x and base b (its flow at the last report)
//
//     one unit more pays   cost + p_j           while x < b,  + over from there on
//     one unit less saves  cost + p_j           while x <= b, + over above          over = (keep of a committed demand or 0, 1 move)
//
// A block is an arc that has, or had at the last report, units: a demand of one unit has one or two, so memory and time never depend on
// units. Rows of arcs lie in one pool; each arc has an entry in the column of its node, with its cost, and knows where. An arc that was
// removed points to node 0, which has no slots and is nobody's: node j of the outside is j + 1 here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../exact_sum.h"
#include "huge_vector.h"
#include "key.h"
#include "market_state.h"
#include "patience.h"

namespace outbid::ticks {

constexpr int32_t kNowhere = 0;
constexpr int32_t kNone = -1;
constexpr int32_t kMany = -2;

// What an expansion touches of a demand: one cache line with narrow keys.
template <class K>
struct alignas(64) DemandMark {
  K distance = 0;  // at which the search `stamp` expanded it last
  K pool = 0;      // cost of leaving a unit unserved
  K over = 1;
  int32_t stamp = 0;
  int32_t pooled = 0;
  int32_t pooledBase = 0;
  int32_t head = kNone;  // blocks
  int32_t begin = 0;     // row
  int32_t count = 0;
  bool bounded = false;
  bool away = false;    // some block has fewer units than at the last report
  bool sorted = false;  // the row ascends by cost: a search stops where no price can help any more
};

// Where a demand is, in short, for searches that have not touched it yet.
template <class K>
struct Sole {
  K pay = 0;             // what its units on `node` save, without the price
  int32_t node = kNone;  // the one node with units that may move, if none are unserved; kMany: more than that; kNone: nothing
  bool plain = false;    // no bounds, and wherever else its units go they pay one move
};

struct Lost {
  int32_t node;
  int32_t units;
};

struct DemandInfo {
  int32_t units = 0;
  int32_t unplaced = 0;
  int32_t room = 0;  // arcs its row may hold
  int32_t queuedAt = kNone;
  int32_t touchedAt = kNone;
  bool alive = false;
  bool held = false;
  int64_t unserved = 0;  // on the grid; not read when it must be served
  int64_t hope = 0;      // what a unit that is served may save at most, on the grid
  int64_t keep = -1;
  double givenUnserved = 0;
  double givenKeep = -1;
  std::vector<Lost> lost;  // units of the last report on arcs that are gone
};

struct Block {
  int32_t demand;
  int32_t arc;  // in the pool of rows
  int32_t node;
  int32_t next;
  int32_t flow;
  int32_t base;
  int32_t fixed;   // committed: part of the flow that no search sees
  int32_t usedAt;  // in the node's list of blocks with units that may move
  int64_t cost;
};

template <class C>
struct Arc {
  int32_t node;
  C cost;
};

// An arc seen from its node. Dead ones (demand -1) are linked through `cost`.
template <class C>
struct Entry {
  int32_t demand;
  C cost;
};

// A block on its node's list of those with units that may move, and what one of them saves by leaving, without the price: cost and
// moves. kMost: its demand has units elsewhere too.
template <class C>
struct Used {
  int32_t block;
  int32_t demand;
  C cost;
  int32_t moves;
};

struct Tier {
  int64_t slots;
  int64_t surcharge;
  double given;
};

template <class K>
struct NodePrice {
  K price;
  K sink;  // what ending a push here costs beyond the distance: 0 with hungry slots, next surcharge - price, or far
};

template <class C>
struct NodeInfo {
  int64_t capacity = 0;
  int64_t slots = 0;  // capacity, or the committed units where those are more
  int64_t fixed = 0;
  int64_t load = 0;
  int64_t hungry = 0;
  bool queued = false;
  bool touched = false;
  bool fallen = false;
  int32_t dead = kNone;
  std::vector<Tier> tiers;
  std::vector<Entry<C>> column;
  std::vector<Used<C>> used;
};

template <class K>
class Book {
 public:
  using Keys = Key<K>;

  Book();

  using Cost = typename Keys::Cost;
  using Node = NodeInfo<Cost>;

  HugeVector<DemandMark<K>> marks;  // demands by slot
  HugeVector<Sole<K>> soles;
  // Hints, in whole costs: what a search asks first of everybody it comes across, most of whom stay where they are. Within +-kMost,
  // which stand for "do not rely on it".
  HugeVector<Cost> pays;    // what any unit that may move saves, at most; -kMost: none may
  HugeVector<Cost> others;  // with units on one node alone: the least pay elsewhere, unserved too, at least
  HugeVector<DemandInfo> demands;
  std::vector<NodePrice<K>> prices;  // nodes
  std::vector<K> exits;              // nodes: price - surcharge of the last slot that is or should be in use; far if there is none
  std::vector<Node> nodes;
  HugeVector<Arc<Cost>> arcs;     // the pool of rows
  std::vector<int32_t> unplaced;  // demands with unplaced units
  std::vector<int32_t> hungry;    // nodes that may have hungry slots
  std::vector<int32_t> touchedDemands;
  std::vector<int32_t> touchedNodes;
  int64_t missing = 0;      // must-serve units without a place
  int64_t waitingMust = 0;  // those of them that no search has given up yet
  // What unplaced units of other demands may save at most, by the cheapest arc of each.
  __int128 hopes = 0;
  int32_t exponent = 0;
  bool drifted = false;  // a price left the exact range

  Block& block(int32_t id) { return blocks_[static_cast<size_t>(id)]; }
  const Block& block(int32_t id) const { return blocks_[static_cast<size_t>(id)]; }
  DemandMark<K>& mark(int32_t demand) { return marks[static_cast<size_t>(demand)]; }
  DemandInfo& info(int32_t demand) { return demands[static_cast<size_t>(demand)]; }
  Node& node(int32_t j) { return nodes[static_cast<size_t>(j)]; }
  K price(int32_t j) const { return prices[static_cast<size_t>(j)].price; }

  int64_t grid(double cost) const;
  bool mustServe(int32_t demand) { return mark(demand).pool == Keys::kMust; }

  // Slots and their surcharges; slots that only committed units hold are like the last.
  int64_t surchargeAt(const Node& node, int64_t slot) const;
  void tierOf(const Node& node, int64_t slot, int64_t& begin, int64_t& end) const;
  int64_t slotsBelow(int32_t j) const;
  // After a change outside a search: of a price, or of load, capacity or committed units.
  void recount(int32_t j);
  void resize(int32_t j);
  void setPrice(int32_t j, K price);
  void refresh(int32_t j);
  void setLoad(int32_t j, int64_t load);
  void charge(const Node& node, int64_t from, int64_t to, int64_t sign);
  void setHungry(int32_t j, int64_t slots);

  // Rows. An arc index holds until the row grows.
  int32_t addArc(int32_t demand, int32_t node, double given, int32_t bound);
  void reserveRow(int32_t demand, int32_t size);
  // Call when arcs or costs of a row changed, or the unserved cost.
  void checkOrder(int32_t demand);
  void removeArc(int32_t demand, int32_t arc);
  void freeRow(int32_t demand);
  // Before arcs to these nodes are added: what that touches lies far apart and comes all at once.
  void fetchColumns(const int32_t* targets, int32_t count) const;
  int32_t findArc(int32_t demand, int32_t node);
  int32_t boundOf(int32_t demand, int32_t arc) { return mark(demand).bounded ? arcBound_[static_cast<size_t>(arc)] : kNoBound; }
  void setCost(int32_t demand, int32_t arc, double given);
  double given(int32_t arc) const {
    return exponent == 0 ? static_cast<double>(arcs[static_cast<size_t>(arc)].cost) : arcGiven_[static_cast<size_t>(arc)];
  }
  // The block of an arc, kNone; and one in any case.
  int32_t findBlock(int32_t demand, int32_t arc);
  int32_t needBlock(int32_t demand, int32_t arc);
  void freeBlocksWithoutUnits(int32_t demand);

  // Room and units at the price of the first.
  int64_t room(int32_t demand, int32_t arc, int32_t id);
  int32_t movable(const Block& b) const {
    const int32_t free = b.flow - b.fixed;
    return b.flow > b.base ? std::min(free, b.flow - b.base) : free;
  }
  K takePay(const Block& b) { return Keys::of(b.cost) + price(b.node) + (b.flow > b.base ? mark(b.demand).over : K{0}); }
  K poolPay(int32_t demand) {
    const DemandMark<K>& m = mark(demand);
    return m.pool + (m.pooled > m.pooledBase ? m.over : K{0});
  }

  void place(int32_t demand, int32_t arc, int32_t units);
  void take(int32_t id, int32_t units);
  void pool(int32_t demand, int32_t units);
  void unplace(int32_t demand, int32_t units);
  void unqueue(int32_t demand);
  void touch(int32_t demand);
  void untouch(int32_t demand);
  // Call after flow, base or committed units of a block changed by hand.
  void list(int32_t id);
  // The block of a demand at a node; there is one.
  int32_t blockAt(int32_t demand, int32_t node) {
    int32_t id = mark(demand).head;
    while (block(id).node != node) id = block(id).next;
    return id;
  }
  Sole<K>& sole(int32_t demand) { return soles[static_cast<size_t>(demand)]; }
  void refreshSole(int32_t demand);
  Cost& payOf(int32_t demand) { return pays[static_cast<size_t>(demand)]; }
  Cost& otherOf(int32_t demand) { return others[static_cast<size_t>(demand)]; }
  // What those on a node save at most: of(entry of its `used`), clamped to what a hint may be.
  struct Saving {
    K price[2];
    Cost of(const Used<Cost>& u) const { return static_cast<Cost>(std::clamp<K>(K{u.cost} + price[u.moves], -kMost, kMost)); }
  };
  Saving savingAt(int32_t j) const { return {{-(-price(j) >> Keys::kShift), -((-price(j) - 1) >> Keys::kShift)}}; }
  // `least`: the least pay anywhere but on the only node, as of now.
  void setHintPay(int32_t demand);
  void setHintOther(int32_t demand, K least) {
    otherOf(demand) = static_cast<Cost>(std::clamp<K>(least >> Keys::kShift, -kMost, kMost - 1));
  }
  void forgetOther(int32_t demand) { otherOf(demand) = -kMost; }
  // False if patience ran out before all are told.
  bool lowerHints(Patience& patience);
  // Around a look at a column: those who are at the node alone do not come to it.
  void hideUsed(int32_t node);
  void showUsed(int32_t node);
  static constexpr Cost kMost = static_cast<Cost>(1) << (sizeof(Cost) * 8 - 2);
  // The cost of unserved units changes with what it depends on.
  void setPool(int32_t demand) { setPool(demand, info(demand).givenUnserved); }
  void setPool(int32_t demand, double givenUnserved);
  double objective();
  void refineGrid(int32_t exponent);
  size_t bytes() const;

 private:
  void addCost(int64_t times, int64_t cost, double given);
  // Unplaced units count as unserved.
  void count(int32_t demand, int32_t units);
  int32_t newRow(int32_t size);
  void enter(int32_t demand, int32_t arc);
  void leave(int32_t arc);

  HugeVector<int32_t> arcAt_;  // entry in the node's column; in a free row: the next free one
  HugeVector<int32_t> arcBound_;
  std::vector<double> arcGiven_;   // empty on the grid of whole numbers
  std::vector<int32_t> freeRows_;  // by size class
  std::vector<int32_t> fallen_;    // nodes whose price fell since lowerHints
  std::vector<Cost> kept_;
  size_t listed_ = 0;  // entries of all nodes' `used`
  std::vector<Block> blocks_;
  int32_t freeBlock_ = kNone;
  int64_t whole_ = 0;
  ExactSum sum_;
};

}  // namespace outbid::ticks
