// What a plug-in that is built from the core's own library needs at its door: the contract's structures as the core's, and back.
// Header only, so that a plug-in links nothing of the host.
//
//   const ProblemView view = viewOf(*problem);
//   Control control;  connect(control, *request, *host);
//   Job job;  job.build(view, requestOf(*request));  job.run(control);
//   if (control.aborted()) return OUTBID_STOPPED;
//   *answer = giveOut(std::move(job.answer()), "what it ran on");      entry.release = release
#pragma once

#include <cstdio>
#include <string>
#include <utility>

#include "../core/solve.h"
#include "contract.h"

namespace outbid::plugin {

inline ProblemView viewOf(const outbid_problem& problem) {
  ProblemView view;
  view.demands = problem.demands;
  view.nodes = problem.nodes;
  view.arcs = problem.arcs;
  view.offsets = problem.offsets;
  view.targets = problem.targets;
  view.costs = {problem.costs, static_cast<CostType>(problem.cost_type)};
  view.units = {problem.units.each, problem.units.all};
  view.unservedCost = {problem.unserved_cost.each, problem.unserved_cost.all};
  view.capacity = {problem.capacity.each, problem.capacity.all};
  view.arcCapacity = {problem.arc_capacity.each, problem.arc_capacity.all};
  view.tierOffsets = problem.tier_offsets;
  view.tiers = problem.tiers;
  view.tierSlots = problem.tier_slots;
  view.tierSurcharge = problem.tier_surcharge;
  view.maximize = problem.maximize != 0;
  view.integer = problem.integer != 0;
  return view;
}

inline Request requestOf(const outbid_request& request) {
  Request out;
  out.gap = request.gap;
  out.prices = request.prices;
  out.seed = request.seed;
  out.threads = request.threads;
  return out;
}

// Lets the core's polls ask the host, from now on and as long as both live.
inline void connect(Control& control, const outbid_request& request, const outbid_control& host) {
  control.context = const_cast<outbid_control*>(&host);
  control.asked = [](void* context) {
    const outbid_control& to = *static_cast<const outbid_control*>(context);
    return to.must_stop(to.context) != 0;
  };
  if (host.progress != nullptr) {
    control.report = [](void* context, const ProgressReport& report) {
      const outbid_control& to = *static_cast<const outbid_control*>(context);
      const outbid_progress at{sizeof(outbid_progress), static_cast<uint32_t>(report.phase), 0, report.placed, report.units,
                               report.fraction};
      to.progress(to.context, &at);
    };
  }
  // Beyond 30 years it is none, and the clock's integer cannot overflow.
  if (request.seconds < 1e9) {
    control.hasDeadline = true;
    control.deadline = Control::Clock::now() + std::chrono::microseconds(static_cast<int64_t>(request.seconds * 1e6));
  }
}

inline outbid_code codeOf(Fault fault) {
  switch (fault) {
    case Fault::kNone: return OUTBID_OK;
    case Fault::kProblemChanged: return OUTBID_INTERNAL;  // the host has checked it
    case Fault::kCostRange: return OUTBID_COST_RANGE;
    case Fault::kOutOfMemory: return OUTBID_OUT_OF_MEMORY;
    case Fault::kCertificateFailed: return OUTBID_CERTIFICATE_FAILED;
  }
  return OUTBID_INTERNAL;
}

// An answer as it is given out, and what its pointers point to.
struct GivenAnswer {
  outbid_answer given{};
  Answer answer;
  std::string device;
};

// Throws std::bad_alloc. The caller may still change `given`, which is not const, until the host has it.
inline outbid_answer* giveOut(Answer&& answer, const char* device) {
  GivenAnswer* own = new GivenAnswer{{}, std::move(answer), device};
  const Answer& from = own->answer;
  outbid_answer& to = own->given;
  const auto count = [](const auto& vector) { return static_cast<int64_t>(vector.size()); };
  to.size = sizeof(outbid_answer);
  to.status = static_cast<uint32_t>(from.status);
  to.objective = from.objective;
  to.bound = from.bound;
  to.gap = from.gap;
  to.tolerance = from.tolerance;
  to.prices = from.prices.data();
  to.prices_count = count(from.prices);
  to.values = from.values.data();
  to.values_count = count(from.values);
  to.placed_arcs = from.placedArcs.data();
  to.placed_units = from.placedUnits.data();
  to.placed_count = count(from.placedArcs);
  to.assignment = from.assignment.data();
  to.assignment_count = count(from.assignment);
  to.witness_demands = from.witnessDemands.data();
  to.witness_demands_count = count(from.witnessDemands);
  to.witness_nodes = from.witnessNodes.data();
  to.witness_nodes_count = count(from.witnessNodes);
  to.witness_needed = from.witnessNeeded;
  to.witness_available = from.witnessAvailable;
  to.classes = from.stats.classes;
  to.bids = from.stats.bids;
  to.pushes = from.stats.pushes;
  to.pulls = from.stats.pulls;
  to.layout_milliseconds = from.stats.layoutMilliseconds;
  to.solve_milliseconds = from.stats.solveMilliseconds;
  to.device = own->device.c_str();
  to.owner = own;
  return &to;
}

inline void release(const outbid_answer* answer) {
  if (answer != nullptr) delete static_cast<GivenAnswer*>(answer->owner);
}

inline void say(char* text, const char* what) {
  std::snprintf(text, OUTBID_TEXT_BYTES, "%s", what);
}

}  // namespace outbid::plugin
