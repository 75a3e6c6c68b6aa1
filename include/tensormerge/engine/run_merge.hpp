#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/block_view.hpp>
#include <tensormerge/checkpoint/byte_hash.hpp>
#include <tensormerge/checkpoint/model_writer.hpp>
#include <tensormerge/checkpoint/write_journal.hpp>
#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/dtype/nonfinite.hpp>
#include <tensormerge/engine/memory_budget.hpp>
#include <tensormerge/engine/method_table.hpp>
#include <tensormerge/engine/numerics.hpp>
#include <tensormerge/engine/progress.hpp>
#include <tensormerge/engine/run_memory.hpp>
#include <tensormerge/engine/run_options.hpp>
#include <tensormerge/engine/source_reader.hpp>
#include <tensormerge/engine/stored_copy.hpp>
#include <tensormerge/engine/tensor_merge.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge {

namespace detail {

/// Hands out ranges of tensors to threads. A tensor goes through its method's rounds of
/// observation and then through the application; each such phase is cut into ranges of bytes, so
/// that a single large tensor keeps every thread busy, and a new tensor is begun when the ranges of
/// the begun ones are all taken, and they leave it the memory that it holds.
class merge_run {
 public:
  merge_run(const merge_plan& plan, const method_table& methods, const model_writer& writer,
            const run_options& options, progress& state)
      : plan_(plan),
        methods_(methods),
        writer_(writer),
        options_(options),
        progress_(state),
        sources_(plan, options.arithmetic),
        work_(divide_work(plan, methods, options)),
        kept_(work_.kept_bytes),
        held_(most_held(plan, methods, work_)) {
    check_numerics();
    std::uint64_t total = 0;
    for (const planned_tensor& tensor : plan.tensors) total += tensor.bytes();
    progress_.bytes_total = total;
    progress_.tensors_total = plan.tensors.size();
    take_over_finished();
  }

  /// Throws what stopped the first thread that could not go on.
  void run() {
    {
      std::vector<std::jthread> others;
      try {
        for (unsigned number = 1; number < work_.threads; ++number) {
          others.emplace_back([this, number] { work(number); });
        }
      } catch (const std::system_error&) {
        // The system grants no more threads; those there are do the work.
      }
      work(0);
    }
    if (stopped_by_) std::rethrow_exception(stopped_by_);
  }

 private:
  /// A tensor that has been begun.
  struct begun_tensor {
    std::size_t number = 0;  // in the plan and in the writer
    std::unique_ptr<tensor_merge> merge;  // nullptr: bytes are copied
    std::uint64_t range_elements = 0;
    std::uint64_t ranges = 0;
    std::uint64_t taken = 0;
    std::uint64_t finished = 0;
    bool observing = false;
    std::optional<std::uint64_t> nonfinite;  // the first element found NaN or infinite
    std::uint64_t hash = 0;                  // of what has been written
    std::vector<std::unique_ptr<merge_worker>> workers;  // one a thread, made when first needed
    source_reader::kept_tensor kept;  // without ranges where the tensor is not observed
    bool in_first_round = true;
    std::uint64_t held = 0;  // bytes of `held_`
  };

  /// Buffers of one thread, reused for every range.
  struct thread_buffers {
    source_reader::buffers sources;
    std::vector<std::byte> out;
    std::vector<std::byte> packed;
  };

  /// What is known of a range that has been written.
  struct written_range {
    std::optional<std::uint64_t> nonfinite{};  // the first element that became NaN or infinite
    std::uint64_t hash = 0;
  };

  using begun_iterator = std::list<begun_tensor>::iterator;

  void take_over_finished() {
    finished_.resize(plan_.tensors.size());
    if (options_.journal == nullptr) return;
    for (const write_journal::record& recorded : options_.journal->found()) {
      if (!writer_.keeps(recorded)) continue;
      const auto number = static_cast<std::size_t>(recorded.tensor);
      if (finished_[number]) continue;
      finished_[number] = true;
      progress_.bytes_done += plan_.tensors[number].bytes();
      ++progress_.tensors_done;
    }
  }

