// The exports of the addon; their one typed description is `Addon` in lib/backend/addon.ts.
//
//   solveSync(problem, request) -> answer | { fault, argument?, detail? }
//   startSolve(problem, request, done, progress?) -> { stop } | { fault, argument?, detail? }
//   startSolveMany([problem], [request], done, progress?) -> { stop } | { fault, argument?, detail? }: on a plug-in, in one call
//   openPlugin(file) -> { name, version, devices: [{ name, arch, memory }] } | { fault, detail }
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
                             InstanceMethod("startSolveMany", &Addon::startSolveMany),
                             InstanceMethod("openPlugin", &Addon::openPlugin),
                             InstanceMethod("slotValues", &Addon::slotValuesOf),
                             InstanceMethod("certificatePass", &Addon::certificatePassOf),
                             InstanceValue("NativeMatcher", MatcherObject::define(env)),
                             InstanceValue("version", Napi::String::New(env, kVersion)),
                         });
  }

 private:
  static Napi::Value changed(Napi::Env env, const char* argument) { return faultObject(env, "PROBLEM_CHANGED", argument); }
  static Napi::Value failed(Napi::Env env, Fault fault) { return faultObject(env, backend::faultCode(fault)); }

  Napi::Value solveSync(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    std::unique_ptr<backend::Run> run;
    Wishes wishes;
    const Napi::Value wrong = prepare(info, wishes, run, false);
    if (!wrong.IsEmpty()) return wrong;
    Control control;
    wishes.apply(control);
    run->run(control);
    return outcomeObject(env, run->outcomes[0]);
  }

  Napi::Value startSolve(const Napi::CallbackInfo& info) {
    std::unique_ptr<backend::Run> run;
    Wishes wishes;
    if (!info[2].IsFunction()) throw Napi::TypeError::New(info.Env(), "startSolve needs a callback");
    const Napi::Value wrong = prepare(info, wishes, run, true);
    if (!wrong.IsEmpty()) return wrong;
    return start(info, std::move(run), wishes, false);
  }

  Napi::Value startSolveMany(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (!info[0].IsArray() || !info[1].IsArray() || !info[2].IsFunction())
      throw Napi::TypeError::New(env, "startSolveMany needs problems, requests and a callback");
    const Napi::Array problems = info[0].As<Napi::Array>();
    const Napi::Array requests = info[1].As<Napi::Array>();
    Wishes wishes;
    std::unique_ptr<backend::PluginRun> run;
    for (uint32_t k = 0; k < problems.Length(); k++) {
      const Napi::HandleScope scope(env);
      ProblemView view;
      wishes = Wishes();
      if (const char* wrong = viewOf(problems.Get(k).As<Napi::Object>(), view)) return changed(env, wrong);
      if (const char* wrong = wishesOf(requests.Get(k).As<Napi::Object>(), view.nodes, wishes)) return changed(env, wrong);
      if (run == nullptr) {
        backend::Failure failure;
        const backend::Plugin* plugin = environment_.plugins().open(wishes.plugin, failure);
        if (plugin == nullptr) return failureObject(env, failure);
        run = std::make_unique<backend::PluginRun>(*plugin, wishes.deterministic);
      }
      if (const backend::Failure failure = run->build(view, wishes.request, true)) return failureObject(env, failure, k);
    }
    if (run == nullptr) throw Napi::TypeError::New(env, "startSolveMany needs a problem");
    return start(info, std::move(run), wishes, true);
  }

  // Reads the problem and the wishes of a call and builds the run for them. Empty, or the fault.
  Napi::Value prepare(const Napi::CallbackInfo& info, Wishes& wishes, std::unique_ptr<backend::Run>& run, bool async) {
    const Napi::Env env = info.Env();
    ProblemView view;
    const Napi::Object fields = info[0].As<Napi::Object>();
    if (const char* wrong = viewOf(fields, view)) return changed(env, wrong);
    if (const char* wrong = wishesOf(info[1].As<Napi::Object>(), view.nodes, wishes)) return changed(env, wrong);
    backend::Failure failure;
    if (wishes.plugin.empty()) {
      std::unique_ptr<backend::CoreRun> core = std::make_unique<backend::CoreRun>();
      failure = core->build(view, wishes.request);
      run = std::move(core);
    } else if (const backend::Plugin* plugin = environment_.plugins().open(wishes.plugin, failure)) {
      std::unique_ptr<backend::PluginRun> other = std::make_unique<backend::PluginRun>(*plugin, wishes.deterministic);
      failure = other->build(view, wishes.request, async || isShared(fields));
      run = std::move(other);
    }
    if (failure) return failureObject(env, failure);
    return Napi::Value();
  }

  Napi::Value start(const Napi::CallbackInfo& info, std::unique_ptr<backend::Run> run, const Wishes& wishes, bool many) {
    const Napi::Env env = info.Env();
    const std::shared_ptr<RunningJob> job = environment_.newJob(std::move(run), wishes, many);
    if (!environment_.start(job, info[2].As<Napi::Function>(), info[3])) return failed(env, Fault::kOutOfMemory);
    // Weak: a handle that is kept for long must not keep the solve's memory.
    Napi::Object handle = Napi::Object::New(env);
    handle.Set("stop", Napi::Function::New(env, [weak = std::weak_ptr<RunningJob>(job)](const Napi::CallbackInfo&) {
                 if (const std::shared_ptr<RunningJob> running = weak.lock()) running->stop();
               }));
    return handle;
  }

  Napi::Value openPlugin(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (!info[0].IsString()) throw Napi::TypeError::New(env, "openPlugin needs a file");
    backend::Failure failure;
    const backend::Plugin* plugin = environment_.plugins().open(info[0].As<Napi::String>().Utf8Value(), failure);
    std::vector<backend::Device> devices;
    if (plugin != nullptr) failure = plugin->probe(devices);
    if (failure) return failureObject(env, failure);
    return pluginObject(env, plugin->entry(), devices);
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
