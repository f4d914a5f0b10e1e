// A vector whose memory asks for huge pages where the system has them: what is read all over then misses fewer translations.
#pragma once

#include <cstdlib>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace outbid::ticks {

template <class T>
struct HugeAllocator {
  using value_type = T;
  static constexpr size_t kHuge = size_t{2} << 20;

  HugeAllocator() = default;
  template <class U>
  HugeAllocator(const HugeAllocator<U>&) {}

  T* allocate(size_t count) {
    const size_t bytes = count * sizeof(T);
    const bool huge = bytes >= 2 * kHuge;
    const size_t step = huge ? kHuge : 64;
    void* data = std::aligned_alloc(step, (bytes + step - 1) / step * step);
    if (data == nullptr) throw std::bad_alloc();
#if defined(__linux__)
    if (huge) madvise(data, bytes, MADV_HUGEPAGE);
#endif
    return static_cast<T*>(data);
  }
  void deallocate(T* data, size_t) {
    std::free(data);
  }
  bool operator==(const HugeAllocator&) const {
    return true;
  }
};

template <class T>
using HugeVector = std::vector<T, HugeAllocator<T>>;

}  // namespace outbid::ticks
