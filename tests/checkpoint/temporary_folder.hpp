#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <stdlib.h>

#include <gtest/gtest.h>

#include <tensormerge/error/failure.hpp>

namespace tensormerge::test {

/// A folder of its own for a test, removed at the end.
class temporary_folder {
 public:
  temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "tensormerge-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = std::filesystem::canonical(name);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::filesystem::path& file, std::string_view content) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary)
      .write(content.data(), static_cast<std::streamsize>(content.size()));
}

inline std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// A safetensors file: length, header and `data`.
inline std::string safetensors_file(std::string_view header, std::string_view data) {
  std::string text;
  for (std::uint64_t rest = header.size(), byte = 0; byte < 8; ++byte, rest >>= 8) {
    text += static_cast<char>(rest & 0xff);
  }
  return text.append(header).append(data);
}

/// A file with one uint8 tensor of that name.
inline std::string file_with_tensor(const std::string& name, const std::string& data) {
  const std::string bytes = std::to_string(data.size());
  return safetensors_file("{\"" + name + "\":{\"dtype\":\"U8\",\"shape\":[" + bytes +
                              "],\"data_offsets\":[0," + bytes + "]}}",
                          data);
}

/// The sorted names in a folder.
inline std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& item : std::filesystem::directory_iterator(folder)) {
    names.push_back(item.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The text of the failure that `action` throws, empty where it throws none.
template <class Action>
std::string message_of(Action&& action) {
  try {
    action();
  } catch (const failure& problem) {
    return problem.what();
  }
  return {};
}

/// Whether `part` is in `text`, which is shown where it is not.
inline ::testing::AssertionResult contains(std::string_view text, std::string_view part) {
  if (text.find(part) != std::string_view::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "`" << part << "` is not in: " << text;
}

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace tensormerge::test
