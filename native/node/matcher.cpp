#include "matcher.h"

#include <cmath>
#include <cstring>
#include <new>

namespace outbid::node {

namespace {

template <class T>
struct View {
  const T* data = nullptr;
  size_t size = 0;
  int32_t count() const { return static_cast<int32_t>(size); }
};

template <class T>
constexpr napi_typedarray_type kTypeOf = napi_uint8_array;
template <>
constexpr napi_typedarray_type kTypeOf<int32_t> = napi_int32_array;
template <>
constexpr napi_typedarray_type kTypeOf<double> = napi_float64_array;

[[noreturn]] void refuse(Napi::Env env, const char* what) {
  throw Napi::TypeError::New(env, std::string("the native matcher was given a wrong ") + what);
}

template <class T>
View<T> viewOf(const Napi::Value& value, const char* name) {
  napi_typedarray_type type = napi_int8_array;
  void* data = nullptr;
  View<T> view;
  bool is = false;
  if (napi_is_typedarray(value.Env(), value, &is) != napi_ok || !is ||
      napi_get_typedarray_info(value.Env(), value, &type, &view.size, &data, nullptr, nullptr) != napi_ok || type != kTypeOf<T>)
    refuse(value.Env(), name);
  view.data = static_cast<const T*>(data);
  return view;
}

template <class T>
View<T> viewOf(const Napi::Value& value, size_t size, const char* name) {
  const View<T> view = viewOf<T>(value, name);
  if (view.size != size) refuse(value.Env(), name);
  return view;
}

double numberOf(const Napi::Value& value) {
  if (!value.IsNumber()) refuse(value.Env(), "number");
  return value.As<Napi::Number>().DoubleValue();
}

int32_t indexOf(const Napi::Value& value) {
  const double number = numberOf(value);
  if (!(number >= 0 && number <= 2147483647.0)) refuse(value.Env(), "index");
  return static_cast<int32_t>(number);
}

template <class Array, class T>
Array arrayFrom(Napi::Env env, const std::vector<T>& from) {
  Array array = Array::New(env, from.size());
  if (!from.empty()) std::memcpy(array.Data(), from.data(), from.size() * sizeof(T));
  return array;
}

Napi::Int32Array whole(Napi::Env env, const std::vector<int32_t>& from) {
  return arrayFrom<Napi::Int32Array>(env, from);
}

Napi::Float64Array real(Napi::Env env, const std::vector<double>& from) {
  return arrayFrom<Napi::Float64Array>(env, from);
}

template <class T>
std::vector<T> listOf(const Napi::Value& value, const char* name) {
  const View<T> view = viewOf<T>(value, name);
  return std::vector<T>(view.data, view.data + view.size);
}

// Every row, and every node a row names, lies within what was given.
void checkRows(Napi::Env env, const ticks::RowsView& rows, size_t arcs) {
  if (rows.offsets[0] != 0 || static_cast<size_t>(rows.offsets[rows.count]) != arcs) refuse(env, "offsets");
  for (int32_t k = 0; k < rows.count; k++)
    if (rows.offsets[k] > rows.offsets[k + 1] || rows.slots[k] < 0) refuse(env, "offsets");
}

}  // namespace

Napi::Function MatcherObject::define(Napi::Env env) {
  return DefineClass(env, "NativeMatcher",
                     {
                         InstanceMethod<&MatcherObject::setRange>("setRange"),
                         InstanceMethod<&MatcherObject::refineGrid>("refineGrid"),
                         InstanceMethod<&MatcherObject::addNode>("addNode"),
                         InstanceMethod<&MatcherObject::removeNode>("removeNode"),
                         InstanceMethod<&MatcherObject::setCapacity>("setCapacity"),
                         InstanceMethod<&MatcherObject::addDemands>("addDemands"),
                         InstanceMethod<&MatcherObject::removeDemands>("removeDemands"),
                         InstanceMethod<&MatcherObject::place>("place"),
                         InstanceMethod<&MatcherObject::commit>("commit"),
                         InstanceMethod<&MatcherObject::setCosts>("setCosts"),
                         InstanceMethod<&MatcherObject::addArcs>("addArcs"),
                         InstanceMethod<&MatcherObject::removeArcs>("removeArcs"),
                         InstanceMethod<&MatcherObject::setUnservedCost>("setUnservedCost"),
                         InstanceMethod<&MatcherObject::update>("update"),
                         InstanceMethod<&MatcherObject::placements>("placements"),
                         InstanceMethod<&MatcherObject::exportState>("exportState"),
                         InstanceMethod<&MatcherObject::importState>("importState"),
                         InstanceMethod<&MatcherObject::dispose>("dispose"),
                     });
}

MatcherObject::MatcherObject(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<MatcherObject>(info),
      matcher_(std::make_unique<ticks::Matcher>(static_cast<uint64_t>(numberOf(info[0])))),
      env_(info.Env()) {}

MatcherObject::~MatcherObject() {
  if (reported_ != 0) Napi::MemoryManagement::AdjustExternalMemory(env_, -reported_);
}

ticks::Market& MatcherObject::market() {
  if (matcher_ == nullptr) throw Napi::Error::New(env_, "the native matcher was disposed of");
  return matcher_->market();
}

void MatcherObject::account(Napi::Env env) {
  constexpr int64_t kStep = 1 << 18;
  const int64_t bytes = matcher_ == nullptr ? 0 : static_cast<int64_t>(market().bytes());
  if (std::abs(bytes - reported_) < kStep && bytes != 0) return;
  Napi::MemoryManagement::AdjustExternalMemory(env, bytes - reported_);
  reported_ = bytes;
}

void MatcherObject::setRange(const Napi::CallbackInfo& info) {
  market();
  matcher_->setRange(numberOf(info[0]), numberOf(info[1]), numberOf(info[2]));
}

void MatcherObject::refineGrid(const Napi::CallbackInfo& info) {
  market().refineGrid(indexOf(info[0]));
}

void MatcherObject::addNode(const Napi::CallbackInfo& info) {
  const auto slots = viewOf<int32_t>(info[1], "tiers");
  const auto surcharge = viewOf<double>(info[2], slots.size, "tiers");
  const auto demands = viewOf<int32_t>(info[3], "demands");
  const auto costs = viewOf<double>(info[4], demands.size, "costs");
  market().addNode(indexOf(info[0]), slots.data, surcharge.data, slots.count(), demands.data, costs.data, demands.count());
  account(info.Env());
}

Napi::Value MatcherObject::removeNode(const Napi::CallbackInfo& info) {
  list_.clear();
  market().removeNode(indexOf(info[0]), list_);
  return whole(info.Env(), list_);
}

void MatcherObject::setCapacity(const Napi::CallbackInfo& info) {
  market().setCapacity(indexOf(info[0]), indexOf(info[1]));
}

// (slots, offsets, targets, costs, bounds | undefined, units, unservedCost, keep)
void MatcherObject::addDemands(const Napi::CallbackInfo& info) {
  const auto slots = viewOf<int32_t>(info[0], "slots");
  const auto targets = viewOf<int32_t>(info[2], "targets");
  ticks::RowsView rows;
  rows.count = slots.count();
  rows.slots = slots.data;
  rows.offsets = viewOf<int32_t>(info[1], slots.size + 1, "offsets").data;
  rows.targets = targets.data;
  rows.costs = viewOf<double>(info[3], targets.size, "costs").data;
  rows.bounds = info[4].IsUndefined() ? nullptr : viewOf<int32_t>(info[4], targets.size, "bounds").data;
  rows.units = viewOf<int32_t>(info[5], slots.size, "units").data;
  rows.unservedCost = viewOf<double>(info[6], slots.size, "unservedCost").data;
  rows.keep = viewOf<double>(info[7], slots.size, "keep").data;
  checkRows(info.Env(), rows, targets.size);
  market().addDemands(rows);
  account(info.Env());
}

Napi::Value MatcherObject::removeDemands(const Napi::CallbackInfo& info) {
  const auto slots = viewOf<int32_t>(info[0], "slots");
  return Napi::Number::New(info.Env(), static_cast<double>(market().removeDemands(slots.data, slots.count())));
}

Napi::Value MatcherObject::place(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), market().place(indexOf(info[0])));
}

