#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <tensormerge/checkpoint/byte_hash.hpp>
#include <tensormerge/checkpoint/copy_bytes.hpp>
#include <tensormerge/checkpoint/crc32.hpp>
#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/checkpoint/partial_folder.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/shard_layout.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/checkpoint/tensor_view.hpp>
#include <tensormerge/checkpoint/write_journal.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// Tensor bytes after which a new shard begins where nothing else is asked for.
inline constexpr std::uint64_t default_shard_bytes = 5'000'000'000;

/// What a finished output has outlived: nothing but the program, or a loss of power too.
enum class durability { program_end, power_loss };

/// Writes a model folder whose tensors are known beforehand: headers and space first, then any
/// bytes in any order from any thread, and at the end the folder gets its name. Without `commit`
/// nothing remains of it.
class model_writer {
 public:
  /// Creates the unfinished folder, and in it every weights file in its full length. Weights that a
  /// killed run left are kept if that is asked for and they are laid out alike. Throws failure where
  /// `output` is a file, names or sizes are impossible, or the disk has not enough room.
  model_writer(const std::filesystem::path& output, const std::vector<output_tensor>& tensors,
               const safetensors_metadata& metadata = {{"format", "pt"}},
               std::uint64_t shard_bytes = default_shard_bytes,
               leftover_weights leftover = leftover_weights::removed)
      : model_writer(output, lay_out_shards(tensors, metadata, shard_bytes), leftover) {}

  /// The same for a layout of any kind. Of one file `output` may be the file itself, with nothing
  /// beside it.
  model_writer(const std::filesystem::path& output, shard_layout layout,
               leftover_weights leftover = leftover_weights::removed,
               output_form form = output_form::folder)
      : layout_(std::move(layout)),
        written_bytes_(layout_.tensors.size()),
        checksums_(layout_.checksum_places.size()),
        form_(form),
        folder_(output, leftover, form) {
    open_kept_shards();
    check_free_space();
    for (shard_layout::shard& shard : layout_.shards) {
      const std::string prefix = std::exchange(shard.prefix, {});
      if (const auto kept = files_.find(shard.file_name); kept != files_.end()) {
        shards_.push_back(&kept->second);
        continue;
      }
      const file& made = create(shard.file_name);
      reserve(made, shard.file_bytes);
      write_at(made.opened, made.path, 0, std::as_bytes(std::span(prefix)));
      shards_.push_back(&made);
    }
    for (const shard_layout::placed_text& text : layout_.others) {
      const file& shard = *shards_[text.shard];
      write_at(shard.opened, shard.path, text.offset, std::as_bytes(std::span(text.bytes)));
    }
    if (layout_.shards.size() > 1) add_file(layout_.index_name, shard_index_text(layout_));
    layout_.stored = std::vector<tensor_entry>();
    layout_.others = std::vector<shard_layout::placed_text>();
  }

  /// Where each tensor goes, in the order they were given.
  const std::vector<tensor_entry>& tensors() const { return layout_.tensors; }
  /// Without the texts that are written already, and what they were made of.
  const shard_layout& layout() const { return layout_; }

  /// The folder where the files are until `commit`, and the journal's place in it.
  const std::filesystem::path& partial_path() const { return folder_.path(); }
  std::filesystem::path journal() const { return folder_.journal(); }

  /// Whether the tensor's bytes are those that were recorded; they count as written then. Throws
  /// failure where they cannot be read.
  bool keeps(const write_journal::record& recorded) const {
    if (recorded.tensor >= layout_.tensors.size() || recorded.range_bytes == 0) return false;
    if (layout_.splits.contains(static_cast<std::size_t>(recorded.tensor))) return false;
    const tensor_entry& entry = layout_.tensors[static_cast<std::size_t>(recorded.tensor)];
    const file& shard = *shards_[entry.file];
    std::vector<std::byte> range;
    std::uint64_t hash = 0;
    std::uint32_t checksum = 0;
    for (std::uint64_t place = 0; place < entry.bytes; place += recorded.range_bytes) {
      range.resize(static_cast<std::size_t>(std::min(recorded.range_bytes, entry.bytes - place)));
      if (read_at(shard.opened, shard.path, entry.offset + place, range) < range.size()) return false;
      hash += hash_bytes(range, place);
      if (has_checksums()) checksum ^= crc32_part(range, entry.bytes - place - range.size());
    }
    if (hash != recorded.hash) return false;
    if (has_checksums()) {
      checksums_[static_cast<std::size_t>(recorded.tensor)].store(checksum,
                                                                  std::memory_order_relaxed);
    }
    written_bytes_[static_cast<std::size_t>(recorded.tensor)].store(entry.bytes,
                                                                    std::memory_order_relaxed);
    return true;
  }

