#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/model_folder.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/shard_layout.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// Reads the headers of a written folder as a loader would, and throws failure where a tensor is
/// missing, has another type or shape, or is one too many.
inline void check_output(const std::filesystem::path& folder,
                         const std::vector<output_tensor>& expected) {
  const checkpoint written = model_folder::open(folder).weights;
  diagnostics findings;
  constexpr std::size_t most_findings = 20;
  const auto report = [&](const std::string& name, std::string wanted, std::string found) {
    if (findings.size() == most_findings) return;
    findings.push_back({.file = folder.string(),
                        .path = quoted_name(name),
                        .what = "the output was not written as planned",
                        .expected = std::move(wanted),
                        .found = std::move(found)});
  };
  const auto text = [](const auto& tensor) {
    return std::string(tensor.packing ? to_string(*tensor.packing) : to_string(tensor.type)) + ' ' +
           to_string(tensor.dims);
  };
  for (const output_tensor& tensor : expected) {
    const tensor_entry* found = written.find(tensor.name);
    if (found == nullptr) {
      report(tensor.name, text(tensor), "nothing");
    } else if (found->type != tensor.type || found->packing != tensor.packing ||
               !(found->dims == tensor.dims)) {
      report(tensor.name, text(tensor), text(*found));
    }
  }
  if (written.tensors().size() != expected.size() && findings.empty()) {
    report("tensors", std::to_string(expected.size()), std::to_string(written.tensors().size()));
  }
  if (!findings.empty()) throw failure(std::move(findings));
}

}  // namespace tensormerge
