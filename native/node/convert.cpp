#include "convert.h"

#include <cmath>
#include <cstring>

namespace outbid::node {

namespace {

// What a null pointer would mean something else for ("dense", "one number for all"): empty arrays point here instead.
alignas(8) constexpr char kEmpty[8] = {};

constexpr double kMaxCount = 2147483647.0;

template <class T>
constexpr napi_typedarray_type kTypeOf = napi_uint8_array;
template <>
constexpr napi_typedarray_type kTypeOf<int32_t> = napi_int32_array;
template <>
constexpr napi_typedarray_type kTypeOf<double> = napi_float64_array;

struct Memory {
  napi_typedarray_type type = napi_uint8_array;
  size_t length = 0;
  const void* data = nullptr;
};

// Works for views on SharedArrayBuffers too, which the ArrayBuffer calls of Node-API do not take. A detached or out-of-bounds
// view reads as length 0.
bool memoryOf(const Napi::Value& value, Memory& memory) {
  bool is = false;
  if (value.IsEmpty() || napi_is_typedarray(value.Env(), value, &is) != napi_ok || !is) return false;
  void* data = nullptr;
  if (napi_get_typedarray_info(value.Env(), value, &memory.type, &memory.length, &data, nullptr, nullptr) != napi_ok) return false;
  memory.data = memory.length == 0 || data == nullptr ? kEmpty : data;
  return memory.length == 0 || data != nullptr;
}

bool aligned(const void* data, size_t bytes) {
  return reinterpret_cast<uintptr_t>(data) % bytes == 0;
}

template <class T>
bool arrayOf(const Napi::Value& value, size_t length, const T*& data) {
  Memory memory;
  if (!memoryOf(value, memory) || memory.type != kTypeOf<T> || memory.length != length || !aligned(memory.data, sizeof(T)))
    return false;
  data = static_cast<const T*>(memory.data);
  return true;
}

bool countOf(const Napi::Value& value, int32_t& count) {
  if (!value.IsNumber()) return false;
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!(number >= 0 && number <= kMaxCount && number == std::floor(number))) return false;
  count = static_cast<int32_t>(number);
  return true;
}

bool quantityOf(const Napi::Value& value, size_t length, Quantity<int32_t>& quantity) {
  return value.IsNumber() ? countOf(value, quantity.all) : arrayOf(value, length, quantity.each);
}

bool quantityOf(const Napi::Value& value, size_t length, Quantity<double>& quantity) {
  if (!value.IsNumber()) return arrayOf(value, length, quantity.each);
  quantity.all = value.As<Napi::Number>().DoubleValue();
  return quantity.all > -HUGE_VAL;  // false for NaN as well
}

bool costsOf(const Napi::Value& value, size_t length, CostView& costs) {
  Memory memory;
  if (!memoryOf(value, memory) || memory.length != length) return false;
  size_t bytes = 0;
  switch (memory.type) {
    case napi_float64_array: costs.type = CostType::kFloat64, bytes = 8; break;
    case napi_float32_array: costs.type = CostType::kFloat32, bytes = 4; break;
    case napi_int32_array: costs.type = CostType::kInt32, bytes = 4; break;
    case napi_uint32_array: costs.type = CostType::kUint32, bytes = 4; break;
    case napi_int16_array: costs.type = CostType::kInt16, bytes = 2; break;
    case napi_uint16_array: costs.type = CostType::kUint16, bytes = 2; break;
    case napi_int8_array: costs.type = CostType::kInt8, bytes = 1; break;
    case napi_uint8_array: costs.type = CostType::kUint8, bytes = 1; break;
    default: return false;
  }
  costs.data = memory.data;
  return aligned(memory.data, bytes);
}

Napi::Int32Array integers(Napi::Env env, const std::vector<int32_t>& from) {
  Napi::Int32Array array = Napi::Int32Array::New(env, from.size());
  if (!from.empty()) std::memcpy(array.Data(), from.data(), from.size() * sizeof(int32_t));
  return array;
}

const char* statusName(Status status) {
  switch (status) {
    case Status::kOptimal: return "optimal";
    case Status::kFeasible: return "feasible";
    case Status::kStopped: return "stopped";
    case Status::kInfeasible: return "infeasible";
  }
  return "stopped";
}

const char* phaseName(Phase phase) {
  switch (phase) {
    case Phase::kAuction: return "auction";
    case Phase::kFinish: return "finish";
    case Phase::kCertificate: return "certificate";
  }
  return "auction";
}

}  // namespace