  /// Puts bytes at `byte_offset` of the tensor, whole blocks of one that is packed. Threads may
  /// write at once, each byte once where files have checksums. Throws failure.
  void write(std::size_t tensor, std::uint64_t byte_offset, std::span<const std::byte> from) const {
    const tensor_entry& entry = checked(tensor, byte_offset, from.size());
    const file& shard = *shards_[entry.file];
    if (const auto split = layout_.splits.find(tensor); split != layout_.splits.end()) {
      write_split(shard, entry, split->second, byte_offset, from);
    } else {
      write_at(shard.opened, shard.path, entry.offset + byte_offset, from);
    }
    if (has_checksums()) {
      checksums_[tensor].fetch_xor(crc32_part(from, entry.bytes - byte_offset - from.size()),
                                   std::memory_order_relaxed);
    }
    count(tensor, from.size());
  }

  /// Copies `bytes` bytes of an input tensor as they are, without passing through memory where the
  /// file systems can. Threads may copy at once. Throws failure.
  void copy(std::size_t tensor, std::uint64_t byte_offset, const tensor_reader& reader,
            const tensor_entry& source, std::uint64_t source_offset, std::uint64_t bytes) const {
    const tensor_entry& entry = checked(tensor, byte_offset, bytes);
    reader.check_range(source, source_offset, bytes);
    if (source.view != nullptr || has_checksums()) {
      return copy_by_memory(tensor, byte_offset, reader, source, source_offset, bytes);
    }
    const file& shard = *shards_[entry.file];
    copy_bytes({reader.file_of(source), reader.path_of(source), source.offset + source_offset},
               {shard.opened, shard.path, entry.offset + byte_offset}, bytes);
    count(tensor, bytes);
  }

  /// Copies a whole input tensor of the same size.
  void copy(std::size_t tensor, const tensor_reader& reader, const tensor_entry& source) const {
    const std::uint64_t bytes = checked(tensor, 0, 0).bytes;
    if (bytes != source.bytes) {
      throw failure(diagnostic{.file = reader.path_of(source).string(),
                               .path = quoted_name(source.name),
                               .what = "cannot be copied to " + quoted_name(tensors()[tensor].name),
                               .expected = std::to_string(bytes) + " bytes",
                               .found = std::to_string(source.bytes)});
    }
    copy(tensor, 0, reader, source, 0, bytes);
  }

  /// Adds a small file beside the weights. Throws failure where the name is not plain or taken.
  void add_file(const std::string& name, std::string_view content) {
    const file& made = create(name);
    write_at(made.opened, made.path, 0, std::as_bytes(std::span(content)));
  }

  /// Adds the content of `from`, following links. Throws failure.
  void copy_file(const std::filesystem::path& from, const std::string& name) {
    const file_descriptor source = open_for_reading(from);
    const file& made = create(name);
    copy_bytes({source, from, 0}, {made.opened, made.path, 0}, file_bytes(source, from));
  }

  /// Gives the finished output its name; call it once, after the last write. Throws failure where
  /// bytes of a tensor were never written.
  void commit(durability asked = durability::power_loss) {
    check_complete();
    write_checksums();
    if (asked == durability::power_loss) {
      for (const auto& [name, made] : files_) flush(made.opened, made.path);
      flush_folder(folder_.path());
    }
    if (form_ == output_form::file) folder_.publish_file(layout_.shards.front().file_name);
    else folder_.publish();
    if (asked == durability::power_loss) {
      if (form_ == output_form::folder) flush_folder(folder_.output());
      flush_folder(folder_.output().parent_path());
    }
  }

 private:
  struct file {
    file_descriptor opened;
    std::filesystem::path path;
  };

