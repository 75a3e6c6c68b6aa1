#include <cstdint>
#include <ctime>
#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/checkpoint.hpp>

#include "temporary_folder.hpp"
#include "torch/torch_bytes.hpp"

namespace tensormerge {
namespace {

using test::archive_entry;
using test::contains;
using test::file_with_tensor;
using test::global;
using test::integer;
using test::little;
using test::pickled_dict;
using test::safetensors_file;
using test::storage;
using test::tensor;
using test::text;
using test::torch_zip;
using test::tuple;
using test::vector_of;
using test::write_file;
using test::zip;

using path = std::filesystem::path;

/// A folder made to do harm, and a part of the sentence that it is refused with.
struct hostile_case {
  std::string name;
  std::string sentence;
  std::function<void(const path&)> make;

  friend std::ostream& operator<<(std::ostream& stream, const hostile_case& each) {
    return stream << each.name;
  }
};

hostile_case file(std::string name, std::string sentence, std::string file_name,
                  std::function<std::string()> content) {
  return {std::move(name), std::move(sentence),
          [file_name = std::move(file_name), content = std::move(content)](const path& folder) {
            write_file(folder / file_name, content());
          }};
}

std::string repeated(const std::string& part, std::size_t times) {
  std::string whole;
  whole.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) whole += part;
  return whole;
}

std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"t":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets +
         "}}";
}

