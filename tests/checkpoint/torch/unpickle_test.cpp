#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/torch/unpickle.hpp>

#include "../temporary_folder.hpp"
#include "torch_bytes.hpp"

namespace tensormerge {
namespace {

using kind = pickle_value::kind;
using test::contains;
using test::global;
using test::integer;
using test::text;

std::string message(const std::string& pickle) {
  return test::message_of([&] { unpickle(pickle, "data.pkl"); });
}

TEST(unpickle, makes_plain_values_of_every_protocol) {
  const std::string values = "\x80\x05\x95" + std::string(8, '\0') + "](" + "N\x88" + "K\x07" +
                             std::string("M\x01\x02", 3) + "J\xff\xff\xff\xff" + "\x8a\x01\xfe" +
                             "\x8a" + std::string(1, '\0') + "G" + std::string(8, '\0') +
                             "\x8c\x02hi\x94" + std::string("h\0", 2) + "C\x01x" + "e.";
  const std::string data = values + "rest";
  const pickle_tree tree = unpickle(data, "data.pkl");
  EXPECT_EQ(tree.end, values.size());
  ASSERT_EQ(tree.top.what, kind::list);
  const std::vector<pickle_value>& items = tree.items_of(tree.top);
  ASSERT_EQ(items.size(), 11u);
  EXPECT_EQ(items[0].what, kind::none);
  EXPECT_EQ(items[1].number, 1);
  EXPECT_EQ(items[2].number, 7);
  EXPECT_EQ(items[3].number, 0x201);
  EXPECT_EQ(items[4].number, -1);
  EXPECT_EQ(items[5].number, -2);
  EXPECT_EQ(items[6].number, 0);
  EXPECT_EQ(items[7].what, kind::real);
  EXPECT_EQ(tree.text_of(items[8]), "hi");
  EXPECT_EQ(tree.text_of(items[9]), "hi");
  EXPECT_EQ(items[10].what, kind::bytes);
}

TEST(unpickle, makes_dicts_of_items_in_any_portion) {
  const std::string data = "}" + text("a") + integer(1) + "s(" + text("b") + integer(2) +
                           text("c") + integer(3) + "u.";
  const pickle_tree tree = unpickle(data, "data.pkl");
  ASSERT_NE(tree.find(tree.top, "a"), nullptr);
  EXPECT_EQ(tree.find(tree.top, "c")->number, 3);
  EXPECT_EQ(tree.find(tree.top, "d"), nullptr);
}

TEST(unpickle, makes_ordered_dicts_with_attributes_and_of_pairs) {
  const std::string attributes = global("collections", "OrderedDict") + ")R(" + text("a") +
                                 integer(1) + "u}" + text("_metadata") + "}sb.";
  const std::string pairs =
      global("collections", "OrderedDict") + "(](](" + text("a") + integer(1) + "eetR.";
  for (const std::string& data : {attributes, pairs}) {
    const pickle_tree tree = unpickle(data, "data.pkl");
    EXPECT_NE(tree.find(tree.top, "a"), nullptr);
  }
}

TEST(unpickle, refuses_every_other_name_by_that_name) {
  for (const auto& [module, name] : std::vector<std::pair<std::string, std::string>>{
           {"os", "system"}, {"builtins", "eval"}, {"torch", "load"}, {"torch._utils", "_import"},
           {"torch.storage", "_load_from_bytes"}, {"numpy", "ndarray"}, {"torch", "os.system"}}) {
    EXPECT_TRUE(contains(message(global(module, name) + "."), '`' + module + '.' + name + "`: "));
    EXPECT_TRUE(contains(message(text(module) + text(name) + "\x93."), '`' + module + '.' + name));
  }
}

TEST(unpickle, refuses_what_is_no_pickle) {
  EXPECT_TRUE(contains(message(""), "ends in the middle"));
  EXPECT_TRUE(contains(message("X\xff\xff\xff\xffshort"), "ends in the middle"));
  EXPECT_TRUE(contains(message("\xfe"), "an instruction that torch does not write"));
  EXPECT_TRUE(contains(message("e."), "takes more than it made"));
  EXPECT_TRUE(contains(message("(s."), "byte 2 of the pickle"));
  EXPECT_TRUE(contains(message("h\x05."), "recalls what it did not make"));
  EXPECT_TRUE(contains(message("NN)R."), "calls what is no name"));
}

}  // namespace
}  // namespace tensormerge
