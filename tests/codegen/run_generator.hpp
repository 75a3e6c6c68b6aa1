#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace tensormerge::test {

inline std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline void write_file(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

/// The generator, run in a folder of its own that goes away with the object.
class generator {
 public:
  generator() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) /
              (std::string("tensormerge_codegen_") + test->test_suite_name() + '_' + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~generator() { std::filesystem::remove_all(folder_); }
  generator(const generator&) = delete;
  generator& operator=(const generator&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

  /// Runs it with both headers asked for; returns its exit status. `options` come before the
  /// schema, `more` behind it.
  int run(const std::filesystem::path& schema, const std::string& options = "",
          const std::string& more = "") const {
    const std::string command = "\"" TENSORMERGE_BIN "/tensormerge-codegen\" --namespace station " +
                                options + " --structs \"" + structs().string() +
                                "\" --validator \"" + validator().string() + "\" \"" +
                                schema.string() + "\" " + more + " 2> \"" +
                                (folder_ / "errors").string() + '"';
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  int run_text(const std::string& schema) const {
    write_file(folder_ / "given.schema.json", schema);
    return run(folder_ / "given.schema.json");
  }

  std::filesystem::path structs() const { return folder_ / "station.hpp"; }
  std::filesystem::path validator() const { return folder_ / "validate_station.hpp"; }
  std::string errors() const { return read_file(folder_ / "errors"); }

 private:
  std::filesystem::path folder_;
};

}  // namespace tensormerge::test
