#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/side_files.hpp>
#include <tensormerge/document/load_json.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

std::vector<std::string> names_of(const std::vector<side_file>& files) {
  std::vector<std::string> result;
  for (const side_file& file : files) result.push_back(file.name);
  return result;
}

using names = std::vector<std::string>;

TEST(side_file_kind_of, tells_tokenizer_generation_processor_and_code_apart) {
  for (const char* name :
       {"tokenizer.json", "tokenizer_config.json", "tokenizer.model", "vocab.json", "vocab.txt",
        "merges.txt", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja",
        "chat_template.json", "qwen.tiktoken"}) {
    EXPECT_EQ(side_file_kind_of(name), side_file_kind::tokenizer) << name;
  }
  EXPECT_EQ(side_file_kind_of("generation_config.json"), side_file_kind::generation);
  EXPECT_EQ(side_file_kind_of("preprocessor_config.json"), side_file_kind::processor);
  EXPECT_EQ(side_file_kind_of("modeling_new.py"), side_file_kind::code);
  EXPECT_EQ(side_file_kind_of("tokenizer_code.py"), side_file_kind::code);
}

TEST(side_file_kind_of, never_takes_weights_notes_or_the_config) {
  for (const char* name :
       {"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "README.md",
        "config.json", "LICENSE", "training_args.bin", "tokenizer.safetensors", "model.gguf",
        "adapter_config.json", "optimizer.pt", ".gitattributes"}) {
    EXPECT_EQ(side_file_kind_of(name), std::nullopt) << name;
  }
}

TEST(side_files, are_listed_by_name_with_code_only_where_the_config_needs_it) {
  const test::temporary_folder folder;
  for (const char* name : {"vocab.json", "model.safetensors", "modeling_x.py", "README.md",
                           "generation_config.json"}) {
    test::write_file(folder / name, name);
  }
  EXPECT_EQ(names_of(side_files(folder.path(), {})),
            (names{"generation_config.json", "vocab.json"}));
  EXPECT_EQ(names_of(side_files(folder.path(), load_json(R"({"auto_map":{}})", "c"))),
            (names{"generation_config.json", "modeling_x.py", "vocab.json"}));
}

TEST(side_files, follow_links_and_leave_folders_and_broken_links_out) {
  const test::temporary_folder folder;
  test::write_file(folder / "blobs/abc", "{}");
  std::filesystem::create_symlink("blobs/abc", folder / "tokenizer.json");
  std::filesystem::create_symlink("blobs/gone", folder / "vocab.json");
  std::filesystem::create_directory(folder / "merges.txt");
  EXPECT_EQ(names_of(side_files(folder.path(), {})), (names{"tokenizer.json"}));
}

TEST(side_files, of_a_single_file_or_nothing_are_none) {
  EXPECT_TRUE(side_files("/nowhere/model.safetensors", {}).empty());
}

}  // namespace
}  // namespace tensormerge
