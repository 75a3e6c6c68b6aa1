#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/shard_layout.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/torch/pickle_state_dict.hpp>
#include <tensormerge/checkpoint/torch/plan_zip.hpp>
#include <tensormerge/checkpoint/torch/unpickle.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

namespace detail {

/// The archive of one shard, with the members in the order in which torch.save has them.
inline zip_plan plan_torch_archive(const std::string& file_name,
                                   const std::vector<const tensor_entry*>& tensors) {
  const std::string pickle = pickle_state_dict(tensors);
  if (pickle.size() > largest_pickle) {
    throw failure(diagnostic{.file = file_name,
                             .what = "has too many tensors for one file of torch",
                             .expected = "a list of at most " + std::to_string(largest_pickle) +
                                         " bytes",
                             .found = std::to_string(pickle.size()),
                             .hint = "ask for smaller shards"});
  }
  zip_plan archive("archive");
  archive.add("data.pkl", pickle);
  archive.add(".format_version", "1");
  archive.add(".storage_alignment", "64");
  archive.add("byteorder", "little");
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    archive.reserve("data/" + std::to_string(i), tensors[i]->bytes);
  }
  archive.add("version", "3\n");
  archive.finish();
  return archive;
}

}  // namespace detail

/// Files of torch.save as torch 1.6 and later write and read them: an archive with a pickle of the
/// tensors' descriptions and a member for the elements of each. Shards are filled as by
/// lay_out_shards; one is pytorch_model.bin, more are pytorch_model-0000I-of-0000N.bin.
/// Throws failure for names that occur twice, impossible sizes and blocks.
inline shard_layout lay_out_torch(const std::vector<output_tensor>& outputs,
                                  std::uint64_t shard_bytes) {
  for (const output_tensor& output : outputs) {
    if (!output.packing) continue;
    throw failure(diagnostic{.path = quoted_name(output.name),
                             .what = "the output cannot be quantised in a file of torch",
                             .expected = "a type of elements",
                             .found = std::string(to_string(*output.packing)),
                             .hint = "ask for one, float16 perhaps"});
  }
  shard_layout layout;
  layout.index_name = "pytorch_model.bin.index.json";
  layout.tensors = detail::sized_entries(outputs);
  const std::size_t count = detail::fill_shards(layout.tensors, shard_bytes);
  layout.checksum_places.resize(layout.tensors.size());
  for (std::size_t number = 0; number < count; ++number) {
    std::vector<std::size_t> numbers;
    std::vector<const tensor_entry*> members;
    for (std::size_t i = 0; i < layout.tensors.size(); ++i) {
      if (layout.tensors[i].file != number) continue;
      numbers.push_back(i);
      members.push_back(&layout.tensors[i]);
      layout.tensor_bytes += layout.tensors[i].bytes;
    }
    std::string name = detail::shard_file_name("pytorch_model", ".bin", number, count);
    const zip_plan archive = detail::plan_torch_archive(name, members);
    constexpr std::size_t before_tensors = 4;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const zip_plan::member& stored = archive.members()[before_tensors + i];
      layout.tensors[numbers[i]].offset = stored.content;
      layout.checksum_places[numbers[i]] = stored.checksum_places;
    }
    const std::vector<zip_plan::piece>& pieces = archive.pieces();
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      layout.others.push_back(
          {static_cast<std::uint32_t>(number), pieces[i].offset, pieces[i].bytes});
    }
    layout.shards.push_back({std::move(name), pieces.front().bytes, archive.reached()});
  }
  layout.stored = layout.tensors;
  return layout;
}

}  // namespace tensormerge
