#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <unistd.h>

#include <tensormerge/checkpoint/block_view.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/engine/method_table.hpp>
#include <tensormerge/engine/tensor_merge.hpp>
#include <tensormerge/engine/stored_copy.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/tensor/tile_size.hpp>

namespace tensormerge {

/// How many threads work, on how large a piece of a tensor each, in bytes of its widest dtype, and
/// how many bytes of what was read are kept from one round of observation to the next.
struct work_division {
  unsigned threads = 1;
  std::uint64_t range_bytes = std::uint64_t{1} << 20;
  std::uint64_t kept_bytes = 0;
  /// Whether a tensor is begun while another ends, even where both hold more than any one does.
  bool overlaps = true;
};

/// Gives the system back what was freed and is kept for later, where the C library can.
inline void give_back_freed_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

/// The bytes of memory that this process has at present; 0 where the system does not tell.
inline std::uint64_t resident_bytes() {
  std::uint64_t pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    unsigned long long size = 0, resident = 0;
    if (std::fscanf(file, "%llu %llu", &size, &resident) == 2) pages = resident;
    std::fclose(file);
  }
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// The bytes that a tensor's merge holds from its beginning to its end.
inline std::uint64_t held_memory(const planned_tensor& tensor, const method_table& methods,
                                 unsigned threads) {
  const method_entry* method = find_method(methods, tensor.method);
  if (method == nullptr || is_stored_copy(tensor, method)) return 0;
  const merge_needs needs = method->needs(tensor);
  return needs.shared + threads * needs.per_thread;
}

/// The bytes that a thread reads and writes at a time of a tensor.
inline std::uint64_t range_memory(const planned_tensor& tensor, const method_table& methods,
                                  work_division work) {
  const method_entry* method = find_method(methods, tensor.method);
  if (method == nullptr || is_stored_copy(tensor, method)) return 0;
  std::uint64_t widest = bytes_per_element(tensor.type), together = widest;
  std::uint64_t packed = 0;  // bytes that decoding and encoding take
  if (tensor.packing) together += 2;  // the blocks themselves, of at most that many bytes
  const auto add = [&](const planned_source& source) {
    if (source.tensor->packing) packed = block_view::buffer_bytes;
    const std::uint64_t bytes = bytes_per_element(source.tensor->type);
    widest = std::max(widest, bytes);
    together += bytes;
  };
  if (tensor.base) add(*tensor.base);
  for (const planned_source& input : tensor.inputs) add(input);
  const std::uint64_t alignment = range_alignment(tensor, method->needs(tensor).alignment);
  const std::uint64_t elements =
      std::min(tensor.dims.elements(), aligned_tile(work.range_bytes / widest, alignment));
  return packed + elements * together;
}

/// The bytes that a tensor's merge takes while it goes on, beside what the process has already.
inline std::uint64_t tensor_memory(const planned_tensor& tensor, const method_table& methods,
                                   work_division work) {
  return held_memory(tensor, methods, work.threads) +
         work.threads * range_memory(tensor, methods, work);
}

/// The most bytes that tensors hold at a time: two in a row where one is begun while another ends.
inline std::uint64_t most_held(const merge_plan& plan, const method_table& methods,
                               work_division work) {
  std::uint64_t most = 0, before = 0;
  for (const planned_tensor& tensor : plan.tensors) {
    const std::uint64_t held = held_memory(tensor, methods, work.threads);
    most = std::max(most, before + held);
    if (held > 0 && work.threads > 1 && work.overlaps) before = held;
  }
  return most;
}

/// The bytes of all that a tensor is made of.
inline std::uint64_t source_bytes(const planned_tensor& tensor) {
  std::uint64_t bytes = tensor.base ? tensor.base->tensor->bytes : 0;
  for (const planned_source& input : tensor.inputs) bytes += input.tensor->bytes;
  return bytes;
}

/// The most bytes that can be kept between rounds, of at most `limit`: of two tensors, since one is
/// begun while another ends.
inline std::uint64_t useful_kept_bytes(const merge_plan& plan, const method_table& methods,
                                       std::uint64_t limit) {
  std::uint64_t most = 0;
  for (const planned_tensor& tensor : plan.tensors) {
    const std::uint64_t bytes = 2 * source_bytes(tensor);
    if (tensor.is_copy || bytes <= most || most >= limit) continue;
    const method_entry* method = find_method(methods, tensor.method);
    if (method == nullptr || method->copies(tensor)) continue;
    const std::unique_ptr<tensor_merge> merge = method->make(tensor, 0);
    if (merge->problem() == nullptr && merge->wants_observation()) most = bytes;
  }
  return std::min(most, limit);
}

/// The bytes of files that may lie in memory beside those that are kept: the system maps them in
/// pieces of up to 2 MiB, of which the last one of each source may be kept in part.
inline std::uint64_t mapped_surplus(const merge_plan& plan, work_division work) {
  constexpr std::uint64_t piece = std::uint64_t{2} << 20;
  std::uint64_t whole = 0, pieces = 0;
  for (const planned_tensor& tensor : plan.tensors) {
    if (tensor.is_copy) continue;
    whole = std::max(whole, 2 * source_bytes(tensor));
    pieces = std::max<std::uint64_t>(pieces, tensor.inputs.size() + (tensor.base ? 1 : 0));
  }
  if (work.kept_bytes == 0 || whole <= work.kept_bytes) return 0;
  return std::min(whole - work.kept_bytes, pieces * piece);
}

/// The most bytes that carrying out a plan takes at a time, beside what the process has already.
inline std::uint64_t run_memory(const merge_plan& plan, const method_table& methods,
                                work_division work) {
  std::uint64_t most_ranges = 0;
  for (const planned_tensor& tensor : plan.tensors) {
    most_ranges = std::max(most_ranges, range_memory(tensor, methods, work));
  }
  return most_held(plan, methods, work) + work.threads * most_ranges + work.kept_bytes +
         mapped_surplus(plan, work);
}

/// The division that keeps the process within `limit` bytes: less is kept first, then ranges are
/// smaller, then tensors do not overlap, then threads are fewer. The results do not depend on it.
/// Throws failure where a tensor takes more even so.
inline work_division divide_within(std::uint64_t limit, const merge_plan& plan,
                                   const method_table& methods, work_division work) {
  constexpr std::uint64_t least_range = std::uint64_t{1} << 16;
  const std::uint64_t present = resident_bytes();
  while (true) {
    const std::uint64_t needed = present + run_memory(plan, methods, work);
    if (needed <= limit) return work;
    if (work.kept_bytes > 0) {
      const std::uint64_t least_kept = needed - limit + work.range_bytes;
      work.kept_bytes = work.kept_bytes > least_kept ? work.kept_bytes - (needed - limit) : 0;
    } else if (work.range_bytes / 2 >= least_range) {
      work.range_bytes /= 2;
    } else if (work.overlaps) {
      work.overlaps = false;
    } else if (work.threads > 1) {
      --work.threads;
    } else {
      const auto largest = std::max_element(
          plan.tensors.begin(), plan.tensors.end(), [&](const auto& a, const auto& b) {
            return tensor_memory(a, methods, work) < tensor_memory(b, methods, work);
          });
      const bool has_one = largest != plan.tensors.end();
      throw failure(diagnostic{
          .path = has_one ? quoted_name(largest->name) : std::string{},
          .what = "the merge does not fit into the memory that it is allowed",
          .expected = std::to_string(needed) + " bytes or more",
          .found = std::to_string(limit),
          .hint = "allow more, or use a method that streams"});
    }
  }
}

}  // namespace tensormerge