  const tensor_entry& checked(std::size_t tensor, std::uint64_t byte_offset,
                              std::uint64_t bytes) const {
    if (tensor >= layout_.tensors.size()) {
      throw failure(
          diagnostic{.file = folder_.output().string(),
                     .what = "a write names no tensor",
                     .expected = "a number below " + std::to_string(layout_.tensors.size()),
                     .found = std::to_string(tensor)});
    }
    const tensor_entry& entry = layout_.tensors[tensor];
    if (byte_offset > entry.bytes || bytes > entry.bytes - byte_offset) {
      throw failure(diagnostic{
          .file = folder_.output().string(),
          .path = quoted_name(entry.name),
          .what = "a write leaves the tensor",
          .expected = "at most " + std::to_string(entry.bytes) + " bytes",
          .found = std::to_string(bytes) + " bytes from " + std::to_string(byte_offset) + " on"});
    }
    return entry;
  }

  /// Takes the blocks of MLX apart.
  static void write_split(const file& shard, const tensor_entry& entry,
                          const shard_layout::split_place& place, std::uint64_t byte_offset,
                          std::span<const std::byte> from) {
    const std::size_t block = bytes_per_block(*entry.packing);
    const std::size_t scale = mlx_scale_bytes(*entry.packing), numbers = block - 2 * scale;
    const std::uint64_t first = byte_offset / block;
    const std::size_t count = from.size() / block;
    std::vector<std::byte> part;
    const auto scatter = [&](std::uint64_t offset, std::size_t bytes, std::size_t at) {
      part.resize(count * bytes);
      for (std::size_t i = 0; i < count; ++i) {
        std::memcpy(part.data() + i * bytes, from.data() + i * block + at, bytes);
      }
      write_at(shard.opened, shard.path, offset + first * bytes, part);
    };
    scatter(entry.offset, numbers, 0);
    scatter(place.scales, scale, numbers);
    scatter(place.biases, scale, numbers + scale);
  }

  bool has_checksums() const { return !checksums_.empty(); }

