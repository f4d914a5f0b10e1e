// LEMON's NetworkSimplex or CostScaling on a benchmark instance: lemon ns|cs FILE RUNS. Prints one JSON line with the solve times in
// milliseconds - run() alone, its graph is built outside - and the objective. Without a sink node, with GEQ supplies: the
// form that is fastest for it.
#include <lemon/cost_scaling.h>
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

using Graph = lemon::SmartDigraph;

template <class T>
std::vector<T> read(std::FILE* file, size_t count) {
  std::vector<T> values(count);
  if (std::fread(values.data(), sizeof(T), count, file) != count) {
    std::fputs("short file\n", stderr);
    std::exit(2);
  }
  return values;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  std::FILE* file = std::fopen(argv[2], "rb");
  if (file == nullptr) return 2;
  const std::vector<int32_t> head = read<int32_t>(file, 3);
  const int n = head[0];
  const int m = head[1];
  const std::vector<int32_t> offsets = read<int32_t>(file, static_cast<size_t>(n) + 1);
  const std::vector<int32_t> targets = read<int32_t>(file, static_cast<size_t>(head[2]));
  const std::vector<double> costs = read<double>(file, static_cast<size_t>(head[2]));
  const std::vector<int32_t> capacity = read<int32_t>(file, static_cast<size_t>(m));
  const std::vector<double> unserved = read<double>(file, static_cast<size_t>(n));
  const std::vector<int32_t> units = read<int32_t>(file, static_cast<size_t>(n));
  std::fclose(file);

  Graph graph;
  bool reject = false;
  int64_t demand = 0;
  int64_t slots = 0;
  for (int i = 0; i < n; i++) {
    reject = reject || std::isfinite(unserved[static_cast<size_t>(i)]);
    demand += units[static_cast<size_t>(i)];
  }
  for (int c : capacity) slots += c;
  graph.reserveNode(n + m + 1);
  graph.reserveArc(head[2] + n);
  for (int v = 0; v < n + m + (reject ? 1 : 0); v++) graph.addNode();
  Graph::ArcMap<int64_t> upper(graph);
  Graph::ArcMap<int64_t> cost(graph);
  Graph::NodeMap<int64_t> supply(graph, 0);
  const auto add = [&](int u, int v, int64_t most, double c) {
    const Graph::Arc arc = graph.addArc(graph.nodeFromId(u), graph.nodeFromId(v));
    upper[arc] = most;
    cost[arc] = static_cast<int64_t>(c);
  };
  for (int i = 0; i < n; i++) {
    const size_t at = static_cast<size_t>(i);
    supply[graph.nodeFromId(i)] = units[at];
    for (int a = offsets[at]; a < offsets[at + 1]; a++) {
      const int j = targets[static_cast<size_t>(a)];
      add(i, n + j, std::min(units[at], capacity[static_cast<size_t>(j)]), costs[static_cast<size_t>(a)]);
    }
    if (std::isfinite(unserved[at])) add(i, n + m, units[at], unserved[at]);
  }
  for (int j = 0; j < m; j++) supply[graph.nodeFromId(n + j)] = -capacity[static_cast<size_t>(j)];
  if (reject) supply[graph.nodeFromId(n + m)] = -demand;

  std::printf("{\"milliseconds\":[");
  int64_t objective = 0;
  bool optimal = true;
  for (int run = 0; run < std::atoi(argv[3]); run++) {
    double took = 0;
    const auto solve = [&](auto&& solver, auto optimum) {
      const auto start = std::chrono::steady_clock::now();
      const auto status = solver.run();
      took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
      optimal = optimal && status == optimum;
      objective = optimal ? solver.template totalCost<int64_t>() : -1;
    };
    if (std::strcmp(argv[1], "ns") == 0) {
      using Solver = lemon::NetworkSimplex<Graph, int64_t, int64_t>;
      Solver solver(graph);
      solver.upperMap(upper).costMap(cost).supplyMap(supply);
      if (reject || slots != demand) solver.supplyType(Solver::GEQ);
      solve(solver, Solver::OPTIMAL);
    } else {
      using Solver = lemon::CostScaling<Graph, int64_t, int64_t>;
      Solver solver(graph);
      solver.upperMap(upper).costMap(cost).supplyMap(supply);
      solve(solver, Solver::OPTIMAL);
    }
    std::printf("%s%.3f", run == 0 ? "" : ",", took);
  }
  std::printf("],\"objective\":%lld,\"optimal\":%s}\n", static_cast<long long>(objective), optimal ? "true" : "false");
  return 0;
}