  void work(unsigned thread_number) {
    thread_buffers buffers;
    std::unique_lock lock(mutex_);
    try {
      while (!stopped_by_) {
        const begun_iterator tensor = find_open_range();
        if (tensor == begun_.end()) {
          if (begun_.empty() && next_ == plan_.tensors.size()) break;
          changed_.wait(lock);
          continue;
        }
        const std::uint64_t range = tensor->taken++;
        reserve_memory(*tensor, range);
        lock.unlock();
        const written_range written = process(*tensor, range, thread_number, buffers);
        lock.lock();
        tensor->hash += written.hash;
        if (const std::optional<std::uint64_t>& found = written.nonfinite) {
          tensor->nonfinite = std::min(*found, tensor->nonfinite.value_or(*found));
        }
        if (++tensor->finished == tensor->ranges) end_phase(tensor, lock);
      }
    } catch (...) {
      if (!lock.owns_lock()) lock.lock();
      if (!stopped_by_) stopped_by_ = std::current_exception();
    }
    changed_.notify_all();
  }

  /// A begun tensor with a range that nobody has taken; begins the next one where there is none and
  /// memory is left.
  begun_iterator find_open_range() {
    for (begun_iterator tensor = begun_.begin(); tensor != begun_.end(); ++tensor) {
      if (tensor->taken < tensor->ranges) return tensor;
    }
    while (next_ < plan_.tensors.size()) {
      const std::uint64_t held =
          finished_[next_] ? 0 : held_memory(plan_.tensors[next_], methods_, work_.threads);
      if (!held_.take(held)) break;  // until another tensor ends
      const std::size_t number = next_++;
      if (finished_[number]) continue;
      const begun_iterator tensor = begin_tensor(number);
      tensor->held = held;
      if (tensor->ranges > 0) return tensor;
      finish(tensor);  // a tensor without elements
      held_.give_back(held);
    }
    return begun_.end();
  }

  begun_iterator begin_tensor(std::size_t number) {
    const planned_tensor& planned = plan_.tensors[number];
    begun_tensor tensor;
    tensor.number = number;
    std::uint64_t alignment = 1;
    std::uint64_t element_bytes = bytes_per_element(planned.type);
    if (!copies(planned)) {
      tensor.merge = make_merge(method_of(planned), planned);
      check(tensor);
      tensor.workers.resize(work_.threads);
      alignment = tensor.merge->alignment();
      for (const planned_source& input : planned.inputs) {
        element_bytes =
            std::max<std::uint64_t>(element_bytes, bytes_per_element(input.tensor->type));
      }
    }
    const std::uint64_t elements = planned.dims.elements();
    tensor.range_elements =
        aligned_tile(work_.range_bytes / element_bytes, range_alignment(planned, alignment));
    tensor.ranges = (elements + tensor.range_elements - 1) / tensor.range_elements;
    tensor.observing = tensor.merge != nullptr && elements > 0 && tensor.merge->wants_observation();
    if (tensor.observing) tensor.kept = sources_.prepare_to_keep(planned, tensor.ranges);
    begun_.push_back(std::move(tensor));
    return std::prev(begun_.end());
  }

  /// Lets a range keep its sources between rounds, if there is memory left.
  void reserve_memory(begun_tensor& tensor, std::uint64_t range) {
    if (tensor.kept.ranges.empty() || !tensor.in_first_round) return;
    const planned_tensor& planned = plan_.tensors[tensor.number];
    const std::uint64_t count = std::min(
        tensor.range_elements, planned.dims.elements() - range * tensor.range_elements);
    const std::uint64_t bytes = source_reader::kept_bytes(planned, count);
    if (kept_.take(bytes)) tensor.kept.ranges[static_cast<std::size_t>(range)].reserved = bytes;
  }

  const method_entry& method_of(const planned_tensor& planned) const {
    const method_entry* method = find_method(methods_, planned.method);
    if (method == nullptr) {
      throw failure(diagnostic{.path = planned.name, .what = "no method named " + planned.method});
    }
    return *method;
  }

  /// Throws where mergekit's arithmetic is asked for of a method that mergekit does not have.
  void check_numerics() const {
    if (options_.arithmetic == numerics::exact) return;
    for (const planned_tensor& planned : plan_.tensors) {
      if (planned.is_copy || method_of(planned).make_as_mergekit != nullptr) continue;
      throw failure(
          diagnostic{.path = planned.name,
                     .what = "mergekit's numerics are not defined for " + planned.method,
                     .expected = "a method that mergekit 0.1.5 has",
                     .hint = "merge with exact numerics"});
    }
  }

