#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/chat_template_of.hpp>
#include <tensormerge/checkpoint/gguf/config_of_gguf.hpp>
#include <tensormerge/checkpoint/gguf/gguf_names.hpp>
#include <tensormerge/checkpoint/gguf/gguf_of_config.hpp>
#include <tensormerge/checkpoint/gguf/gguf_of_tokenizer.hpp>
#include <tensormerge/checkpoint/gguf/tokenizer_of_gguf.hpp>
#include <tensormerge/checkpoint/mlx_quantisation.hpp>
#include <tensormerge/checkpoint/model_folder.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/row_map.hpp>
#include <tensormerge/checkpoint/row_map_view.hpp>
#include <tensormerge/checkpoint/single_tensor_reader.hpp>
#include <tensormerge/checkpoint/tokenizer.hpp>
#include <tensormerge/checkpoint/unsigned_integer.hpp>
#include <tensormerge/document/write_json.hpp>
#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/plan/dimension_check.hpp>
#include <tensormerge/plan/finish_plan.hpp>
#include <tensormerge/plan/gguf_output.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/mlx_layout.hpp>
#include <tensormerge/plan/packed_weights.hpp>
#include <tensormerge/plan/tensor_planner.hpp>
#include <tensormerge/plan/tensor_role.hpp>
#include <tensormerge/plan/weights_layout.hpp>

namespace tensormerge {

/// What a model is converted to; without a type of elements or blocks tensors keep theirs.
struct conversion_request {
  weights_layout layout = weights_layout::safetensors;
  std::optional<dtype> type{};
  std::optional<block_format> packing{};      // only of GGUF files
  std::optional<mlx_settings> quantisation{};  // only of MLX
};

namespace detail {

/// Plans one conversion of a model.
class conversion_planner {
 public:
  conversion_planner(model_folder model, const conversion_request& request)
      : request_(request), is_gguf_(model.gguf != nullptr) {
    plan_.models.push_back({model.path.string(), std::move(model)});
  }

  merge_plan plan() {
    plan_.layout = request_.layout;
    const bool to_gguf = request_.layout == weights_layout::gguf;
    if (to_gguf && !is_gguf_) make_metadata();
    else if (to_gguf) plan_.gguf = *source().gguf;
    else if (is_gguf_) make_folder();
    if (to_mlx()) check_mlx();
    for (const tensor_entry& tensor : source().weights.tensors()) add(tensor);
    if (dimensions_) report(dimensions_->objection());
    if (!findings_.empty()) throw failure(std::move(findings_));
    if (to_gguf && !is_gguf_) add_tokenizer();
    std::sort(plan_.tensors.begin(), plan_.tensors.end(),
              [](const planned_tensor& a, const planned_tensor& b) { return a.name < b.name; });
    if (plan_.gguf) finish_gguf();
    else finish_folder();
    return std::move(plan_);
  }

 private:
  bool to_mlx() const { return request_.layout == weights_layout::mlx; }

  void check_mlx() {
    report(mlx_objection(source().config));
    if (request_.quantisation) report(mlx_settings_objection(*request_.quantisation));
    if (!findings_.empty()) throw failure(std::move(findings_));
  }

  const model_folder& source() const { return plan_.models.front().folder; }

  void report(std::string_view tensor, std::string what, std::string expected = {},
              std::string found = {}) {
    report({.path = quoted_name(tensor),
            .what = std::move(what),
            .expected = std::move(expected),
            .found = std::move(found)});
  }

  /// The same for what has been found already; nothing where that is empty.
  void report(diagnostic finding) {
    constexpr std::size_t most_findings = 20;
    if (finding.what.empty() || findings_.size() == most_findings) return;
    finding.file = source().path.string();
    findings_.push_back(std::move(finding));
  }

  void make_metadata() {
    const model_folder& model = source();
    const std::string file = (model.path / "config.json").string();
    plan_.gguf = gguf_of_config(model.config, model.path.filename().string(), file);
    query_heads_ = *gguf_number(*plan_.gguf, "attention.head_count");
    key_heads_ = *gguf_number(*plan_.gguf, "attention.head_count_kv");
    dimensions_.emplace(model.config);
  }

