// The short way for plain problems: every demand wants one unit, costs are whole, no tiers, no arc capacities, every node has a slot, and
// demands do not repeat. They go to a board as the caller holds them, without the core's layout, and where the device proves the
// auction's outcome it is the answer (direct_answer.h): nothing is left to finish. Whatever it does not prove goes the long way.
//
// The caller's arrays are read once, in pieces, by any number of threads, and written where a device takes them from (image.h): costs in the
// minimising sense but not yet scaled, for the scale depends on all of them (scale.h).
#pragma once

#include <mutex>

#include "counts.h"
#include "layout.h"

namespace outbid::cuda {

// Begins a layout without arrays, one board demand for each of the caller's. False: the problem is not one of these. Reads what there is of
// demands and nodes, and of the arcs a sample. The view must last as long as the layout has it.
bool startDirect(const ProblemView& view, uint64_t seed, Layout& to);

// What a started layout's arrays hold, entries from..to of each, and what is found out on the way.
class DirectReader {
 public:
  explicit DirectReader(const ProblemView& view);
  void begins(size_t from, size_t to, int64_t* out) const;
  void counts(size_t from, size_t to, int32_t* out) const;
  void nodes(size_t from, size_t to, int32_t* out);
  void costs(size_t from, size_t to, int32_t* out);
  void unserved(size_t from, size_t to, int32_t* out);
  // Scale, nodes and plan, after every entry was read once. False: costs are out of range or not whole, more demands must be served than
  // there are slots, or too many slots would have to be kept.
  bool complete(Layout& to) const;

 private:
  struct Seen {
    int32_t low = 0;  // of 0 and all costs
    int32_t high = 0;
    int64_t mayGo = 0;     // demands that may go unserved,
    int64_t unserved = 0;  // and the sum of their unserved costs' sizes
    bool good = true;
  };
  template <class Cost>
  static void readCosts(const Cost* from, size_t count, bool maximize, int32_t* to, Seen& seen);
  void note(const Seen& seen);

  const ProblemView& view_;
  Counts reach_;  // arcs to a node; not of matrices
  std::mutex mutex_;
  Seen seen_;
};

// The same on the host: the whole layout. False: it is of no use.
bool layOutDirect(const ProblemView& view, uint64_t seed, Layout& to);

}  // namespace outbid::cuda
