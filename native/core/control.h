// How the outside reaches a running solve: a stop flag, a deadline and a progress report. The solver polls every few hundred
// bids, every few paths and between sweeps over the arcs: a stop takes effect within a millisecond or one such sweep.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace outbid {

enum class Phase : uint8_t { kAuction, kFinish, kCertificate };

struct ProgressReport {
  Phase phase = Phase::kAuction;
  int64_t placed = 0;
  int64_t units = 0;
  double fraction = 0;  // 0 to 1, never falls
};

class Control {
 public:
  using Clock = std::chrono::steady_clock;
  using Report = void (*)(void* context, const ProgressReport& report);

  // The caller's thread sets it; the solver's thread reads it.
  std::atomic<bool> stop{false};
  // The same from a caller that can only be asked: once true, always true, on any thread.
  bool (*asked)(void* context) = nullptr;
  const Control* above = nullptr;  // a part's control heeds the stop of the whole's
  bool hasDeadline = false;
  Clock::time_point deadline{};
  Report report = nullptr;
  void* context = nullptr;
  Clock::duration reportEvery = std::chrono::milliseconds(50);

  // True once nobody wants the answer.
  bool aborted() const { return stop.load(std::memory_order_relaxed) || (asked != nullptr && asked(context)); }
  // True once the run must end.
  bool mustStop() {
    if (ended_ || aborted()) return ended_ = true;
    if (above != nullptr && above->aborted()) return ended_ = true;
    if (hasDeadline && Clock::now() >= deadline) ended_ = true;
    return ended_;
  }
  bool ended() const { return ended_; }

  // Reports at most once every reportEvery, and only if someone listens.
  void progress(Phase phase, int64_t placed, int64_t units, double fraction) {
    if (report == nullptr) return;
    const Clock::time_point now = Clock::now();
    if (now < next_) return;
    next_ = now + reportEvery;
    if (fraction < fraction_) fraction = fraction_;
    fraction_ = fraction;
    report(context, ProgressReport{phase, placed, units, fraction});
  }

 private:
  bool ended_ = false;
  double fraction_ = 0;
  Clock::time_point next_ = Clock::now() + std::chrono::milliseconds(50);
};

}  // namespace outbid
