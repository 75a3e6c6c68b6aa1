// A kernel that lacks a step of the contract is refused with a sentence that says where it stands.
// expected: a merge method needs `template <class Real> class kernel` with the members
#include <cstddef>
#include <span>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/no_parameters.hpp>

struct idle {
  static constexpr tensormerge::method_facts facts{.name = "idle"};
  using parameters = tensormerge::no_parameters;
  using input_parameters = tensormerge::no_parameters;

  template <class Real>
  struct kernel : tensormerge::needs_no_observation<Real> {
    static constexpr std::size_t scratch_bytes(std::size_t) { return 0; }
    kernel(const parameters&, std::span<const input_parameters>, const tensormerge::tensor_facts&,
           tensormerge::scratch&) {}
#ifndef MUST_FAIL
    void apply(const tensormerge::tile<Real>&, Real*) const {}
#endif
  };
};

static_assert(tensormerge::check_merge_method<idle>());
