"""Writes the golden files in chat/: tiny tokenizers built like those of the families of models, with
what Hugging Face's tokenizers library makes of texts; chat templates in the style of each family,
with what transformers' apply_chat_template makes of conversations; and pieces of Jinja with what
Python's jinja2 makes of them in the environment that transformers sets up.

    pip install transformers==5.18.0 tokenizers==0.23.2 jinja2==3.1.6 && python make_chat_golden.py

The templates are written for this test, in the formats that the families publish. They hold
{% generation %} blocks; what is written for a family is the template without them, and the mask
that transformers gives with them.
"""

import datetime
import json
import pathlib
import re

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

HERE = pathlib.Path(__file__).parent / "chat"


class Date(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 3, 7, 9, 5, 2)


chat_template_utils.datetime = Date

CORPUS = [
    "My sister borrowed my car again and she doesn't see why I'm angry about it. She said that",
    "You are a helpful assistant. What is the capital of France? The capital of France is Paris.",
    "def add(a, b):\n    return a + b\n\n\nclass Point:\n\t\tpass  # 3.14159 and 2026\n",
    "system user assistant tool <think>\nLet me think about this.\n</think>\n\nHello! How are you?",
    "Cutting Knowledge Date: December 2023\nToday Date: 07 Mar 2026\n\n",
    "na\u00efve caf\u00e9 \u65e5\u672c\u8a9e \u0440\u0443\u0441\u0441\u043a\u0438\u0439 \U0001f600",
]
SPECIAL_WORDS = "<|im_end|> <|endoftext|><|eot_id|> <s>[INST] </s> <unk><think> <0x41>"
TEXTS = [
    "", " ", "  ", "\n", "\n\n \n", "\t x\r\n\r\n  y ", "Hello", " Hello", "  two  spaces   three",
    "My sister doesn't, I'VE and they'll'd see IT'S 12345 67 and 3.14159e-26.",
    "def f(x):\n    if x:\n\t\treturn [x, 'y']  \n\n\n    return None\n",
    "na\u00efve cafe\u0301 \u65e5\u672c\u8a9e\u306e \u0440\u0443\u0441\u0441\u043a\u0438\u0439 \u0e44\u0e17\u0e22 \u0627\u0644\u0639",
    "\U0001f600\U0001f469\u200d\U0001f467 \U0001f1eb\U0001f1f7 \u00a0\u2003\u3000 \ufb01 \u0000 \u00b2\u00bd \u0660\u0661",
    "trailing   ", "\u2581 is not a space", "!!!???...---===  ###\n\n###", "a\u00ady\u200bz\ufeff",
    "</think>x<tool_call>y   z", SPECIAL_WORDS,
]
USER, ASSISTANT, SYSTEM = "user", "assistant", "system"


def turns(*contents, system=None):
    roles = [USER, ASSISTANT] * len(contents)
    messages = [{"role": r, "content": c} for r, c in zip(roles, contents)]
    return ([{"role": SYSTEM, "content": system}] if system is not None else []) + messages


CONVERSATIONS = [
    turns("What is the capital of France?"),
    turns("Hello", "Hello! How are you?"),
    turns("  Hello \n", "\n The capital is Paris.  ", system=" You are a helpful assistant.\n"),
    turns("a", "b", "na\u00efve \U0001f600?", "\U0001f600", "d", "<think>\nLet me see.\n</think>\n\nf."),
    turns("x", "<think>\nold\n</think>\n\ny", "z", system="\u65e5\u672c\u8a9e"),
]

SCHEMA = {"type": "function", "function": {"name": "look_up", "description": "A key's \u201ccolour\u201d.",
          "parameters": {"type": "object", "properties": {"key": {"type": "string"}},
                         "required": ["key"], "limit": 2.5}}}
CALL = '<tool_call>\n{"name": "look_up", "arguments": {"key": "a"}}\n</tool_call>'
# With tools, and what they give back; the assistant's calls are text, as it writes them.
CALLS = [
    turns("Hello", CALL) + [{"role": "tool", "content": '{"colour": "red"}'},
                            {"role": ASSISTANT, "content": "It is red.\n"}],
    turns("a", CALL, system="You help.") + [
        {"role": "tool", "content": "x"}, {"role": "tool", "content": " y\n"},
        {"role": ASSISTANT, "content": CALL}, {"role": "tool", "content": "\U0001f600"},
        {"role": ASSISTANT, "content": "f."}, {"role": USER, "content": "Why?"},
        {"role": ASSISTANT, "content": "Yes"}],
]