const char* viewOf(Napi::Object fields, ProblemView& view) {
  const Napi::Value demands = fields.Get("demands");
  const Napi::Value nodes = fields.Get("nodes");
  const Napi::Value arcs = fields.Get("arcs");
  const Napi::Value offsets = fields.Get("offsets");
  const Napi::Value targets = fields.Get("targets");
  const Napi::Value costs = fields.Get("costs");
  const Napi::Value units = fields.Get("units");
  const Napi::Value unservedCost = fields.Get("unservedCost");
  const Napi::Value capacity = fields.Get("capacity");
  const Napi::Value arcCapacity = fields.Get("arcCapacity");
  const Napi::Value tierOffsets = fields.Get("tierOffsets");
  const Napi::Value tierSlots = fields.Get("tierSlots");
  const Napi::Value tierSurcharge = fields.Get("tierSurcharge");
  view.maximize = fields.Get("maximize").ToBoolean();
  view.integer = fields.Get("integer").ToBoolean();

  int32_t arcCount = 0;
  if (!countOf(demands, view.demands)) return "demands";
  if (!countOf(nodes, view.nodes)) return "nodes";
  if (!countOf(arcs, arcCount)) return "arcs";
  view.arcs = arcCount;
  const size_t n = static_cast<size_t>(view.demands);
  const size_t m = static_cast<size_t>(view.nodes);
  const size_t a = static_cast<size_t>(arcCount);
  if (offsets.IsUndefined() && targets.IsUndefined()) {
    if (n * m != a) return "costs";
  } else {
    if (!arrayOf(offsets, n + 1, view.offsets)) return "offsets";
    if (!arrayOf(targets, a, view.targets)) return "targets";
  }
  if (!costsOf(costs, a, view.costs)) return "costs";
  if (!quantityOf(units, n, view.units)) return "units";
  if (!quantityOf(unservedCost, n, view.unservedCost)) return "unservedCost";
  if (!quantityOf(capacity, m, view.capacity)) return "capacity";
  view.arcCapacity.all = kNoBound;
  if (!arcCapacity.IsUndefined() && !quantityOf(arcCapacity, a, view.arcCapacity)) return "arcCapacity";
  if (!tierOffsets.IsUndefined()) {
    if (!arrayOf(tierOffsets, m + 1, view.tierOffsets)) return "tiers.offsets";
    Memory slots;
    if (!memoryOf(tierSlots, slots) || !arrayOf(tierSlots, slots.length, view.tierSlots)) return "tiers.slots";
    if (!arrayOf(tierSurcharge, slots.length, view.tierSurcharge)) return "tiers.surcharge";
    view.tiers = static_cast<int64_t>(slots.length);
  }
  return nullptr;
}

bool isShared(Napi::Object fields) {
  for (const char* name : {"offsets", "targets", "costs", "units", "unservedCost", "capacity", "arcCapacity", "tierOffsets",
                           "tierSlots", "tierSurcharge"}) {
    const Napi::Value value = fields.Get(name);
    napi_typedarray_type type;
    napi_value buffer = nullptr;
    bool is = false;
    if (napi_is_typedarray(value.Env(), value, &is) != napi_ok || !is) continue;
    if (napi_get_typedarray_info(value.Env(), value, &type, nullptr, nullptr, &buffer, nullptr) != napi_ok) return true;
    // A SharedArrayBuffer is no ArrayBuffer.
    if (napi_is_arraybuffer(value.Env(), buffer, &is) != napi_ok || !is) return true;
  }
  return false;
}

const char* wishesOf(Napi::Object fields, int32_t nodes, Wishes& wishes) {
  const Napi::Value gap = fields.Get("gap");
  const Napi::Value seed = fields.Get("seed");
  const Napi::Value remaining = fields.Get("remainingMs");
  const Napi::Value prices = fields.Get("prices");
  const Napi::Value threads = fields.Get("threads");
  const Napi::Value plugin = fields.Get("plugin");
  if (!threads.IsNumber() || !countOf(threads, wishes.request.threads)) return "threads";
  if (!gap.IsNumber() || !(gap.As<Napi::Number>().DoubleValue() >= 0)) return "gap";
  wishes.request.gap = gap.As<Napi::Number>().DoubleValue();
  if (!seed.IsNumber()) return "seed";
  const double number = seed.As<Napi::Number>().DoubleValue();
  if (!(number >= 0 && number <= 9007199254740991.0)) return "seed";
  wishes.request.seed = static_cast<uint64_t>(number);
  if (!remaining.IsNumber()) return "deadlineMs";
  const double milliseconds = remaining.As<Napi::Number>().DoubleValue();
  // Beyond 30 years it is none, and the clock's integer cannot overflow.
  if (!(milliseconds > 1e12)) {
    wishes.hasDeadline = true;
    const auto left = std::chrono::microseconds(milliseconds > 0 ? static_cast<int64_t>(milliseconds * 1000) : 0);
    wishes.deadline = Control::Clock::now() + left;
  }
  if (!prices.IsUndefined() && !arrayOf(prices, static_cast<size_t>(nodes), wishes.request.prices)) return "prices";
  if (!plugin.IsUndefined()) {
    if (!plugin.IsString()) return "plugin";
    wishes.plugin = plugin.As<Napi::String>().Utf8Value();
    wishes.deterministic = fields.Get("deterministic").ToBoolean();
  }
  return nullptr;
}

