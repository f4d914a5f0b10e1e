#include "device_memory.cuh"

#include <mutex>

namespace outbid::cuda {

namespace {

struct Idle {
  std::mutex mutex;
  std::vector<std::unique_ptr<Holding>> holdings;
};

Idle& idle() {
  static Idle* kept = new Idle;  // never deleted: see above
  return *kept;
}

void dropIdle() {
  std::vector<std::unique_ptr<Holding>> dropped;
  std::lock_guard<std::mutex> lock(idle().mutex);
  dropped.swap(idle().holdings);
}

}  // namespace

cudaError_t Room::reserve(size_t bytes) {
  if (bytes_ >= bytes) return cudaSuccess;
  drop();
  void* memory = nullptr;
  const cudaError_t error = pinned_ ? cudaHostAlloc(&memory, bytes, cudaHostAllocDefault) : cudaMalloc(&memory, bytes);
  if (error != cudaSuccess) return error;
  data_ = static_cast<char*>(memory);
  bytes_ = bytes;
  return cudaSuccess;
}

void Room::drop() {
  if (data_ != nullptr) (void)(pinned_ ? cudaFreeHost(data_) : cudaFree(data_));
  data_ = nullptr;
  bytes_ = 0;
}

Holding::~Holding() {
  (void)cudaSetDevice(device);
  if (stream != nullptr) (void)cudaStreamSynchronize(stream);
  if (control != nullptr) (void)cudaStreamSynchronize(control);
  for (cudaEvent_t event : staged) (void)cudaEventDestroy(event);
  if (one != nullptr) (void)cudaFreeHost(one);
  if (began != nullptr) (void)cudaEventDestroy(began);
  if (ended != nullptr) (void)cudaEventDestroy(ended);
  if (control != nullptr) (void)cudaStreamDestroy(control);
  if (stream != nullptr) (void)cudaStreamDestroy(stream);
  (void)cudaGetLastError();
}

cudaError_t Holding::make() {
  cudaError_t error = cudaSuccess;
  const auto good = [&](cudaError_t now) { return (error = now) == cudaSuccess; };
  void* memory = nullptr;
  if (stream == nullptr && !good(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking))) return error;
  if (control == nullptr && !good(cudaStreamCreateWithFlags(&control, cudaStreamNonBlocking))) return error;
  if (began == nullptr && !good(cudaEventCreate(&began))) return error;
  if (ended == nullptr && !good(cudaEventCreate(&ended))) return error;
  if (one == nullptr && good(cudaHostAlloc(&memory, sizeof(int32_t), cudaHostAllocDefault))) {
    one = static_cast<int32_t*>(memory);
    *one = 1;
  }
  return error;
}

cudaError_t Holding::reserve(const Wanted& wanted, const std::vector<Room*>& unused) {
  const auto all = [&] {
    cudaError_t error = cudaSuccess;
    for (size_t k = 0; k < wanted.size() && error == cudaSuccess; k++) error = wanted[k].first->reserve(wanted[k].second);
    return error;
  };
  const cudaError_t error = all();
  if (error != cudaErrorMemoryAllocation) return error;
  (void)cudaGetLastError();
  for (Room* room : unused) room->drop();
  dropIdle();
  return all();
}

cudaError_t Holding::makeStaging(size_t buffers, size_t bytes) {
  while (staged.size() < buffers) {
    cudaEvent_t event = nullptr;
    if (const cudaError_t error = cudaEventCreateWithFlags(&event, cudaEventDisableTiming); error != cudaSuccess) return error;
    staged.push_back(event);
  }
  return staging.reserve(buffers * bytes);
}

std::unique_ptr<Holding> takeHolding(int32_t device) {
  {
    std::lock_guard<std::mutex> lock(idle().mutex);
    for (auto& held : idle().holdings) {
      if (held->device != device) continue;
      std::unique_ptr<Holding> taken = std::move(held);
      held = std::move(idle().holdings.back());
      idle().holdings.pop_back();
      return taken;
    }
  }
  return std::make_unique<Holding>(device);
}

void keepHolding(std::unique_ptr<Holding> holding) {
  std::lock_guard<std::mutex> lock(idle().mutex);
  for (const auto& held : idle().holdings) {
    if (held->device == holding->device) return;  // one is enough
  }
  idle().holdings.push_back(std::move(holding));
}

}  // namespace outbid::cuda