Napi::Value MatcherObject::commit(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), market().commit(indexOf(info[0])));
}

Napi::Value MatcherObject::setCosts(const Napi::CallbackInfo& info) {
  const auto targets = viewOf<int32_t>(info[1], "targets");
  const auto costs = viewOf<double>(info[2], targets.size, "costs");
  return Napi::Boolean::New(info.Env(), market().setCosts(indexOf(info[0]), targets.data, costs.data, targets.count()));
}

Napi::Value MatcherObject::addArcs(const Napi::CallbackInfo& info) {
  const auto targets = viewOf<int32_t>(info[1], "targets");
  const auto costs = viewOf<double>(info[2], targets.size, "costs");
  const int32_t* bounds = info[3].IsUndefined() ? nullptr : viewOf<int32_t>(info[3], targets.size, "bounds").data;
  const int32_t done = market().addArcs(indexOf(info[0]), targets.data, costs.data, bounds, targets.count());
  account(info.Env());
  return Napi::Number::New(info.Env(), done);
}

Napi::Value MatcherObject::removeArcs(const Napi::CallbackInfo& info) {
  const auto targets = viewOf<int32_t>(info[1], "targets");
  return Napi::Number::New(info.Env(), market().removeArcs(indexOf(info[0]), targets.data, targets.count()));
}

void MatcherObject::setUnservedCost(const Napi::CallbackInfo& info) {
  market().setUnservedCost(indexOf(info[0]), numberOf(info[1]));
}

