#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/plan/find_method.hpp>

namespace tensormerge {
namespace {

TEST(find_method, finds_a_method_or_names_those_there_are) {
  std::vector<method_info> methods(2);
  methods[0].facts.name = "slerp";
  methods[1].facts.name = "linear";
  EXPECT_EQ(&find_method(methods, "linear", "f", "merge_method"), &methods[1]);
  try {
    find_method(methods, "ties", "f.yml", "slices[0].merge_method");
    FAIL();
  } catch (const failure& problem) {
    EXPECT_STREQ(problem.what(),
                 "f.yml: error: slices[0].merge_method: no such merge method, expected one of "
                 "slerp, linear, found `ties`");
  }
}

}  // namespace
}  // namespace tensormerge
