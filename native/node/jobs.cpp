#include "jobs.h"

#include <system_error>

namespace outbid::node {

RunningJob::~RunningJob() {
  stop();
  join();
}

bool RunningJob::start(Napi::Function done, Napi::Value progress) {
  done_ = Napi::Persistent(done);
  if (progress.IsFunction()) {
    progress_ = Napi::Persistent(progress.As<Napi::Function>());
    control_.context = this;
    control_.report = report;
  }
  bytes_ = run_->bytes();
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void RunningJob::run() {
  run_->run(control_);
  finished_.store(true, std::memory_order_release);
  wake_(context_);
}

void RunningJob::join() {
  if (thread_.joinable()) thread_.join();
}

void RunningJob::report(void* context, const ProgressReport& report) {
  RunningJob& self = *static_cast<RunningJob*>(context);
  {
    std::lock_guard<std::mutex> lock(self.mutex_);
    self.latest_ = report;
    self.untold_ = true;
  }
  self.wake_(self.context_);
}

void RunningJob::tellProgress(Napi::Env env) {
  if (progress_.IsEmpty() || control_.stop.load(std::memory_order_relaxed)) return;
  ProgressReport report;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!untold_) return;
    untold_ = false;
    report = latest_;
  }
  progress_.Call({progressObject(env, report)});
}

void RunningJob::tellDone(Napi::Env env) {
  Napi::Value outcome = env.Undefined();
  if (!control_.stop.load(std::memory_order_relaxed)) {
    try {
      outcome = many_ ? outcomeList(env, run_->outcomes) : outcomeObject(env, run_->outcomes[0]);
    } catch (const Napi::Error&) {
      // The JavaScript heap has no room for the arrays.
      outcome = faultObject(env, "OUT_OF_MEMORY");
    }
  }
  done_.Call({outcome});
}

}  // namespace outbid::node
