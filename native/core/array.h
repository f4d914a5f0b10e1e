// A flat array of a trivial type whose entries start uninitialised: memory that is written once is touched once. Large ones ask
// for huge pages where the system has them: a fleet's arcs fault in 2 MiB instead of 4 KiB at a time, which halves the layout.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <type_traits>
#include <utility>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace outbid {

template <class T>
class Array {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Array() = default;
  explicit Array(size_t size) { allocate(size); }
  Array(size_t size, T value) {
    allocate(size);
    std::fill(data_, data_ + size, value);
  }
  Array(Array&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Array& operator=(Array&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Array() { std::free(data_); }

  // Changes the size; entries up to the smaller size are kept. Throws std::bad_alloc.
  void resize(size_t size) {
    static_assert(alignof(T) <= alignof(std::max_align_t));
    T* moved = static_cast<T*>(std::realloc(static_cast<void*>(data_), size == 0 ? sizeof(T) : size * sizeof(T)));
    if (moved == nullptr) throw std::bad_alloc();
    data_ = moved;
    size_ = size;
  }
  void fill(T value) { std::fill(data_, data_ + size_, value); }

  T& operator[](size_t k) { return data_[k]; }
  const T& operator[](size_t k) const { return data_[k]; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  size_t bytes() const { return size_ * sizeof(T); }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

 private:
  void allocate(size_t size) {
    const size_t bytes = size == 0 ? sizeof(T) : size * sizeof(T);
#if defined(__linux__)
    constexpr size_t kHuge = size_t{2} << 20;
    if (bytes >= 2 * kHuge) {
      data_ = static_cast<T*>(std::aligned_alloc(kHuge, (bytes + kHuge - 1) / kHuge * kHuge));
      if (data_ != nullptr) madvise(static_cast<void*>(data_), bytes, MADV_HUGEPAGE);
    }
#endif
    if (data_ == nullptr) {
      if constexpr (alignof(T) > alignof(std::max_align_t))
        data_ = static_cast<T*>(std::aligned_alloc(alignof(T), (bytes + alignof(T) - 1) / alignof(T) * alignof(T)));
      else
        data_ = static_cast<T*>(std::malloc(bytes));
    }
    if (data_ == nullptr) throw std::bad_alloc();
    size_ = size;
  }

  T* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace outbid
