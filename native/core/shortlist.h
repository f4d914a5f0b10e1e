// The arcs worth looking at: for each class the few over which it would pay least, extended by those that turn out to be missing.
//
// An optimal tree uses about as many arcs as there are vertices, nearly all of them among the cheapest of their class. So pivots look
// at short lists that stay in the cache, and the full rows are read only when no list offers anything: one pass that adds, for each
// class, the arcs that still would be cheaper than what it pays. No such arc left: optimal. (Sifting; Glover et al.,
// Management Science 20, 1974, for candidate lists.)
//
// Classes with arc bounds and classes without units have no list.
#pragma once

#include <cstdint>

#include "market.h"

namespace outbid {

class Shortlist {
 public:
  explicit Shortlist(const Market& market);

  // Chooses by cost + price of the market. A class that wants as many units as `need` average nodes hold gets about 14 + 2 need arcs,
  // the first 3 + need of them in order of what it would pay; equal pays by the hash of ties.h.
  void build();

  // Adds, for each class, the cheapest arcs over which it would pay less than `pays`, at most a few; the number added. `prices` of
  // nodes, `pays` of classes.
  int64_t extend(const int64_t* prices, const int64_t* pays);

  struct Row {
    int32_t begin;
    int32_t count;
    int32_t size;   // a multiple of kStep: what is not used costs more than any arc
    int32_t first;  // how many stand in order
  };
  const Row& row(int32_t cls) const { return rows_[static_cast<size_t>(cls)]; }
  int64_t cost(int32_t entry) const { return costs_[static_cast<size_t>(entry)]; }
  int32_t node(int32_t entry) const { return nodes_[static_cast<size_t>(entry)]; }
  int32_t arc(int32_t entry) const { return arcs_[static_cast<size_t>(entry)]; }

  // The least cost + price of the class's list; kInfinite or more if it is empty.
  int64_t least(int32_t cls, const int64_t* prices) const;
  // The entry of the list with that pay; of several the one the hash prefers.
  int32_t entryWith(int32_t cls, const int64_t* prices, int64_t pay) const;

 private:
  int64_t keysOf(int32_t cls, const int64_t* prices);
  int64_t limitFor(int32_t cls, int64_t least, int32_t wanted) const;
  void choose(int32_t cls, int64_t limit, size_t most, size_t first);
  void append(int32_t cls);
  void reserve(int32_t entries);

  const Market& market_;
  Array<Row> rows_;
  Array<int64_t> costs_;
  Array<int32_t> nodes_;
  Array<int32_t> arcs_;
  int32_t end_ = 0;
  Array<int64_t> keys_;    // of one row
  Array<int32_t> chosen_;  // positions in it
  size_t chosenEnd_ = 0;
  size_t most_;  // arcs that the next extension may add to a list
};

}  // namespace outbid
