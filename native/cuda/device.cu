#include <algorithm>
#include <mutex>
#include <thread>

#include "device_state.cuh"
#include "device_team.cuh"

namespace outbid::cuda {

namespace {

constexpr int kBatchThreads = 256;      // of a block that has a board to itself: two such share a processor
constexpr int32_t kSharedNodes = 8192;  // nodes whose prices a block of a batch keeps in shared memory

// One board, the whole device.
template <int W>
__global__ void __launch_bounds__(kThreads, 1) auctionKernel(const __grid_constant__ Board b, const __grid_constant__ Plan plan) {
  GridTeam<W> team;
  auctionOf(team, b, plan);
}

// Many boards, one block each. The prices - of chains the slots and labels - are in shared memory meanwhile where they fit.
template <int W>
__global__ void __launch_bounds__(kBatchThreads, 2)
    batchKernel(const Board* boards, const Plan* plans, int32_t count, int32_t room) {
  extern __shared__ __align__(8) int32_t prices[];
  __shared__ Board b;
  __shared__ Plan plan;
  for (int32_t k = static_cast<int32_t>(blockIdx.x); k < count; k += static_cast<int32_t>(gridDim.x)) {
    const bool chains = plans[k].chains > 0;
    const bool shared = boards[k].nodes <= (chains ? room / 4 : room);
    if (threadIdx.x == 0) {
      b = boards[k];
      plan = plans[k];
      plan.soloBelow = -1;
      if (shared && !chains) b.price = prices;
      if (shared && chains) {
        b.slot = reinterpret_cast<uint64_t*>(prices);
        b.label = b.slot + b.nodes;
      }
    }
    __syncthreads();
    BlockTeam<W, false> team;
    auctionOf(team, b, plan);
    __syncthreads();
    if (shared && !chains) {
      for (int32_t j = static_cast<int32_t>(threadIdx.x); j < b.nodes; j += static_cast<int32_t>(blockDim.x))
        boards[k].price[j] = prices[j];
    }
    __syncthreads();
  }
}

std::timed_mutex running;

}  // namespace

DeviceBoards::DeviceBoards(int32_t device) : state_(std::make_unique<State>(*this, device)) {}

DeviceBoards::~DeviceBoards() = default;

template <int W>
bool DeviceBoards::State::launch() {
  int processors = 0;
  int blocks = 0;
  if (failed(cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device), "asking the device")) return false;
  if (board.size() == 1) {
    if (failed(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, auctionKernel<W>, kThreads, 0), "asking for occupancy"))
      return false;
    Plan plan = layout[0]->plan;
    void* arguments[] = {&board[0], &plan};
    return !failed(
        cudaLaunchCooperativeKernel(reinterpret_cast<const void*>(auctionKernel<W>),
                                    dim3(static_cast<unsigned>(processors * blocks)), dim3(kThreads), arguments, 0, stream),
        "starting the auction");
  }
  const int32_t room = 4 * std::min(mostNodes, kSharedNodes / 4);
  const size_t shared = static_cast<size_t>(room) * sizeof(int32_t);
  if (failed(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, batchKernel<W>, kBatchThreads, shared), "asking for occupancy"))
    return false;
  const int32_t count = static_cast<int32_t>(board.size());
  const int grid = std::max(1, std::min(count, processors * blocks));
  batchKernel<W><<<static_cast<unsigned>(grid), kBatchThreads, shared, stream>>>(boards, plans, count, room);
  return !failed(cudaGetLastError(), "starting the batch");
}

bool DeviceBoards::run(const std::function<bool()>& mustStop) {
  State& s = *state_;
  if (trouble != Trouble::kNone || s.board.empty()) return trouble == Trouble::kNone;
  s.ran = s.landed = false;
  std::unique_lock<std::timed_mutex> alone(running, std::defer_lock);
  while (!alone.try_lock_for(std::chrono::milliseconds(1))) {
    if (mustStop()) return true;
  }
  if (!s.prepare()) return false;
  bool told = false;
  if (s.failed(cudaMemsetAsync(s.stop, 0, sizeof(int32_t), s.stream), "clearing the word to stop")) return false;
  if (s.failed(cudaMemsetAsync(s.tallies, 0, s.board.size() * sizeof(Tally), s.stream), "clearing counters")) return false;
  if (s.failed(cudaEventRecord(s.held->began, s.stream), "starting the clock")) return false;
  if (!(s.width == 8 ? s.launch<8>() : s.launch<32>())) return false;
  if (s.failed(cudaEventRecord(s.held->ended, s.stream), "stopping the clock")) return false;
  for (;;) {
    const cudaError_t state = cudaStreamQuery(s.stream);
    if (state == cudaSuccess) break;
    if (state != cudaErrorNotReady) return !s.failed(state, "running the auction");
    if (!told && mustStop()) {
      told = true;
      if (s.failed(cudaMemcpyAsync(s.stop, s.held->one, sizeof(int32_t), cudaMemcpyHostToDevice, s.held->control),
                   "stopping the auction"))
        return false;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  // The word must not arrive in the next run.
  if (told && s.failed(cudaStreamSynchronize(s.held->control), "stopping the auction")) return false;
  float milliseconds = 0;
  if (s.failed(cudaEventElapsedTime(&milliseconds, s.held->began, s.held->ended), "reading the clock")) return false;
  runMilliseconds = static_cast<double>(milliseconds);
  s.ran = true;
  return true;
}

}  // namespace outbid::cuda
