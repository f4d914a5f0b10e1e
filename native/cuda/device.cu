#include "device.h"

#include <cuda_runtime.h>
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <mutex>
#include <thread>

#include "device_team.cuh"

namespace outbid::cuda {

namespace {

constexpr int kThreads = 512;           // of a block
constexpr int32_t kShortRow = 24;       // mean arcs of a demand below which a quarter of a warp reads a row
constexpr int32_t kSharedNodes = 8192;  // nodes whose prices a block of a batch keeps in shared memory

// One board, the whole device.
template <int W>
__global__ void __launch_bounds__(kThreads, 1) auctionKernel(const __grid_constant__ Board b, const __grid_constant__ Plan plan) {
  GridTeam<W> team;
  auction(team, b, plan);
}

// Many boards, one block each. The prices are in shared memory meanwhile where they fit.
template <int W>
__global__ void __launch_bounds__(kThreads, 1) batchKernel(const Board* boards, const Plan* plans, int32_t count, int32_t room) {
  extern __shared__ int32_t prices[];
  __shared__ Board b;
  __shared__ Plan plan;
  for (int32_t k = static_cast<int32_t>(blockIdx.x); k < count; k += static_cast<int32_t>(gridDim.x)) {
    const bool shared = boards[k].nodes <= room;
    if (threadIdx.x == 0) {
      b = boards[k];
      plan = plans[k];
      plan.soloBelow = -1;
      if (shared) b.price = prices;
    }
    __syncthreads();
    BlockTeam<W, false> team;
    auction(team, b, plan);
    __syncthreads();
    if (shared) {
      for (int32_t j = static_cast<int32_t>(threadIdx.x); j < b.nodes; j += static_cast<int32_t>(blockDim.x))
        boards[k].price[j] = prices[j];
    }
    __syncthreads();
  }
}

template <int W>
__global__ void __launch_bounds__(kThreads, 1) proveKernel(const __grid_constant__ Board b) {
  Lanes<W> lanes;
  const int64_t step = static_cast<int64_t>(gridDim.x) * blockDim.x / W;
  for (int64_t demand = (static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) / W; demand < b.demands; demand += step)
    Prove{b}(lanes, static_cast<int32_t>(demand));
}

std::timed_mutex running;

}  // namespace

Trouble findDevices(std::vector<DeviceFacts>& devices, std::string& words) {
  devices.clear();
  void* driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
  if (driver == nullptr) {
    words = "the NVIDIA driver (libcuda.so.1) is not installed";
    return Trouble::kNoDriver;
  }
  dlclose(driver);
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error == cudaErrorInsufficientDriver || error == cudaErrorStubLibrary) {
    words = std::string("the NVIDIA driver is too old for this build: ") + cudaGetErrorString(error);
    return Trouble::kOldDriver;
  }
  if (error == cudaErrorNoDevice || (error == cudaSuccess && count == 0)) {
    words = "there is a driver and no device";
    return Trouble::kNoDevice;
  }
  if (error != cudaSuccess) {
    words = std::string("looking for devices: ") + cudaGetErrorString(error);
    return Trouble::kFailed;
  }
  bool usable = false;
  for (int k = 0; k < count; k++) {
    cudaDeviceProp properties;
    if (const cudaError_t asked = cudaGetDeviceProperties(&properties, k); asked != cudaSuccess) {
      words = std::string("asking a device for its properties: ") + cudaGetErrorString(asked);
      return Trouble::kFailed;
    }
    DeviceFacts facts;
    facts.arch = 10 * properties.major + properties.minor;
    facts.memory = properties.totalGlobalMem;
    std::memcpy(facts.name, properties.name, sizeof(facts.name) - 1);
    usable |= properties.major >= 8;
    devices.push_back(facts);
  }
  if (!usable) words = "this build has code for devices of compute capability 8.0 and later";
  return usable ? Trouble::kNone : Trouble::kNoCode;
}

