// An exact solver that shares nothing with the core: successive shortest paths by Bellman-Ford over an explicit residual
// graph. Slow, short and obviously right. Whole costs only.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "random_problem.h"

namespace outbid::test {

struct Verdict {
  bool feasible = true;
  __int128 objective = 0;
};

inline Verdict oracle(const Instance& p) {
  struct Edge {
    int to;
    int64_t room;
    int64_t cost;
  };
  const int n = static_cast<int>(p.units.size());
  const int m = p.nodes;
  const int source = n + m;
  const int sink = n + m + 1;
  std::vector<std::vector<size_t>> from(static_cast<size_t>(n + m + 2));
  std::vector<Edge> edges;
  const auto add = [&](int u, int v, int64_t room, int64_t cost) {
    from[static_cast<size_t>(u)].push_back(edges.size());
    edges.push_back({v, room, cost});
    from[static_cast<size_t>(v)].push_back(edges.size());
    edges.push_back({u, 0, -cost});
  };
  const int64_t sign = p.maximize ? -1 : 1;
  Verdict verdict;
  std::vector<size_t> reject(static_cast<size_t>(n), SIZE_MAX);
  int64_t wanted = 0;
  for (int i = 0; i < n; i++) {
    const size_t at = static_cast<size_t>(i);
    add(source, i, p.units[at], 0);
    wanted += p.units[at];
    for (size_t a = static_cast<size_t>(p.offsets[at]); a < static_cast<size_t>(p.offsets[at + 1]); a++) {
      add(i, n + p.targets[a], p.arcCapacity.empty() ? kNoBound : p.arcCapacity[a], sign * static_cast<int64_t>(p.costs[a]));
    }
    if (std::isfinite(p.unserved[at])) add(i, sink, p.units[at], static_cast<int64_t>(p.unserved[at]));
  }
  for (int j = 0; j < m; j++) {
    const size_t at = static_cast<size_t>(j);
    if (p.tierOffsets.empty()) {
      add(n + j, sink, p.capacity[at], 0);
    } else {
      for (int32_t t = p.tierOffsets[at]; t < p.tierOffsets[at + 1]; t++) {
        add(n + j, sink, p.tierSlots[static_cast<size_t>(t)], static_cast<int64_t>(p.tierSurcharge[static_cast<size_t>(t)]));
      }
    }
  }
  int64_t sent = 0;
  while (sent < wanted) {
    constexpr int64_t kUnreached = INT64_MAX / 2;
    std::vector<int64_t> distance(from.size(), kUnreached);
    std::vector<size_t> over(from.size(), SIZE_MAX);
    distance[static_cast<size_t>(source)] = 0;
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t u = 0; u < from.size(); u++) {
        if (distance[u] == kUnreached) continue;
        for (size_t e : from[u]) {
          const size_t v = static_cast<size_t>(edges[e].to);
          if (edges[e].room > 0 && distance[u] + edges[e].cost < distance[v]) {
            distance[v] = distance[u] + edges[e].cost;
            over[v] = e;
            changed = true;
          }
        }
      }
    }
    if (over[static_cast<size_t>(sink)] == SIZE_MAX) {
      verdict.feasible = false;
      return verdict;
    }
    int64_t room = wanted - sent;
    for (int v = sink; v != source; v = edges[over[static_cast<size_t>(v)] ^ 1].to)
      room = std::min(room, edges[over[static_cast<size_t>(v)]].room);
    for (int v = sink; v != source; v = edges[over[static_cast<size_t>(v)] ^ 1].to) {
      edges[over[static_cast<size_t>(v)]].room -= room;
      edges[over[static_cast<size_t>(v)] ^ 1].room += room;
    }
    sent += room;
    verdict.objective += static_cast<__int128>(room) * distance[static_cast<size_t>(sink)];
  }
  verdict.objective *= sign;
  return verdict;
}

}  // namespace outbid::test
