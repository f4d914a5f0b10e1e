#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>

#include "device_state.cuh"
#include "threads.h"

namespace outbid::cuda {

namespace {

constexpr int32_t kShortRow = 24;    // mean arcs of a demand below which a quarter of a warp reads a row
constexpr size_t kStaged = 1 << 20;  // bytes of a staging buffer: two to a thread stay in its core's cache
constexpr int32_t kStagers = 16;     // threads that fill more than a bus takes

size_t aligned(size_t bytes) {
  return (bytes + kAlign - 1) / kAlign * kAlign;
}

__global__ void __launch_bounds__(kThreads) scaleKernel(const Scale* scales, int32_t count) {
  for (int32_t k = static_cast<int32_t>(blockIdx.y); k < count; k += static_cast<int32_t>(gridDim.y)) {
    const Scale scale = scales[k];
    if (scale.factor == 1) continue;
    const int64_t step = static_cast<int64_t>(gridDim.x) * blockDim.x;
    for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < scale.count; i += step) scale(i);
  }
}

}  // namespace

bool DeviceBoards::State::prepare() {
  if (failed(cudaSetDevice(device), "choosing the device")) return false;
  if (held != nullptr) return true;
  held = takeHolding(device);
  if (failed(held->make(), "making streams and events")) return false;
  stream = held->stream;
  return true;
}

// Threads fill pinned buffers, two each in turn, while others are on their way. One of them asks whether to go on.
bool DeviceBoards::State::stage(const Image& image, int32_t threads, const std::function<bool()>& mustStop) {
  const size_t pieces = (image.bytes() + kStaged - 1) / kStaged;
  const size_t workers = std::min<size_t>(pieces, static_cast<size_t>(std::clamp(threads, 1, kStagers)));
  if (failed(held->makeStaging(2 * workers, std::min(kStaged, aligned(image.bytes()))), "allocating pinned memory")) return false;
  const char* doing = "copying the problem to the device";
  std::atomic<size_t> next{0};
  std::atomic<bool> broken{false};
  const auto fails = [&](cudaError_t error) { return failed(error, doing) && (broken = true); };
  onThreads(static_cast<int32_t>(workers), workers, [&](size_t worker) {
    if (fails(cudaSetDevice(device))) return;
    size_t turn = 0;
    for (size_t piece = next++; piece < pieces && !broken; piece = next++, turn++) {
      if (worker == 0 && mustStop()) owner.stopped = broken = true;
      if (broken) return;
      const size_t buffer = 2 * worker + turn % 2;
      if (turn >= 2 && fails(cudaEventSynchronize(held->staged[buffer]))) return;
      const size_t from = piece * kStaged;
      const size_t to = std::min(image.bytes(), from + kStaged);
      char* memory = held->staging.data() + buffer * kStaged;
      image.write(from, to, memory);
      if (fails(cudaMemcpyAsync(held->arcs.data() + from, memory, to - from, cudaMemcpyHostToDevice, stream))) return;
      if (fails(cudaEventRecord(held->staged[buffer], stream))) return;
    }
  });
  return owner.stopped || !broken;
}

// Memory for everything but the arcs, and where in it each board has its arrays.
bool DeviceBoards::State::placeBoards(const Image& image) {
  const size_t count = image.boards();
  size_t nodes =
      aligned(sizeof(int32_t)) + aligned(count * sizeof(Board)) + aligned(count * sizeof(Plan)) + aligned(count * sizeof(Scale));
  size_t states = 0;
  size_t values = 0;
  talliesAt = 0;
  proofBytes = aligned(count * sizeof(int32_t));
  for (size_t k = 0; k < count; k++) {
    nodes += placeNodes(board[k], *layout[k], nullptr);
    states += placeState(board[k], *layout[k], nullptr);
    talliesAt += placeOutcome(board[k], *layout[k], nullptr);
    proofBytes += placeProof(board[k], *layout[k], nullptr);
    values += placeValues(board[k], *layout[k], nullptr);
  }
  outcomeBytes = talliesAt + aligned(count * sizeof(Tally)) + values;
  Holding& h = *held;
  const std::vector<Room*> unused = {&h.nodes, &h.state, &h.outcome, &h.departing, &h.landing};
  if (failed(h.reserve({{&h.nodes, nodes + proofBytes}, {&h.state, states}, {&h.outcome, outcomeBytes}}, unused),
             "allocating device memory") ||
      failed(h.reserve({{&h.departing, std::max(nodes, proofBytes)}, {&h.landing, outcomeBytes}}, {}), "allocating pinned memory"))
    return false;
  stop = reinterpret_cast<int32_t*>(h.nodes.data());
  boards = reinterpret_cast<Board*>(h.nodes.data() + aligned(sizeof(int32_t)));
  plans = reinterpret_cast<Plan*>(reinterpret_cast<char*>(boards) + aligned(count * sizeof(Board)));
  scales = reinterpret_cast<Scale*>(reinterpret_cast<char*>(plans) + aligned(count * sizeof(Plan)));
  char* node = reinterpret_cast<char*>(scales) + aligned(count * sizeof(Scale));
  char* state = h.state.data();
  char* outcome = h.outcome.data();
  tallies = reinterpret_cast<Tally*>(outcome + talliesAt);
  char* value = outcome + talliesAt + aligned(count * sizeof(Tally));
  proofs = h.nodes.data() + nodes;
  char* proof = proofs + aligned(count * sizeof(int32_t));
  for (size_t k = 0; k < count; k++) {
    Board& b = board[k];
    placeArcs(b, *layout[k], h.arcs.data() + image.begin(k));
    node += placeNodes(b, *layout[k], node);
    state += placeState(b, *layout[k], state);
    outcome += placeOutcome(b, *layout[k], outcome);
    proof += placeProof(b, *layout[k], proof);
    value += placeValues(b, *layout[k], value);
    b.tally = tallies + k;
    b.stop = stop;
  }
  return true;
}

