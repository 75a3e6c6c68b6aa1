#include <gtest/gtest.h>

#include <tensormerge/method/method_list.hpp>
#include <tensormerge/plan/find_method.hpp>

namespace tensormerge {
namespace {

TEST(find_method, finds_a_method_or_names_those_there_are) {
  const std::vector<method_info> methods = describe_methods(mlx_method_list);
  EXPECT_EQ(&find_method(methods, "linear", "f", "merge_method"), &methods[1]);
  try {
    find_method({methods[0], methods[1]}, "ties", "f.yml", "slices[0].merge_method");
    FAIL();
  } catch (const failure& problem) {
    EXPECT_STREQ(problem.what(),
                 "f.yml: error: slices[0].merge_method: no such merge method, expected one of "
                 "slerp, linear, found `ties`");
  }
}

}  // namespace
}  // namespace tensormerge