double copyBandwidth(int32_t device) {
  constexpr size_t kBytes = size_t{1} << 30;
  constexpr int kCopies = 10;
  void* memory = nullptr;
  cudaEvent_t began = nullptr;
  cudaEvent_t ended = nullptr;
  float milliseconds = 0;
  bool good = cudaSetDevice(device) == cudaSuccess && cudaMalloc(&memory, 2 * kBytes) == cudaSuccess &&
              cudaEventCreate(&began) == cudaSuccess && cudaEventCreate(&ended) == cudaSuccess;
  for (int k = -1; good && k < kCopies; k++) {
    if (k == 0) good = cudaEventRecord(began) == cudaSuccess;  // the one before warms up
    char* from = static_cast<char*>(memory);
    good = good && cudaMemcpyAsync(from + kBytes, from, kBytes, cudaMemcpyDeviceToDevice) == cudaSuccess;
  }
  good = good && cudaEventRecord(ended) == cudaSuccess && cudaEventSynchronize(ended) == cudaSuccess &&
         cudaEventElapsedTime(&milliseconds, began, ended) == cudaSuccess;
  if (began != nullptr) (void)cudaEventDestroy(began);
  if (ended != nullptr) (void)cudaEventDestroy(ended);
  if (memory != nullptr) (void)cudaFree(memory);
  (void)cudaGetLastError();
  return good && milliseconds > 0 ? 2.0 * kCopies * static_cast<double>(kBytes) / (1e-3 * static_cast<double>(milliseconds)) : 0;
}

// What a run holds on the device, and what went wrong.
struct DeviceBoards::State {
  State(DeviceBoards& said, int32_t index) : owner(said), device(index) {}
  ~State() {
    if (stream != nullptr) (void)cudaStreamSynchronize(stream);
    if (control != nullptr) (void)cudaStreamSynchronize(control);
    if (memory != nullptr) (void)cudaFree(memory);
    if (pinned != nullptr) (void)cudaFreeHost(pinned);
    if (control != nullptr) (void)cudaStreamDestroy(control);
    if (began != nullptr) (void)cudaEventDestroy(began);
    if (ended != nullptr) (void)cudaEventDestroy(ended);
    if (stream != nullptr) (void)cudaStreamDestroy(stream);
    (void)cudaGetLastError();
  }

  // True if the call did not succeed, and notes the first such call.
  bool failed(cudaError_t error, const char* doing) {
    if (error == cudaSuccess) return false;
    if (owner.trouble == Trouble::kNone) {
      owner.trouble = error == cudaErrorMemoryAllocation ? Trouble::kOutOfMemory : Trouble::kFailed;
      owner.words = std::string(doing) + ": " + cudaGetErrorString(error);
    }
    // What is not sticky must not be found by the next call.
    (void)cudaGetLastError();
    return true;
  }
  bool copy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, const char* doing) {
    return bytes == 0 || !failed(cudaMemcpyAsync(to, from, bytes, kind, stream), doing);
  }
  bool prepare();
  template <int W>
  bool launch();
  template <int W>
  bool launchProof(const Board& board);

  DeviceBoards& owner;
  const int32_t device;
  cudaStream_t stream = nullptr;
  cudaStream_t control = nullptr;  // what passes the kernel that runs: the word to stop
  cudaEvent_t began = nullptr;
  cudaEvent_t ended = nullptr;
  char* memory = nullptr;
  // Threads read the word in every round: in the device's memory, as 256 blocks that read one of the host's take 100 us.
  int32_t* stop = nullptr;
  int32_t* pinned = nullptr;  // a one, to be copied there
  Board* boards = nullptr;    // the device's copies, for a batch
  Plan* plans = nullptr;
  std::vector<Board> board;
  std::vector<const Layout*> layout;
  int32_t width = 32;
  int32_t mostNodes = 0;
  bool ran = false;
};

DeviceBoards::DeviceBoards(int32_t device) : state_(std::make_unique<State>(*this, device)) {}

DeviceBoards::~DeviceBoards() = default;

bool DeviceBoards::State::prepare() {
  void* memory = nullptr;
  if (failed(cudaSetDevice(device), "choosing the device")) return false;
  if (stream != nullptr) return true;
  if (failed(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "making a stream")) return false;
  if (failed(cudaStreamCreateWithFlags(&control, cudaStreamNonBlocking), "making a stream")) return false;
  if (failed(cudaEventCreate(&began), "making an event") || failed(cudaEventCreate(&ended), "making an event")) return false;
  if (failed(cudaHostAlloc(&memory, sizeof(int32_t), cudaHostAllocDefault), "allocating pinned memory")) return false;
  pinned = static_cast<int32_t*>(memory);
  *pinned = 1;
  return true;
}

