// How long a repair may go on. Searches say how many entries of rows, columns and lists they have looked at; the clock is asked when
// that doubles, at most every kBetween entries, and a search that is late stops where it is: prices and placements are untouched, and it
// goes on with the next update. Where the market has changed by then it starts anew, with leave to look at twice as many
// entries before it stops again; so every search ends at last, whatever the deadlines, and what was thrown away is at most twice
// what it took. kTelling is kept back for what an update still owes when no search is under way any more: a report for each demand that
// moved and each node whose price counts moves, and a new price for each node that the search has settled.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace outbid::ticks {

class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  void until(Clock::time_point deadline) {
    deadline_ = end_ = std::max(deadline, Clock::time_point());
    step_ = kLeast;
    ask_ = seen_ + step_;
  }
  void forever() { until(Clock::time_point::max()); }

  // A search begins, or goes on.
  void begin(bool anew, size_t owed) {
    if (anew) first_ = seen_;
    end_ = deadline_;
    owe(owed);
  }
  void owe(size_t more) { end_ -= kTelling * static_cast<int64_t>(more); }
  // True when the search has to stop.
  bool sees(size_t entries) {
    seen_ += static_cast<int64_t>(entries);
    return seen_ >= ask_ && seen_ - first_ >= leave_ && late();
  }
  void end() {
    if (2 * (seen_ - first_) >= leave_) leave_ = 0;
  }
  void threwAway() { leave_ = std::max(leave_, 2 * (seen_ - first_)); }
  // Between two searches; `always` asks the clock however little was done since it was asked.
  bool isOver(bool always) { return (always || seen_ >= ask_) && late(); }

 private:
  static constexpr int64_t kLeast = 32;
  static constexpr int64_t kBetween = 1024;
  static constexpr std::chrono::nanoseconds kTelling{400};

  bool late() {
    step_ = std::min(kBetween, 2 * step_);
    ask_ = seen_ + step_;
    return Clock::now() >= end_;
  }

  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point end_ = Clock::time_point::max();
  int64_t seen_ = 0;
  int64_t first_ = 0;
  int64_t ask_ = 0;
  int64_t step_ = kLeast;
  int64_t leave_ = 0;
};

}  // namespace outbid::ticks
