#!/usr/bin/env python3
"""Merged tokenizers encode, decode and chat as mergekit's, on 200 strings and some conversations.

    check_tokenizers.py PROGRAM SHARED WORK_FOLDER [CASE...]

Merges each golden configuration that makes a tokenizer and compares tokenizer.json with the golden's:
ids, tokens and decoded texts of each string, and every token's id and flags; and the output's
chat_template.jinja by what it renders. Exit status: 0 where all are equal, 77 where the tokenizers
package is not installed, else 1.
"""
import json
import pathlib
import random
import shutil
import subprocess
import sys

try:
    import jinja2.sandbox
    import tokenizers
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

STRINGS = 200
CHATS = [
    [{"role": "user", "content": "Hello"}],
    [{"role": "system", "content": " Be kind. "}, {"role": "user", "content": "Hello\nthere "},
     {"role": "assistant", "content": "Hi"}, {"role": "user", "content": "Bye"}],
]


def strings(shared):
    """Lines of the held-out texts, with special tokens, spaces and other scripts put in."""
    draw = random.Random(5)
    lines = [line for name in ("prose", "python", "c")
             for line in (shared / "models" / "heldout" / f"{name}.txt").read_text().splitlines() if line]
    pieces = ["<s>", "</s>", "<|im_start|>", "<|im_end|>", "<pad>", "<|tool|>", "<|extra|>", "  ", "\n\n",
              "\t", "né", "漢字", "🙂", "<|im_", "İ", "\u00a0", "x<|extra|>y", " <|im_end|> "]
    made = ["", " ", *pieces]
    while len(made) < STRINGS:
        words = draw.choice(lines).split(" ")
        for piece in draw.sample(pieces, draw.randrange(4)):
            words.insert(draw.randrange(len(words) + 1), piece)
        made.append(draw.choice(["", " "]).join(words) if draw.random() < 0.2 else " ".join(words))
    return made


def differences(ours, golden, texts):
    a, b = (tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json")) for folder in (ours, golden))
    if a.get_vocab() != b.get_vocab():
        yield f"vocabularies: {sorted(set(a.get_vocab().items()) ^ set(b.get_vocab().items()))[:5]}"
    if repr(a.get_added_tokens_decoder()) != repr(b.get_added_tokens_decoder()):
        yield "flags of added tokens"
    for text in texts:
        x, y = a.encode(text), b.encode(text)
        if (x.ids, x.tokens, x.offsets) != (y.ids, y.tokens, y.offsets):
            yield f"encoding of {text!r}"
        for skip in (False, True):
            if a.decode(x.ids, skip_special_tokens=skip) != b.decode(x.ids, skip_special_tokens=skip):
                yield f"decoding of {text!r}"
    names = [folder / "chat_template.jinja" for folder in (ours, golden)]
    if names[0].exists() != names[1].exists():
        yield "only one has a chat template"
    elif names[0].exists():
        jinja = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        for chat in CHATS:
            for prompt in (False, True):
                x, y = (jinja.from_string(name.read_text()).render(
                    messages=chat, add_generation_prompt=prompt, bos_token="<s>", eos_token="</s>")
                    for name in names)
                if x != y:
                    yield f"chats: {x!r} is not {y!r}"
    size = json.loads((ours / "config.json").read_text())["vocab_size"]
    if size != json.loads((golden / "config.json").read_text())["vocab_size"]:
        yield f"vocab_size {size}"


def main():
    program, shared, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    cases = sys.argv[4:] or sorted(p.parent.name for p in shared.glob("goldens/*/tokenizer.json"))
    texts, failed = strings(shared), 0
    for case in cases:
        golden, output = shared / "goldens" / case, work / case
        shutil.rmtree(output, ignore_errors=True)
        done = subprocess.run([program, "merge", golden / "config.yml", output, "--models-dir",
                               shared / "models", "--quiet"], check=False, capture_output=True, text=True)
        found = [done.stderr] if done.returncode != 0 else list(differences(output, golden, texts))
        failed += bool(found)
        print(f"{'FAIL' if found else 'ok':4}  {case}", *found[:5], sep="\n      ")
    shutil.rmtree(work, ignore_errors=True)
    print(f"{len(cases)} tokenizers, {len(texts)} strings, {failed} differ")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