bool DeviceBoards::upload(const std::vector<const Layout*>& layouts) {
  const auto start = std::chrono::steady_clock::now();
  State& s = *state_;
  s.layout = layouts;
  s.board.assign(layouts.size(), Board{});
  if (!s.prepare()) return false;

  const auto aligned = [](size_t bytes) { return (bytes + 255) / 256 * 256; };
  const size_t count = layouts.size();
  size_t bytes = aligned(sizeof(int32_t)) + aligned(count * sizeof(Board)) + aligned(count * sizeof(Plan));
  int64_t arcs = 0;
  int64_t demands = 0;
  for (size_t k = 0; k < count; k++) {
    bytes += placeProblem(s.board[k], *layouts[k], nullptr) + placeState(s.board[k], *layouts[k], nullptr);
    for (int32_t row : layouts[k]->count) arcs += row;
    demands += layouts[k]->demands;
    s.mostNodes = std::max(s.mostNodes, layouts[k]->nodes);
  }
  s.width = arcs < kShortRow * demands ? 8 : 32;
  void* memory = nullptr;
  if (s.failed(cudaMalloc(&memory, bytes), "allocating device memory")) return false;
  s.memory = static_cast<char*>(memory);
  s.stop = reinterpret_cast<int32_t*>(s.memory);
  s.boards = reinterpret_cast<Board*>(s.memory + aligned(sizeof(int32_t)));
  s.plans = reinterpret_cast<Plan*>(reinterpret_cast<char*>(s.boards) + aligned(count * sizeof(Board)));
  char* at = reinterpret_cast<char*>(s.plans) + aligned(count * sizeof(Plan));
  std::vector<Plan> plans;
  bool good = true;
  for (size_t k = 0; k < count; k++) {
    at += placeProblem(s.board[k], *layouts[k], at);
    at += placeState(s.board[k], *layouts[k], at);
    s.board[k].stop = s.stop;
    copyProblem(s.board[k], *layouts[k], [&](void* to, const void* from, size_t size) {
      good = good && s.copy(to, from, size, cudaMemcpyHostToDevice, "copying the problem to the device");
    });
    plans.push_back(layouts[k]->plan);
  }
  good = good && s.copy(s.boards, s.board.data(), count * sizeof(Board), cudaMemcpyHostToDevice, "copying boards") &&
         s.copy(s.plans, plans.data(), count * sizeof(Plan), cudaMemcpyHostToDevice, "copying plans") &&
         !s.failed(cudaStreamSynchronize(s.stream), "copying the problem to the device");
  uploadMilliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return good;
}

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
  const int32_t room = mostNodes <= kSharedNodes ? mostNodes : 0;
  const size_t shared = static_cast<size_t>(room) * sizeof(int32_t);
  if (failed(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, batchKernel<W>, kThreads, shared), "asking for occupancy"))
    return false;
  const int32_t count = static_cast<int32_t>(board.size());
  const int grid = std::max(1, std::min(count, processors * blocks));
  batchKernel<W><<<static_cast<unsigned>(grid), kThreads, shared, stream>>>(boards, plans, count, room);
  return !failed(cudaGetLastError(), "starting the batch");
}

