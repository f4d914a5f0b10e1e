// One run, of one problem or several, on a thread of its own: seconds long, so not on libuv's small pool, and reachable while it runs.
//
// Threads. The JavaScript thread builds, starts, stops, joins and destroys a RunningJob; the job's thread does the run, writes
// `latest` under the mutex and sets `finished` last. Everything else is touched by the JavaScript thread alone.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>

#include "convert.h"

namespace outbid::node {

class RunningJob {
 public:
  // Called on the job's thread; must be callable until `join` has returned.
  using Wake = void (*)(void* context);

  // `run` is built; what comes back for it is a list where `many` is set.
  RunningJob(Wake wake, void* context, std::unique_ptr<backend::Run> run, const Wishes& wishes, bool many)
      : wake_(wake), context_(context), run_(std::move(run)), many_(many) {
    wishes.apply(control_);
  }
  ~RunningJob();
  RunningJob(const RunningJob&) = delete;
  RunningJob& operator=(const RunningJob&) = delete;

  // False when the system gives no thread.
  bool start(Napi::Function done, Napi::Value progress);
  // The answer will not be wanted: end at the next poll. Any time, any number of times.
  void stop() { control_.stop.store(true, std::memory_order_relaxed); }
  void join();

  bool finished() const { return finished_.load(std::memory_order_acquire); }
  size_t bytes() const { return bytes_; }
  // Calls back with the latest progress, if there is one not yet told.
  void tellProgress(Napi::Env env);
  // Calls back with the answer or the fault, or with undefined when stopped. After join.
  void tellDone(Napi::Env env);

 private:
  static void report(void* context, const ProgressReport& report);
  void run();

  const Wake wake_;
  void* const context_;
  const std::unique_ptr<backend::Run> run_;
  const bool many_;
  Control control_;
  size_t bytes_ = 0;
  std::thread thread_;
  std::atomic<bool> finished_{false};
  std::mutex mutex_;
  ProgressReport latest_;
  bool untold_ = false;
  Napi::FunctionReference done_;
  Napi::FunctionReference progress_;
};

}  // namespace outbid::node
