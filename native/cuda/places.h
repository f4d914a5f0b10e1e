// Where a board's arrays stand in memory, a device's or a processor's: pieces of it that are filled at different times, or together with those of
// other boards.
#pragma once

#include "layout.h"

namespace outbid::cuda {

// Parts of rows a board of this layout has room for.
int32_t partsOf(const Layout& layout);

// A board's arrays go into pieces of memory, each array aligned to 256 bytes. These give a board its places in a piece and return how
// many bytes it takes; with memory == nullptr the pointers are of no use, the size is.
constexpr size_t kAlign = 256;
size_t placeArcs(Board& board, const Layout& layout, char* memory);     // what is read of demands and arcs
size_t placeNodes(Board& board, const Layout& layout, char* memory);    // and of nodes; known later
size_t placeState(Board& board, const Layout& layout, char* memory);    // what the steps work with
size_t placeOutcome(Board& board, const Layout& layout, char* memory);  // what is read back: at, price
size_t placeProof(Board& board, const Layout& layout, char* memory);    // final prices
size_t placeValues(Board& board, const Layout& layout, char* memory);   // least pays

// Where the arrays that placeArcs gives places to begin, in bytes.
struct ArcPlaces {
  size_t begin, count, node, unserved, cost, end;
  explicit ArcPlaces(const Layout& layout);
};

// What capacity, first and initial of a board hold, from a layout, after placeNodes: copy(to, from, bytes).
template <class Copy>
void copyNodes(const Board& board, const Layout& layout, Copy copy) {
  copy(const_cast<int32_t*>(board.capacity), layout.capacity.data(), layout.capacity.bytes());
  copy(const_cast<int32_t*>(board.first), layout.first.data(), layout.first.bytes());
  copy(const_cast<int32_t*>(board.initial), layout.initial.data(), layout.initial.bytes());
}

}  // namespace outbid::cuda