  bool copies(const planned_tensor& planned) const {
    const bool is_cast = options_.arithmetic == numerics::mergekit && options_.cast_to &&
                         *options_.cast_to != planned.type;
    if (planned.is_copy) return is_stored_copy(planned, nullptr);
    return !is_cast && is_stored_copy(planned, &method_of(planned));
  }

  std::unique_ptr<tensor_merge> make_merge(const method_entry& method,
                                           const planned_tensor& planned) const {
    std::unique_ptr<tensor_merge> merge;
    if (options_.arithmetic == numerics::mergekit) {
      merge = method.make_as_mergekit(planned, options_.cast_to, options_.random_seed);
    }
    return merge != nullptr ? std::move(merge) : method.make(planned, options_.random_seed);
  }

  void end_phase(begun_iterator tensor, std::unique_lock<std::mutex>& lock) {
    if (tensor->observing) {
      tensor->merge->conclude(tensor->workers);
      check(*tensor);
      tensor->observing = tensor->merge->wants_observation();
      tensor->taken = tensor->finished = 0;
      tensor->in_first_round = false;
    } else {
      give_back(finish(tensor), lock);
    }
    changed_.notify_all();
  }

  /// Throws where a method finds that it is not defined on the data.
  void check(const begun_tensor& tensor) const {
    if (const char* problem = tensor.merge->problem()) {
      throw failure(diagnostic{.path = plan_.tensors[tensor.number].name, .what = problem});
    }
  }

  /// Throws where a finished tensor has NaN or infinity though all that it was made of is finite.
  void check_finite(const begun_tensor& tensor) const {
    if (!tensor.nonfinite) return;
    const planned_tensor& planned = plan_.tensors[tensor.number];
    if (planned.base && !sources_.is_finite(*planned.base, work_.range_bytes)) return;
    for (const planned_source& input : planned.inputs) {
      if (!sources_.is_finite(input, work_.range_bytes)) return;
    }
    const std::string_view type =
        planned.packing ? to_string(*planned.packing) : to_string(planned.type);
    throw failure(diagnostic{
        .path = planned.name,
        .what = "the merge makes NaN or infinity of finite numbers",
        .expected = "values that " + std::string(type) + " holds",
        .found = "none at element " + std::to_string(*tensor.nonfinite),
        .hint = planned.packing ? "look at the weights, or write floats with `dtype`"
                                : "look at the weights, or write a wider type with `out_dtype`"});
  }

  /// Takes a tensor off the list that is made.
  std::list<begun_tensor> finish(begun_iterator tensor) {
    if (tensor->merge != nullptr) sources_.check_kept(plan_.tensors[tensor->number], tensor->kept);
    check_finite(*tensor);
    record(*tensor);
    std::list<begun_tensor> finished;
    finished.splice(finished.end(), begun_, tensor);
    ++progress_.tensors_done;
    return finished;
  }

  /// Gives back what tensors kept and held, which takes the system a while, and lets others go on
  /// meanwhile.
  void give_back(std::list<begun_tensor> finished, std::unique_lock<std::mutex>& lock) {
    std::uint64_t kept = 0, held = 0;
    for (const begun_tensor& tensor : finished) {
      for (const auto& range : tensor.kept.ranges) kept += range.reserved;
      held += tensor.held;
    }
    lock.unlock();
    finished.clear();
    lock.lock();
    kept_.give_back(kept);
    held_.give_back(held);
  }

  /// Copies are not recorded, since making them again takes no longer than checking them, nor what
  /// is made of views, of which run_purpose knows nothing.
  void record(const begun_tensor& tensor) const {
    const planned_tensor& planned = plan_.tensors[tensor.number];
    if (options_.journal == nullptr || tensor.merge == nullptr || tensor.ranges == 0) return;
    const auto is_view = [](const planned_source& source) {
      const tensor_entry& entry = *source.tensor;
      return entry.view != nullptr && !(entry.packing && lies_packed(entry, *entry.packing));
    };
    if (planned.base && is_view(*planned.base)) return;
    if (std::any_of(planned.inputs.begin(), planned.inputs.end(), is_view)) return;
    options_.journal->add({.tensor = tensor.number,
                           .range_bytes = planned.stored_bytes(tensor.range_elements),
                           .hash = tensor.hash});
  }