  /// To be called when the vocabulary has been compared with the embedding, whose rows are there.
  void add_tokenizer() {
    const model_folder& model = source();
    const tensor_entry* embedding = model.weights.find("model.embed_tokens.weight");
    if (embedding == nullptr) {
      report("model.embed_tokens.weight", "is missing");
      throw failure(std::move(findings_));
    }
    const std::uint64_t rows = embedding->dims.column_length();
    const std::optional<tokenizer> tokens = read_tokenizer(model.path);
    if (!tokens) {
      plan_.findings.push_back({.level = severity::warning,
                                .file = model.path.string(),
                                .what = "has no tokenizer, which engines need in a GGUF file"});
      return;
    }
    add_gguf_tokenizer(*tokens, rows, model.config, *plan_.gguf);
    if (const auto text = chat_template_of(model.path)) {
      plan_.gguf->set_text("tokenizer.chat_template", *text);
    }
  }

  /// What a folder has beside the weights, made of the metadata.
  void make_folder() {
    model_folder& model = plan_.models.front().folder;
    const std::vector<tensor_entry>& tensors = model.weights.tensors();
    const tensor_entry* embedding = model.weights.find("token_embd.weight");
    gguf_tensor_facts facts{.has_head = model.weights.find("output.weight") != nullptr};
    facts.has_biases = std::any_of(tensors.begin(), tensors.end(), [](const auto& tensor) {
      return tensor.name.ends_with(".attn_q.bias");
    });
    if (embedding != nullptr) facts.embedding_rows = embedding->dims.column_length();
    model.config = config_of_gguf(*model.gguf, facts, model.path.string());
    dimensions_.emplace(model.config);
    query_heads_ = *gguf_number(*model.gguf, "attention.head_count");
    key_heads_ = gguf_number(*model.gguf, "attention.head_count_kv").value_or(query_heads_);
    plan_.makes_tokenizer = true;
    if (const std::optional<tokenizer_files> files = tokenizer_of_gguf(*model.gguf)) {
      plan_.made_files.push_back({"tokenizer.json", write_json(files->document)});
      plan_.made_files.push_back({"tokenizer_config.json", write_json(files->settings)});
      return;
    }
    plan_.findings.push_back({.level = severity::warning,
                              .file = model.path.string(),
                              .what = "the tokenizer is of a kind that is not converted",
                              .expected = "byte-level BPE that splits as GPT-2 or Qwen 2",
                              .hint = "take the tokenizer files of the original model"});
  }

  void add(tensor_entry tensor) {
    const bool to_gguf = request_.layout == weights_layout::gguf;
    if (packed_format(source().weights, tensor.name)) {
      return report(tensor.name, "the tensor is a part of a quantised weight",
                    "weights that are plain floats");
    }
    std::string name = tensor.name;
    if (to_gguf != is_gguf_) {
      if (is_derived_buffer(name)) return;
      const auto other = to_gguf ? gguf_name(name) : hugging_face_name(name);
      if (!other) {
        return report(name, "the tensor has no name in the other layout",
                      "those of models of Llama's kind");
      }
      diagnostic objection = dimensions_->objection(to_gguf ? name : *other, tensor.dims);
      objection.path = quoted_name(name);
      if (!objection.what.empty()) return report(std::move(objection));
      if (!reorder_heads(tensor, to_gguf ? *other : name)) return;
      name = *other;
    }
    if (to_mlx() && is_left_out_by_mlx(name, source().config)) return;
    plan_.tensors.push_back(planned(std::move(name), tensor));
  }

