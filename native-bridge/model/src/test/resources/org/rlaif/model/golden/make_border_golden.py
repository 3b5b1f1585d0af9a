"""Writes chat/borders.json: prompts and completions as Hugging Face's tokenizers library makes tokens
of them, with the tokenizers of make_chat_golden.py: of the prompt alone, of both in one go, and of
the completion alone. What a tokenizer puts in front of every text is left out.

    pip install tokenizers==0.23.2 && python make_border_golden.py

The way of the field (TRL 1.13, both trainers of prompts and completions): the completion's tokens are
those of both behind as many as the prompt has.
"""

import json
import pathlib

from tokenizers import Tokenizer

HERE = pathlib.Path(__file__).parent / "chat"
FAMILIES = ["gpt2", "llama2", "llama3", "mistral", "qwen2", "smollm"]
LONG = "My sister borrowed my car again and she doesn't see why I'm angry about it. " * 5
PAIRS = [
    ("Once upon a time", ", there was a little girl"),
    ("Once upon a", " time"),
    ("Once upon a", "  time\n and space"),
    ("My sister said that", " she doesn't see why."),
    ("TL;DR:", " My uncle took my coat."),
    ("User: Hello\n\nAssistant:", " Hello! How are you?"),
    ("User: Hello\n\nAssistant: ", "Hello! How are you?"),
    ("The capital is Par", "is."),
    ("a line\n", "\nanother"),
    ("It is 31", "415 and 2026"),
    ("na\u00efve", " caf\u00e9 \u65e5\u672c\u8a9e \U0001f600"),
    ("\u65e5\u672c", "\u8a9e\u306e"),
    ("def add(a, b):\n", "    return a + b\n"),
    ("x", ""),
    ("", "Hello"),
    ("", " Hello"),
    (LONG + "She said", " that she doesn't."),
    (LONG + "She sa", "id that."),
    ("\u65e5" * 90, "\u672c"),
]

golden = {}
for family in FAMILIES:
    tokenizer = Tokenizer.from_file(str(HERE / family / "tokenizer.json"))

    def ids(text):
        return tokenizer.encode(text, add_special_tokens=False).ids

    golden[family] = [
        {"prompt": prompt, "completion": completion, "promptIds": ids(prompt),
         "bothIds": ids(prompt + completion), "aloneIds": ids(completion)}
        for prompt, completion in PAIRS
    ]
(HERE / "borders.json").write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")