  /// Throws where inputs of which one is copied differ.
  void check_equal(const planned_tensor& planned, std::uint64_t first, std::uint64_t count,
                   thread_buffers& buffers) const {
    sources_.read(planned, first, count, buffers.sources);
    for (std::size_t i = 1; i < planned.inputs.size(); ++i) {
      if (buffers.sources.inputs[i] == buffers.sources.inputs[0]) continue;
      throw failure(diagnostic{
          .path = planned.name,
          .what = "the models differ in a tensor that cannot be merged",
          .expected = "the same elements in all of them, since they are of " +
                      std::string(to_string(planned.type)),
          .found = "others in " + plan_.models[planned.inputs[i].model].name + " than in " +
                   plan_.models[planned.inputs[0].model].name});
    }
  }

  written_range process(begun_tensor& tensor, std::uint64_t range, unsigned thread_number,
                        thread_buffers& buffers) {
    const planned_tensor& planned = plan_.tensors[tensor.number];
    const std::uint64_t first = range * tensor.range_elements;
    const std::uint64_t count =
        std::min(tensor.range_elements, planned.dims.elements() - first);
    const std::uint64_t out_bytes = planned.stored_bytes(count);
    const std::uint64_t out_offset = planned.stored_bytes(first);
    if (tensor.merge == nullptr) {
      const planned_source& source = planned.inputs.front();
      if (planned.inputs.size() > 1) check_equal(planned, first, count, buffers);
      writer_.copy(tensor.number, out_offset, sources_.files_of(source),
                   planned.packing ? packed_entry(*source.tensor) : *source.tensor, out_offset,
                   out_bytes);
      progress_.bytes_done += out_bytes;
      return {};
    }
    std::unique_ptr<merge_worker>& worker = tensor.workers[thread_number];
    if (worker == nullptr) worker = tensor.merge->make_worker();
    source_reader::kept_tensor& kept = tensor.kept;
    const std::size_t number = static_cast<std::size_t>(range);
    const bool is_kept = !kept.ranges.empty() && kept.ranges[number].reserved > 0;
    const stored_range stored =
        is_kept ? sources_.read_kept(planned, first, count, kept.mapped, kept.ranges[number])
                : sources_.read(planned, first, count, buffers.sources);
    if (tensor.observing) {
      tensor.merge->observe(stored, *worker);
      return {};
    }
    buffers.out.resize(static_cast<std::size_t>(count * bytes_per_element(planned.type)));
    tensor.merge->apply(stored, *worker, buffers.out.data());
    if (planned.packing) pack(*planned.packing, buffers);
    const std::vector<std::byte>& result = planned.packing ? buffers.packed : buffers.out;
    writer_.write(tensor.number, out_offset, result);
    progress_.bytes_done += out_bytes;
    written_range written;
    if (const std::optional<std::size_t> place = first_nonfinite(planned.type, buffers.out)) {
      written.nonfinite = first + *place;
    }
    if (options_.journal != nullptr) written.hash = hash_bytes(result, out_offset);
    return written;
  }

  /// Encodes what was computed, and leaves what that decodes to, since scales may overflow where
  /// numbers do not.
  static void pack(block_format format, thread_buffers& buffers) {
    const std::span<float> values(reinterpret_cast<float*>(buffers.out.data()),
                                  buffers.out.size() / sizeof(float));
    buffers.packed.resize(static_cast<std::size_t>(packed_bytes(format, values.size())));
    encode_blocks(format, values, buffers.packed);
    decode_blocks(format, buffers.packed, values);
  }

  const merge_plan& plan_;
  const method_table& methods_;
  const model_writer& writer_;
  const run_options& options_;
  progress& progress_;
  source_reader sources_;
  std::vector<bool> finished_;  // by an earlier run
  work_division work_;

  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::list<begun_tensor> begun_;
  memory_budget kept_;    // for what is kept of tensors that are read again
  memory_budget held_;    // for what begun tensors hold
  std::size_t next_ = 0;  // the first tensor of the plan that is not begun
  std::exception_ptr stopped_by_;
};

}  // namespace detail

/// Reads, merges and writes every tensor of a plan; the writer was made for plan.tensors in their
/// order. Same plan and seed, same bytes, whatever the threads and the range size.
/// Memory: threads x (inputs + 2) x range_bytes, kept_bytes and what the methods' statistics take
/// for two tensors (see run_memory).
/// Throws failure where reading or writing fails, the data defies a method, or finite data becomes
/// NaN or infinity.
inline void run_merge(const merge_plan& plan, const method_table& methods,
                      const model_writer& writer, const run_options& options, progress& state) {
  detail::merge_run(plan, methods, writer, options, state).run();
}

}  // namespace tensormerge