bool DeviceBoards::run(const std::function<bool()>& mustStop) {
  State& s = *state_;
  if (trouble != Trouble::kNone || s.board.empty()) return trouble == Trouble::kNone;
  s.ran = false;
  std::unique_lock<std::timed_mutex> alone(running, std::defer_lock);
  while (!alone.try_lock_for(std::chrono::milliseconds(1))) {
    if (mustStop()) return true;
  }
  if (!s.prepare()) return false;
  bool told = false;
  if (s.failed(cudaMemsetAsync(s.stop, 0, sizeof(int32_t), s.stream), "clearing the word to stop")) return false;
  for (const Board& board : s.board) {
    if (s.failed(cudaMemsetAsync(board.tally, 0, sizeof(Tally), s.stream), "clearing counters")) return false;
  }
  if (s.failed(cudaEventRecord(s.began, s.stream), "starting the clock")) return false;
  if (!(s.width == 8 ? s.launch<8>() : s.launch<32>())) return false;
  if (s.failed(cudaEventRecord(s.ended, s.stream), "stopping the clock")) return false;
  for (;;) {
    const cudaError_t state = cudaStreamQuery(s.stream);
    if (state == cudaSuccess) break;
    if (state != cudaErrorNotReady) return !s.failed(state, "running the auction");
    if (!told && mustStop()) {
      told = true;
      if (s.failed(cudaMemcpyAsync(s.stop, s.pinned, sizeof(int32_t), cudaMemcpyHostToDevice, s.control), "stopping the auction"))
        return false;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  float milliseconds = 0;
  if (s.failed(cudaEventElapsedTime(&milliseconds, s.began, s.ended), "reading the clock")) return false;
  runMilliseconds = static_cast<double>(milliseconds);
  s.ran = true;
  return true;
}

bool DeviceBoards::read(size_t k, int32_t* at, int32_t* price, Tally& tally) {
  State& s = *state_;
  if (trouble != Trouble::kNone) return false;
  const Board& b = s.board[k];
  if (!s.ran) {
    std::fill(at, at + b.demands, kUnplaced);
    std::fill(price, price + b.nodes, 0);
    tally = Tally{};
    return true;
  }
  constexpr const char* kDoing = "copying the outcome";
  return s.prepare() && s.copy(at, b.at, static_cast<size_t>(b.demands) * sizeof(int32_t), cudaMemcpyDeviceToHost, kDoing) &&
         s.copy(price, b.price, static_cast<size_t>(b.nodes) * sizeof(int32_t), cudaMemcpyDeviceToHost, kDoing) &&
         s.copy(&tally, b.tally, sizeof(Tally), cudaMemcpyDeviceToHost, kDoing) &&
         !s.failed(cudaStreamSynchronize(s.stream), kDoing);
}

template <int W>
bool DeviceBoards::State::launchProof(const Board& b) {
  const int64_t blocks = (static_cast<int64_t>(b.demands) * W + kThreads - 1) / kThreads;
  proveKernel<W><<<static_cast<unsigned>(std::clamp<int64_t>(blocks, 1, 4096)), kThreads, 0, stream>>>(b);
  return !failed(cudaGetLastError(), "starting the certificate");
}

bool DeviceBoards::prove(size_t k, const int32_t* at, const int64_t* price, Proof& proof, int64_t* value) {
  State& s = *state_;
  if (trouble != Trouble::kNone) return false;
  const Board& b = s.board[k];
  const Layout& layout = *s.layout[k];
  // The board's costs are scaled, so are both objectives at scaled prices.
  std::vector<int64_t> scaled(price, price + b.nodes);
  for (int64_t& p : scaled) p *= layout.scale;
  constexpr const char* kDoing = "copying the answer to the device";
  Tally tally;
  if (!s.prepare() || !s.copy(b.at, at, static_cast<size_t>(b.demands) * sizeof(int32_t), cudaMemcpyHostToDevice, kDoing) ||
      !s.copy(b.proof, scaled.data(), scaled.size() * sizeof(int64_t), cudaMemcpyHostToDevice, kDoing) ||
      s.failed(cudaMemsetAsync(b.tally, 0, sizeof(Tally), s.stream), "clearing counters") ||
      !(s.width == 8 ? s.launchProof<8>(b) : s.launchProof<32>(b)) ||
      !s.copy(&tally, b.tally, sizeof(Tally), cudaMemcpyDeviceToHost, "copying the certificate") ||
      (value != nullptr &&
       !s.copy(value, b.value, static_cast<size_t>(b.demands) * sizeof(int64_t), cudaMemcpyDeviceToHost, "copying values")) ||
      s.failed(cudaStreamSynchronize(s.stream), "running the certificate"))
    return false;
  proof = proofOf(tally, layout, scaled);
  return true;
}

}  // namespace outbid::cuda
