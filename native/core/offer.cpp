#include "offer.h"

#include <algorithm>
#include <vector>

namespace outbid {

namespace {

struct Offer {
  int64_t value;  // what the units pay now, minus the cost of the arc to the open node
  int32_t from;   // block that would move; -1: from the pool
  int32_t cls;
  int32_t arc;
  bool operator<(const Offer& other) const {
    return value != other.value ? value > other.value : arc != other.arc ? arc < other.arc : from < other.from;
  }
};

class Reverse {
 public:
  Reverse(Market& market, const Columns& columns, int64_t epsilon)
      : market_(market), columns_(columns), epsilon_(epsilon), queued_(static_cast<size_t>(market.k.nodes), 0) {}

  int64_t run(int64_t visitLimit, Control& control) {
    for (int32_t j = 0; j < market_.k.nodes; j++) enqueue(j);
    int64_t visits = 0;
    for (size_t at = 0; at < queue_.size() && visits < visitLimit; at++) {
      const int32_t node = queue_[at];
      queued_[static_cast<size_t>(node)] = 0;
      if (!isOpen(market_, node)) continue;
      if ((++visits & 15) == 0 && control.mustStop()) break;
      visit(node);
      enqueue(node);
    }
    return visits;
  }

 private:
  void enqueue(int32_t node) {
    uint8_t& queued = queued_[static_cast<size_t>(node)];
    if (queued || !isOpen(market_, node)) return;
    queued = 1;
    queue_.push_back(node);
  }

  void collect(int32_t node) {
    const Classes& k = market_.k;
    const int64_t least = market_.next[static_cast<size_t>(node)] + epsilon_;
    offers_.clear();
    for (int32_t q = columns_.start[static_cast<size_t>(node)]; q < columns_.start[static_cast<size_t>(node) + 1]; q++) {
      const Columns::Entry& e = columns_.entries[static_cast<size_t>(q)];
      if (k.bounded && market_.roomOf(e.cls, e.arc) <= 0) continue;
      const ClassState& s = market_.state[static_cast<size_t>(e.cls)];
      if (s.pooled > 0 && k.unserved[static_cast<size_t>(e.cls)] - e.cost >= least)
        offers_.push_back({k.unserved[static_cast<size_t>(e.cls)] - e.cost, -1, e.cls, e.arc});
      for (int32_t id = s.head; id >= 0; id = market_.block(id).next) {
        const Block& b = market_.block(id);
        if (b.arc != e.arc && market_.pay(b) - e.cost >= least) offers_.push_back({market_.pay(b) - e.cost, id, e.cls, e.arc});
      }
    }
    std::sort(offers_.begin(), offers_.end());
  }

  void visit(int32_t node) {
    const size_t j = static_cast<size_t>(node);
    collect(node);
    bool accepted = false;
    bool full = false;
    int64_t lastValue = 0;
    size_t at = 0;
    for (; at < offers_.size(); at++) {
      const Offer& o = offers_[at];
      ClassState& s = market_.state[static_cast<size_t>(o.cls)];
      int64_t units = std::min(o.from < 0 ? s.pooled : market_.block(o.from).count, market_.roomOf(o.cls, o.arc));
      bool refused = false;
      while (units > 0) {
        const int64_t next = market_.next[j];
        full = next >= kInfinite;
        refused = full || o.value < next + epsilon_;
        if (refused) break;
        int64_t begin, end;
        market_.tierOf(node, market_.load[j], begin, end);
        const int64_t moved = std::min(units, end - market_.load[j]);
        if (o.from < 0) {
          s.pooled -= moved;
        } else {
          const int32_t donor = market_.block(o.from).node;
          market_.take(o.from, moved);
          enqueue(donor);
        }
        market_.place(o.cls, o.arc, moved, -kInfinite);
        units -= moved;
        lastValue = o.value;
        accepted = true;
      }
      if (refused) break;
    }
    const int64_t next = market_.next[j];
    int64_t price = next;
    if (next >= kInfinite) {
      price = std::max(market_.floorOf(node), at < offers_.size() ? offers_[at].value - epsilon_ : -kInfinite);
    } else if (accepted) {
      price = std::max(market_.floorOf(node), std::min(next, lastValue - epsilon_));
    }
    market_.price[j] = std::min(market_.price[j], price);
    int64_t* bids = market_.bidsAt(node);
    for (int32_t q = 0; q < market_.blocksAt(node); q++) bids[q] = std::max(bids[q], market_.price[j]);
  }

  Market& market_;
  const Columns& columns_;
  const int64_t epsilon_;
  std::vector<int32_t> queue_;
  Array<uint8_t> queued_;
  std::vector<Offer> offers_;
};

}  // namespace

int64_t reverse(Market& market, const Columns& columns, int64_t epsilon, int64_t visitLimit, Control& control) {
  return Reverse(market, columns, epsilon).run(visitLimit, control);
}

}  // namespace outbid
