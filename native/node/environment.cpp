#include "environment.h"

#include <algorithm>

namespace outbid::node {

Environment::Environment(Napi::Env env) : env_(env) {
  // An unlimited queue: a call never blocks a solver, and what is queued owns nothing.
  waker_ = Waker::New(env, "outbid", 0, 1, this);
  waker_.Unref(env);
  napi_add_env_cleanup_hook(env, onCleanup, this);
}

bool Environment::start(const std::shared_ptr<RunningJob>& job, Napi::Function done, Napi::Value progress) {
  running_.reserve(running_.size() + 1);
  if (!job->start(done, progress)) return false;
  if (running_.empty()) waker_.Ref(env_);
  running_.push_back(job);
  Napi::MemoryManagement::AdjustExternalMemory(env_, static_cast<int64_t>(job->bytes()));
  return true;
}

void Environment::wake(void* context) {
  static_cast<Environment*>(context)->waker_.NonBlockingCall();
}

void Environment::onWake(Napi::Env env, Napi::Function, Environment* self, void*) {
  // A null environment: the queue is being emptied at the end, `self` may be gone.
  if (static_cast<napi_env>(env) != nullptr) self->deliver();
}

void Environment::deliver() {
  // The callbacks may start and stop solves, so the lists are settled before the first of them runs.
  const std::vector<std::shared_ptr<RunningJob>> told = running_;
  const auto ended = std::stable_partition(running_.begin(), running_.end(), [](const auto& job) { return !job->finished(); });
  const std::vector<std::shared_ptr<RunningJob>> finished(ended, running_.end());
  running_.erase(ended, running_.end());
  if (running_.empty() && !finished.empty()) waker_.Unref(env_);
  for (const auto& job : finished) {
    job->join();
    Napi::MemoryManagement::AdjustExternalMemory(env_, -static_cast<int64_t>(job->bytes()));
  }
  for (const auto& job : told) job->tellProgress(env_);
  for (const auto& job : finished) job->tellDone(env_);
}

void Environment::onCleanup(void* context) {
  Environment& self = *static_cast<Environment*>(context);
  for (const auto& job : self.running_) job->stop();
  for (const auto& job : self.running_) job->join();
  self.running_.clear();
  self.waker_.Release();
}

}  // namespace outbid::node
