#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/partial_folder.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::contains;
using test::message_of;
using test::names_in;
using test::write_file;
using names = std::vector<std::string>;

TEST(is_weights_file_name, knows_what_loaders_look_for) {
  EXPECT_TRUE(is_weights_file_name("model.safetensors"));
  EXPECT_TRUE(is_weights_file_name("model-00001-of-00002.safetensors"));
  EXPECT_TRUE(is_weights_file_name("model.safetensors.index.json"));
  EXPECT_TRUE(is_weights_file_name("pytorch_model.bin"));
  EXPECT_TRUE(is_weights_file_name("pytorch_model-00001-of-00002.bin"));
  EXPECT_TRUE(is_weights_file_name("pytorch_model.bin.index.json"));
  EXPECT_TRUE(is_weights_file_name("model.gguf"));
  EXPECT_FALSE(is_weights_file_name("training_args.bin"));
  EXPECT_FALSE(is_weights_file_name("adapter_model.safetensors"));
  EXPECT_FALSE(is_weights_file_name("model-notes.safetensors"));
  EXPECT_FALSE(is_weights_file_name("config.json"));
}

TEST(partial_folder, lies_beside_the_output_and_becomes_it) {
  const test::temporary_folder folder;
  {
    partial_folder partial(folder / "out");
    EXPECT_EQ(partial.path(), folder / "out.partial");
    EXPECT_FALSE(std::filesystem::exists(folder / "out"));
    write_file(partial.path() / "a", "1");
    partial.publish();
  }
  EXPECT_EQ(names_in(folder.path()), (names{"out"}));
  EXPECT_EQ(names_in(folder / "out"), (names{"a"}));
}

TEST(partial_folder, gives_a_single_file_the_name) {
  const test::temporary_folder folder;
  write_file(folder / "out", "old");
  EXPECT_THROW(partial_folder(folder / "out"), failure);
  EXPECT_THROW(partial_folder(folder / ".", leftover_weights::removed, output_form::file), failure);
  partial_folder partial(folder / "out", leftover_weights::removed, output_form::file);
  write_file(partial.path() / "a", "1");
  EXPECT_EQ(test::read_file(folder / "out"), "old");
  partial.publish_file("a");
  EXPECT_EQ(names_in(folder.path()), (names{"out"}));
  EXPECT_EQ(test::read_file(folder / "out"), "1");
}

TEST(partial_folder, leaves_nothing_when_it_is_not_published) {
  const test::temporary_folder folder;
  {
    const partial_folder partial(folder / "new/parents/out/");
    write_file(partial.path() / "a", "1");
    EXPECT_EQ(partial.path(), folder / "new/parents/out.partial");
  }
  EXPECT_EQ(names_in(folder.path()), names{});
}

TEST(partial_folder, removes_new_parents_only_while_they_are_empty) {
  const test::temporary_folder folder;
  {
    const partial_folder partial(folder / "new/out");
    write_file(folder / "new/other", "1");
  }
  EXPECT_EQ(names_in(folder / "new"), (names{"other"}));
}

TEST(partial_folder, replaces_files_of_an_existing_output_and_its_stale_weights) {
  const test::temporary_folder folder;
  const std::filesystem::path out = folder / "out";
  for (const char* name : {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                           "model.safetensors.index.json", "config.json", "notes.txt"}) {
    write_file(out / name, "old");
  }
  {
    partial_folder partial(out);
    write_file(partial.path() / "model.safetensors", "new");
    write_file(partial.path() / "config.json", "new");
    EXPECT_EQ(test::read_file(out / "config.json"), "old");
    partial.publish();
  }
  EXPECT_EQ(names_in(out), (names{"config.json", "model.safetensors", "notes.txt"}));
  EXPECT_EQ(test::read_file(out / "config.json"), "new");
  EXPECT_EQ(test::read_file(out / "notes.txt"), "old");
  EXPECT_EQ(names_in(folder.path()), (names{"out"}));
}

