// What push and pull share: the marks of one shortest-path search over nodes, cleared by a tick instead of a sweep, and the frontier.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "array.h"

namespace outbid {

struct NodeMark {
  int64_t distance;
  int32_t stamp;  // the tick at which the mark was set; of another tick: not reached
  int32_t done;   // the tick at which the node was settled
  int32_t block;  // the block that moves: into the node (push; -1: the source's unplaced units) or out of it (pull)
  int32_t arc;    // the arc it moves over
};

// A class is expanded again only when it is reached at a smaller base.
struct ClassMark {
  int64_t base;
  int32_t stamp;
};

class Search {
 public:
  Search(int32_t nodes, int32_t classes)
      : nodes_(static_cast<size_t>(nodes), NodeMark{0, 0, 0, -1, -1}), classes_(static_cast<size_t>(classes), ClassMark{0, 0}) {}

  void begin() {
    tick_++;
    heap_.clear();
    settled_.clear();
  }
  int32_t tick() const { return tick_; }
  NodeMark& node(int32_t j) { return nodes_[static_cast<size_t>(j)]; }
  const NodeMark& node(int32_t j) const { return nodes_[static_cast<size_t>(j)]; }
  bool reachedWithin(int32_t j, int64_t distance) const { return node(j).stamp == tick_ && node(j).distance <= distance; }
  bool visited(int32_t cls) const { return classes_[static_cast<size_t>(cls)].stamp == tick_; }
  // False if the class was already expanded at this base or a smaller one.
  bool improves(int32_t cls, int64_t base) const { return !visited(cls) || classes_[static_cast<size_t>(cls)].base > base; }
  void visit(int32_t cls, int64_t base) { classes_[static_cast<size_t>(cls)] = ClassMark{base, tick_}; }

  void reach(int32_t j, int64_t distance, int32_t block, int32_t arc) {
    node(j) = NodeMark{distance, tick_, node(j).done, block, arc};
  }
  void enqueue(int32_t j, int64_t distance) {
    heap_.push_back({distance, j});
    std::push_heap(heap_.begin(), heap_.end());
  }
  // The next node to settle at a distance below the limit, or -1.
  int32_t settleNext(int64_t limit) {
    while (!heap_.empty() && heap_.front().distance < limit) {
      const Entry top = heap_.front();
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.pop_back();
      NodeMark& mark = node(top.node);
      if (mark.done == tick_ || top.distance > mark.distance) continue;
      mark.done = tick_;
      settled_.push_back(top.node);
      return top.node;
    }
    return -1;
  }
  const std::vector<int32_t>& settled() const { return settled_; }

 private:
  struct Entry {
    int64_t distance;
    int32_t node;
    bool operator<(const Entry& other) const { return distance != other.distance ? distance > other.distance : node > other.node; }
  };
  Array<NodeMark> nodes_;
  Array<ClassMark> classes_;
  int32_t tick_ = 0;
  std::vector<Entry> heap_;
  std::vector<int32_t> settled_;
};

}  // namespace outbid
