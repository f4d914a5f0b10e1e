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

cudaStream_t streamOf(void* stream) {
  return static_cast<cudaStream_t>(stream);
}
cudaEvent_t eventOf(void* event) {
  return static_cast<cudaEvent_t>(event);
}

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

DeviceBoards::DeviceBoards(int32_t device) : device_(device) {}

bool DeviceBoards::failed(int error, const char* doing) {
  if (error == cudaSuccess) return false;
  if (trouble == Trouble::kNone) {
    trouble = error == cudaErrorMemoryAllocation ? Trouble::kOutOfMemory : Trouble::kFailed;
    words = std::string(doing) + ": " + cudaGetErrorString(static_cast<cudaError_t>(error));
  }
  // What is not sticky must not be found by the next call.
  (void)cudaGetLastError();
  return true;
}

DeviceBoards::~DeviceBoards() {
  if (stream_ != nullptr) (void)cudaStreamSynchronize(streamOf(stream_));
  if (memory_ != nullptr) (void)cudaFree(memory_);
  if (stop_ != nullptr) (void)cudaFreeHost(stop_);
  if (began_ != nullptr) (void)cudaEventDestroy(eventOf(began_));
  if (ended_ != nullptr) (void)cudaEventDestroy(eventOf(ended_));
  if (stream_ != nullptr) (void)cudaStreamDestroy(streamOf(stream_));
  (void)cudaGetLastError();
}

bool DeviceBoards::upload(const std::vector<const Layout*>& layouts) {
  const auto start = std::chrono::steady_clock::now();
  layout_ = layouts;
  board_.assign(layouts.size(), Board{});
  cudaStream_t stream = nullptr;
  cudaEvent_t began = nullptr;
  cudaEvent_t ended = nullptr;
  if (failed(cudaSetDevice(device_), "choosing the device")) return false;
  if (failed(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "making a stream")) return false;
  stream_ = stream;
  if (failed(cudaEventCreate(&began), "making an event")) return false;
  began_ = began;
  if (failed(cudaEventCreate(&ended), "making an event")) return false;
  ended_ = ended;
  void* stop = nullptr;
  if (failed(cudaHostAlloc(&stop, sizeof(int32_t), cudaHostAllocMapped), "allocating pinned memory")) return false;
  stop_ = static_cast<int32_t*>(stop);
  void* stopSeen = nullptr;
  if (failed(cudaHostGetDevicePointer(&stopSeen, stop, 0), "mapping pinned memory")) return false;

  const auto aligned = [](size_t bytes) { return (bytes + 255) / 256 * 256; };
  const size_t count = layouts.size();
  size_t bytes = aligned(count * sizeof(Board)) + aligned(count * sizeof(Plan));
  int64_t arcs = 0;
  int64_t demands = 0;
  for (size_t k = 0; k < count; k++) {
    bytes += placeProblem(board_[k], *layouts[k], nullptr) + placeState(board_[k], *layouts[k], nullptr);
    for (int32_t row : layouts[k]->count) arcs += row;
    demands += layouts[k]->demands;
    mostNodes_ = std::max(mostNodes_, layouts[k]->nodes);
  }
  width_ = arcs < kShortRow * demands ? 8 : 32;
  void* memory = nullptr;
  if (failed(cudaMalloc(&memory, bytes), "allocating device memory")) return false;
  memory_ = static_cast<char*>(memory);
  boards_ = reinterpret_cast<Board*>(memory_);
  plans_ = reinterpret_cast<Plan*>(memory_ + aligned(count * sizeof(Board)));
  char* at = reinterpret_cast<char*>(plans_) + aligned(count * sizeof(Plan));
  std::vector<Plan> plans;
  for (size_t k = 0; k < count; k++) {
    at += placeProblem(board_[k], *layouts[k], at);
    at += placeState(board_[k], *layouts[k], at);
    board_[k].stop = static_cast<const volatile int32_t*>(stopSeen);
    bool good = true;
    copyProblem(board_[k], *layouts[k], [&](void* to, const void* from, size_t size) {
      good = good && !failed(cudaMemcpyAsync(to, from, size, cudaMemcpyHostToDevice, stream), "copying the problem to the device");
    });
    if (!good) return false;
    plans.push_back(layouts[k]->plan);
  }
  if (failed(cudaMemcpyAsync(boards_, board_.data(), count * sizeof(Board), cudaMemcpyHostToDevice, stream), "copying boards"))
    return false;
  if (failed(cudaMemcpyAsync(plans_, plans.data(), count * sizeof(Plan), cudaMemcpyHostToDevice, stream), "copying plans"))
    return false;
  if (failed(cudaStreamSynchronize(stream), "copying the problem to the device")) return false;
  uploadMilliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return true;
}

