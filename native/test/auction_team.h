// Teams of processor threads for the device's auction (cuda/auction.h): the same steps, in any order, with lanes of any number.
//
// `Lanes<W>` runs what W lanes of a warp do one after the other and exchanges their values as shuffles would. `Team` is one of a number of
// threads that all run the auction, as a device's do, with a real barrier after each step: a word that is read in the step that writes
// it is a race, and thread sanitizers see it. With one thread, items and lanes come in order or in one drawn at random.
#pragma once

#include <atomic>
#include <barrier>
#include <numeric>
#include <thread>
#include <vector>

#include "matrix.h"
#include "random_problem.h"

namespace outbid::test {

template <int W>
class Lanes {
 public:
  static constexpr int kWidth = W;
  template <class T>
  struct Each {
    T value[W];
    T& operator[](int lane) { return value[lane]; }
  };

  explicit Lanes(Random* order) : order_(order) {}

  template <class Body>
  void run(Body body) {
    const int start = order_ == nullptr ? 0 : static_cast<int>(order_->in(0, W - 1));
    for (int k = 0; k < W; k++) body((start + k) % W);
  }
  template <class T, class Op>
  T all(Each<T>& x, Op op) {
    for (int distance = W / 2; distance > 0; distance /= 2) {
      Each<T> y = x;
      for (int lane = 0; lane < W; lane++) y[lane] = op(x[lane], x[lane ^ distance]);
      x = y;
    }
    return x[order_ == nullptr ? 0 : static_cast<int>(order_->in(0, W - 1))];
  }
  int32_t rank(Each<int32_t>& flag, Each<int32_t>& before) {
    int32_t sum = 0;
    for (int lane = 0; lane < W; lane++) {
      before[lane] = sum;
      sum += flag[lane];
    }
    return sum;
  }
  template <class Body>
  auto once(Body body) {
    return body();
  }
  template <class T>
  T valueWhere(Each<int32_t>& flag, Each<T>& x) {
    for (int lane = 0; lane < W; lane++) {
      if (flag[lane] != 0) return x[lane];
    }
    return T{};
  }
  template <class T>
  static T look(const T* at) {
    if constexpr (std::is_integral_v<T>)
      return std::atomic_ref<T>(*const_cast<T*>(at)).load(std::memory_order_acquire);
    else
      return *at;
  }
  static void put(uint64_t* at, uint64_t value) { std::atomic_ref<uint64_t>(*at).store(value, std::memory_order_release); }
  void publish() const {}
  // Others come first as often as can be.
  static uint64_t rise(uint64_t* at, uint64_t value) {
    std::this_thread::yield();
    std::atomic_ref<uint64_t> to(*at);
    uint64_t held = to.load(std::memory_order_relaxed);
    while (held < value && !to.compare_exchange_weak(held, value, std::memory_order_acq_rel)) {
    }
    return held;
  }
  static uint64_t sink(uint64_t* at, uint64_t value) {
    std::atomic_ref<uint64_t> to(*at);
    uint64_t held = to.load(std::memory_order_relaxed);
    while (held > value && !to.compare_exchange_weak(held, value, std::memory_order_acq_rel)) {
    }
    return held;
  }
  static void lower(int32_t* at, int32_t value) {
    std::atomic_ref<int32_t> to(*at);
    int32_t held = to.load(std::memory_order_relaxed);
    while (held > value && !to.compare_exchange_weak(held, value, std::memory_order_relaxed)) {
    }
  }
  template <class T>
  static T add(T* at, T value) {
    return std::atomic_ref<T>(*at).fetch_add(value, std::memory_order_relaxed);
  }
  template <class T>
  static T raise(T* at, T value) {
    std::atomic_ref<T> to(*at);
    T held = to.load(std::memory_order_relaxed);
    while (held < value && !to.compare_exchange_weak(held, value, std::memory_order_relaxed)) {
    }
    return held;
  }

 private:
  Random* order_;
};

template <int W, bool Small = false>
class Team {
 public:
  static constexpr bool kSmall = Small;

  // wide: what one block does by itself on a device, all threads of the team do here.
  Team(int rank, int size, std::barrier<>* barrier, Random* order, bool wide = false)
      : rank_(rank), size_(size), barrier_(barrier), order_(order), wide_(wide) {}

  template <class Body>
  void groups(int32_t count, Body body) {
    each<W>(count, body);
  }
  template <class Body>
  void items(int32_t count, Body body) {
    each<1>(count, body);
  }
  template <class Body>
  void chains(int32_t most, Body body) {
    Lanes<W> lanes(order_);
    if (rank_ < most) body(lanes);
    wait();
  }
  void meet() { wait(); }
  template <class Body>
  void alone(Body body) {
    if (rank_ == 0) body();
  }
  template <class Body>
  void solo(Body body) {
    wait();
    if (wide_) {
      Team<W, true> small(rank_, size_, barrier_, order_);
      body(small);
    } else if (rank_ == 0) {
      Team<W, true> small(0, 1, nullptr, order_);
      body(small);
    }
    wait();
  }
  int32_t parts(int32_t active, int32_t room) const { return active > room / 4 ? 1 : 3; }

 private:
  void wait() {
    if (barrier_ != nullptr) barrier_->arrive_and_wait();
  }
  template <int Width, class Body>
  void each(int32_t count, Body& body) {
    Lanes<Width> lanes(order_);
    if (order_ == nullptr) {
      for (int32_t item = rank_; item < count; item += size_) body(lanes, item);
    } else {
      std::vector<int32_t> items(static_cast<size_t>(count));
      std::iota(items.begin(), items.end(), 0);
      for (size_t k = items.size(); k > 1; k--)
        std::swap(items[k - 1], items[static_cast<size_t>(order_->in(0, static_cast<int64_t>(k) - 1))]);
      for (int32_t item : items) body(lanes, item);
    }
    wait();
  }

  const int rank_;
  const int size_;
  std::barrier<>* const barrier_;
  Random* const order_;
  const bool wide_;
};

// How a board's auction is to be run here.
struct Executor {
  int width = 1;         // 1, 4 or 32
  int threads = 1;       // more than one: in the order the system gives
  uint64_t shuffle = 0;  // other than 0, one thread: the seed of the order
  bool wide = false;     // all threads do a block's work
};

template <int W, class Program>
void runProgram(const Executor& how, Program program) {
  if (how.threads == 1) {
    Random order(how.shuffle);
    Team<W> team(0, 1, nullptr, how.shuffle == 0 ? nullptr : &order);
    program(team);
    return;
  }
  std::barrier<> barrier(how.threads);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < how.threads; rank++) {
    threads.emplace_back([&, rank] {
      Team<W> team(rank, how.threads, &barrier, nullptr, how.wide);
      program(team);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// program(team) on every thread of the team.
template <class Program>
void onTeam(const Executor& how, Program program) {
  switch (how.width) {
    case 4: return runProgram<4>(how, program);
    case 32: return runProgram<32>(how, program);
    default: return runProgram<1>(how, program);
  }
}

}  // namespace outbid::test