TEST(partial_folder, leaves_an_existing_output_as_it_was_when_it_is_not_published) {
  const test::temporary_folder folder;
  write_file(folder / "out/model.safetensors", "old");
  {
    const partial_folder partial(folder / "out");
    write_file(partial.path() / "model.safetensors", "new");
  }
  EXPECT_EQ(names_in(folder / "out"), (names{"model.safetensors"}));
  EXPECT_EQ(test::read_file(folder / "out/model.safetensors"), "old");
}

TEST(partial_folder, changes_nothing_where_a_folder_is_in_the_way_of_a_file) {
  const test::temporary_folder folder;
  write_file(folder / "out/config.json/inside", "old");
  write_file(folder / "out/model.safetensors", "old");
  {
    partial_folder partial(folder / "out");
    write_file(partial.path() / "config.json", "new");
    EXPECT_TRUE(contains(message_of([&] { partial.publish(); }), "cannot be replaced"));
  }
  EXPECT_EQ(names_in(folder / "out"), (names{"config.json", "model.safetensors"}));
}

TEST(partial_folder, follows_a_link_to_the_output) {
  const test::temporary_folder folder;
  std::filesystem::create_directory(folder / "real");
  std::filesystem::create_directory_symlink("real", folder / "link");
  partial_folder partial(folder / "link");
  write_file(partial.path() / "a", "1");
  partial.publish();
  EXPECT_EQ(names_in(folder / "real"), (names{"a"}));
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
}

TEST(partial_folder, refuses_an_output_that_is_a_file_or_a_broken_link) {
  const test::temporary_folder folder;
  write_file(folder / "file", "1");
  std::filesystem::create_symlink("gone", folder / "link");
  const auto message = [](const std::filesystem::path& output) {
    return message_of([&] { const partial_folder partial(output); });
  };
  EXPECT_TRUE(contains(message(folder / "file"), "the output cannot be written"));
  EXPECT_TRUE(contains(message(folder / "link"), "the output cannot be written"));
  EXPECT_TRUE(contains(message(folder / "file/out"), "Not a directory"));
  EXPECT_TRUE(contains(message("/"), "the output cannot be written"));
  EXPECT_EQ(names_in(folder.path()), (names{"file", "link"}));
}

TEST(partial_folder, gives_two_writers_of_one_output_a_folder_each) {
  const test::temporary_folder folder;
  {
    partial_folder first(folder / "out"), second(folder / "out");
    EXPECT_NE(first.path(), second.path());
    write_file(first.path() / "a", "first");
    write_file(second.path() / "a", "second");
    first.publish();
    second.publish();
  }
  EXPECT_EQ(names_in(folder.path()), (names{"out"}));
  EXPECT_EQ(names_in(folder / "out"), (names{"a"}));
  EXPECT_EQ(test::read_file(folder / "out/a"), "second");
}

TEST(partial_folder, uses_what_a_killed_run_left_again_after_emptying_it) {
  const test::temporary_folder folder;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const partial_folder partial(folder / "out");
    write_file(partial.path() / "large", "1");
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(std::filesystem::exists(folder / "out.partial/large"));
  {
    partial_folder partial(folder / "out");
    EXPECT_EQ(partial.path(), folder / "out.partial");
    partial.publish();
  }
  EXPECT_EQ(names_in(folder.path()), (names{"out"}));
  EXPECT_EQ(names_in(folder / "out"), names{});
}

TEST(partial_folder, never_empties_a_folder_of_other_origin) {
  const test::temporary_folder folder;
  write_file(folder / "out.partial/thesis.txt", "years of work");
  write_file(folder / "precious/thesis.txt", "years of work");
  std::filesystem::create_directory_symlink("precious", folder / "out.partial2");
  {
    const partial_folder partial(folder / "out");
    EXPECT_EQ(partial.path(), folder / "out.partial3");
  }
  EXPECT_TRUE(std::filesystem::exists(folder / "out.partial/thesis.txt"));
  EXPECT_TRUE(std::filesystem::exists(folder / "precious/thesis.txt"));
}

}  // namespace
}  // namespace tensormerge
