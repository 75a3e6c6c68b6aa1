#include <string_view>
#include <type_traits>

#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <gtest/gtest.h>

#include <tensormerge/method/dispatch_method.hpp>
#include <tensormerge/method/passthrough.hpp>
#include <tensormerge/method/task_arithmetic.hpp>

namespace tensormerge {
namespace {

constexpr auto two_methods = boost::hana::tuple_t<passthrough, task_arithmetic>;

struct dispatched {
  std::string_view method;
  dtype type;
  int calls = 0;
  bool found = false;
};

constexpr dispatched dispatch_to(std::string_view name, dtype type) {
  dispatched result{{}, dtype::boolean};
  result.found = with_method_and_storage(
      two_methods, name, type,
      [&]<class Method, class Storage>(std::type_identity<Method>, std::type_identity<Storage>) {
        result.method = Method::facts.name;
        result.type = dtype_of<Storage>;
        ++result.calls;
      });
  return result;
}

TEST(dispatch_method, calls_once_with_the_method_and_the_storage_type) {
  for (const std::string_view name : {"passthrough", "task_arithmetic"}) {
    for (const dtype type : {dtype::float8_e4m3, dtype::float16, dtype::bfloat16, dtype::float64}) {
      const dispatched result = dispatch_to(name, type);
      EXPECT_TRUE(result.found);
      EXPECT_EQ(result.calls, 1);
      EXPECT_EQ(result.method, name);
      EXPECT_EQ(result.type, type);
    }
  }
}

TEST(dispatch_method, finds_nothing_for_an_unknown_name_or_a_dtype_without_arithmetic) {
  EXPECT_FALSE(dispatch_to("slerp", dtype::float32).found);
  EXPECT_FALSE(dispatch_to("passthrough", dtype::int32).found);
}

TEST(dispatch_method, needs_nothing_at_run_time_where_all_is_known) {
  static_assert(dispatch_to("passthrough", dtype::bfloat16).found);
  static_assert(!dispatch_to("nothing", dtype::bfloat16).found);
}

}  // namespace
}  // namespace tensormerge