std::vector<hostile_case> safetensors_cases() {
  const auto header = [](std::string name, std::string sentence, std::string json,
                         std::string data = "12345678") {
    return file(std::move(name), std::move(sentence), "model.safetensors",
                [json = std::move(json), data = std::move(data)] {
                  return safetensors_file(json, data);
                });
  };
  const auto bytes = [](std::string name, std::string sentence, std::string content) {
    return file(std::move(name), std::move(sentence), "model.safetensors",
                [content = std::move(content)] { return content; });
  };
  return {
      bytes("empty_file", "is too short", ""),
      bytes("header_longer_than_file", "longer than the file", little(1000, 8) + "{}"),
      bytes("header_of_all_memory", "length is impossible", std::string(8, '\xff') + "{}"),
      bytes("header_of_99_megabytes_missing", "longer than the file", little(99'000'000, 8) + "{"),
      header("header_no_json", "is not a safetensors file", "PK"),
      header("header_cut_off", "is not valid JSON", R"({"t":{"dtype":)"),
      header("header_with_nul", "NUL", std::string("{\"a\0\":1}", 8)),
      header("header_nested_deep", "", "{\"t\":" + repeated("[", 500'000)),
      header("header_of_millions_of_zeros", "the header is too long",
             "{\"t\":[0" + repeated(",0", 3'000'000) + "]}"),
      header("tensor_twice", "duplicate key",
             R"({"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
             R"("t":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})"),
      header("tensors_overlap", "overlaps",
             R"({"t":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)"
             R"("u":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})"),
      header("tensor_beyond_file", "reach beyond the file", one("U8", "[9]", "[0,9]")),
      header("offsets_reversed", "reversed", one("U8", "[4]", "[8,4]")),
      header("offsets_of_more_than_64_bits", "wrong offset",
             one("U8", "[4]", "[0,99999999999999999999]")),
      header("offset_negative", "wrong offset", one("U8", "[4]", "[-4,0]")),
      header("shape_overflows", "impossible",
             one("F64", "[4294967296,4294967296,2]", "[0,8]")),
      header("shape_overflows_to_the_right_size", "impossible",
             one("U8", "[9223372036854775808,2,8]", "[0,8]")),
      header("shape_negative", "wrong extent", one("U8", "[-8]", "[0,8]")),
      header("bytes_of_no_tensor", "belong to none", one("U8", "[4]", "[0,4]")),
      header("dtype_unknown", "dtype is unknown", one("U9", "[8]", "[0,8]")),
  };
}

std::vector<hostile_case> link_cases() {
  return {
      {"file_that_is_a_pipe", "a special file",
       [](const path& folder) { ::mkfifo((folder / "model.safetensors").c_str(), 0600); }},
      {"file_that_is_a_folder", "a folder",
       [](const path& folder) { std::filesystem::create_directory(folder / "model.safetensors"); }},
      {"link_to_itself", "",
       [](const path& folder) {
         std::filesystem::create_symlink("model.safetensors", folder / "model.safetensors");
       }},
      {"link_to_endless_zeros", "a special file",
       [](const path& folder) {
         std::filesystem::create_symlink("/dev/zero", folder / "model.safetensors");
       }},
      {"shard_that_links_to_itself", "1.bin",
       [](const path& folder) {
         std::filesystem::create_symlink("1.bin", folder / "1.bin");
         write_file(folder / "pytorch_model.bin.index.json", R"({"weight_map":{"a":"1.bin"}})");
       }},
  };
}

std::vector<hostile_case> index_cases() {
  const auto index = [](std::string name, std::string sentence, std::string json) {
    return hostile_case{std::move(name), std::move(sentence), [json](const path& folder) {
                          write_file(folder / "1.bin", file_with_tensor("a", "x"));
                          write_file(folder / "2.bin", file_with_tensor("a", "x"));
                          std::filesystem::create_directory(folder / "3.bin");
                          write_file(folder / "pytorch_model.bin.index.json", json);
                        }};
  };
  const char* const outside = "expected the name of a file in the same folder";
  return {
      index("index_leaves_the_folder", outside, R"({"weight_map":{"a":"../1.bin"}})"),
      index("index_names_an_absolute_path", outside, R"({"weight_map":{"a":"/etc/passwd"}})"),
      index("index_names_a_path_below", outside, R"({"weight_map":{"a":"x/../../1.bin"}})"),
      index("index_names_a_windows_path", outside, R"({"weight_map":{"a":"..\\1.bin"}})"),
      index("index_names_with_a_nul", outside, R"({"weight_map":{"a":"1.bin\u0000.x"}})"),
      index("index_names_the_folder", outside, R"({"weight_map":{"a":"."}})"),
      index("index_names_a_number", outside, R"({"weight_map":{"a":1}})"),
      index("index_without_map", "weight_map: is missing", "{}"),
      index("index_with_list", "weight_map: is of the wrong kind", R"({"weight_map":["1.bin"]})"),
      index("index_nested_deep", "", "{\"weight_map\":" + repeated("{\"a\":", 300'000)),
      index("index_with_a_key_twice", "duplicate key",
            R"({"weight_map":{"a":"1.bin","a":"2.bin"}})"),
      index("index_names_a_missing_shard", "the shard is missing", R"({"weight_map":{"a":"9"}})"),
      index("index_names_a_folder_inside", "a folder", R"({"weight_map":{"a":"3.bin"}})"),
      index("index_names_a_tensor_in_two_shards", "in two files",
            R"({"weight_map":{"a":"1.bin","b":"2.bin"}})"),
      index("index_lies_about_a_shard", "it in no shard", R"({"weight_map":{"b":"1.bin"}})"),
  };
}

std::vector<hostile_case> archive_cases() {
  const auto bin = [](std::string name, std::string sentence, std::function<std::string()> make) {
    return file(std::move(name), std::move(sentence), "pytorch_model.bin", std::move(make));
  };
  const auto entries = [&](std::string name, std::string sentence,
                           std::vector<archive_entry> list) {
    return bin(std::move(name), std::move(sentence), [list] { return zip(list); });
  };
  const std::string good = pickled_dict(text("w") + vector_of("0", 2));
  archive_entry huge{"m/data/0", "12345678"};
  huge.is_wide = true;
  huge.claimed_bytes = std::uint64_t{1} << 62;
  return {
      bin("archive_cut_off", "no directory at its end",
          [] { return "PK\x03\x04" + std::string(30, '\x01'); }),
      bin("archive_cut_in_the_directory", "", [good] {
        const std::string whole = torch_zip(good, {{"0", "12345678"}});
        return whole.substr(0, whole.size() - 30);
      }),
      bin("archive_directory_beyond_the_end", "reaches beyond its end", [good] {
        std::string whole = torch_zip(good, {{"0", "12345678"}});
        whole.replace(whole.size() - 6, 4, std::string(4, '\x7f'));
        return whole;
      }),
      bin("archive_counts_entries_that_are_not_there", "directory is broken", [good] {
        std::string whole = torch_zip(good, {{"0", "12345678"}});
        whole.replace(whole.size() - 12, 2, std::string(2, '\xff'));
        return whole;
      }),
      bin("archive_wide_directory_nowhere", "reaches beyond the file", [good] {
        const std::string whole = torch_zip(good, {});
        return whole.substr(0, whole.size() - 22) + "PK\x06\x07" + little(0, 4) +
               std::string(8, '\x7f') + little(1, 4) + whole.substr(whole.size() - 22);
      }),
      bin("archive_wide_directory_of_all_memory", "", [good] {
        const std::string whole = torch_zip(good, {});
        const std::string wide = "PK\x06\x06" + little(44, 8) + little(0, 12) +
                                 std::string(16, '\x7f') + std::string(8, '\x7f') + little(0, 8);
        return whole.substr(0, whole.size() - 22) + wide + "PK\x06\x07" + little(0, 4) +
               little(whole.size() - 22, 8) + little(1, 4) + whole.substr(whole.size() - 22);
      }),
      entries("archive_with_compressed_pickle", "compressed or encrypted",
              {{.name = "m/data.pkl", .content = "abc", .method = 8, .claimed_bytes = 50'000'000}}),
      entries("archive_with_compressed_storage", "compressed or encrypted",
              {{"m/data.pkl", good},
               {.name = "m/data/0", .content = "ab", .method = 8, .claimed_bytes = 8}}),
      entries("archive_with_encrypted_storage", "compressed or encrypted",
              {{"m/data.pkl", good}, {.name = "m/data/0", .content = "12345678", .flags = 1}}),
      entries("archive_with_endless_storage", "overlaps what follows it",
              {{"m/data.pkl", good}, huge}),
      entries("archive_with_storage_over_its_neighbour", "overlaps what follows it",
              {{"m/data.pkl", good},
               {.name = "m/data/0", .content = "1234", .claimed_bytes = 60},
               {"m/data/1", std::string(100, 'x')}}),
      bin("archive_of_one_content_many_times", "overlaps what follows it", [good] {
        std::string whole = torch_zip(good, {{"0", "12345678"}, {"1", "12345678"}});
        const std::size_t last = whole.rfind("PK\x01\x02");
        const std::size_t before = whole.rfind("PK\x01\x02", last - 1);
        whole.replace(last + 42, 4, whole.substr(before + 42, 4));
        return whole;
      }),
      entries("archive_name_leaves_it", "name leaves the archive",
              {{"m/data.pkl", good}, {"../../etc/passwd", "x"}}),
      entries("archive_name_is_absolute", "name leaves the archive",
              {{"m/data.pkl", good}, {"/etc/passwd", "x"}}),
      entries("archive_name_twice", "in the archive twice",
              {{"m/data.pkl", good}, {"m/data/0", "12345678"}, {"m/data/0", "12345678"}}),
      entries("archive_with_two_pickles", "one NAME/data.pkl",
              {{"m/data.pkl", good}, {"n/data.pkl", good}}),
      entries("archive_without_pickle", "one NAME/data.pkl", {{"m/x", good}}),
      entries("archive_of_big_endian_bytes", "another byte order",
              {{"m/data.pkl", good}, {"m/byteorder", "big"}, {"m/data/0", "12345678"}}),
      entries("archive_of_a_program", "TorchScript",
              {{"m/data.pkl", good}, {"m/constants.pkl", good}, {"m/code/a.py", "evil"}}),
      bin("archive_header_elsewhere", "is not where the directory says", [good] {
        std::string whole = torch_zip(good, {{"0", "12345678"}});
        whole[26] = '\x09';  // one less than the length of the first name
        return whole;
      }),
  };
}

std::vector<hostile_case> pickle_cases() {
  const auto pickle = [](std::string name, std::string sentence,
                         std::function<std::string()> make) {
    return file(std::move(name), std::move(sentence), "pytorch_model.bin",
                [make = std::move(make)] { return torch_zip(make(), {{"0", "12345678"}}); });
  };
  const auto state = [&](std::string name, std::string sentence, std::string items) {
    return pickle(std::move(name), std::move(sentence), [items] { return pickled_dict(items); });
  };
  const auto shaped = [&](std::string name, std::string sentence, const std::string& extents,
                          const std::string& strides, std::int64_t first = 0) {
    return state(std::move(name), std::move(sentence),
                 text("w") + tensor(storage("FloatStorage", "0", 2), first, extents, strides));
  };
  const std::string many_axes = '(' + repeated(integer(1), 65) + 't';
  return {
      state("pickle_runs_a_command", "`os.system`",
            text("w") + global("os", "system") + '(' + text("touch /tmp/owned") + "tR"),
      state("pickle_evaluates", "`builtins.eval`",
            text("w") + text("builtins") + text("eval") + "\x93(" + text("1") + "tR"),
      state("pickle_imports_by_instruction", "does not write", text("w") + "(ios\nsystem\n"),
      state("pickle_calls_by_instruction", "does not write", text("w") + "(No"),
      state("pickle_uses_the_registry", "does not write", text("w") + "\x82\x01"),
      state("pickle_of_a_pickle", "`torch.storage._load_from_bytes`",
            text("w") + global("torch.storage", "_load_from_bytes") + '(' + text("x") + "tR"),
      state("pickle_of_numpy", "`numpy.core.multiarray._reconstruct`",
            text("w") + global("numpy.core.multiarray", "_reconstruct") + ")R"),
      state("pickle_calls_a_tensor", "calls what is no name", text("w") + vector_of("0", 2) + ")R"),
      state("pickle_sets_the_state_of_a_name", "no container",
            text("w") + global("torch", "Size") + "}b"),
      state("pickle_of_text_of_all_memory", "ends in the middle", "X\xff\xff\xff\x7f"),
      state("pickle_of_text_of_64_bits", "ends in the middle", "\x8d" + std::string(8, '\xff')),
      state("pickle_of_an_endless_number", "ends in the middle", "\x8b" + little(0x7fffffff, 4)),
      state("pickle_remembers_at_the_end_of_memory", "remembers too much",
            "Nr" + std::string(4, '\xff')),
      state("pickle_in_letters", "does not write", "I1\n"),
      pickle("pickle_of_marks", "too deep",
             [] { return "\x80\x02" + std::string(4'000'000, '('); }),
      pickle("pickle_of_containers", "too many containers",
             [] { return "\x80\x02" + repeated("]0", 4'000'000) + "N."; }),
      pickle("pickle_of_copies", "hold too much", [] {
        return repeated("(" + std::string(900'000, 'N') + "l0", 8) + "N.";
      }),
      pickle("pickle_of_tensors", "too many tensors", [] {
        const std::string call = std::string("h\0h\1R0", 6);
        const std::string arguments =
            '(' + storage("FloatStorage", "0", 2) + integer(0) + tuple({2}) + tuple({1}) + "t";
        return global("torch._utils", "_rebuild_tensor") + std::string("q\0", 2) + "0" + arguments +
               "q\x01" + "0" + repeated(call, 300'000) + "N.";
      }),
      pickle("pickle_that_holds_itself", "no tensors by name", [] {
        return "\x80\x02}q" + std::string(1, '\0') + text("model") + "h" + std::string(1, '\0') +
               "s.";
      }),
      pickle("pickle_cut_off", "ends in the middle", [] { return "\x80\x02}(" + text("w"); }),
      pickle("pickle_empty", "ends in the middle", [] { return std::string(); }),
      state("storage_that_leaves_the_archive", "a storage is missing",
            text("w") + vector_of("../data.pkl", 2)),
      state("storage_that_is_missing", "a storage is missing", text("w") + vector_of("7", 2)),
      state("storage_longer_than_its_bytes", "longer than its bytes",
            text("w") + vector_of("0", 3)),
      state("storage_of_all_memory", "longer than its bytes",
            text("w") + vector_of("0", std::int64_t{1} << 62)),
      state("storage_of_negative_length", "a size", text("w") + vector_of("0", -2)),
      state("tensor_in_the_pickle_twice", "in the file twice",
            text("w") + vector_of("0", 2) + text("w") + vector_of("0", 2)),
      shaped("tensor_beyond_its_storage", "beyond its storage", tuple({3}), tuple({1})),
      shaped("tensor_that_begins_behind_its_storage", "beyond its storage", tuple({1}), tuple({1}),
             2),
      shaped("tensor_with_wide_strides", "beyond its storage", tuple({2}), tuple({1LL << 62})),
      shaped("tensor_whose_end_overflows", "beyond its storage", tuple({1LL << 62, 1LL << 62}),
             tuple({1LL << 62, 1LL << 62})),
      shaped("tensor_that_repeats_one_element", "repeats elements", tuple({1LL << 50}), tuple({0})),
      shaped("tensor_of_negative_extent", "a size", tuple({-2}), tuple({1})),
      shaped("tensor_of_negative_stride", "a size", tuple({2}), tuple({-1})),
      shaped("tensor_of_65_axes", "a shape", many_axes, many_axes),
      shaped("tensor_with_too_few_strides", "strides", tuple({2}), tuple({})),
  };
}

std::vector<hostile_case> stream_cases() {
  const std::string magic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
  const std::string version = "\x80\x02M\xe9\x03.";
  const auto machine = [](char order) {
    return "\x80\x02}" + text("little_endian") + order + "s.";
  };
  const std::string object = pickled_dict(text("w") + vector_of("7", 2));
  const auto keys = [](const std::string& items) { return "\x80\x02](" + items + "e."; };
  const auto stream = [&](std::string name, std::string sentence, std::string rest,
                          char order = '\x88') {
    const std::string whole = magic + version + machine(order) + object + rest;
    return file(std::move(name), std::move(sentence), "pytorch_model.bin",
                [whole] { return whole; });
  };
  return {
      stream("stream_cut_off", "ends in the middle", ""),
      stream("stream_of_big_endian_bytes", "another byte order", keys(text("7")), '\x89'),
      stream("stream_with_endless_storage", "reaches beyond the file",
             keys(text("7")) + little(1ull << 62, 8)),
      stream("stream_with_storage_cut_off", "reaches beyond the file",
             keys(text("7")) + little(2, 8) + "1234"),
      stream("stream_without_the_storage", "a storage is missing", keys("")),
      stream("stream_with_a_storage_of_nothing", "is of no tensor", keys(text("8"))),
      stream("stream_with_a_storage_twice", "in the file twice",
             keys(text("7") + text("7")) + repeated(little(0, 8), 2)),
      file("stream_with_another_number", "is no file of torch.save", "pytorch_model.bin",
           [] { return "\x80\x02\x8a\x0a" + std::string(10, 'x') + "." + std::string(20, '.'); }),
  };
}

std::vector<hostile_case> all_cases() {
  std::vector<hostile_case> all;
  for (auto* part : {&safetensors_cases, &link_cases, &index_cases, &archive_cases, &pickle_cases,
                     &stream_cases}) {
    std::vector<hostile_case> cases = part();
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

class hostile_file : public testing::TestWithParam<hostile_case> {};

TEST_P(hostile_file, is_refused_by_a_sentence_in_bounded_time_and_memory) {
  const test::temporary_folder folder;
  GetParam().make(folder.path());
  const std::clock_t begin = std::clock();  // of the processor, which others may use as well
  const std::string message = test::message_of([&] { checkpoint::open(folder.path()); });
  EXPECT_LT((std::clock() - begin) / CLOCKS_PER_SEC, 10);
  EXPECT_NE(message, "");
  EXPECT_TRUE(contains(message, GetParam().sentence));
  EXPECT_TRUE(contains(message, folder.path().string()));
  EXPECT_LT(message.size(), 5000u);
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  EXPECT_LT(usage.ru_maxrss, 1'000'000) << "kilobytes";
}

INSTANTIATE_TEST_SUITE_P(all, hostile_file, testing::ValuesIn(all_cases()),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace tensormerge