CHATML = """\
{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}{% endif %}{{ '<|im_start|>' + message['role'] + '\\n' }}{% if message['role'] == 'assistant' %}{% generation %}{{ message['content'] + '<|im_end|>' }}{% endgeneration %}{% else %}{{ message['content'] + '<|im_end|>' }}{% endif %}{{ '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
"""
LLAMA2 = """\
{% if messages[0]['role'] == 'system' %}{% set rest = messages[1:] %}{% set system = messages[0]['content'] %}{% else %}{% set rest = messages %}{% set system = false %}{% endif %}
{% for message in rest %}
{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must take turns: user, assistant, user, ...') }}{% endif %}
{% if loop.index0 == 0 and system != false %}{% set content = '<<SYS>>\\n' + system + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}
{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{% generation %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endgeneration %}{% endif %}
{% endfor %}
"""
LLAMA3 = """\
{{- bos_token }}
{%- if custom_tools is defined %}
    {%- set tools = custom_tools %}
{%- endif %}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set date_string = "26 Jul 2024" %}
    {%- endif %}
{%- endif %}
{%- if not tools is defined %}{%- set tools = none %}{%- endif %}

{#- What the system says comes first, whoever says it. #}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if builtin_tools is defined or tools is not none %}
    {{- "Environment: ipython\\n" }}
{%- endif %}
{{- "Cutting Knowledge Date: December 2023\\n" }}
{{- "Today Date: " + date_string + "\\n\\n" }}
{%- if tools is not none and not tools_in_user_message %}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\\n\\n" }}
    {%- endfor %}
{%- endif %}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' }}
        {%- if message.role == 'assistant' %}{% generation %}{{- message['content'] | trim + '<|eot_id|>' }}{% endgeneration %}{%- else %}{{- message['content'] | trim + '<|eot_id|>' }}{%- endif %}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("One call at a time!") }}
        {%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {{- '{"name": "' + tool_call.name + '", "parameters": ' + tool_call.arguments | tojson + "}<|eot_id|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""
MISTRAL = """\
{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if not (message.role == "tool" or message.role == "tool_results" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("After the optional system message, roles must take turns: user, assistant, ...") }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {%- generation %}{{- " " + message["content"]|trim + eos_token }}{%- endgeneration %}
    {%- else %}
        {{- raise_exception("Only user and assistant roles are known, not " ~ message["role"]) }}
    {%- endif %}
{%- endfor %}
"""
QWEN2 = """\
{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0]['role'] == 'system' %}
        {{- messages[0]['content'] }}
    {%- else %}
        {{- 'You are a helpful assistant.' }}
    {%- endif %}
    {{- "\\n\\n# Tools\\n\\n<tools>" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\\n</tools><|im_end|>\\n" }}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" and not message.tool_calls %}
        {{- '<|im_start|>' + message.role + '\\n' }}{% generation %}{{- message.content + '<|im_end|>' }}{% endgeneration %}{{- '\\n' }}
    {%- elif message.role == "tool" %}
        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' ~ message.content ~ '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""
QWEN3 = """\
{%- if messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
        {%- endif %}
        {{- '<|im_start|>' + message.role + '\\n' }}{% generation %}
        {%- if loop.index0 > ns.last_query_index and (loop.last or (not loop.last and reasoning_content)) %}
            {{- '<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}
            {{- content }}
        {%- endif %}
        {{- '<|im_end|>' }}{% endgeneration %}{{- '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}
"""
MACRO = """\
{%- macro turn(role, content='', end='<|im_end|>') -%}
<|im_start|>{{ role }}
{{ content }}{{ end }}
{% endmacro -%}
{%- for m in messages %}
{%- if m.role == 'assistant' -%}
<|im_start|>assistant
{% generation %}
{{ m.content }}<|im_end|>
{% endgeneration %}
{%- else -%}
{{ turn(m.role, content=m.content | trim) }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ turn('assistant', end='') | trim ~ '\\n' }}{% endif %}
"""

GPT2_WORDS = None  # the library's own
LLAMA3_WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN_WORDS = LLAMA3_WORDS.replace("{1,3}", "")


def added(content, special=True, **more):
    return AddedToken(content, special=special, normalized=False, **more)


def byte_level(tokens, words=None, normalizer=None, first=None, size=340, before=(), **model):
    """Trained on the corpus; added tokens stand behind the vocabulary, or before it."""
    engine = Tokenizer(models.BPE(**model))
    plain = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=words is None)
    if words is None:
        engine.pre_tokenizer = plain
    elif isinstance(words, str):
        split = pre_tokenizers.Split(Regex(words), behavior="isolated")
        engine.pre_tokenizer = pre_tokenizers.Sequence([split, plain])
    else:
        plain = pre_tokenizers.ByteLevel(add_prefix_space=False)
        engine.pre_tokenizer = pre_tokenizers.Sequence([words, plain])
    if normalizer:
        engine.normalizer = normalizer
    engine.decoder = decoders.ByteLevel()
    engine.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=list(before), show_progress=False))
    engine.add_tokens(list(tokens))
    engine.post_processor = processors.ByteLevel(trim_offsets=False)
    if first:
        engine.post_processor = processors.Sequence([
            processors.ByteLevel(trim_offsets=True),
            processors.TemplateProcessing(
                single=f"{first} $A", pair=f"{first} $A {first}:1 $B:1",
                special_tokens=[(first, engine.token_to_id(first))])])
    return engine


