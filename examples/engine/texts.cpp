#include "texts.hpp"

#include <cstddef>
#include <set>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/error/failure.hpp>

#include "read_tensor.hpp"

namespace engine {

std::vector<text> read_texts(const std::filesystem::path& file, std::string tokenizer) {
  const tensormerge::checkpoint ids = tensormerge::checkpoint::open(file);
  const tensormerge::tensor_reader reader(ids);
  std::set<std::string> tokenizers;
  for (const tensormerge::tensor_entry& entry : ids.tensors()) {
    tokenizers.insert(entry.name.substr(0, entry.name.rfind('.')));
  }
  if (tokenizer.empty() && tokenizers.size() == 1) tokenizer = *tokenizers.begin();
  if (!tokenizers.contains(tokenizer)) {
    std::string known;
    for (const std::string& name : tokenizers) known += (known.empty() ? "" : ", ") + name;
    throw tensormerge::failure(
        tensormerge::diagnostic{.file = file.string(),
                                .what = "it is not clear which texts to use",
                                .expected = "--tokenizer with one of " + known,
                                .found = tokenizer});
  }
  std::vector<text> texts;
  for (const tensormerge::tensor_entry& entry : ids.tensors()) {
    const std::size_t dot = entry.name.rfind('.');
    if (dot == std::string::npos || entry.name.substr(0, dot) != tokenizer) continue;
    texts.push_back({entry.name.substr(dot + 1), read_integers(ids, reader, entry.name)});
  }
  return texts;
}

}  // namespace engine
