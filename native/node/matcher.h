// A warm market as a JavaScript object: every call of MatcherEngine (lib/backend/engine.ts), synchronous, on the thread that calls. What
// it is given was checked and copied by lib/matcher*.ts; here only types and lengths are compared, so that no mistake there can read
// out of bounds. The finalizer frees the market; its memory is reported to the garbage collector.
#pragma once

#include <memory>
#include <vector>

#include "../core/ticks/matcher.h"
#include "napi_setup.h"

namespace outbid::node {

class MatcherObject : public Napi::ObjectWrap<MatcherObject> {
 public:
  // The class, for the exports: new Matcher(seed).
  static Napi::Function define(Napi::Env env);
  explicit MatcherObject(const Napi::CallbackInfo& info);
  ~MatcherObject() override;

 private:
  ticks::Market& market();
  // Tells the collector of memory that came or went, in steps large enough to matter.
  void account(Napi::Env env);

  void setRange(const Napi::CallbackInfo& info);
  void refineGrid(const Napi::CallbackInfo& info);
  void addNode(const Napi::CallbackInfo& info);
  Napi::Value removeNode(const Napi::CallbackInfo& info);
  void setCapacity(const Napi::CallbackInfo& info);
  void addDemands(const Napi::CallbackInfo& info);
  Napi::Value removeDemands(const Napi::CallbackInfo& info);
  Napi::Value place(const Napi::CallbackInfo& info);
  Napi::Value commit(const Napi::CallbackInfo& info);
  Napi::Value setCosts(const Napi::CallbackInfo& info);
  Napi::Value addArcs(const Napi::CallbackInfo& info);
  Napi::Value removeArcs(const Napi::CallbackInfo& info);
  void setUnservedCost(const Napi::CallbackInfo& info);
  Napi::Value update(const Napi::CallbackInfo& info);
  Napi::Value placements(const Napi::CallbackInfo& info);
  Napi::Value exportState(const Napi::CallbackInfo& info);
  void importState(const Napi::CallbackInfo& info);
  void dispose(const Napi::CallbackInfo& info);

  std::unique_ptr<ticks::Matcher> matcher_;
  Napi::Env env_;
  int64_t reported_ = 0;
  std::vector<int32_t> list_;
};

}  // namespace outbid::node