  void copy_by_memory(std::size_t tensor, std::uint64_t byte_offset, const tensor_reader& reader,
                      const tensor_entry& source, std::uint64_t source_offset,
                      std::uint64_t bytes) const {
    const std::optional<block_format>& packing = layout_.tensors[tensor].packing;
    const std::uint64_t whole = packing ? bytes_per_block(*packing) : 1;
    const std::uint64_t buffer_bytes = (std::uint64_t{1} << 20) / whole * whole;
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(bytes, buffer_bytes)));
    for (std::uint64_t done = 0; done < bytes; done += buffer.size()) {
      buffer.resize(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), bytes - done)));
      reader.read(source, source_offset + done, buffer);
      write(tensor, byte_offset + done, buffer);
    }
  }

  /// Puts the checksums of complete tensors where the layout has room for them.
  void write_checksums() const {
    for (std::size_t i = 0; i < checksums_.size(); ++i) {
      const tensor_entry& entry = layout_.tensors[i];
      const file& shard = *shards_[entry.file];
      std::uint32_t sum =
          crc32_of_parts(checksums_[i].load(std::memory_order_relaxed), entry.bytes);
      std::array<std::byte, 4> bytes{};
      for (std::byte& each : bytes) each = static_cast<std::byte>(sum & 0xff), sum >>= 8;
      for (const std::uint64_t place : layout_.checksum_places[i]) {
        write_at(shard.opened, shard.path, place, bytes);
      }
    }
  }

  void count(std::size_t tensor, std::uint64_t bytes) const {
    written_bytes_[tensor].fetch_add(bytes, std::memory_order_relaxed);
  }

  /// Opens what is there of the shards, where length and header are those that are wanted; removes
  /// what else there is.
  void open_kept_shards() {
    std::error_code error;
    for (std::filesystem::directory_iterator item(folder_.path(), error), end; !error && item != end;
         item.increment(error)) {
      const std::filesystem::path path = item->path();
      if (!has_weights_ending(path)) continue;
      const auto shard =
          std::find_if(layout_.shards.begin(), layout_.shards.end(),
                       [&](const auto& each) { return each.file_name == path.filename(); });
      if (shard != layout_.shards.end() && item->is_regular_file(error)) {
        file_descriptor opened(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
        std::string prefix(shard->prefix.size(), '\0');
        if (opened && file_bytes(opened, path) == shard->file_bytes &&
            read_at(opened, path, 0, std::as_writable_bytes(std::span(prefix))) == prefix.size() &&
            prefix == shard->prefix) {
          files_.emplace(shard->file_name, file{std::move(opened), path});
          continue;
        }
      }
      std::filesystem::remove_all(path, error);
      if (error) throw system_failure(path, "cannot remove the file", error.value());
    }
  }

  const file& create(const std::string& name) {
    const std::filesystem::path path = folder_.path() / name;
    if (!is_plain_file_name(name)) {
      throw failure(diagnostic{.file = folder_.output().string(),
                               .what = "a file cannot be added",
                               .expected = "a plain file name",
                               .found = quoted_name(name)});
    }
    file_descriptor opened(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!opened) throw system_failure(path, "cannot create the file", errno);
    return files_.emplace(name, file{std::move(opened), path}).first->second;
  }

  void check_free_space() const {
    std::uint64_t needed = 0;
    for (const shard_layout::shard& shard : layout_.shards) {
      if (!files_.contains(shard.file_name)) needed += shard.file_bytes;
    }
    struct statvfs disk {};
    if (::statvfs(folder_.path().c_str(), &disk) == 0) {
      const std::uint64_t available = std::uint64_t{disk.f_bavail} * disk.f_frsize;
      if (needed > available) throw disk_full(needed, available);
    }
  }

  failure disk_full(std::uint64_t needed, std::uint64_t available) const {
    return failure(diagnostic{.file = folder_.output().string(),
                              .what = "the disk has not enough room for the output",
                              .expected = std::to_string(needed) + " bytes",
                              .found = std::to_string(available) + " bytes free",
                              .hint = "free space or choose another output folder"});
  }

  void reserve(const file& made, std::uint64_t bytes) const {
    const auto length = static_cast<off_t>(bytes);
    // Not posix_fallocate: where the file system cannot reserve, it writes into every block
    // instead.
    int result = 0;
    do {
      result = ::fallocate(made.opened.number(), 0, 0, length);
    } while (result != 0 && errno == EINTR);
    if (result == 0) return;
    if (errno == ENOSPC || errno == EDQUOT) {
      struct statvfs disk {};
      ::statvfs(folder_.path().c_str(), &disk);
      throw disk_full(bytes, std::uint64_t{disk.f_bavail} * disk.f_frsize);
    }
    if (errno != EOPNOTSUPP && errno != ENOSYS) {
      throw system_failure(made.path, "cannot reserve " + std::to_string(bytes) + " bytes", errno);
    }
    if (::ftruncate(made.opened.number(), length) != 0) {
      throw system_failure(made.path,
                           "cannot make the file " + std::to_string(bytes) + " bytes long", errno);
    }
  }

  void check_complete() const {
    for (std::size_t i = 0; i < layout_.tensors.size(); ++i) {
      const std::uint64_t written = written_bytes_[i].load(std::memory_order_relaxed);
      if (written >= layout_.tensors[i].bytes) continue;
      throw failure(diagnostic{.file = folder_.output().string(),
                               .path = quoted_name(layout_.tensors[i].name),
                               .what = "the tensor was not written to its end",
                               .expected = std::to_string(layout_.tensors[i].bytes) + " bytes",
                               .found = std::to_string(written)});
    }
  }

  static void flush(const file_descriptor& opened, const std::filesystem::path& path) {
    if (::fsync(opened.number()) != 0 && errno != EINVAL && errno != ENOTSUP) {
      throw system_failure(path, "cannot bring the file to the disk", errno);
    }
  }

  static void flush_folder(const std::filesystem::path& path) {
    const file_descriptor opened(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // A folder that may be written but not read cannot be flushed, and that is no reason to fail.
    if (opened) flush(opened, path);
  }

  shard_layout layout_;
  mutable std::vector<std::atomic<std::uint64_t>> written_bytes_;
  /// The parts of each tensor's CRC-32 so far; empty where files have none.
  mutable std::vector<std::atomic<std::uint32_t>> checksums_;
  output_form form_;
  partial_folder folder_;
  std::map<std::string, file> files_;
  std::vector<const file*> shards_;
};

}  // namespace tensormerge
