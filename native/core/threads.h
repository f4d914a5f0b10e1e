// Work that is cut into pieces beforehand, dealt to threads: which thread does which piece is left to chance, so no result may depend on it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace outbid {

// body(k) for every k below count, on up to `threads` threads, the caller's among them. What a body throws ends the work, and
// std::bad_alloc is thrown here.
template <class Body>
void onThreads(int32_t threads, size_t count, Body body) {
  std::atomic<size_t> next{0};
  std::atomic<bool> thrown{false};
  const auto work = [&] {
    try {
      for (size_t k = next++; k < count && !thrown.load(std::memory_order_relaxed); k = next++) body(k);
    } catch (...) {
      thrown = true;
    }
  };
  std::vector<std::thread> others;
  try {
    for (int32_t t = 1; t < threads && static_cast<size_t>(t) < count; t++) others.emplace_back(work);
  } catch (const std::system_error&) {
    // No thread to be had: those there are do all of it.
  } catch (const std::bad_alloc&) {
  }
  work();
  for (std::thread& other : others) other.join();
  if (thrown) throw std::bad_alloc();
}

// The same over entries 0..count in stretches of at least `least`: body(from, to). One stretch where that is enough.
template <class Body>
void overStretches(int32_t threads, size_t count, size_t least, Body body) {
  const size_t most = threads < 1 ? 1 : 4 * static_cast<size_t>(threads);  // uneven pieces even out
  const size_t pieces = threads <= 1 || count / least < 2 ? 1 : count / least < most ? count / least : most;
  onThreads(threads, pieces, [&](size_t p) { body(count * p / pieces, count * (p + 1) / pieces); });
}

}  // namespace outbid
