#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/added_token.hpp>
#include <tensormerge/checkpoint/byte_level_tokenizer.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/special_tokens.hpp>
#include <tensormerge/checkpoint/token_table.hpp>
#include <tensormerge/checkpoint/unsigned_integer.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/document/read_text.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// A model's tokenizer: what its files say, and the tokens that follow from it.
struct tokenizer {
  std::filesystem::path folder{};
  /// tokenizer.json, or what stands for it; null where that is not known.
  node document{};
  /// tokenizer_config.json; null where there is none.
  node settings{};
  token_table tokens{};
};

namespace detail {

class tokenizer_reader {
 public:
  explicit tokenizer_reader(const std::filesystem::path& folder) { its_.folder = folder; }

  /// `model_type` is what config.json says, for settings that name no class.
  std::optional<tokenizer> read(std::string_view model_type) {
    its_.settings = read_mapping("tokenizer_config.json");
    if (has("tokenizer.json")) {
      its_.document = read_mapping("tokenizer.json");
      file_ = path_of("tokenizer.json");
      read_document();
    } else if (has("vocab.json") && has("merges.txt")) {
      file_ = path_of("vocab.json");
      node vocab = read_mapping("vocab.json");
      read_vocabulary(vocab);
      its_.document = byte_level_tokenizer(class_name(model_type), adds_prefix_space(),
                                           std::move(vocab), read_merges());
    } else {
      refuse_other_forms();
      return std::nullopt;
    }
    add_tokens_of_other_files();
    return std::move(its_);
  }

 private:
  bool has(const char* name) const {
    std::error_code error;
    return std::filesystem::is_regular_file(its_.folder / name, error);
  }
  std::string path_of(const char* name) const { return (its_.folder / name).string(); }

  node read_mapping(const char* name) const {
    if (!has(name)) return {};
    node document = load_json_file(its_.folder / name);
    if (document.is_mapping()) return document;
    throw failure(diagnostic{.file = path_of(name),
                             .what = "is of the wrong kind",
                             .expected = "a mapping",
                             .found = std::string(to_string(document.type))});
  }

  std::string read_merges() const {
    constexpr std::size_t most_bytes = std::size_t{256} << 20;
    return read_text(its_.folder / "merges.txt", most_bytes);
  }

  std::string class_name(std::string_view model_type) const {
    const node* stated = its_.settings.find("tokenizer_class");
    if (stated != nullptr && stated->is_string()) return stated->text;
    if (model_type == "gpt2") return "GPT2Tokenizer";
    return model_type.starts_with("qwen") ? "Qwen2Tokenizer" : "";
  }

  bool adds_prefix_space() const {
    const node* stated = its_.settings.find("add_prefix_space");
    return stated != nullptr && stated->type == node::kind::boolean && stated->number != 0;
  }

  void refuse_other_forms() const {
    constexpr std::array<const char*, 7> others{
        "tokenizer.model", "spiece.model",   "sentencepiece.bpe.model", "spm.model",
        "vocab.txt",       "tiktoken.model", "tekken.json"};
    for (const char* name : others) {
      if (!has(name)) continue;
      throw failure(diagnostic{
          .file = path_of(name),
          .what = "the tokenizer is in a form whose tokens cannot be merged",
          .expected = "tokenizer.json, or vocab.json and merges.txt",
          .hint = "save it with transformers: "
                  "AutoTokenizer.from_pretrained(folder).save_pretrained(folder)"});
    }
  }

  failure wrong(text_position at, std::string path, std::string expected,
                std::string_view found) const {
    return failure(diagnostic{.file = file_,
                              .at = at,
                              .path = std::move(path),
                              .what = "the tokenizer cannot be read",
                              .expected = std::move(expected),
                              .found = std::string(found)});
  }

  void read_document() {
    const node* model = its_.document.find("model");
    const node* vocab = model == nullptr ? nullptr : model->find("vocab");
    if (vocab == nullptr) throw wrong({}, "model.vocab", "the model's tokens", "none");
    read_vocabulary(*vocab);
    const node* added = its_.document.find("added_tokens");
    if (added == nullptr || !added->is_sequence()) return;
    std::vector<added_token> tokens;
    for (const node& each : added->items) {
      const node* id = each.find("id");
      if (id == nullptr) throw wrong(each.at, "added_tokens", "a token with its id", "no `id`");
      tokens.push_back(read_added_token(each));
      tokens.back().id = check_id(*id, "added_tokens");
    }
    // In the order of their ids each goes to the end.
    std::stable_sort(tokens.begin(), tokens.end(),
                     [](const added_token& x, const added_token& y) { return x.id < y.id; });
    for (added_token& token : tokens) its_.tokens.restore(std::move(token));
  }

  /// Unigram lists its pieces with their scores, all others map tokens to ids.
  void read_vocabulary(const node& vocab) {
    constexpr const char* path = "model.vocab";
    its_.tokens.reserve(vocab.items.size() + vocab.entries.size());
    for (const node& piece : vocab.items) {
      const node& text = piece.items.empty() ? piece : piece.items.front();
      if (!text.is_string()) throw wrong(piece.at, path, "a token", to_string(text.type));
      if (!its_.tokens.put(text.text, its_.tokens.model_tokens())) {
        throw wrong(piece.at, path, "each token once", quoted_name(text.text) + " again");
      }
    }
    for (const node_entry& entry : vocab.entries) {
      its_.tokens.put(entry.key, check_id(entry.value, path));
    }
  }

  /// The id, unless a table with a row for it would be absurd.
  std::uint64_t check_id(const node& value, const char* path) const {
    constexpr std::uint64_t most = std::uint64_t{1} << 24;
    const std::optional<std::uint64_t> id = unsigned_integer(value);
    if (!id || *id >= most) {
      throw wrong(value.at, path, "a token's id below " + std::to_string(most),
                  value.is_scalar() ? quoted_name(value.text) : to_string(value.type));
    }
    return *id;
  }

  void add(added_token token, text_position at) {
    if (its_.tokens.add(token)) return;
    throw wrong(at, "added_tokens", "ids without gaps",
                "no free id for " + quoted_name(token.content));
  }

  /// What transformers adds of the files beside tokenizer.json when it loads a tokenizer.
  void add_tokens_of_other_files() {
    const node* decoder = its_.settings.find("added_tokens_decoder");
    if (decoder != nullptr) {
      for (const node_entry& entry : decoder->entries) add(read_added_token(entry.value), {});
    }
    for (const node_entry& entry : read_mapping("added_tokens.json").entries) {
      add({.content = entry.key}, {});
    }
    std::vector<added_token> special = special_tokens(its_.settings);
    if (decoder == nullptr) {
      for (added_token& token : special_tokens(read_mapping("special_tokens_map.json"))) {
        special.push_back(std::move(token));
      }
    }
    for (added_token& token : special) add(std::move(token), {});
  }

  tokenizer its_;
  std::string file_;  // for messages
};

}  // namespace detail

/// Reads the tokenizer of a model folder as transformers loads it: tokenizer.json (or vocab.json
/// and merges.txt) with the tokens that tokenizer_config.json, added_tokens.json and
/// special_tokens_map.json add. None where the folder has no tokenizer. Throws failure where a file
/// is not sound, or the tokenizer has another form, such as tokenizer.model alone. `model_type` is
/// what config.json says.
inline std::optional<tokenizer> read_tokenizer(const std::filesystem::path& folder,
                                               std::string_view model_type = {}) {
  return detail::tokenizer_reader(folder).read(model_type);
}

}  // namespace tensormerge
