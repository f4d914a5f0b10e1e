// Teams of device threads for the auction (auction.h). A group of lanes is a warp or an aligned part of one; what its lanes write with run
// and once, its other lanes see after it. A whole grid's barrier needs a cooperative launch.
#pragma once

#include <cooperative_groups.h>

#include <cstdint>
#include <type_traits>

#include "matrix.h"

namespace outbid::cuda {

template <int W>
class Lanes {
 public:
  static constexpr int kWidth = W;
  template <class T>
  struct Each {
    T value;
    __device__ T& operator[](int) { return value; }
  };

  __device__ Lanes() : lane_(static_cast<int>(threadIdx.x) % W) {
    if constexpr (W == 32)
      mask_ = 0xFFFFFFFFu;
    else
      mask_ = ((1u << W) - 1) << (threadIdx.x % 32 / W * W);
  }
  template <class Body>
  __device__ void run(Body body) {
    body(lane_);
    if constexpr (W > 1) __syncwarp(mask_);
  }
  template <class T, class Op>
  __device__ T all(Each<T>& x, Op op) {
    T y = x.value;
    if constexpr (std::is_same_v<T, int32_t> && std::is_same_v<Op, Lesser>) {
      return __reduce_min_sync(mask_, y);
    } else {
#pragma unroll
      for (int distance = W / 2; distance > 0; distance /= 2) y = op(y, exchange(y, distance));
      return y;
    }
  }
  __device__ int32_t rank(Each<int32_t>& flag, Each<int32_t>& before) {
    const unsigned votes = __ballot_sync(mask_, flag.value != 0) & mask_;
    const unsigned lower = (1u << (threadIdx.x % 32)) - 1;
    before.value = __popc(votes & lower);
    return __popc(votes);
  }
  template <class Body>
  __device__ auto once(Body body) {
    using Value = decltype(body());
    if constexpr (std::is_void_v<Value>) {
      if (lane_ == 0) body();
      if constexpr (W > 1) __syncwarp(mask_);
    } else {
      Value value{};
      if (lane_ == 0) value = body();
      if constexpr (W > 1) {
        value = __shfl_sync(mask_, value, 0, W);
        __syncwarp(mask_);  // a shuffle orders no memory
      }
      return value;
    }
  }
  // The value of the one lane whose flag is set.
  template <class T>
  __device__ T valueWhere(Each<int32_t>& flag, Each<T>& x) {
    const unsigned votes = __ballot_sync(mask_, flag.value != 0) & mask_;
    return fetch(x.value, __ffs(static_cast<int>(votes)) - 1);
  }
  // What other threads write meanwhile, as it is in the memory all blocks share.
  __device__ static int32_t look(const int32_t* at) {
    return *const_cast<const volatile int32_t*>(at);
  }
  __device__ static uint64_t look(const uint64_t* at) {
    return *const_cast<const volatile uint64_t*>(at);
  }
  __device__ static Listed look(const Listed* at) {
    const uint64_t word = look(reinterpret_cast<const uint64_t*>(at));
    return {static_cast<int32_t>(static_cast<uint32_t>(word)), static_cast<int32_t>(word >> 32)};
  }
  __device__ static void put(uint64_t* at, uint64_t value) {
    *const_cast<volatile uint64_t*>(at) = value;
  }
  // What the lanes wrote comes before what one of them writes next, for whoever sees that.
  __device__ void publish() const {
    __threadfence();
    __syncwarp(mask_);
  }
  // Up to a value, down to one; the value before.
  __device__ static uint64_t rise(uint64_t* at, uint64_t value) {
    return atomicMax(reinterpret_cast<unsigned long long*>(at), static_cast<unsigned long long>(value));
  }
  __device__ static uint64_t sink(uint64_t* at, uint64_t value) {
    return atomicMin(reinterpret_cast<unsigned long long*>(at), static_cast<unsigned long long>(value));
  }
  __device__ static void lower(int32_t* at, int32_t value) {
    atomicMin(at, value);
  }
  __device__ static int32_t add(int32_t* at, int32_t value) {
    return atomicAdd(at, value);
  }
  __device__ static int64_t add(int64_t* at, int64_t value) {
    return static_cast<int64_t>(atomicAdd(reinterpret_cast<unsigned long long*>(at), static_cast<unsigned long long>(value)));
  }
  // What was there before.
  __device__ static int32_t raise(int32_t* at, int32_t value) {
    return atomicMax(at, value);
  }
  __device__ static uint64_t raise(uint64_t* at, uint64_t value) {
    return static_cast<uint64_t>(atomicMax(reinterpret_cast<unsigned long long*>(at), static_cast<unsigned long long>(value)));
  }

