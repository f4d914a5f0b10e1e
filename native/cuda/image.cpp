#include "image.h"

#include <algorithm>
#include <cstring>

#include "threads.h"

namespace outbid::cuda {

namespace {

// Bytes from..to of a board, one array after the other.
class Writer {
 public:
  Writer(size_t from, size_t to, char* memory) : from_(from), to_(to), memory_(memory) {}

  // The part of an array at `begin`, whose room ends at `end`: write(first, last, out) its entries. What is between arrays is 0.
  template <class T, class Write>
  void array(size_t begin, size_t end, size_t count, Write write) {
    const size_t from = std::max(from_, begin);
    const size_t to = std::min(to_, end);
    if (from >= to) return;
    const size_t full = begin + count * sizeof(T);
    const size_t last = std::clamp(full, from, to);
    if (from < last) write((from - begin) / sizeof(T), (last - begin) / sizeof(T), reinterpret_cast<T*>(memory_ + (from - from_)));
    if (last < to) std::memset(memory_ + (last - from_), 0, to - last);
  }

 private:
  const size_t from_;
  const size_t to_;
  char* const memory_;
};

template <class T>
auto copyOf(const Array<T>& array) {
  return [&array](size_t from, size_t to, T* out) { std::memcpy(out, array.data() + from, (to - from) * sizeof(T)); };
}

}  // namespace

void Image::add(const Layout& layout) {
  parts_.push_back({&layout, bytes_, nullptr, nullptr});
  bytes_ += ArcPlaces(layout).end;
}

void Image::addBegun(Layout& layout) {
  add(layout);
  parts_.back().begun = &layout;
  parts_.back().reader = std::make_unique<DirectReader>(*layout.caller);
}

void Image::write(size_t from, size_t to, char* memory) const {
  auto part = std::upper_bound(parts_.begin(), parts_.end(), from, [](size_t at, const Part& p) { return at < p.begin; }) - 1;
  for (; part != parts_.end() && part->begin < to; ++part) {
    const Layout& l = *part->layout;
    const ArcPlaces at(l);
    const size_t first = std::max(from, part->begin);
    const size_t last = std::min(to, part->begin + at.end);
    Writer writer(first - part->begin, last - part->begin, memory + (first - from));
    const size_t n = static_cast<size_t>(l.demands);
    const size_t arcs = static_cast<size_t>(l.arcs);
    const size_t nodes = l.dense ? 0 : arcs;
    if (DirectReader* r = part->reader.get(); r != nullptr) {
      writer.array<int64_t>(at.begin, at.count, n, [&](size_t a, size_t b, int64_t* out) { r->begins(a, b, out); });
      writer.array<int32_t>(at.count, at.node, n, [&](size_t a, size_t b, int32_t* out) { r->counts(a, b, out); });
      writer.array<int32_t>(at.node, at.unserved, nodes, [&](size_t a, size_t b, int32_t* out) { r->nodes(a, b, out); });
      writer.array<int32_t>(at.unserved, at.cost, n, [&](size_t a, size_t b, int32_t* out) { r->unserved(a, b, out); });
      writer.array<int32_t>(at.cost, at.end, arcs, [&](size_t a, size_t b, int32_t* out) { r->costs(a, b, out); });
    } else {
      writer.array<int64_t>(at.begin, at.count, n, copyOf(l.begin));
      writer.array<int32_t>(at.count, at.node, n, copyOf(l.count));
      writer.array<int32_t>(at.node, at.unserved, nodes, copyOf(l.node));
      writer.array<int32_t>(at.unserved, at.cost, n, copyOf(l.unserved));
      writer.array<int32_t>(at.cost, at.end, arcs, copyOf(l.cost));
    }
  }
}

bool Image::complete(int32_t threads) {
  onThreads(threads, parts_.size(), [&](size_t k) {
    Part& part = parts_[k];
    if (part.reader != nullptr) part.fits = part.reader->complete(*part.begun);
  });
  return std::all_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.fits; });
}

Scale Image::scaling(size_t k, const Board& board) const {
  const Layout& layout = *parts_[k].layout;
  const ArcPlaces places(layout);
  const int64_t count = static_cast<int64_t>((places.end - places.unserved) / sizeof(int32_t));
  return {const_cast<int32_t*>(board.unserved), count, parts_[k].reader == nullptr ? 1 : layout.scale};
}

}  // namespace outbid::cuda
