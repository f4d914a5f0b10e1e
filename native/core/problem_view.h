// A problem as the caller holds it: borrowed pointers into flat arrays, nothing owned, nothing trusted.
//
//   minimise   sum cost_ij x_ij + sum r_i y_i + sum g_jk z_jk
//   subject to sum_j x_ij + y_i = d_i ,  sum_i x_ij <= c_j ,  0 <= x_ij <= a_ij ,  all integral
//
// The memory may be shared with a thread that writes to it, so whoever reads a view reads each value once, checks what it
// read and keeps its own copy: a changed buffer may give a wrong answer or a Fault, never an access out of bounds.
#pragma once

#include <cstddef>
#include <cstdint>

namespace outbid {

// The element types a cost array may have, in the order of N-API's typed array types that are supported.
enum class CostType : uint8_t { kFloat64, kFloat32, kInt32, kUint32, kInt16, kUint16, kInt8, kUint8 };

struct CostView {
  const void* data = nullptr;
  CostType type = CostType::kFloat64;

  double at(size_t arc) const {
    switch (type) {
      case CostType::kFloat64: return static_cast<const double*>(data)[arc];
      case CostType::kFloat32: return static_cast<double>(static_cast<const float*>(data)[arc]);
      case CostType::kInt32: return static_cast<const int32_t*>(data)[arc];
      case CostType::kUint32: return static_cast<const uint32_t*>(data)[arc];
      case CostType::kInt16: return static_cast<const int16_t*>(data)[arc];
      case CostType::kUint16: return static_cast<const uint16_t*>(data)[arc];
      case CostType::kInt8: return static_cast<const int8_t*>(data)[arc];
      case CostType::kUint8: return static_cast<const uint8_t*>(data)[arc];
    }
    return 0;
  }
};

// A quantity that is one number for all (each == nullptr) or one number each.
template <class T>
struct Quantity {
  const T* each = nullptr;
  T all = T();
  T at(size_t k) const { return each != nullptr ? each[k] : all; }
};

constexpr int32_t kNoBound = INT32_MAX;  // an arc capacity that never binds: units are at most 2^31 - 1

struct ProblemView {
  int32_t demands = 0;
  int32_t nodes = 0;
  int64_t arcs = 0;                      // length of costs; demands * nodes when dense
  const int32_t* offsets = nullptr;      // demands + 1; nullptr: dense, arc i * nodes + j
  const int32_t* targets = nullptr;      // arcs; nullptr: dense
  CostView costs;                        // dense: an infinite cost forbids the pair
  Quantity<int32_t> units;               // per demand
  Quantity<double> unservedCost;         // per demand, cost per unit; infinity: must be served
  Quantity<int32_t> capacity;            // per node, slots
  Quantity<int32_t> arcCapacity;         // per arc; kNoBound: none
  const int32_t* tierOffsets = nullptr;  // nodes + 1, or nullptr: every node has one tier of surcharge 0
  int64_t tiers = 0;                     // length of the two arrays below
  const int32_t* tierSlots = nullptr;
  const double* tierSurcharge = nullptr;
  bool maximize = false;  // costs are values to be maximised; unserved costs and surcharges stay costs
  bool integer = false;   // the caller found every cost whole; checked again while reading
};

}  // namespace outbid