 private:
  __device__ int32_t exchange(int32_t x, int distance) const {
    return __shfl_xor_sync(mask_, x, distance, W);
  }
  __device__ int64_t exchange(int64_t x, int distance) const {
    return static_cast<int64_t>(__shfl_xor_sync(mask_, static_cast<long long>(x), distance, W));
  }
  __device__ uint64_t exchange(uint64_t x, int distance) const {
    return static_cast<uint64_t>(__shfl_xor_sync(mask_, static_cast<unsigned long long>(x), distance, W));
  }
  __device__ Best exchange(const Best& x, int distance) const {
    return {exchange(x.first, distance), exchange(x.second, distance), exchange(x.node, distance)};
  }

  __device__ Choice fetch(const Choice& x, int lane) const {
    return {__shfl_sync(mask_, x.first, lane), __shfl_sync(mask_, x.second, lane), __shfl_sync(mask_, x.node, lane),
            __shfl_sync(mask_, x.cost, lane)};
  }

  int lane_;
  unsigned mask_;
};

// As many parts as there are groups to spare; a part should still be worth a group's while.
__device__ inline int32_t partsFor(int32_t groups, int32_t active, int32_t room) {
  constexpr int32_t kMost = 64;
  if (active == 0) return 1;
  const int32_t most = groups / active < kMost ? groups / active : kMost;
  return most > 1 && active * most <= room ? most : 1;
}

template <int W, bool Small>
class BlockTeam {
 public:
  static constexpr bool kSmall = Small;

  template <class Body>
  __device__ void groups(int32_t count, Body body) {
    Lanes<W> lanes;
    for (int32_t item = static_cast<int32_t>(threadIdx.x / W); item < count; item += static_cast<int32_t>(blockDim.x / W))
      body(lanes, item);
    __syncthreads();
  }
  template <class Body>
  __device__ void items(int32_t count, Body body) {
    Lanes<1> lane;
    for (int32_t item = static_cast<int32_t>(threadIdx.x); item < count; item += static_cast<int32_t>(blockDim.x)) body(lane, item);
    __syncthreads();
  }
  template <class Body>
  __device__ void chains(int32_t most, Body body) {
    Lanes<W> lanes;
    if (static_cast<int32_t>(threadIdx.x / W) < most) body(lanes);
    __syncthreads();
  }
  __device__ void meet() { __syncthreads(); }
  template <class Body>
  __device__ void alone(Body body) {
    if (threadIdx.x == 0) body();
  }
  template <class Body>
  __device__ void solo(Body body) {
    __syncthreads();
    BlockTeam<W, true> small;
    body(small);
    __syncthreads();
  }
  __device__ int32_t parts(int32_t active, int32_t room) const {
    return partsFor(static_cast<int32_t>(blockDim.x / W), active, room);
  }
};

template <int W>
class GridTeam {
 public:
  static constexpr bool kSmall = false;

  template <class Body>
  __device__ void groups(int32_t count, Body body) {
    Lanes<W> lanes;
    // 64 bits: items and strides of large problems together leave 31.
    for (int64_t item = rank() / W; item < count; item += threads() / W) body(lanes, static_cast<int32_t>(item));
    wait();
  }
  template <class Body>
  __device__ void items(int32_t count, Body body) {
    Lanes<1> lane;
    for (int64_t item = rank(); item < count; item += threads()) body(lane, static_cast<int32_t>(item));
    wait();
  }
  template <class Body>
  __device__ void chains(int32_t most, Body body) {
    Lanes<W> lanes;
    // The first of every block, then the second: few chains are spread over all processors.
    if (static_cast<int64_t>(threadIdx.x / W) * gridDim.x + blockIdx.x < most) body(lanes);
    wait();
  }
  __device__ void meet() { wait(); }
  template <class Body>
  __device__ void alone(Body body) {
    if (rank() == 0) body();
  }
  template <class Body>
  __device__ void solo(Body body) {
    wait();
    if (blockIdx.x == 0) {
      BlockTeam<W, true> small;
      body(small);
    }
    wait();
  }
  __device__ int32_t parts(int32_t active, int32_t room) const {
    return partsFor(static_cast<int32_t>(threads() / W), active, room);
  }

 private:
  __device__ static int64_t rank() { return static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; }
  __device__ static int64_t threads() { return static_cast<int64_t>(gridDim.x) * blockDim.x; }
  __device__ static void wait() { cooperative_groups::this_grid().sync(); }
};

}  // namespace outbid::cuda