def sentencepiece(metaspace, size=420):
    """Like a converted SentencePiece vocabulary: three special tokens, 256 bytes, then pieces."""
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    trained.train_from_iterator(CORPUS[:4], trainers.BpeTrainer(
        vocab_size=size - 259, show_progress=False))
    inside = json.loads(trained.to_str())["model"]
    pieces = ["<unk>", "<s>", "</s>", *[f"<0x{b:02X}>" for b in range(256)]]
    pieces += sorted(inside["vocab"], key=inside["vocab"].get)
    engine = Tokenizer(models.BPE(
        vocab={p: i for i, p in enumerate(pieces)},
        merges=[tuple(m) for m in inside["merges"]],
        unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    engine.add_special_tokens([added(p) for p in pieces[:3]])
    if metaspace:
        engine.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    else:
        engine.normalizer = normalizers.Sequence(
            [normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    engine.decoder = decoders.Sequence([
        decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(),
        decoders.Strip(" ", 1, 0)])
    engine.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)])
    return engine


QWEN3_TOKENS = [
    added("<|endoftext|>"), added("<|im_start|>"), added("<|im_end|>"),
    added("<tool_call>", False), added("</tool_call>", False), added("<|fim_pad|>"),
    added("<think>", False), added("</think>", False)]
LLAMA3_TOKENS = [
    added(f"<|{name}|>") for name in (
        "begin_of_text", "end_of_text", "start_header_id", "end_header_id", "eom_id", "eot_id")]
# Runs of spaces, as in GPT-NeoX's vocabulary.
NEOX_TOKENS = [AddedToken(" " * n, special=False, normalized=True) for n in (4, 3, 2)]
IM_END = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "bos_token": None}
BOTH = {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"}
FAMILIES = {
    # name: tokenizer, tokenizer_config.json, names in generation_config.json, template
    "gpt2": (byte_level([added("<|endoftext|>")]), BOTH, None, None),
    "neox": (
        byte_level(
            NEOX_TOKENS, normalizer=normalizers.NFC(),
            before=[added("<|endoftext|>"), added("<|padding|>")]), BOTH, None, None),
    "llama2": (
        sentencepiece(False), {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"},
        "</s>", LLAMA2),
    "llama3": (
        byte_level(LLAMA3_TOKENS, LLAMA3_WORDS, first="<|begin_of_text|>", ignore_merges=True),
        {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"},
        ["<|end_of_text|>", "<|eom_id|>", "<|eot_id|>"], LLAMA3),
    "mistral": (
        sentencepiece(True), {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"},
        "</s>", MISTRAL),
    "qwen2": (
        byte_level(QWEN3_TOKENS[:3], QWEN_WORDS, normalizers.NFC()),
        IM_END, ["<|im_end|>", "<|endoftext|>"], QWEN2),
    "qwen3": (
        byte_level(QWEN3_TOKENS, QWEN_WORDS, normalizers.NFC()),
        IM_END, ["<|im_end|>", "<|endoftext|>"], QWEN3),
    "smollm": (
        byte_level(
            [], pre_tokenizers.Digits(individual_digits=True),
            before=[added(t) for t in ("<|endoftext|>", "<|im_start|>", "<|im_end|>")]),
        {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>"}, "<|im_end|>", CHATML),
    "blocks": (
        byte_level(QWEN3_TOKENS[:3], QWEN_WORDS), IM_END, None, MACRO),
}


def plain(template):
    return re.sub(r"\{%-? (end)?generation -?%\}", "", template.replace("{%- generation", "{% generation")
                  .replace("{%- endgeneration", "{% endgeneration"))


def conversations(name, fast, template, written, variables):
    cases = []
    for messages in CONVERSATIONS:
        whole = dict(tokenize=True, return_dict=True, chat_template=template, **variables)
        masked = fast.apply_chat_template(messages, return_assistant_tokens_mask=True, **whole)
        prompt = dict(chat_template=written, add_generation_prompt=True, **variables)
        case = {
            "messages": messages,
            "text": fast.apply_chat_template(
                messages, tokenize=False, chat_template=written, **variables),
            "prompt": fast.apply_chat_template(messages, tokenize=False, **prompt),
            "promptIds": fast.apply_chat_template(messages, return_dict=True, **prompt)["input_ids"],
            "ids": fast.apply_chat_template(
                messages, return_dict=True, chat_template=written, **variables)["input_ids"],
            "mask": masked["assistant_masks"],
        }
        case["stable"] = name == "blocks" or all(
            case["text"].startswith(
                fast.apply_chat_template(messages[:i], tokenize=False, **prompt))
            for i, m in enumerate(messages) if m["role"] == ASSISTANT)
        assert case["ids"] == masked["input_ids"], (template, case)
        cases.append(case)
    return cases


def calls(fast, template):
    cases = []
    for messages in CALLS:
        how = dict(tools=[SCHEMA], chat_template=template)
        cases.append({
            "messages": messages, "tools": [SCHEMA],
            "text": fast.apply_chat_template(messages, tokenize=False, **how),
            "ids": fast.apply_chat_template(messages, return_dict=True, **how)["input_ids"]})
    return cases


def family(name, engine, config, ends, template):
    folder = HERE / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(engine.to_str() + "\n")
    written = template if name == "blocks" or not template else plain(template)
    listed = name in ("llama2", "mistral")  # where older folders keep it
    if template:
        config = config | {"chat_template": written} if name == "llama2" else config
        if name == "mistral":
            config = config | {"chat_template": [
                {"name": "rag", "template": "{{ nothing }}"}, {"name": "default", "template": written}]}
        if not listed:
            (folder / "chat_template.jinja").write_text(written)
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
    if ends:
        ids = ([engine.token_to_id(e) for e in ends]
               if isinstance(ends, list) else engine.token_to_id(ends))
        (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": ids}) + "\n")
    expected = {"vocabularySize": 1 + max(engine.get_vocab().values()), "texts": []}
    engine.encode_special_tokens = True  # what looks like one in a text is plain text
    for text in TEXTS:
        ids = engine.encode(text, add_special_tokens=False).ids
        expected["texts"].append({
            "text": text, "ids": ids, "prompt": engine.encode(text).ids,
            "decoded": engine.decode(ids, skip_special_tokens=True)})
    engine.encode_special_tokens = False
    if template:
        tokens = {k: v for k, v in config.items() if k.endswith("_token") and v}
        fast = PreTrainedTokenizerFast(tokenizer_object=engine, **tokens)
        expected["conversations"] = conversations(name, fast, template, written, {})
        if name == "qwen2":
            expected["calls"] = calls(fast, written)
        if name == "qwen3":
            thoughtless = {"enable_thinking": False}
            expected["thoughtless"] = conversations(name, fast, template, written, thoughtless)
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


VARIABLES = {
    "s": "  Some text, it's \"quoted\"\n", "n": 7, "f": 2.5, "yes": True, "no": None, "empty": "",
    "list": [3, 1, 2], "words": ["b", "A", "c"], "map": {"b": 1, "a": [1, 2.0, None, "x\u00e9\t"]},
    "people": [{"name": "Ann", "age": 5}, {"name": "Bob", "age": 70, "role": "x"}, {"name": "C"}],
    "emoji": "\U0001f600a\u00e9\U0001f469",
}
PIECES = (HERE / "pieces.txt").read_text().split("\n----\n")


def pieces():
    results = []
    for piece in PIECES:
        try:
            template = chat_template_utils._compile_jinja_template(piece)
            results.append({"piece": piece, "text": template.render(**VARIABLES)})
        except Exception as e:  # any of Python's; ours says it in other words
            results.append({"piece": piece, "error": str(e)})
    (HERE / "pieces.json").write_text(
        json.dumps({"variables": VARIABLES, "pieces": results}, indent=1) + "\n")


for key, value in FAMILIES.items():
    family(key, *value)
pieces()