void Wishes::apply(Control& control) const {
  control.hasDeadline = hasDeadline;
  control.deadline = deadline;
}

const char* placedOf(const Napi::CallbackInfo& info, int32_t nodes, Placed& placed) {
  Memory arcs;
  if (!arrayOf(info[1], static_cast<size_t>(nodes), placed.prices)) return "prices";
  if (!memoryOf(info[2], arcs) || !arrayOf(info[2], arcs.length, placed.arcs)) return "placedArcs";
  if (!arrayOf(info[3], arcs.length, placed.units)) return "placedUnits";
  placed.count = arcs.length;
  return nullptr;
}

Napi::Object faultObject(Napi::Env env, const char* code, const char* argument) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("fault", code);
  if (argument != nullptr) object.Set("argument", argument);
  return object;
}

Napi::Object failureObject(Napi::Env env, const backend::Failure& failure, size_t index) {
  Napi::Object object = faultObject(env, failure.code);
  if (!failure.detail.empty()) object.Set("detail", failure.detail);
  if (index > 0) object.Set("index", static_cast<double>(index));
  return object;
}

namespace {

Napi::Object answerObject(Napi::Env env, const Answer& answer) {
  Napi::Object raw = Napi::Object::New(env);
  raw.Set("status", statusName(answer.status));
  raw.Set("objective", answer.objective);
  raw.Set("bound", answer.bound);
  raw.Set("gap", answer.gap);
  raw.Set("tolerance", answer.tolerance);
  raw.Set("prices", doubles(env, answer.prices.data(), answer.prices.size()));
  raw.Set("values", doubles(env, answer.values.data(), answer.values.size()));
  raw.Set("placedArcs", integers(env, answer.placedArcs));
  raw.Set("placedUnits", integers(env, answer.placedUnits));
  if (!answer.assignment.empty()) raw.Set("assignment", integers(env, answer.assignment));
  if (answer.status == Status::kInfeasible) {
    Napi::Object witness = Napi::Object::New(env);
    witness.Set("demands", integers(env, answer.witnessDemands));
    witness.Set("nodes", integers(env, answer.witnessNodes));
    witness.Set("needed", answer.witnessNeeded);
    witness.Set("available", answer.witnessAvailable);
    raw.Set("witness", witness);
  }
  Napi::Object stats = Napi::Object::New(env);
  stats.Set("milliseconds", answer.stats.layoutMilliseconds + answer.stats.solveMilliseconds);
  stats.Set("classes", static_cast<double>(answer.stats.classes));
  stats.Set("bids", static_cast<double>(answer.stats.bids));
  stats.Set("pushes", static_cast<double>(answer.stats.pushes));
  stats.Set("pulls", static_cast<double>(answer.stats.pulls));
  stats.Set("layoutMilliseconds", answer.stats.layoutMilliseconds);
  raw.Set("stats", stats);
  return raw;
}

}  // namespace

Napi::Object outcomeObject(Napi::Env env, const backend::Outcome& outcome) {
  if (outcome.failure) return failureObject(env, outcome.failure);
  Napi::Object raw = answerObject(env, outcome.answer);
  if (!outcome.device.empty()) raw.Set("device", outcome.device);
  if (outcome.uploadMilliseconds > 0) raw.Get("stats").As<Napi::Object>().Set("uploadMilliseconds", outcome.uploadMilliseconds);
  return raw;
}

Napi::Object outcomeList(Napi::Env env, const std::vector<backend::Outcome>& outcomes) {
  for (size_t k = 0; k < outcomes.size(); k++) {
    if (outcomes[k].failure) return failureObject(env, outcomes[k].failure, k);
  }
  Napi::Array list = Napi::Array::New(env, outcomes.size());
  for (uint32_t k = 0; k < outcomes.size(); k++) list.Set(k, outcomeObject(env, outcomes[k]));
  return list;
}

Napi::Object pluginObject(Napi::Env env, const outbid_backend& entry, const std::vector<backend::Device>& devices) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("name", entry.name);
  object.Set("version", entry.version);
  Napi::Array list = Napi::Array::New(env, devices.size());
  for (uint32_t k = 0; k < devices.size(); k++) {
    Napi::Object device = Napi::Object::New(env);
    device.Set("name", devices[k].name);
    device.Set("arch", devices[k].arch);
    device.Set("memory", static_cast<double>(devices[k].memory));
    list.Set(k, device);
  }
  object.Set("devices", list);
  return object;
}

Napi::Object progressObject(Napi::Env env, const ProgressReport& report) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("phase", phaseName(report.phase));
  object.Set("placed", static_cast<double>(report.placed));
  object.Set("units", static_cast<double>(report.units));
  object.Set("fraction", report.fraction);
  return object;
}

Napi::Float64Array doubles(Napi::Env env, const double* data, size_t count) {
  Napi::Float64Array array = Napi::Float64Array::New(env, count);
  if (count > 0) std::memcpy(array.Data(), data, count * sizeof(double));
  return array;
}

}  // namespace outbid::node