template <int W>
bool DeviceBoards::launch() {
  cudaStream_t stream = streamOf(stream_);
  int processors = 0;
  int blocks = 0;
  if (failed(cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device_), "asking the device")) return false;
  if (board_.size() == 1) {
    if (failed(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, auctionKernel<W>, kThreads, 0), "asking for occupancy"))
      return false;
    Board board = board_[0];
    Plan plan = layout_[0]->plan;
    void* arguments[] = {&board, &plan};
    return !failed(
        cudaLaunchCooperativeKernel(reinterpret_cast<const void*>(auctionKernel<W>),
                                    dim3(static_cast<unsigned>(processors * blocks)), dim3(kThreads), arguments, 0, stream),
        "starting the auction");
  }
  const int32_t room = mostNodes_ <= kSharedNodes ? mostNodes_ : 0;
  const size_t shared = static_cast<size_t>(room) * sizeof(int32_t);
  if (failed(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, batchKernel<W>, kThreads, shared), "asking for occupancy"))
    return false;
  const int32_t count = static_cast<int32_t>(board_.size());
  const int grid = std::max(1, std::min(count, processors * blocks));
  batchKernel<W><<<static_cast<unsigned>(grid), kThreads, shared, stream>>>(boards_, plans_, count, room);
  return !failed(cudaGetLastError(), "starting the batch");
}

bool DeviceBoards::run(const std::function<bool()>& mustStop) {
  if (trouble != Trouble::kNone || board_.empty()) return trouble == Trouble::kNone;
  ran_ = false;
  std::unique_lock<std::timed_mutex> alone(running, std::defer_lock);
  while (!alone.try_lock_for(std::chrono::milliseconds(1))) {
    if (mustStop()) return true;
  }
  cudaStream_t stream = streamOf(stream_);
  if (failed(cudaSetDevice(device_), "choosing the device")) return false;
  volatile int32_t* stop = stop_;
  *stop = 0;
  for (const Board& board : board_) {
    if (failed(cudaMemsetAsync(board.tally, 0, sizeof(Tally), stream), "clearing counters")) return false;
  }
  if (failed(cudaEventRecord(eventOf(began_), stream), "starting the clock")) return false;
  if (!(width_ == 8 ? launch<8>() : launch<32>())) return false;
  if (failed(cudaEventRecord(eventOf(ended_), stream), "stopping the clock")) return false;
  for (;;) {
    const cudaError_t state = cudaStreamQuery(stream);
    if (state == cudaSuccess) break;
    if (state != cudaErrorNotReady) return !failed(state, "running the auction");
    if (*stop == 0 && mustStop()) *stop = 1;
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  float milliseconds = 0;
  if (failed(cudaEventElapsedTime(&milliseconds, eventOf(began_), eventOf(ended_)), "reading the clock")) return false;
  runMilliseconds = static_cast<double>(milliseconds);
  ran_ = true;
  return true;
}

bool DeviceBoards::read(size_t k, int32_t* at, int32_t* price, Tally& tally) {
  if (trouble != Trouble::kNone) return false;
  cudaStream_t stream = streamOf(stream_);
  const Board& b = board_[k];
  if (!ran_) {
    std::fill(at, at + b.demands, kUnplaced);
    std::fill(price, price + b.nodes, 0);
    tally = Tally{};
    return true;
  }
  const auto copy = [&](void* to, const void* from, size_t bytes) {
    return bytes == 0 || !failed(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream), "copying the outcome");
  };
  if (failed(cudaSetDevice(device_), "choosing the device")) return false;
  return copy(at, b.at, static_cast<size_t>(b.demands) * sizeof(int32_t)) &&
         copy(price, b.price, static_cast<size_t>(b.nodes) * sizeof(int32_t)) && copy(&tally, b.tally, sizeof(Tally)) &&
         !failed(cudaStreamSynchronize(stream), "copying the outcome");
}

template <int W>
bool DeviceBoards::launchProof(const Board& board) {
  const int64_t blocks = (static_cast<int64_t>(board.demands) * W + kThreads - 1) / kThreads;
  proveKernel<W><<<static_cast<unsigned>(std::clamp<int64_t>(blocks, 1, 4096)), kThreads, 0, streamOf(stream_)>>>(board);
  return !failed(cudaGetLastError(), "starting the certificate");
}

bool DeviceBoards::prove(size_t k, const int32_t* at, const int64_t* price, Proof& proof) {
  if (trouble != Trouble::kNone) return false;
  cudaStream_t stream = streamOf(stream_);
  const Board& b = board_[k];
  const auto copy = [&](void* to, const void* from, size_t bytes) {
    return bytes == 0 ||
           !failed(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream), "copying the answer to the device");
  };
  if (failed(cudaSetDevice(device_), "choosing the device")) return false;
  if (!copy(b.at, at, static_cast<size_t>(b.demands) * sizeof(int32_t)) ||
      !copy(b.proof, price, static_cast<size_t>(b.nodes) * sizeof(int64_t)))
    return false;
  if (failed(cudaMemsetAsync(b.tally, 0, sizeof(Tally), stream), "clearing counters")) return false;
  if (!(width_ == 8 ? launchProof<8>(b) : launchProof<32>(b))) return false;
  Tally tally;
  if (failed(cudaMemcpyAsync(&tally, b.tally, sizeof(Tally), cudaMemcpyDeviceToHost, stream), "copying the certificate"))
    return false;
  if (failed(cudaStreamSynchronize(stream), "running the certificate")) return false;
  proof = Proof{};
  for (int s = 0; s < kSums; s++) {
    proof.primal += tally.primal[s];
    proof.dual += tally.dual[s];
  }
  for (size_t j = 0; j < static_cast<size_t>(b.nodes); j++) proof.dual -= static_cast<__int128>(price[j]) * layout_[k]->capacity[j];
  proof.unplaced = tally.unplaced;
  return true;
}

}  // namespace outbid::cuda