// What is known of nodes once all arcs were read, the boards and their plans, in one copy; then the arcs are scaled.
bool DeviceBoards::State::fillNodes(const Image& image) {
  const size_t count = board.size();
  char* from = held->departing.data();
  const auto here = [&](const void* there) { return from + (static_cast<const char*>(there) - held->nodes.data()); };
  int64_t most = 0;
  for (size_t k = 0; k < count; k++) {
    const Scale scale = image.scaling(k, board[k]);
    if (scale.factor != 1) most = std::max(most, scale.count);
    std::memcpy(here(scales + k), &scale, sizeof(Scale));
    std::memcpy(here(boards + k), &board[k], sizeof(Board));
    std::memcpy(here(plans + k), &layout[k]->plan, sizeof(Plan));
    copyNodes(board[k], *layout[k], [&](void* to, const void* of, size_t bytes) { std::memcpy(here(to), of, bytes); });
  }
  const size_t bytes = static_cast<size_t>(proofs - held->nodes.data());
  if (!copy(held->nodes.data(), from, bytes, cudaMemcpyHostToDevice, "copying nodes to the device")) return false;
  if (most == 0) return true;
  constexpr int64_t kEach = 8;  // entries a thread
  const dim3 grid(static_cast<unsigned>(std::clamp<int64_t>(most / (kThreads * kEach), 1, 4096)),
                  static_cast<unsigned>(std::min<int64_t>(static_cast<int64_t>(count), kMostGrid)));
  scaleKernel<<<grid, kThreads, 0, stream>>>(scales, static_cast<int32_t>(count));
  return !failed(cudaGetLastError(), "scaling costs");
}

bool DeviceBoards::upload(Image& image, int32_t threads, const std::function<bool()>& mustStop) {
  const auto start = std::chrono::steady_clock::now();
  State& s = *state_;
  if (trouble != Trouble::kNone || !s.prepare()) return false;
  const size_t count = image.boards();
  s.board.assign(count, Board{});
  s.layout.clear();
  s.ran = s.landed = false;
  s.mostNodes = 0;
  s.mostDemands = 0;
  int64_t reads = 0;
  int64_t demands = 0;
  for (size_t k = 0; k < count; k++) {
    const Layout& layout = image.layout(k);
    s.layout.push_back(&layout);
    reads += layout.reads;
    demands += layout.demands;
    s.mostNodes = std::max(s.mostNodes, layout.nodes);
    s.mostDemands = std::max<int64_t>(s.mostDemands, layout.demands);
  }
  s.width = reads < kShortRow * demands ? 8 : 32;
  Holding& h = *s.held;
  // An upload before this one may still be on its way.
  if (s.failed(cudaStreamSynchronize(s.stream), "waiting for the device")) return false;
  if (s.failed(h.reserve({{&h.arcs, image.bytes()}}, {&h.arcs, &h.nodes, &h.state, &h.outcome}), "allocating device memory"))
    return false;
  stopped = false;
  if (!s.stage(image, threads, mustStop)) return false;
  if (stopped || !image.complete(threads)) return true;
  const bool good =
      s.placeBoards(image) && s.fillNodes(image) && !s.failed(cudaStreamSynchronize(s.stream), "copying the problem to the device");
  uploadMilliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return good;
}

bool DeviceBoards::upload(const std::vector<const Layout*>& complete) {
  Image image;
  for (const Layout* layout : complete) image.add(*layout);
  return upload(image, 1, [] { return false; });
}

}  // namespace outbid::cuda
