#include "rows/row_parts.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <numeric>
#include <thread>

namespace outbid {

namespace {

constexpr int32_t kLeastDemands = 4096;  // fewer are solved before threads have started
constexpr double kDominant = 0.9;        // of the nodes, or of the lines, in one group: not worth cutting

// Groups of nodes, joined through the demands that may go to either.
class Groups {
 public:
  explicit Groups(int32_t nodes) : parent_(static_cast<size_t>(nodes)), size_(static_cast<size_t>(nodes), 1) {
    std::iota(parent_.begin(), parent_.end(), 0);
  }
  int32_t find(int32_t node) {
    while (parent_[static_cast<size_t>(node)] != node) {
      int32_t& up = parent_[static_cast<size_t>(node)];
      up = parent_[static_cast<size_t>(up)];
      node = up;
    }
    return node;
  }
  void join(int32_t a, int32_t b) {
    a = find(a);
    b = find(b);
    if (a == b) return;
    if (size_[static_cast<size_t>(a)] < size_[static_cast<size_t>(b)]) std::swap(a, b);
    parent_[static_cast<size_t>(b)] = a;
    size_[static_cast<size_t>(a)] += size_[static_cast<size_t>(b)];
    largest = std::max(largest, size_[static_cast<size_t>(a)]);
  }
  int32_t largest = 1;

 private:
  std::vector<int32_t> parent_;
  std::vector<int32_t> size_;
};

// The group of a demand is that of its first arc; joins all its nodes. False: it has no arc.
bool joinDemand(const Rows& rows, int32_t demand, Groups& groups, int32_t& first) {
  first = -1;
  const Line* lines = rows.wholeLines(demand);
  for (int32_t q = 0; q < rows.wholeCount(demand); q++) {
    for (int32_t node : lines[q].node) {
      if (node == rows.nodes) continue;
      if (first < 0)
        first = node;
      else
        groups.join(first, node);
    }
  }
  return first >= 0;
}

void copyLines(const Line* from, int32_t count, const std::vector<int32_t>& local, int32_t nodes, int32_t partNodes, Line* to) {
  for (int32_t q = 0; q < count; q++) {
    to[q] = from[q];
    for (int32_t& node : to[q].node) node = node == nodes ? partNodes : local[static_cast<size_t>(node)];
  }
}

void fillPart(const Rows& rows, const std::vector<int32_t>& local, RowPart& part) {
  Rows& out = part.rows;
  const size_t n = part.demands.size();
  out.demands = static_cast<int32_t>(n);
  out.nodes = static_cast<int32_t>(part.nodes.size());
  out.sign = rows.sign;
  out.scale = rows.scale;
  out.ordered = rows.ordered;
  out.listed = rows.listed;
  out.range = rows.range;
  out.spread = rows.spread;
  out.meanUnserved = rows.meanUnserved;
  out.first = Array<int32_t>(n);
  out.last = Array<int32_t>(n);
  out.floor = Array<int32_t>(n);
  out.offset = Array<int32_t>(n + 1);
  out.unserved = Array<int32_t>(n);
  out.offset[0] = 0;
  int32_t whole = 0;
  for (size_t i = 0; i < n; i++) {
    const int32_t demand = part.demands[i];
    const size_t k = static_cast<size_t>(demand);
    out.first[i] = out.usedLines;
    out.usedLines += rows.last[k] - rows.first[k];
    out.last[i] = out.usedLines;
    out.floor[i] = rows.floor[k];
    out.offset[i + 1] = out.offset[i] + rows.arcsOf(demand);
    out.unserved[i] = rows.unserved[k];
    out.mustServe += rows.unserved[k] == kRowFar;
    if (rows.isLong(demand)) whole += rows.wholeCount(demand);
  }
  out.lines = Array<Line>(static_cast<size_t>(out.usedLines));
  if (!rows.rank.empty()) out.rank = Array<uint8_t>(static_cast<size_t>(out.usedLines) * kLanes);
  if (whole > 0) {
    out.whole = Array<Line>(static_cast<size_t>(whole));
    out.wholeFirst = Array<int32_t>(n + 1);
    out.wholeFirst[0] = 0;
  }
  for (size_t i = 0; i < n; i++) {
    const int32_t demand = part.demands[i];
    const size_t k = static_cast<size_t>(demand);
    const int32_t count = out.last[i] - out.first[i];
    copyLines(rows.lines.data() + rows.first[k], count, local, rows.nodes, out.nodes, out.lines.data() + out.first[i]);
    if (!rows.rank.empty() && static_cast<size_t>(rows.last[k]) * kLanes <= rows.rank.size())
      std::copy_n(rows.rank.begin() + rows.first[k] * kLanes, count * kLanes, out.rank.begin() + out.first[i] * kLanes);
    if (whole == 0) continue;
    const int32_t mine = rows.isLong(demand) ? rows.wholeCount(demand) : 0;
    out.wholeFirst[i + 1] = out.wholeFirst[i] + mine;
    if (mine > 0) copyLines(rows.wholeLines(demand), mine, local, rows.nodes, out.nodes, out.whole.data() + out.wholeFirst[i]);
  }
  out.capacity = Array<int32_t>(part.nodes.size());
  out.slots = Array<int32_t>(part.nodes.size());
  for (size_t j = 0; j < part.nodes.size(); j++) {
    const size_t k = static_cast<size_t>(part.nodes[j]);
    out.capacity[j] = rows.capacity[k];
    out.slots[j] = rows.slots[k];
    out.totalCapacity += rows.capacity[k];
  }
}

}  // namespace

std::vector<RowPart> splitRows(const Rows& rows) {
  if (rows.stride > 0 || rows.demands < kLeastDemands || rows.hopeless) return {};
  Groups groups(rows.nodes);
  int32_t first = -1;
  // A few demands tell whether one group takes all: then the rest need not be looked at.
  const int32_t early = kLeastDemands / 8;
  std::vector<int32_t> firstNode(static_cast<size_t>(rows.demands), -1);
  for (int32_t i = 0; i < rows.demands; i++) {
    const int32_t spread = static_cast<int32_t>(static_cast<int64_t>(i) * 7919 % rows.demands);
    const int32_t demand = rows.demands % 7919 == 0 ? i : spread;  // 7919 is prime: every demand once, from all over the problem
    if (joinDemand(rows, demand, groups, first)) firstNode[static_cast<size_t>(demand)] = first;
    if (i >= early && groups.largest >= kDominant * rows.nodes) return {};
  }
  // Groups in order of their first demand, and their sizes in lines.
  std::vector<int32_t> groupOf(static_cast<size_t>(rows.nodes), -1);
  std::vector<int64_t> lines;
  int64_t total = 0;
  for (int32_t i = 0; i < rows.demands; i++) {
    if (firstNode[static_cast<size_t>(i)] < 0) continue;
    int32_t& group = groupOf[static_cast<size_t>(groups.find(firstNode[static_cast<size_t>(i)]))];
    if (group < 0) {
      group = static_cast<int32_t>(lines.size());
      lines.push_back(0);
    }
    lines[static_cast<size_t>(group)] += rows.wholeCount(i);
    total += rows.wholeCount(i);
  }
  if (lines.size() < 2) return {};
  std::vector<int32_t> order(lines.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int32_t a, int32_t b) { return lines[static_cast<size_t>(a)] > lines[static_cast<size_t>(b)]; });
  if (static_cast<double>(lines[static_cast<size_t>(order[0])]) > kDominant * static_cast<double>(total)) return {};
  const size_t count = std::min(lines.size(), static_cast<size_t>(kMostParts));
  std::vector<int64_t> load(count, 0);
  std::vector<int32_t> partOfGroup(lines.size());
  for (int32_t group : order) {
    const size_t part = static_cast<size_t>(std::min_element(load.begin(), load.end()) - load.begin());
    partOfGroup[static_cast<size_t>(group)] = static_cast<int32_t>(part);
    load[part] += lines[static_cast<size_t>(group)];
  }
  std::vector<RowPart> parts(count);
  std::vector<int32_t> local(static_cast<size_t>(rows.nodes), -1);
  for (int32_t j = 0; j < rows.nodes; j++) {
    const int32_t group = groupOf[static_cast<size_t>(groups.find(j))];
    if (group < 0) continue;  // no demand has an arc to it
    RowPart& part = parts[static_cast<size_t>(partOfGroup[static_cast<size_t>(group)])];
    local[static_cast<size_t>(j)] = static_cast<int32_t>(part.nodes.size());
    part.nodes.push_back(j);
  }
  for (int32_t i = 0; i < rows.demands; i++) {
    const int32_t node = firstNode[static_cast<size_t>(i)];
    // A demand without arcs goes unserved in any part.
    const size_t part =
        node < 0 ? 0 : static_cast<size_t>(partOfGroup[static_cast<size_t>(groupOf[static_cast<size_t>(groups.find(node))])]);
    parts[part].demands.push_back(i);
  }
  for (RowPart& part : parts) fillPart(rows, local, part);
  return parts;
}