// (milliseconds left, outcome): moves
Napi::Value MatcherObject::update(const Napi::CallbackInfo& info) {
  using Clock = std::chrono::steady_clock;
  const double left = numberOf(info[0]);
  viewOf<double>(info[1], 9, "outcome");
  Napi::Float64Array result = info[1].As<Napi::Float64Array>();
  // Beyond 30 years it is none, and the clock's integer cannot overflow.
  const Clock::time_point deadline =
      left > 1e12 ? Clock::time_point::max()
                  : Clock::now() + std::chrono::microseconds(left > 0 ? static_cast<int64_t>(left * 1000) : 0);
  list_.clear();
  const ticks::UpdateOutcome out = market().update(deadline, list_);
  const double values[] = {out.complete ? 1.0 : 0.0,
                           out.objective,
                           out.gap,
                           static_cast<double>(out.missing),
                           static_cast<double>(out.pushes),
                           static_cast<double>(out.pulls),
                           static_cast<double>(out.expanded),
                           out.restarted ? 1.0 : 0.0,
                           out.interrupted ? 1.0 : 0.0};
  std::memcpy(result.Data(), values, sizeof(values));
  account(info.Env());
  return whole(info.Env(), list_);
}

Napi::Value MatcherObject::placements(const Napi::CallbackInfo& info) {
  list_.clear();
  market().placements(indexOf(info[0]), list_);
  return whole(info.Env(), list_);
}

Napi::Value MatcherObject::exportState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const ticks::MarketState s = market().exportState();
  Napi::Object out = Napi::Object::New(env);
  out.Set("nodes", static_cast<double>(s.capacity.size()));
  const std::pair<const char*, const std::vector<int32_t>*> wholes[] = {
      {"capacity", &s.capacity},   {"tierOffsets", &s.tierOffsets},
      {"tierSlots", &s.tierSlots}, {"slots", &s.slots},
      {"offsets", &s.offsets},     {"targets", &s.targets},
      {"bounds", &s.bounds},       {"units", &s.units},
      {"pooled", &s.pooled},       {"pooledBase", &s.pooledBase},
      {"flow", &s.flow},           {"base", &s.base},
      {"fixed", &s.fixed},         {"lost", &s.lost}};
  for (const auto& [name, list] : wholes) out.Set(name, whole(env, *list));
  const std::pair<const char*, const std::vector<double>*> reals[] = {{"tierSurcharge", &s.tierSurcharge},
                                                                      {"price", &s.price},
                                                                      {"costs", &s.costs},
                                                                      {"unservedCost", &s.unservedCost},
                                                                      {"keep", &s.keep}};
  for (const auto& [name, list] : reals) out.Set(name, real(env, *list));
  out.Set("held", arrayFrom<Napi::Uint8Array>(env, s.held));
  return out;
}

void MatcherObject::importState(const Napi::CallbackInfo& info) {
  const Napi::Object from = info[0].As<Napi::Object>();
  ticks::MarketState s;
  const std::pair<const char*, std::vector<int32_t>*> wholes[] = {{"capacity", &s.capacity},
                                                                  {"tierOffsets", &s.tierOffsets},
                                                                  {"tierSlots", &s.tierSlots},
                                                                  {"slots", &s.slots},
                                                                  {"offsets", &s.offsets},
                                                                  {"targets", &s.targets},
                                                                  {"units", &s.units},
                                                                  {"pooled", &s.pooled},
                                                                  {"pooledBase", &s.pooledBase},
                                                                  {"flow", &s.flow},
                                                                  {"base", &s.base},
                                                                  {"fixed", &s.fixed},
                                                                  {"lost", &s.lost}};
  for (const auto& [name, list] : wholes) *list = listOf<int32_t>(from.Get(name), name);
  if (!from.Get("bounds").IsUndefined()) s.bounds = listOf<int32_t>(from.Get("bounds"), "bounds");
  const std::pair<const char*, std::vector<double>*> reals[] = {{"tierSurcharge", &s.tierSurcharge},
                                                                {"price", &s.price},
                                                                {"costs", &s.costs},
                                                                {"unservedCost", &s.unservedCost},
                                                                {"keep", &s.keep}};
  for (const auto& [name, list] : reals) *list = listOf<double>(from.Get(name), name);
  s.held = listOf<uint8_t>(from.Get("held"), "held");
  const size_t n = s.slots.size();
  const size_t m = s.capacity.size();
  const size_t arcs = s.targets.size();
  if (s.offsets.size() != n + 1 || s.units.size() != n || s.unservedCost.size() != n || s.keep.size() != n || s.held.size() != n ||
      s.pooled.size() != n || s.pooledBase.size() != n || s.costs.size() != arcs || s.flow.size() != arcs ||
      s.base.size() != arcs || s.fixed.size() != arcs || s.price.size() != m || s.tierOffsets.size() != m + 1 ||
      s.tierSurcharge.size() != s.tierSlots.size() || (!s.bounds.empty() && s.bounds.size() != arcs) || s.lost.size() % 3 != 0)
    refuse(info.Env(), "state");
  checkRows(info.Env(), s.rows(), arcs);
  market().importState(s);
  account(info.Env());
}

void MatcherObject::dispose(const Napi::CallbackInfo& info) {
  matcher_.reset();
  account(info.Env());
}

}  // namespace outbid::node
