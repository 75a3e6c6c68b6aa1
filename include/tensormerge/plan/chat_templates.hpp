#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace tensormerge {

/// A chat format that a configuration can name, as a Jinja template.
struct named_chat_template {
  std::string_view name{};
  std::string_view text{};
};

/// The formats by name. Each is written after its public description: Alpaca's from the prompts of
/// the Stanford Alpaca project, ChatML's from OpenAI's, the others from their models' cards.
inline constexpr std::array<named_chat_template, 5> named_chat_templates{{
    {"alpaca",
     R"({%- for turn in messages -%}
{%- if turn.role == 'user' -%}
{{- '### Instruction:\n' ~ turn.content | trim ~ '\n\n' -}}
{%- elif turn.role == 'user_context' -%}
{{- '### Input:\n' ~ turn.content | trim ~ '\n\n' -}}
{%- elif turn.role == 'assistant' -%}
{{- '### Response:\n' ~ turn.content | trim ~ '\n\n' -}}
{%- else -%}
{{- turn.content | trim ~ '\n\n' -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '### Response:\n' -}}
{%- endif -%}
)"},
    {"chatml",
     R"({%- for turn in messages -%}
{{- '<|im_start|>' ~ turn.role ~ '\n' ~ turn.content ~ '<|im_end|>\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\n' -}}
{%- endif -%}
)"},
    {"exaone",
     R"({%- if messages and messages[0].role != 'system' -%}
{{- '[|system|][|endofturn|]\n' -}}
{%- endif -%}
{%- for turn in messages -%}
{{- '[|' ~ turn.role ~ '|]' ~ turn.content -}}
{{- '\n' if turn.role == 'user' else '[|endofturn|]\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '[|assistant|]' -}}
{%- endif -%}
)"},
    {"llama3",
     R"({{- bos_token -}}
{%- for turn in messages -%}
{{- '<|start_header_id|>' ~ turn.role ~ '<|end_header_id|>\n\n' -}}
{{- turn.content | trim ~ '<|eot_id|>' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' -}}
{%- endif -%}
)"},
    {"mistral",
     R"({{- bos_token -}}
{%- set ask = namespace(system='', user=true) -%}
{%- for turn in messages -%}
{%- if loop.first and turn.role == 'system' -%}
{%- set ask.system = turn.content ~ '\n\n' -%}
{%- elif turn.role == 'user' and ask.user -%}
{{- ' [INST] ' ~ ask.system ~ turn.content ~ ' [/INST]' -}}
{%- set ask.system = '' -%}
{%- set ask.user = false -%}
{%- elif turn.role == 'assistant' and not ask.user -%}
{{- ' ' ~ turn.content ~ eos_token -}}
{%- set ask.user = true -%}
{%- else -%}
{{- raise_exception('user and assistant must alternate, after at most one system message') -}}
{%- endif -%}
{%- endfor -%}
)"},
}};

/// The template of that name, none where there is none.
constexpr std::optional<std::string_view> chat_template_named(std::string_view name) {
  for (const named_chat_template& each : named_chat_templates) {
    if (each.name == name) return each.text;
  }
  return std::nullopt;
}

}  // namespace tensormerge