  /// Llama's query and key rows lie in pairs in GGUF files, and in halves of each head in ours.
  bool reorder_heads(tensor_entry& tensor, std::string_view in_gguf) {
    const bool is_query = in_gguf.find(".attn_q.") != std::string_view::npos;
    const bool is_key = in_gguf.find(".attn_k.") != std::string_view::npos;
    if (is_qwen() || (!is_query && !is_key)) return true;
    const std::uint64_t heads = is_query ? query_heads_ : key_heads_;
    const std::uint64_t rows = tensor.dims.column_length();
    if (tensor.dims.elements() == 0) return true;
    if (heads == 0 || rows % heads != 0 || rows / heads % 2 != 0) {
      report(tensor.name, "the rows are no pairs for each head",
             "a multiple of twice " + std::to_string(heads), to_string(tensor.dims));
      return false;
    }
    const std::uint64_t size = rows / heads, half = size / 2;
    row_map map(rows);
    for (std::uint64_t row = 0; row < rows; ++row) {
      const std::uint64_t head = row / size, place = row % size;
      const std::uint64_t from =
          is_gguf_ ? place % half * 2 + place / half : place % 2 * half + place / 2;
      map.set(row, {0, head * size + from});
    }
    row_map_view::readers readers{
        std::make_shared<const single_tensor_reader>(source().weights, tensor)};
    tensor.view = std::make_shared<const row_map_view>(
        std::move(map), std::move(readers), tensor.dims.elements() / rows, tensor.type);
    return true;
  }

  bool is_qwen() const {
    const node* type = source().config.find("model_type");
    return type != nullptr && type->text == "qwen2";
  }

  planned_tensor planned(std::string name, tensor_entry tensor) {
    if (request_.quantisation && is_mlx_matrix(name, tensor)) {
      return quantised(std::move(name), std::move(tensor));
    }
    const bool keeps_groups = to_mlx() && !request_.type && !request_.quantisation;
    if (keeps_groups && tensor.packing && is_mlx(*tensor.packing)) {
      return plan_copy(std::move(name), 0, share(tensor));
    }
    if (tensor.packing && (!plan_.gguf || is_mlx(*tensor.packing))) {
      if (!is_mlx(*tensor.packing)) tensor.narrow_type = dtype::float16;
      tensor.packing.reset();
    }
    if (!plan_.gguf) return plan_copy(std::move(name), 0, share(tensor), request_.type);
    const bool is_vector = tensor.dims.extents.size() <= 1;
    const bool is_converted = is_float(tensor.type) && (request_.type || request_.packing);
    if (is_vector && is_float(tensor.type)) {
      return plan_copy(std::move(name), 0, share(tensor), dtype::float32);
    }
    if (!is_converted) return plan_copy(std::move(name), 0, share(tensor));
    if (!request_.packing) return plan_copy(std::move(name), 0, share(tensor), request_.type);
    const std::optional<block_format> format = fitting(*request_.packing, tensor.dims);
    planned_tensor made =
        plan_copy(std::move(name), 0, share(tensor), format ? dtype::float32 : dtype::float16);
    made.packing = format;
    made.is_copy = made.is_copy && (!format || tensor.packing == format);
    return made;
  }

  /// In groups of MLX where rows are whole groups, else as it would be without.
  planned_tensor quantised(std::string name, tensor_entry tensor) {
    const mlx_settings& asked = *request_.quantisation;
    const dtype scale = request_.type.value_or(plain_type(tensor));
    const std::optional<block_format> format = mlx_format(asked.bits, asked.group, scale);
    if (!format) {
      report({.path = quoted_name(name),
              .what = "cannot be quantised with scales of " + std::string(to_string(scale)),
              .expected = "float16, bfloat16 or float32",
              .found = {},
              .hint = "ask for one of them with --type"});
    }
    const bool is_whole = tensor.dims.row_length() % asked.group == 0;
    ++(is_whole ? quantised_ : unquantised_);
    const bool is_same = tensor.packing == format;
    if (!is_same || !is_whole) tensor.packing.reset();
    if (!format || !is_whole) return plan_copy(std::move(name), 0, share(tensor), scale);
    planned_tensor made = plan_copy(std::move(name), 0, share(tensor), dtype::float32);
    made.packing = format;
    made.is_copy = made.is_copy && is_same;
    return made;
  }

  /// The type of elements that a tensor has where none is asked for: of blocks that of their
  /// scales, of those of a GGUF file float16.
  static dtype plain_type(const tensor_entry& tensor) {
    if (!tensor.packing) return tensor.nominal_type();
    return is_mlx(*tensor.packing) ? mlx_scale_type(*tensor.packing) : dtype::float16;
  }

  /// The format, or another in place of one whose blocks are longer than the rows; none where
  /// rows are no blocks at all.
  static std::optional<block_format> fitting(block_format asked, const shape& dims) {
    for (const block_format format : {asked, block_format::q8_0}) {
      if (dims.row_length() % elements_per_block(format) == 0) return format;
    }
    return std::nullopt;
  }

