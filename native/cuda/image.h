// What boards read of demands and arcs as one stretch of bytes, board after board, each as placeArcs has it (layout.h): the form in which
// problems travel. It exists nowhere as a whole; pieces of it are written on demand, by any number of threads, each piece once, and that is
// all the reading of a plain problem there is.
#pragma once

#include <memory>

#include "direct.h"
#include "places.h"
#include "scale.h"

namespace outbid::cuda {

class Image {
 public:
  // One more board, whose layout outlasts the image: a complete one, or one that startDirect began and `complete` ends.
  void add(const Layout& layout);
  void addBegun(Layout& layout);

  size_t boards() const { return parts_.size(); }
  size_t bytes() const { return bytes_; }
  size_t begin(size_t k) const { return parts_[k].begin; }
  const Layout& layout(size_t k) const { return *parts_[k].layout; }

  // Bytes from..to, both multiples of kAlign or the end.
  void write(size_t from, size_t to, char* memory) const;

  // After all was written: completes what was begun. False if one or more of them cannot be laid out after all.
  bool complete(int32_t threads);
  bool fits(size_t k) const { return parts_[k].fits; }

  // What is left to be done to the k-th board once its places stand: a factor of 1 means nothing.
  Scale scaling(size_t k, const Board& board) const;

 private:
  struct Part {
    const Layout* layout;
    size_t begin;
    Layout* begun;  // the same, or nullptr
    std::unique_ptr<DirectReader> reader;
    bool fits = true;
  };
  std::vector<Part> parts_;
  size_t bytes_ = 0;
};

}  // namespace outbid::cuda
