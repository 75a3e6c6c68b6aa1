#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Whether a method works on differences from a base model.
enum class base_use { ignored, optional, required };

/// What can be asked of a method before it is used.
struct method_facts {
  std::string_view name;  // as configurations spell it
  base_use base = base_use::ignored;
  std::size_t least_inputs = 1;  // the base apart, where the method uses one
  std::size_t most_inputs = std::numeric_limits<std::size_t>::max();
  bool writes_float32 = false;  // of narrower inputs too, where no output type is asked for
};

namespace detail {

template <class Kernel>
concept tells_bytes_by_inputs = requires(std::size_t inputs) {
  { Kernel::scratch_bytes(inputs) } -> std::convertible_to<std::size_t>;
  { Kernel::statistic_bytes(inputs) } -> std::convertible_to<std::size_t>;
};

template <class Kernel, class Parameters>
concept tells_bytes_by_tensor =
    requires(std::size_t inputs, const Parameters& shared, const tensor_facts& facts) {
      { Kernel::scratch_bytes(inputs, shared, facts) } -> std::convertible_to<std::size_t>;
      { Kernel::statistic_bytes(inputs, shared, facts) } -> std::convertible_to<std::size_t>;
    };

template <class Kernel, class Parameters>
concept tells_bytes = tells_bytes_by_inputs<Kernel> || tells_bytes_by_tensor<Kernel, Parameters>;

}  // namespace detail

/// What a merge method provides. `Method` itself is only a name for:
///
///     static constexpr method_facts facts;
///     using parameters = ...;        // one value for the whole tensor (from the schema)
///     using input_parameters = ...;  // one value per input (from the schema)
///     template <class Real> class kernel;  // Real: float or double, the compute type
///
/// A kernel is made for one tensor and merges it in at most two kinds of steps:
///
///     static std::size_t scratch_bytes(std::size_t inputs);
///     kernel(const parameters&, std::span<const input_parameters>, const tensor_facts&, scratch&);
///     bool wants_observation() const;
///     void observe(const tile<Real>&, statistic&) const;  // statistic: a nested type,
///     void conclude(const statistic&);                    // made by make_statistic
///     void apply(const tile<Real>&, Real* out) const;
///
/// While `wants_observation()`, every tile is shown to `observe` once, in any order and on any
/// thread, each thread with a statistic of its own; the statistics are combined, in any order, and
/// `conclude` ends the round. Then `apply` makes the result of any tile, in any order.
///
///     class statistic { void combine(const statistic&); void clear(); };
///     static std::size_t statistic_bytes(std::size_t inputs);
///     statistic make_statistic(scratch&) const;
///
/// A kernel that has `bool wants_sample() const` may need only a part of the tiles in a round, the
/// same result whichever part it is shown (see tensor/sample.hpp).
///
/// A kernel whose `apply` needs working memory takes the thread's statistic as a third argument,
/// `void apply(const tile<Real>&, Real* out, statistic&) const`, and may use it as it likes.
///
/// Where the memory depends on more than the number of inputs, both `..._bytes` functions take
/// `(std::size_t inputs, const parameters&, const tensor_facts&)` instead.
///
/// A kernel that looks at rows (the last axis) may have
/// `static std::uint64_t rows_per_tile(const parameters&, const tensor_facts&)`: every tile then
/// holds a multiple of that many whole rows, but for the last one, which may hold fewer; 0 asks for
/// nothing.
///
/// A kernel that is not defined on all data may have `const char* problem() const`: a sentence that
/// says what is wrong, or nullptr. The caller asks before the first round and after every
/// `conclude`; once there is a problem, nothing else of the kernel may be called.
///
/// What follows saves tiles, which cost as much as the arithmetic of a simple merge; the result has
/// the same bits (see method/merge_stored.hpp). A kernel that says `using reads_stored = kernel`
/// may have `observe` and `apply` as templates that take ranges of any size as they are stored,
/// `const tile<Real, Element>&`, to be read with load<Real>; such an `apply` takes two arguments,
/// of which the second is Real* or a stored_result, to be written with make_block
/// (tensor/result_block.hpp). Ranges of any number of inputs are observed so, those of samples too;
/// a kernel that takes more than some number in tiles only says it as `static constexpr std::size_t
/// most_observed_stored`. A kernel that makes an element of the result of one element each of the
/// base and the inputs may have `element() const`, which returns the function that does, and `using
/// element_of = kernel`. A kernel whose `apply` makes a weighted sum may have `weighted_form<Real>
/// form() const`, which tells its terms once observation is over, and `using form_of = kernel`.
///
/// A method whose result may be its only input, unchanged, may say so for some parameters with
/// `static bool copies(const input_parameters&)`; its bytes are then copied.
///
/// Nothing here throws, allocates or keeps what a tile points to. Combining must be exact or at
/// least commutative and associative to the bit, so that a result depends on neither tiles nor
/// threads (see policy/accumulate/exact_sum.hpp).
template <class Method, class Real>
concept has_kernel = requires(typename Method::template kernel<Real>& kernel,
                              const typename Method::template kernel<Real>& observer,
                              typename Method::template kernel<Real>::statistic& seen,
                              const tile<Real>& piece, scratch& memory, Real* out,
                              const typename Method::parameters& shared,
                              std::span<const typename Method::input_parameters> inputs,
                              const tensor_facts& facts) {
  requires detail::tells_bytes<typename Method::template kernel<Real>,
                               typename Method::parameters>;
  requires std::constructible_from<typename Method::template kernel<Real>, decltype(shared),
                                   decltype(inputs), decltype(facts), scratch&>;
  { observer.wants_observation() } -> std::same_as<bool>;
  {
    observer.make_statistic(memory)
  } -> std::same_as<typename Method::template kernel<Real>::statistic>;
  seen.combine(seen);
  seen.clear();
  observer.observe(piece, seen);
  kernel.conclude(seen);
  requires requires { observer.apply(piece, out); } ||
               requires { observer.apply(piece, out, seen); };
};