  void finish_folder() {
    std::vector<planned_tensor> plain = plan_.tensors;  // as what they hold
    bool is_quantised = false;
    for (planned_tensor& tensor : plain) {
      if (!tensor.packing) continue;
      tensor.type = mlx_scale_type(*tensor.packing);
      is_quantised = true;
    }
    plan_.config_dtype = common_dtype(plain);
    plan_.drops_quantisation =
        !is_quantised && source().config.find("quantization") != nullptr;
    if (to_mlx()) finish_mlx();
  }

  void finish_mlx() {
    // What mlx_lm takes for granted where the key is missing differs from transformers.
    if (source().config.find("tie_word_embeddings") == nullptr) {
      plan_.tied_embeddings = !has_head(plan_.tensors);
    }
    if (!request_.quantisation) return;
    plan_.quantisation = request_.quantisation;
    const std::string groups = "multiples of " + std::to_string(request_.quantisation->group);
    if (quantised_ == 0) {
      throw failure(diagnostic{.file = source().path.string(),
                               .what = "no weight can be quantised",
                               .expected = "rows that are " + groups,
                               .found = "none",
                               .hint = "ask for smaller groups, or for none"});
    }
    if (unquantised_ == 0) return;
    plan_.findings.push_back({.level = severity::warning,
                              .file = source().path.string(),
                              .what = std::to_string(unquantised_) + " of " +
                                      std::to_string(quantised_ + unquantised_) +
                                      " matrices are not quantised, since their rows are no whole "
                                      "groups",
                              .expected = groups});
  }

  void finish_gguf() {
    for (const planned_tensor& tensor : plan_.tensors) {
      diagnostic objection = gguf_objection(stored_as(tensor));
      if (!objection.what.empty()) findings_.push_back(std::move(objection));
    }
    if (!findings_.empty()) throw failure(std::move(findings_));
    const bool keeps_types = is_gguf_ && !request_.type && !request_.packing;
    describe_types(plan_.tensors, !keeps_types, *plan_.gguf);
    if (!request_.packing) return;
    const auto others = std::count_if(
        plan_.tensors.begin(), plan_.tensors.end(), [this](const planned_tensor& tensor) {
          return tensor.dims.extents.size() > 1 && is_float(tensor.type) &&
                 tensor.packing != request_.packing;
        });
    if (others == 0) return;
    const std::string format(to_string(*request_.packing));
    plan_.findings.push_back(
        {.level = severity::warning,
         .file = source().path.string(),
         .what = std::to_string(others) + " of " + std::to_string(plan_.tensors.size()) +
                 " tensors are written in Q8_0 or float16, since their rows are no whole blocks",
         .expected = "multiples of " + std::to_string(elements_per_block(*request_.packing)) +
                     " for " + format});
  }

  conversion_request request_;
  bool is_gguf_;
  merge_plan plan_;
  std::uint64_t query_heads_ = 0, key_heads_ = 0;
  std::size_t quantised_ = 0, unquantised_ = 0;  // matrices, where MLX's blocks are asked for
  std::optional<dimension_check> dimensions_;  // between the layouts
  diagnostics findings_;
};

}  // namespace detail

/// The plan that converts a model between the layouts of Hugging Face (safetensors or torch files
/// in a folder with config.json and tokenizer.json), MLX and GGUF, or to other types within one.
/// Between folders and GGUF, models of Llama's kind are converted (llama, mistral and qwen2), with
/// their names, order of rows, configuration and byte-level BPE tokenizer. In a GGUF file vectors
/// are float32, and rows that are no whole blocks of the format that is asked for are in Q8_0 or
/// float16; where no type is asked for, blocks of a GGUF file become float16 in folders, and what
/// MLX quantised has the type that its scales had. In the layout of MLX, matrices whose rows are
/// whole groups are quantised if that is asked for, with scales of the type that they would have
/// without; where neither that nor a type is asked for, what is quantised stays as it is.
/// Throws failure with all that cannot be converted.
inline merge_plan plan_conversion(model_folder model, const conversion_request& request) {
  return detail::conversion_planner(std::move(model), request).plan();
}

}  // namespace tensormerge