std::vector<PartRun> runParts(std::vector<RowPart>& parts, uint64_t seed, double gap, int32_t threads, Control& control) {
  std::vector<PartRun> runs(parts.size());
  std::atomic<size_t> next{0};
  std::atomic<bool> outOfMemory{false};
  std::atomic<int64_t> solved{0};
  int64_t demands = 0;
  for (const RowPart& part : parts) demands += part.rows.demands;
  const auto work = [&](bool reports) noexcept {
    for (size_t at = next++; at < parts.size(); at = next++) {
      try {
        Control mine;
        mine.above = &control;
        mine.hasDeadline = control.hasDeadline;
        mine.deadline = control.deadline;
        runs[at].solver = std::make_unique<RowSolver>(parts[at].rows, seed, gap / static_cast<double>(parts.size()), mine);
        runs[at].end = runs[at].solver->run();
        const int64_t done = solved += parts[at].rows.demands;
        if (reports) control.progress(Phase::kAuction, done, demands, static_cast<double>(done) / static_cast<double>(demands));
      } catch (...) {
        outOfMemory = true;
      }
    }
  };
  std::vector<std::thread> helpers;
  for (int32_t t = 1; t < std::min<int32_t>(threads, static_cast<int32_t>(parts.size())); t++) {
    try {
      helpers.emplace_back(work, false);
    } catch (...) {
      break;  // no thread to be had: those there are do the work
    }
  }
  work(true);
  for (std::thread& helper : helpers) helper.join();
  if (outOfMemory) throw std::bad_alloc();
  return runs;
}

}  // namespace outbid
