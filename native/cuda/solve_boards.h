// Problems solved on a device, one or a batch: laid out, auctioned there together, finished where there is anything to finish, proven there.
#pragma once

#include <memory>

#include "device.h"
#include "solve.h"

namespace outbid::cuda {

enum class TaskEnd : uint8_t { kAnswered, kUnfit, kFault, kDisagrees };

struct Task {
  ProblemView view;
  Request request;
  Control* control = nullptr;  // the problem's own: its deadline, its stop
  bool deterministic = false;  // the assignment too

  TaskEnd end = TaskEnd::kAnswered;
  Answer answer;
  Fault fault = Fault::kNone;  // of kFault
  const char* unfit = "";      // of kUnfit: what the problem has that a board has not
  bool direct = false;         // took the short way,
  bool finished = false;       // and had work left for the core's finish
  Tally tally{};
};

struct BatchTimes {
  double layout = 0;  // milliseconds
  double upload = 0;
  double device = 0;  // on the device's clock
  double finish = 0;  // reading back, proof, finish
};

// False: the device failed, no task has an answer; `trouble` and `words` of boards say why. `threads`: of the host.
bool solveBoards(std::vector<Task>& tasks, DeviceBoards& boards, int32_t threads, BatchTimes& times);

}  // namespace outbid::cuda
