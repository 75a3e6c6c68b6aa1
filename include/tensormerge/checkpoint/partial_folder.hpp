#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// Whether a loader would take the file for weights of a model: model.safetensors or
/// pytorch_model.bin, an index of one of them or a shard, or model.gguf.
inline bool is_weights_file_name(std::string_view name) {
  const auto is_of = [name](std::string_view stem, std::string_view ending) {
    const std::string whole = std::string(stem).append(ending);
    return name == whole || name == whole + ".index.json" ||
           (name.starts_with(std::string(stem) + '-') && name.ends_with(ending) &&
            name.find("-of-") != std::string_view::npos);
  };
  return name == "model.gguf" || is_of("model", ".safetensors") || is_of("pytorch_model", ".bin");
}

/// Whether a file of an unfinished output, of that name, holds weights.
inline bool has_weights_ending(const std::filesystem::path& name) {
  return name.extension() == ".safetensors" || name.extension() == ".gguf" ||
         name.extension() == ".bin";
}

/// What becomes of the weights that a killed run left.
enum class leftover_weights { removed, kept };

/// What gets the final name: the folder, or the one file that is in it.
enum class output_form { folder, file };

/// A folder in which an output grows before it gets its final name. It lies beside the output
/// (OUT.partial), or in it where OUT is a folder already, which may be a mount point of its own.
/// Holds a lock on the folder: one that a killed run left is emptied, of its weights and journal
/// too unless these are asked for, and used again; one at work or of other origin is left alone and
/// a free name is taken. Unless published, it goes with its owner.
class partial_folder {
 public:
  /// Creates the folder, and the output's parents where they are missing. Throws failure.
  explicit partial_folder(const std::filesystem::path& output,
                          leftover_weights leftover = leftover_weights::removed,
                          output_form form = output_form::folder)
      : output_(resolved(output)), leftover_(leftover) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(output_, error);
    const bool exists = std::filesystem::exists(std::filesystem::symlink_status(output_, error));
    const bool is_file = form == output_form::file;
    if (exists && !(is_file ? std::filesystem::is_regular_file(status)
                            : std::filesystem::is_directory(status))) {
      throw failure(diagnostic{
          .file = output_.string(),
          .what = "the output cannot be written",
          .expected = std::string(is_file ? "a file" : "a folder") + " or nothing at this path",
          .found = is_file ? "something else" : "a file",
          .hint = is_file ? "move it away or choose another output"
                          : "move it away or choose another output folder"});
    }
    if (!exists) create_parents();
    const std::filesystem::path first = exists && !is_file
                                            ? output_ / "model.partial"
                                            : std::filesystem::path(output_.string() + ".partial");
    try {
      take(first);
    } catch (...) {
      remove_parents();
      throw;
    }
  }

  partial_folder(const partial_folder&) = delete;
  partial_folder& operator=(const partial_folder&) = delete;

  ~partial_folder() {
    if (published_ || replacing_) return;
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
    remove_parents();
  }

  const std::filesystem::path& path() const { return path_; }
  const std::filesystem::path& output() const { return output_; }
  /// Where the list of what is finished may be kept; it is not published.
  std::filesystem::path journal() const { return path_ / journal_name; }

  /// Gives the content its final name. A new output appears as a whole. In an existing folder files
  /// of the same name are replaced one by one, then weights of an earlier run are removed, since a
  /// loader would mix them with the new ones. Throws failure: before the first replacement nothing
  /// has changed then, after it what is not in place yet stays in the unfinished folder.
  void publish() {
    if (::rename(path_.c_str(), output_.c_str()) == 0) {
      path_ = output_;
    } else if (errno == ENOTEMPTY || errno == EEXIST || errno == EINVAL) {
      // EINVAL: the output contains this folder.
      move_files();
    } else {
      throw system_failure(output_, "cannot rename " + path_.filename().string() + " to this",
                           errno);
    }
    published_ = true;
    std::error_code ignored;
    std::filesystem::remove(path_ / journal_name, ignored);
    std::filesystem::remove(path_ / marker, ignored);
    if (path_ != output_) std::filesystem::remove_all(path_, ignored);
  }

  /// Gives the file of this name the output's, in place of a file that has it already; the folder
  /// goes. Throws failure, and nothing has changed then.
  void publish_file(const std::string& name) {
    if (::rename((path_ / name).c_str(), output_.c_str()) != 0) {
      throw system_failure(output_, "cannot rename the finished file to this", errno);
    }
    published_ = true;
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

 private:
  // Tells a folder of ours, which may be emptied, from one that a user happened to name like it.
  static constexpr const char* marker = ".tensormerge-partial";
  static constexpr const char* journal_name = ".tensormerge-journal";

  static std::filesystem::path resolved(const std::filesystem::path& output) {
    std::error_code error;
    std::filesystem::path result =
        std::filesystem::weakly_canonical(std::filesystem::absolute(output, error), error);
    if (!error && !result.has_filename()) result = result.parent_path();
    if (error || !result.has_filename()) {
      throw failure(diagnostic{.file = output.string(),
                               .what = "the output cannot be written",
                               .expected = "the path of a folder"});
    }
    return result;
  }

  void create_parents() {
    std::vector<std::filesystem::path> missing;
    std::error_code error;
    for (std::filesystem::path parent = output_.parent_path();
         !parent.empty() && !std::filesystem::exists(parent, error);
         parent = parent.parent_path()) {
      missing.push_back(parent);
    }
    for (; !missing.empty(); missing.pop_back()) {
      if (std::filesystem::create_directory(missing.back(), error)) {
        made_.push_back(missing.back());
      } else if (error) {
        remove_parents();
        throw system_failure(missing.back(), "cannot create the folder", error.value());
      }
    }
  }

  void remove_parents() noexcept {
    std::error_code ignored;
    for (; !made_.empty(); made_.pop_back()) std::filesystem::remove(made_.back(), ignored);
  }

  void take(const std::filesystem::path& first) {
    constexpr int most_attempts = 1000;
    for (int attempt = 1; attempt <= most_attempts; ++attempt) {
      path_ =
          attempt == 1 ? first : std::filesystem::path(first.string() + std::to_string(attempt));
      const bool created = ::mkdir(path_.c_str(), 0777) == 0;
      if (!created && errno != EEXIST) {
        throw system_failure(path_, "cannot create the folder", errno);
      }
      lock_ =
          file_descriptor(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!lock_ || !lock(created) || !still_there() || !(created || is_leftover())) continue;
      try {
        empty_and_mark();
      } catch (...) {
        if (created) ::rmdir(path_.c_str());
        throw;
      }
      return;
    }
    throw failure(diagnostic{.file = first.string(),
                             .what = "no free name for the unfinished output",
                             .hint = "remove the folders of this name that runs left behind"});
  }

  bool lock(bool created) const {
    if (::flock(lock_.number(), LOCK_EX | LOCK_NB) == 0) return true;
    return created && errno != EWOULDBLOCK;  // a file system without locks
  }

  /// Its owner may have renamed or removed it between the opening and the lock.
  bool still_there() const {
    struct stat opened {
    }, named{};
    return ::fstat(lock_.number(), &opened) == 0 && ::lstat(path_.c_str(), &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
  }

  bool is_leftover() const {
    std::error_code error;
    return std::filesystem::exists(path_ / marker, error) ||
           (std::filesystem::is_empty(path_, error) && !error);
  }

  void empty_and_mark() const {
    const std::filesystem::path mark = path_ / marker;
    const file_descriptor made(
        ::open(mark.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!made) throw system_failure(mark, "cannot create the file", errno);
    if (leftover_ == leftover_weights::removed) {
      std::error_code ignored;
      std::filesystem::remove(journal(), ignored);
    }
    for (const std::filesystem::path& name : names()) {
      if (has_weights_ending(name) && leftover_ == leftover_weights::kept) continue;
      std::error_code error;
      std::filesystem::remove_all(path_ / name, error);
      if (error) throw system_failure(path_ / name, "cannot remove the file", error.value());
    }
  }

  /// The names in the folder but those of the marker and the journal.
  std::vector<std::filesystem::path> names() const {
    std::vector<std::filesystem::path> result;
    std::error_code error;
    for (std::filesystem::directory_iterator item(path_, error), end; !error && item != end;
         item.increment(error)) {
      const std::filesystem::path name = item->path().filename();
      if (name != marker && name != journal_name) result.push_back(name);
    }
    if (error) throw system_failure(path_, "cannot list the folder", error.value());
    return result;
  }

  void move_files() {
    const std::vector<std::filesystem::path> ours = names();
    std::error_code error;
    for (const std::filesystem::path& name : ours) {
      const std::filesystem::path target = output_ / name;
      if (std::filesystem::is_directory(std::filesystem::symlink_status(target, error))) {
        throw failure(diagnostic{.file = target.string(),
                                 .what = "cannot be replaced by the output's file",
                                 .expected = "a file or nothing",
                                 .found = "a folder"});
      }
    }
    replacing_ = true;
    for (const std::filesystem::path& name : ours) {
      if (::rename((path_ / name).c_str(), (output_ / name).c_str()) != 0) {
        throw system_failure(output_ / name,
                             "cannot replace the file (the rest of the output is in " +
                                 path_.string() + ")",
                             errno);
      }
    }
    remove_stale_weights(ours);
  }

  void remove_stale_weights(const std::vector<std::filesystem::path>& ours) const {
    std::vector<std::filesystem::path> stale;
    std::error_code error;
    for (std::filesystem::directory_iterator item(output_, error), end; !error && item != end;
         item.increment(error)) {
      const std::filesystem::path name = item->path().filename();
      const bool is_ours = std::find(ours.begin(), ours.end(), name) != ours.end();
      if (!is_ours && is_weights_file_name(name.string())) stale.push_back(item->path());
    }
    for (const std::filesystem::path& file : stale) {
      if (!std::filesystem::remove(file, error) && error) {
        throw system_failure(file, "cannot remove the weights of an earlier run", error.value());
      }
    }
  }

  std::filesystem::path output_, path_;
  leftover_weights leftover_;
  std::vector<std::filesystem::path> made_;
  file_descriptor lock_;
  bool published_ = false;
  bool replacing_ = false;  // a file of an existing output has been replaced, or is about to be
};

}  // namespace tensormerge
