// What the binding keeps for each JavaScript environment (the main thread, each worker): its running solves and the one way
// they reach JavaScript. Nothing is static, so any number of environments and of copies of the addon live side by side.
//
// Lifetimes, in the order Node ends an environment (hooks run last registered first):
//   1. our cleanup hook sets every stop flag and joins every thread, so that no thread of ours outlives this step;
//   2. the thread-safe function, registered before our hook, closes: nobody can be calling it any more;
//   3. the instance data, this object, is freed.
// A hook is used because work queued on libuv's pool cannot be cancelled from here: the environment would wait for the solve
// to end, and the promise would be settled in an environment that is going away, which aborts the process.
#pragma once

#include <memory>
#include <vector>

#include "../backend/registry.h"
#include "jobs.h"

namespace outbid::node {

class Environment {
 public:
  explicit Environment(Napi::Env env);
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // Starts a built job. An environment with running jobs stays alive until they have ended.
  bool start(const std::shared_ptr<RunningJob>& job, Napi::Function done, Napi::Value progress);
  std::shared_ptr<RunningJob> newJob(std::unique_ptr<backend::Run> run, const Wishes& wishes, bool many) {
    return std::make_shared<RunningJob>(wake, this, std::move(run), wishes, many);
  }

  backend::Registry& plugins() { return plugins_; }

 private:
  static void wake(void* context);
  static void onWake(Napi::Env env, Napi::Function, Environment* self, void*);
  static void onCleanup(void* context);
  void deliver();

  using Waker = Napi::TypedThreadSafeFunction<Environment, void, onWake>;

  Napi::Env env_;
  Waker waker_;
  backend::Registry plugins_;  // outlives the runs on them
  std::vector<std::shared_ptr<RunningJob>> running_;
};

}  // namespace outbid::node
