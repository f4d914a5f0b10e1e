// The plug-in's C door as tests go through it, with processor threads in a device's place.
#pragma once

#include <cmath>
#include <cstring>

#include "../backend/contract.h"
#include "board_opener.h"
#include "host_device.h"
#include "oracle.h"

namespace outbid::test {

inline const outbid_backend& backend() {
  return *outbid_backend_entry();
}

inline outbid_problem problemOf(const ProblemView& v) {
  outbid_problem p{};
  p.size = sizeof(p);
  p.demands = v.demands;
  p.nodes = v.nodes;
  p.cost_type = static_cast<uint32_t>(v.costs.type);
  p.arcs = v.arcs;
  p.offsets = v.offsets;
  p.targets = v.targets;
  static const double none = 0;
  p.costs = v.costs.data == nullptr ? &none : v.costs.data;
  p.units = {v.units.each, v.units.all};
  p.unserved_cost = {v.unservedCost.each, v.unservedCost.all};
  p.capacity = {v.capacity.each, v.capacity.all};
  p.arc_capacity = {v.arcCapacity.each, v.arcCapacity.all};
  p.tier_offsets = v.tierOffsets;
  p.tier_slots = v.tierSlots;
  p.tier_surcharge = v.tierSurcharge;
  p.tiers = v.tiers;
  p.maximize = v.maximize ? 1 : 0;
  p.integer = v.integer ? 1 : 0;
  return p;
}

inline outbid_request requestOf(uint64_t seed = 0, double seconds = INFINITY) {
  outbid_request r{};
  r.size = sizeof(r);
  r.seed = seed;
  r.seconds = seconds;
  r.threads = 2;
  return r;
}

struct Host {
  bool stop = false;
  outbid_control control{};
  Host() {
    control.size = sizeof(control);
    control.context = this;
    control.must_stop = [](void* context) -> uint32_t { return static_cast<Host*>(context)->stop ? 1 : 0; };
  }
};

inline void checkAnswer(const Instance& p, const outbid_answer& answer) {
  const Verdict verdict = oracle(p);
  CHECK(std::strcmp(answer.device, "processor threads (sm_90)") == 0);
  if (!verdict.feasible) {
    CHECK(answer.status == OUTBID_STATUS_INFEASIBLE);
    CHECK(answer.witness_needed > answer.witness_available);
    return;
  }
  CHECK(answer.status == OUTBID_STATUS_OPTIMAL);
  CHECK(answer.gap == 0);
  CHECK(static_cast<__int128>(answer.objective) == verdict.objective);
  CHECK(answer.prices_count == p.nodes && answer.values_count == static_cast<int64_t>(p.units.size()));
}

}  // namespace outbid::test
