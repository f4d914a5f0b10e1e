// One run: some problems, solved on whatever thread `run` is called on. The core is one way, a plug-in the other; who starts runs
// and waits for them need not know which.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "accept.h"
#include "failure.h"
#include "loader.h"

namespace outbid::backend {

struct Outcome {
  Failure failure;
  Answer answer;
  std::string device;  // what a plug-in ran on; the core says nothing
  double uploadMilliseconds = 0;
};

class Run {
 public:
  virtual ~Run() = default;
  // Reads only what was built in. The control's stop means that nobody reads the outcomes.
  virtual void run(Control& control) noexcept = 0;
  virtual size_t bytes() const = 0;  // held, for reporting external memory

  std::vector<Outcome> outcomes;  // one for each problem; after the first failure the rest is empty
};

// One problem on the core.
class CoreRun final : public Run {
 public:
  CoreRun() { outcomes.resize(1); }
  Failure build(const ProblemView& view, const Request& request) noexcept;
  void run(Control& control) noexcept override;
  size_t bytes() const override { return job_.bytes(); }

 private:
  Job job_;
};

// Problems on a plug-in, which outlives the run.
class PluginRun final : public Run {
 public:
  PluginRun(const Plugin& plugin, bool deterministic) : plugin_(plugin), deterministic_(deterministic) {}

  // Once for each problem, where the caller's arrays are safe to read. `copy`: they may be written to before the run has ended.
  // BACKEND_UNSUPPORTED names what the plug-in lacks for this problem.
  Failure build(const ProblemView& view, const Request& request, bool copy) noexcept;
  void run(Control& control) noexcept override;
  size_t bytes() const override;

 private:
  struct Item {
    Snapshot problem;
    Request request;
  };
  struct Host;

  Failure missing(const Snapshot& problem) const;
  Failure solveOne(size_t index, Host& host);
  Failure solveAll(Host& host);
  outbid_request requestOf(const Item& item, const Control& control) const;
  Failure take(size_t index, const outbid_answer* given, const Control& control, int32_t threads);

  const Plugin& plugin_;
  const bool deterministic_;
  std::vector<Item> items_;
};

}  // namespace outbid::backend
