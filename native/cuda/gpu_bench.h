// The benchmark of `npm run gpu-check`: one instance from layout to proof, every stage timed on its own, in one line of JSON.
#pragma once

#include <string>

namespace outbid::cuda {

void listBenchInstances();

// `core`: the processor's solver too. Returns 0 where all is proven, 1 where not, -1 where no instance has this name.
int benchInstance(const std::string& name, int runs, bool core);

}  // namespace outbid::cuda
