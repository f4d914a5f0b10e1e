// PUSH and PULL in a warm market: shortest augmenting paths from a demand with unplaced units and to a node with hungry slots. The story
// is in lib/reference/push.ts and pull.ts; distances are keys that count moves, and the pool of a must-serve demand costs MUST, so every
// push finds an end.
#pragma once

#include <vector>

#include "book.h"
#include "patience.h"

namespace outbid::ticks {

template <class K>
class Repair {
 public:
  Repair(Book<K>& book, uint64_t seed) : book_(book), seed_(seed) {}

  // Moves some unplaced units of a demand, or fills or gives up some hungry slots of a node: one shortest path. False if patience ran
  // out in the middle: nothing has changed, and the same call goes on from there unless the search was forgotten.
  bool push(int32_t demand);
  bool pull(int32_t node);
  // To be called before anything in the book changes.
  void forget();
  Patience patience;
  int64_t expanded = 0;

 private:
  using Keys = Key<K>;
  using Cost = typename Keys::Cost;
  // Push: the arc by which a unit would enter the node, and the block it leaves (kNone: it has no place yet). Pull: the demand
  // whose unit leaves the node, and the node it goes to.
  struct NodeMark {
    K distance = 0;
    int32_t stamp = 0;
    int32_t settled = 0;
    int32_t from = kNone;
    int32_t to = kNone;
  };
  struct Waiting {
    K distance;
    int32_t node;
    bool operator<(const Waiting& other) const {
      return distance != other.distance ? distance > other.distance : node > other.node;
    }
  };

  enum class Paused { kNot, kPush, kPull };

  // A settled node gets a price, and an end of the moves it counts.
  static constexpr size_t kOwed = 2;

  bool goesOn(Paused kind, int32_t source);
  void begin();
  int32_t settleNext();
  void enqueue(int32_t node, K distance);
  NodeMark& at(int32_t node) { return nodes_[static_cast<size_t>(node)]; }

  void expand(int32_t demand, K base, int32_t from);
  void relax(int32_t node, K distance, int32_t arc, int32_t from);
  size_t leavers(int32_t node, K distance);
  void shiftPush(int32_t source);
  size_t candidates(int32_t node, K start);
  void expandBackwards(int32_t node, K distance);
  void relaxBack(int32_t demand, int32_t node, K distance, int32_t to);
  void shiftPull(int32_t source);

  Book<K>& book_;
  const uint64_t seed_;
  std::vector<NodeMark> nodes_;
  std::vector<Waiting> heap_;
  std::vector<int32_t> settled_;
  std::vector<int32_t> path_;
  std::vector<int32_t> candidates_;
  int32_t stamp_ = 0;
  int32_t source_ = kNone;
  Paused paused_ = Paused::kNot;
  K best_ = 0;
  int32_t endNode_ = kNone;
  int32_t endDemand_ = kNone;
  int32_t end_ = kNone;  // push: the block whose units go to the pool
};

}  // namespace outbid::ticks
