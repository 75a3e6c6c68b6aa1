#pragma once

#include <array>
#include <string_view>

#include <boost/hana/accessors.hpp>
#include <boost/hana/tuple.hpp>

namespace tensormerge {

/// For methods that take nothing for the whole tensor, or nothing per input.
struct no_parameters {
  static constexpr std::array<std::string_view, 0> required{};
};

}  // namespace tensormerge

namespace boost::hana {

template <>
struct accessors_impl<::tensormerge::no_parameters> {
  static constexpr auto apply() { return make_tuple(); }
};

}  // namespace boost::hana