template <class Method>
concept has_facts = requires {
  { Method::facts } -> std::convertible_to<method_facts>;
};

template <class Method>
concept has_parameters = requires {
  typename Method::parameters;
  typename Method::input_parameters;
};

template <class Method>
concept method_policy = has_facts<Method> && has_parameters<Method> && has_kernel<Method, float> &&
                       has_kernel<Method, double>;

/// Fails to compile with a sentence that says what a method lacks.
template <class Method>
consteval bool check_merge_method() {
  static_assert(has_facts<Method>,
                "tensormerge: a merge method needs `static constexpr method_facts facts`");
  static_assert(has_parameters<Method>,
                "tensormerge: a merge method needs the nested types `parameters` and "
                "`input_parameters`");
  if constexpr (has_parameters<Method>) {
    static_assert(has_kernel<Method, float> && has_kernel<Method, double>,
                  "tensormerge: a merge method needs `template <class Real> class kernel` with the "
                  "members that method/merge_method.hpp lists, for float and for double");
  }
  return method_policy<Method>;
}

/// Bytes of scratch memory that a kernel takes when it is made.
template <class Kernel, class Parameters>
std::size_t kernel_scratch_bytes(std::size_t inputs, const Parameters& shared,
                                 const tensor_facts& facts) {
  if constexpr (detail::tells_bytes_by_tensor<Kernel, Parameters>) {
    return Kernel::scratch_bytes(inputs, shared, facts);
  } else {
    return Kernel::scratch_bytes(inputs);
  }
}

/// Bytes of scratch memory that `make_statistic` of a kernel takes.
template <class Kernel, class Parameters>
std::size_t kernel_statistic_bytes(std::size_t inputs, const Parameters& shared,
                                   const tensor_facts& facts) {
  if constexpr (detail::tells_bytes_by_tensor<Kernel, Parameters>) {
    return Kernel::statistic_bytes(inputs, shared, facts);
  } else {
    return Kernel::statistic_bytes(inputs);
  }
}

/// How many whole rows the tiles of a kernel must hold a multiple of; 0 is any tile.
template <class Kernel, class Parameters>
std::uint64_t rows_per_tile(const Parameters& shared, const tensor_facts& facts) {
  static_assert(!requires(const Kernel& kernel) { kernel.rows_per_tile(); },
                "tensormerge: a kernel's `rows_per_tile` is static and takes the parameters and "
                "the tensor_facts");
  if constexpr (requires { Kernel::rows_per_tile(shared, facts); }) {
    return Kernel::rows_per_tile(shared, facts);
  } else {
    return 0;
  }
}

/// What is wrong with the data that a kernel has seen so far; nullptr where nothing is.
template <class Kernel>
const char* kernel_problem(const Kernel& kernel) {
  if constexpr (requires {
                  { kernel.problem() } -> std::same_as<const char*>;
                }) {
    return kernel.problem();
  } else {
    return nullptr;
  }
}

/// Makes the result of a tile; `working` is a statistic of the calling thread's own.
template <class Kernel, class Real>
void apply_kernel(const Kernel& kernel, const tile<Real>& piece, Real* out,
                  typename Kernel::statistic& working) {
  if constexpr (requires { kernel.apply(piece, out, working); }) {
    kernel.apply(piece, out, working);
  } else {
    kernel.apply(piece, out);
  }
}

/// Base of kernels that need to know nothing of a tensor before they apply.
template <class Real>
class needs_no_observation {
 public:
  struct statistic {
    void combine(const statistic&) {}
    void clear() {}
  };
  static constexpr std::size_t statistic_bytes(std::size_t) { return 0; }
  statistic make_statistic(scratch&) const { return {}; }
  bool wants_observation() const { return false; }
  void observe(const tile<Real>&, statistic&) const {}
  void conclude(const statistic&) {}
};

}  // namespace tensormerge
