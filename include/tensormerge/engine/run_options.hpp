#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>

#include <tensormerge/checkpoint/write_journal.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/engine/method_table.hpp>
#include <tensormerge/engine/numerics.hpp>
#include <tensormerge/engine/run_memory.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/plan_traffic.hpp>

namespace tensormerge {

/// How a plan is carried out. Only the seed and the numerics change bytes of the result.
struct run_options {
  unsigned threads = 0;  // 0: as many as the machine has cores
  std::uint64_t random_seed = 0;
  /// Largest piece of a tensor that a thread reads at once, in bytes.
  std::uint64_t range_bytes = 1 << 20;
  /// What is kept at most of the tensors that are read in several rounds, in bytes.
  std::uint64_t kept_bytes = 96 << 20;
  /// What the process may take of memory, in bytes; none: as much as it likes, which is little.
  std::optional<std::uint64_t> most_memory = std::nullopt;
  numerics arithmetic = numerics::exact;
  /// What mergekit casts every source to before it computes: the configuration's `dtype`.
  std::optional<dtype> cast_to = std::nullopt;
  /// Where finished tensors are recorded; those that an earlier run recorded, and whose bytes are
  /// still what it wrote, are not made again. It must be of the same run_purpose.
  const write_journal* journal = nullptr;
};

/// How a plan's work is divided under these options. Throws failure where it cannot be done within
/// the memory that is allowed.
inline work_division divide_work(const merge_plan& plan, const method_table& methods,
                                 const run_options& options) {
  constexpr unsigned most_threads = 1024;
  const unsigned threads = options.threads != 0 ? std::min(options.threads, most_threads)
                                                : std::max(1u, std::thread::hardware_concurrency());
  const work_division work{threads, options.range_bytes,
                           useful_kept_bytes(plan, methods, options.kept_bytes)};
  return options.most_memory ? divide_within(*options.most_memory, plan, methods, work) : work;
}

/// What carrying out the plan will take, in words.
inline std::string describe_work(const merge_plan& plan, const method_table& methods,
                                 const run_options& options) {
  give_back_freed_memory();
  const work_division work = divide_work(plan, methods, options);
  const std::uint64_t bytes = resident_bytes() + run_memory(plan, methods, work);
  const double seconds = least_seconds(traffic_of(plan));
  const std::uint64_t tenths = (bytes * 10 >> 20) + 1;  // of a MiB
  return "memory: about " + std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) +
         " MiB, with " + std::to_string(work.threads) +
         (work.threads == 1 ? " thread" : " threads") +
         "\ntime: " + std::to_string(static_cast<std::uint64_t>(seconds)) +
         " s or more, where storage moves 1 GB a second";
}

}  // namespace tensormerge
