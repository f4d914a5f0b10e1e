#include "tree.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace outbid {

Tree::Tree(int32_t vertices)
    : root_(vertices - 1),
      order_(static_cast<size_t>(vertices), Order{-1, 0}),
      previous_(static_cast<size_t>(vertices), -1),
      limbs_(static_cast<size_t>(vertices), Limb{0, 0, kRootArc, -1}),
      potential_(static_cast<size_t>(vertices), 0) {}

void Tree::hang(int32_t v, int32_t parent, int32_t arc, int64_t difference, int64_t rise, int64_t fall) {
  limbs_[static_cast<size_t>(v)] = Limb{rise, fall, arc, parent};
  potential_[static_cast<size_t>(v)] = difference;
}

void Tree::settle() {
  // A vertex goes into the list behind its parent; up the tree from each one until an ancestor stands there already.
  std::vector<int32_t> path;
  join(root_, root_);
  for (int32_t first = 0; first < root_; first++) {
    for (int32_t v = first; v != root_ && parent(v) >= 0 && order_[static_cast<size_t>(v)].next < 0; v = parent(v))
      path.push_back(v);
    for (; !path.empty(); path.pop_back()) {
      const int32_t v = path.back();
      const int32_t up = parent(v);
      join(v, order_[static_cast<size_t>(up)].next);
      join(up, v);
      order_[static_cast<size_t>(v)].depth = order_[static_cast<size_t>(up)].depth + 1;
      potential_[static_cast<size_t>(v)] += potential_[static_cast<size_t>(up)];
    }
  }
}

// Turns the path from `top` up to `last` round, so that `top` hangs on the new parent and each other one on what hung on it, and shifts the
// potentials of the whole subtree. In the list comes first all that was below `top`; then each vertex of the path with what was below
// it but not below the one before: a piece that ended in front of that one, and a piece that began behind its subtree.
void Tree::rehang(int32_t top, int32_t last, Limb limb, int64_t difference) {
  Order* const order = order_.data();
  int64_t* const potential = potential_.data();
  const int32_t onto = limb.parent;
  int32_t depth = order[onto].depth + 1;
  int32_t below = -1;  // the vertex of the path before this one
  int32_t end = -1;    // of the pieces so far
  int32_t behind = 0;  // what came behind the subtree of `below`
  for (int32_t v = top;; depth++) {
    const int32_t ahead = previous_[static_cast<size_t>(v)];
    const int32_t above = order[v].depth;  // and whatever is deeper is below v
    const int32_t deeper = depth - above;
    int32_t w = v;
    const auto shift = [&] {
      potential[w] += difference;
      order[w].depth += deeper;
      end = w;
      w = order[w].next;
    };
    if (below >= 0) {
      join(end, v);
      while (w != below) shift();
      w = behind;
      if (order[w].depth > above) join(end, w);
    } else {
      shift();
    }
    while (order[w].depth > above) shift();
    behind = w;
    const Limb old = std::exchange(limbs_[static_cast<size_t>(v)], limb);
    if (v == last) {
      join(ahead, behind);
      join(end, order[onto].next);
      join(onto, top);
      return;
    }
    limb = Limb{old.fall, old.rise, old.arc, v};
    below = v;
    v = old.parent;
  }
}

Leaving Tree::pivot(const Entering& entering) {
  const Order* const order = order_.data();
  Limb* const limbs = limbs_.data();
  // The narrowest places on both sides: the one next to `from` of those that fall, the one next to the join of those that rise.
  int64_t leastFall = std::numeric_limits<int64_t>::max();
  int64_t leastRise = std::numeric_limits<int64_t>::max();
  int32_t falls = -1;
  int32_t rises = -1;
  int32_t a = entering.from;
  int32_t b = entering.to;
  while (a != b) {
    if (order[a].depth >= order[b].depth) {
      if (limbs[a].fall < leastFall) {
        leastFall = limbs[a].fall;
        falls = a;
      }
      a = limbs[a].parent;
    } else {
      if (limbs[b].rise <= leastRise) {
        leastRise = limbs[b].rise;
        rises = b;
      }
      b = limbs[b].parent;
    }
  }
  const int32_t join = a;
  const int64_t units = std::min({entering.room, leastFall, leastRise});
  if (units > 0) {
    for (int32_t v = entering.from; v != join; v = limbs[v].parent) {
      limbs[v].fall -= units;
      limbs[v].rise += units;
    }
    for (int32_t v = entering.to; v != join; v = limbs[v].parent) {
      limbs[v].rise -= units;
      limbs[v].fall += units;
    }
  }
  if (leastRise == units) {
    const Leaving leaving{rises, limbs[rises].arc, true};
    rehang(entering.to, rises, Limb{units, entering.room - units, entering.arc, entering.from}, -entering.reduced);
    return leaving;
  }
  if (entering.room == units) return {};
  const Leaving leaving{falls, limbs[falls].arc, false};
  rehang(entering.from, falls, Limb{entering.room - units, units, entering.arc, entering.to}, entering.reduced);
  return leaving;
}

}  // namespace outbid
