// Forward auction: an unplaced unit bids for its best slot; the lowest bid there is outbid.
//
//   ask(j, i)   what the next slot of j costs class i other than by displacing itself: with s the surcharge of the next free slot,
//               p_j if s <= p_j, else max(p_j, min(s, lowest bid at j not of i))
//   lift(j)     p_j = max(p_j, min(lowest bid of all, s)): prices only rise in forward
//
// A class takes the cheapest slots in order of cost + ask until its units are placed or the pool is cheaper. Every block it
// then owns bids up to the LEVEL of its best remaining alternative plus epsilon: bid = max(bid, level + epsilon - cost). At the
// node it used last, and only if it owns slots nowhere else, the alternative excludes that node itself. Without any
// alternative the level is what it pays now plus more than the range of costs, one level for all its blocks.
//
// Why (I1) holds: prices only rise, so only the moment of the bid matters. Lifted nodes with room ask at least the level, all own
// bids are at most level + epsilon - cost, and the price is at most every bid there. An arc that was saturated regains room only
// when the lowest bid at its node is evicted, and then the price is at least the old own bid. Levels never fall. (I2): a free slot
// of surcharge s is taken only if s is at most every other bid there.
//
// Price wars - many bids, tiny rises - are met by raising epsilon eightfold; before, reachability is asked whether a place
// exists at all (reach.h). Bids are limited: whatever is unplaced at the limit is left to the exact finish, which needs no
// auction to be right. Source: Bertsekas and Castanon, Ann. Oper. Res. 20 (1989), for the class-wise bid.
#pragma once

#include <cstdint>

#include "control.h"
#include "market.h"

namespace outbid {

enum class ForwardEnd : uint8_t {
  kAllPlaced,      // every unit is on a node or in the pool
  kLeftovers,      // the bid limit or the price ceiling was reached; unplaced units remain
  kStopped,        // control said stop
  kInfeasible,     // reachability proved that some unit has no place; the witness is in `reach`
  kListsTooShort,  // of rows alone: a war among lists, which whole rows may not have
};

struct Reach;

class Bidder {
 public:
  Bidder(Market& market, Control& control, Reach& reach);

  // Bids until every unit has a place, from all classes with unplaced units. `epsilon` may be raised in a price war if `mayRaise`:
  // in the first phase only, afterwards epsilon falls, so the phases end.
  ForwardEnd forward(int64_t& epsilon, int64_t bidLimit, bool mayRaise);
  // p_j up to what its slots and bids say.
  void lift(int32_t node);

  // More than the range of costs: what a bid without alternative adds to what is paid.
  int64_t forced() const { return forced_; }

  int64_t bids = 0;

 private:
  struct Candidate {
    int64_t key;  // lower bound on the pay
    uint32_t tie;
    int32_t arc;                                    // -1: the pool
    bool operator<(const Candidate& other) const {  // std heaps keep the largest on top: turn the order round
      return key != other.key ? key > other.key : tie != other.tie ? tie > other.tie : arc > other.arc;
    }
  };
  void wake(int32_t cls);
  void bidUnit(int32_t cls, int64_t epsilon);
  void scanFullRow(int32_t cls, int64_t& best, int64_t& second, int32_t& arc);
  void bidClass(int32_t cls, int64_t epsilon);
  void fillHeap(int32_t cls, int64_t epsilon);
  void addToHeap(int32_t cls, int64_t above, int64_t upTo);
  int64_t ask(int32_t node, int32_t cls, int32_t& lowest, bool& free) const;
  bool settleTop(int32_t cls, int32_t skipNode, int64_t& value);
  void popTop();

  Market& market_;
  Control& control_;
  Reach& reach_;
  const int64_t forced_;
  Array<int32_t> stack_;
  int32_t top_ = 0;
  Array<uint8_t> awake_;
  std::vector<Candidate> heap_;
  Array<int64_t> keys_;  // of the bidding class's arcs
  int64_t limit_ = 0;    // arcs with a larger key are not in the heap; kInfinite: all are
  int64_t margin_ = 0;
  std::vector<int32_t> touched_;
  bool ceilingHit_ = false;
};

// Largest cost, unserved cost or surcharge minus the smallest cost, plus one: more than any two pays differ by cost alone.
int64_t costRange(const Classes& classes);

}  // namespace outbid
