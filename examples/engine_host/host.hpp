#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

// What an inference engine in the style of ONNX Runtime or MLX has of its own: element types,
// tensors with strides, and a pool of threads. Nothing here knows of tensormerge.

namespace host {

/// Numbered as in ONNX's TensorProto.
enum class element_type : std::int32_t { float32 = 1, int64 = 7, float16 = 10, bfloat16 = 16 };

/// A view of a matrix in the engine's memory; strides count elements.
struct tensor {
  element_type type = element_type::float32;
  std::byte* data = nullptr;
  std::array<std::size_t, 2> shape{};
  std::array<std::size_t, 2> strides{};

  std::size_t elements() const { return shape[0] * shape[1]; }
  bool is_contiguous() const { return strides[1] == 1 && strides[0] == shape[1]; }
};

/// Threads that wait for work.
class thread_pool {
 public:
  explicit thread_pool(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this, i] { run(i); });
  }
  thread_pool(const thread_pool&) = delete;
  thread_pool& operator=(const thread_pool&) = delete;
  ~thread_pool() {
    {
      const std::lock_guard lock(mutex_);
      ends_ = true;
    }
    changed_.notify_all();
    for (std::thread& each : threads_) each.join();
  }

  std::size_t size() const { return threads_.size(); }

  /// Calls `work(thread)` on every thread, and returns when all have ended it.
  void on_each_thread(std::function<void(std::size_t)> work) {
    std::unique_lock lock(mutex_);
    work_ = std::move(work);
    running_ = threads_.size();
    ++round_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  void run(std::size_t thread) {
    std::size_t seen = 0;
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return ends_ || round_ != seen; });
      if (ends_) return;
      seen = round_;
      lock.unlock();
      work_(thread);
      lock.lock();
      if (--running_ == 0) changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void(std::size_t)> work_;
  std::size_t running_ = 0, round_ = 0;
  bool ends_ = false;
  std::vector<std::thread> threads_;  // last, so that they start when the rest is there
};

}  // namespace host
