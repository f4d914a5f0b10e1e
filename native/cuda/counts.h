// How often each node stands in arrays that several threads read piece by piece.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "array.h"

namespace outbid::cuda {

class Counts {
 public:
  explicit Counts(size_t nodes) : of_(nodes, 0) {}

  // Negative entries stand for no node. Long pieces are counted apart first: threads that share a few nodes would wait for each other.
  void add(const int32_t* nodes, size_t count) {
    if (count < of_.size()) {
      for (size_t k = 0; k < count; k++) {
        if (nodes[k] >= 0) raise(static_cast<size_t>(nodes[k]), 1);
      }
      return;
    }
    std::vector<int32_t> own(of_.size(), 0);
    for (size_t k = 0; k < count; k++) {
      if (nodes[k] >= 0) own[static_cast<size_t>(nodes[k])]++;
    }
    for (size_t j = 0; j < own.size(); j++) {
      if (own[j] != 0) raise(j, own[j]);
    }
  }
  int32_t operator[](size_t node) const { return of_[node]; }

 private:
  void raise(size_t node, int32_t by) { std::atomic_ref<int32_t>(of_[node]).fetch_add(by, std::memory_order_relaxed); }

  Array<int32_t> of_;
};

}  // namespace outbid::cuda
