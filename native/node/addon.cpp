// The exports of the addon; their one typed description is `Addon` in lib/backend/addon.ts.
//
//   solveSync(problem, request) -> answer | { fault, argument? }
//   startSolve(problem, request, done, progress?) -> { stop } | { fault, argument? }
//   slotValues(problem, prices, placedArcs, placedUnits) -> { gain, loss } | { fault, argument? }
//   certificatePass(problem, prices, placedArcs, placedUnits) -> { primal, dual, gap, milliseconds } | { fault, argument? }
//   NativeMatcher: the class behind Matcher, see matcher.h
//   version
#include "environment.h"
#include "matcher.h"
#include "version.h"

namespace outbid::node {

class Addon : public Napi::Addon<Addon> {
 public:
  Addon(Napi::Env env, Napi::Object exports) : environment_(env) {
    DefineAddon(exports, {
                             InstanceMethod("solveSync", &Addon::solveSync),
                             InstanceMethod("startSolve", &Addon::startSolve),
                             InstanceMethod("slotValues", &Addon::slotValuesOf),
                             InstanceMethod("certificatePass", &Addon::certificatePassOf),
                             InstanceValue("NativeMatcher", MatcherObject::define(env)),
                             InstanceValue("version", Napi::String::New(env, kVersion)),
                         });
  }

 private:
  static Napi::Value changed(Napi::Env env, const char* argument) { return faultObject(env, "PROBLEM_CHANGED", argument); }
  static Napi::Value failed(Napi::Env env, Fault fault) { return faultObject(env, faultCode(fault)); }

  Napi::Value solveSync(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    ProblemView view;
    Wishes wishes;
    if (const char* wrong = viewOf(info[0].As<Napi::Object>(), view)) return changed(env, wrong);
    if (const char* wrong = wishesOf(info[1].As<Napi::Object>(), view.nodes, wishes)) return changed(env, wrong);
    Control control;
    wishes.apply(control);
    Job job;
    Fault fault = job.build(view, wishes.request);
    if (fault == Fault::kNone) fault = job.run(control);
    if (fault != Fault::kNone) return failed(env, fault);
    return answerObject(env, job.answer());
  }

  Napi::Value startSolve(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    ProblemView view;
    Wishes wishes;
    if (!info[2].IsFunction()) throw Napi::TypeError::New(env, "startSolve needs a callback");
    if (const char* wrong = viewOf(info[0].As<Napi::Object>(), view)) return changed(env, wrong);
    if (const char* wrong = wishesOf(info[1].As<Napi::Object>(), view.nodes, wishes)) return changed(env, wrong);
    const std::shared_ptr<RunningJob> job = environment_.newJob();
    const Fault fault = job->build(view, wishes);
    if (fault != Fault::kNone) return failed(env, fault);
    if (!environment_.start(job, info[2].As<Napi::Function>(), info[3])) return failed(env, Fault::kOutOfMemory);
    // Weak: a handle that is kept for long must not keep the solve's memory.
    Napi::Object handle = Napi::Object::New(env);
    handle.Set("stop", Napi::Function::New(env, [weak = std::weak_ptr<RunningJob>(job)](const Napi::CallbackInfo&) {
                 if (const std::shared_ptr<RunningJob> running = weak.lock()) running->stop();
               }));
    return handle;
  }

  Napi::Value slotValuesOf(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    ProblemView view;
    Placed placed;
    if (const char* wrong = viewOf(info[0].As<Napi::Object>(), view)) return changed(env, wrong);
    const size_t m = static_cast<size_t>(view.nodes);
    std::vector<double> gain(m);
    std::vector<double> loss(m);
    if (const char* wrong = placedOf(info, view.nodes, placed)) return changed(env, wrong);
    const Fault fault = slotValues(view, placed.prices, placed.arcs, placed.units, placed.count, gain.data(), loss.data());
    if (fault != Fault::kNone) return failed(env, fault);
    Napi::Object result = Napi::Object::New(env);
    result.Set("gain", doubles(env, gain.data(), m));
    result.Set("loss", doubles(env, loss.data(), m));
    return result;
  }

  Napi::Value certificatePassOf(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    ProblemView view;
    Placed placed;
    PassResult pass;
    if (const char* wrong = viewOf(info[0].As<Napi::Object>(), view)) return changed(env, wrong);
    if (const char* wrong = placedOf(info, view.nodes, placed)) return changed(env, wrong);
    const Fault fault = certificatePass(view, placed.prices, placed.arcs, placed.units, placed.count, pass);
    if (fault != Fault::kNone) return failed(env, fault);
    Napi::Object result = Napi::Object::New(env);
    result.Set("primal", pass.primal);
    result.Set("dual", pass.dual);
    result.Set("gap", pass.gap);
    result.Set("milliseconds", pass.milliseconds);
    return result;
  }

  Environment environment_;
};

NODE_API_ADDON(Addon)

}  // namespace outbid::node
