"""Tiny models, and the check of a merge, under the names that mergekit's tests import.

mergekit's source distribution leaves its own file of this name out.
"""
import tempfile

import torch
import transformers
from mergekit.io import LazyTensorLoader
from mergekit.options import MergeOptions

import mergekit.merge


def save(model, folder):
    model.save_pretrained(folder)
    return str(folder)


def make_picollama(folder, vocab_size=64):
    return save(transformers.LlamaForCausalLM(transformers.LlamaConfig(
        vocab_size=vocab_size, hidden_size=32, intermediate_size=48, num_attention_heads=4,
        num_key_value_heads=4, num_hidden_layers=2, tie_word_embeddings=False)), folder)


def make_picogranite(folder, vocab_size=64):
    return save(transformers.GraniteForCausalLM(transformers.GraniteConfig(
        vocab_size=vocab_size, hidden_size=32, intermediate_size=48, num_attention_heads=4,
        num_key_value_heads=4, num_hidden_layers=2)), folder)


def make_gpt2size(folder):
    return save(transformers.GPT2LMHeadModel(transformers.GPT2Config(
        vocab_size=128, n_ctx=64, n_positions=64, n_embd=24, n_layer=12, n_head=4)), folder)


def make_picoLlaVa(folder):
    text = transformers.LlamaConfig(
        vocab_size=64, hidden_size=32, intermediate_size=48, num_attention_heads=4,
        num_key_value_heads=4, num_hidden_layers=2, tie_word_embeddings=False)
    vision = transformers.CLIPVisionConfig(
        hidden_size=32, intermediate_size=48, num_attention_heads=4, num_hidden_layers=2,
        image_size=28, patch_size=14, projection_dim=32)
    return save(transformers.LlavaForConditionalGeneration(
        transformers.LlavaConfig(vision_config=vision, text_config=text, image_token_index=63)), folder)


def run_and_check_merge(config, check_nan=True, check_tensors=True, validate=None,
                        index_json_name=None, auto_arch=False):
    """Merges; then every tensor of the first model must be there, without NaN, and load."""
    with tempfile.TemporaryDirectory() as folder:
        mergekit.merge.run_merge(config, out_path=folder, options=MergeOptions(quiet=True))
        loader = LazyTensorLoader.from_disk(folder, lazy_unpickle=False)
        names = set(loader.index.tensor_paths)
        assert names
        if check_nan:
            for name in names:
                tensor = loader.get_tensor(name)
                assert not tensor.is_floating_point() or not torch.isnan(tensor).any(), name
        if check_tensors:
            model_class = (transformers.AutoModelForImageTextToText if auto_arch
                           else transformers.AutoModelForCausalLM)
            _, info = model_class.from_pretrained(folder, output_loading_info=True)
            for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"):
                assert not info[kind], (kind, info[kind])
        if validate:
            validate(folder)
