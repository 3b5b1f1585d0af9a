"""Writes the golden files beside this script: one tiny random model per decoder family and variation,
as Hugging Face transformers saves it, and what transformers computes with it in float64.

    pip install torch==2.13.0 transformers==5.18.0 && python make_families.py

Weights lie on a grid of 1/16, so that they zip well; index.json says which resource becomes which
file of a case's folder.
"""

import contextlib
import gzip
import json
import pathlib
import shutil
import string
import tempfile

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    PreTrainedTokenizerFast,
)

HERE = pathlib.Path(__file__).parent
PAD, EOS, BOS = 0, 1, 2
VOCABULARY = 96
SEQUENCES = [
    [2, 33, 15, 9, 60, 21, 34, 12, 5, 95, 71, 88, 33, 15, 4, 50, 1],
    [2, 7, 7, 41],
    [2, 63, 3, 18, 27, 52, 52, 40, 11, 38, 29, 6, 44, 57, 90, 13, 77, 20, 81, 66, 5, 5, 31, 94, 48,
     16, 63, 3, 70, 25, 8, 84, 36, 59, 10, 92, 47, 19, 33, 62],
    [2],
]

# What the decoders with rotary positions and RMS norms share: 4 heads of 8, 2 of them for keys.
ROTARY = dict(
    hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=128, rms_norm_eps=1e-5)
NEOX = dict(
    model_type="gpt_neox", hidden_size=32, intermediate_size=48, num_hidden_layers=2,
    num_attention_heads=2, max_position_embeddings=128)
LLAMA = dict(ROTARY, model_type="llama")
LLAMA3 = dict(
    LLAMA, head_dim=16, tie_word_embeddings=True, max_position_embeddings=512,
    # Wavelengths 6, 32, 167, ...: kept below 64 / 4, divided above 64 / 1, blended between.
    rope_parameters=dict(
        rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0,
        high_freq_factor=4.0, original_max_position_embeddings=64))
MISTRAL = dict(ROTARY, model_type="mistral", rope_parameters=dict(rope_theta=10000.0))
QWEN2 = dict(
    ROTARY, model_type="qwen2", tie_word_embeddings=True, rms_norm_eps=1e-6,
    rope_parameters=dict(rope_theta=1000000.0))
GPT2 = dict(model_type="gpt2", n_positions=64, n_embd=32, n_layer=2, n_head=4, n_inner=80)
MODELS = {
    "gpt2": GPT2,
    "gpt_neox": dict(NEOX, rotary_pct=0.25),
    "gpt_neox_sequential": dict(
        NEOX, rotary_pct=1.0, use_parallel_residual=False, tie_word_embeddings=True),
    "llama2": dict(LLAMA, num_key_value_heads=4),
    "llama_linear": dict(
        LLAMA, num_key_value_heads=4,
        rope_parameters=dict(rope_type="linear", rope_theta=10000.0, factor=4.0)),
    "llama3": LLAMA3,
    "llama_bias": dict(LLAMA, attention_bias=True, mlp_bias=True),
    "smollm": dict(
        LLAMA, hidden_size=48, num_attention_heads=6, tie_word_embeddings=True),
    "mistral": dict(MISTRAL, sliding_window=8),
    "mistral_full": dict(MISTRAL, sliding_window=None),
    "qwen2": QWEN2,
    "qwen2_yarn": dict(
        QWEN2, hidden_size=64, intermediate_size=16, max_position_embeddings=1024,
        # The ramp from kept to divided runs over frequencies 0 to 4 of 8.
        rope_parameters=dict(
            rope_type="yarn", rope_theta=10000.0, factor=4.0,
            original_max_position_embeddings=256)),
    "qwen3": dict(
        ROTARY, model_type="qwen3", head_dim=16, tie_word_embeddings=True,
        rope_parameters=dict(rope_theta=1000000.0)),
    "llama_score": LLAMA,
    "qwen2_score": QWEN2,
    "gpt_neox_score": dict(NEOX, rotary_pct=0.25),
    "mistral_score": dict(MISTRAL, sliding_window=8),
    "llama3_bf16_sharded": LLAMA3,
    "qwen2_f16": QWEN2,
    # A padding token that ends completions as well, so that no score is read at a trailing end.
    "llama_end_score": dict(LLAMA, pad_token_id=EOS),
    # A head of its own in spite of its configuration, as after a training that untied it.
    "gpt2_untied": dict(GPT2, n_layer=1),
    "gpt2_gelu": dict(GPT2, n_layer=1, activation_function="gelu"),
    "llama_mscale": dict(
        LLAMA, num_hidden_layers=1, max_position_embeddings=1024,
        rope_parameters=dict(
            rope_type="yarn", rope_theta=10000.0, factor=4.0, mscale=1.5, mscale_all_dim=0.7,
            original_max_position_embeddings=256)),
    # Heads of 15, 6 and 20 numbers.
    "gpt2_heads": dict(GPT2, n_layer=1, n_embd=30, n_head=2),
    "llama_heads": dict(LLAMA, num_hidden_layers=1, hidden_size=24),
    "qwen3_heads": dict(
        ROTARY, model_type="qwen3", num_hidden_layers=1, head_dim=20,
        rope_parameters=dict(rope_theta=1000000.0)),
}
SAVED_AS = {
    "llama3_bf16_sharded": (torch.bfloat16, {"max_shard_size": "20KB"}),
    "qwen2_f16": (torch.float16, {}),
}

# The same networks in the words of the configurations published with GPT-2, Llama 3.2 (Instruct,
# hence two ends), Qwen 2.5 (whose window is there but not used) and Pythia.
OLD = {
    "gpt2": dict(
        activation_function="gelu_new", architectures=["GPT2LMHeadModel"], attn_pdrop=0.1,
        bos_token_id=BOS, embd_pdrop=0.1, eos_token_id=EOS, initializer_range=0.02,
        layer_norm_epsilon=1e-05, model_type="gpt2", n_ctx=64, n_embd=32, n_head=4, n_inner=80,
        n_layer=2, n_positions=64, resid_pdrop=0.1, summary_activation=None,
        summary_first_dropout=0.1, summary_proj_to_labels=True, summary_type="cls_index",
        summary_use_proj=True,
        task_specific_params={"text-generation": dict(do_sample=True, max_length=50)},
        vocab_size=VOCABULARY),
    "llama3": dict(
        architectures=["LlamaForCausalLM"], attention_bias=False, attention_dropout=0.0,
        bos_token_id=BOS, eos_token_id=[EOS, 3], head_dim=16, hidden_act="silu", hidden_size=32,
        initializer_range=0.02, intermediate_size=48, max_position_embeddings=512, mlp_bias=False,
        model_type="llama", num_attention_heads=4, num_hidden_layers=2, num_key_value_heads=2,
        pretraining_tp=1, rms_norm_eps=1e-05,
        rope_scaling=dict(
            factor=8.0, high_freq_factor=4.0, low_freq_factor=1.0,
            original_max_position_embeddings=64, rope_type="llama3"),
        rope_theta=500000.0, tie_word_embeddings=True, torch_dtype="float32",
        transformers_version="4.45.0.dev0", use_cache=True, vocab_size=VOCABULARY),
    "qwen2_yarn": dict(
        architectures=["Qwen2ForCausalLM"], attention_dropout=0.0, bos_token_id=BOS,
        eos_token_id=EOS, hidden_act="silu", hidden_size=64, initializer_range=0.02,
        intermediate_size=16, max_position_embeddings=1024, max_window_layers=1,
        model_type="qwen2", num_attention_heads=4, num_hidden_layers=2, num_key_value_heads=2,
        rms_norm_eps=1e-06,
        rope_scaling=dict(factor=4.0, original_max_position_embeddings=256, type="yarn"),
        rope_theta=10000.0, sliding_window=8, tie_word_embeddings=True, torch_dtype="float32",
        transformers_version="4.40.1", use_cache=True, use_mrope=False, use_sliding_window=False,
        vocab_size=VOCABULARY),
    "gpt_neox": dict(
        architectures=["GPTNeoXForCausalLM"], bos_token_id=BOS, eos_token_id=EOS,
        hidden_act="gelu", hidden_size=32, initializer_range=0.02, intermediate_size=48,
        layer_norm_eps=1e-05, max_position_embeddings=128, model_type="gpt_neox",
        num_attention_heads=2, num_hidden_layers=2, rotary_emb_base=10000, rotary_pct=0.25,
        tie_word_embeddings=False, torch_dtype="float32", transformers_version="4.24.0",
        use_cache=True, use_parallel_residual=True, vocab_size=VOCABULARY),
}


def publish_gpt2(tensors):
    """GPT-2 was published without the prefix of its names, and with its causal masks."""
    published = {name.removeprefix("transformer."): each for name, each in tensors.items()}
    for layer in range(2):
        published[f"h.{layer}.attn.bias"] = torch.ones(64, 64).tril()[None, None]
    return published


def publish_neox(tensors):
    """Pythia was published with its causal masks and frequencies."""
    published = dict(tensors)
    for layer in range(2):
        attention = f"gpt_neox.layers.{layer}.attention."
        published[attention + "bias"] = torch.ones(128, 128, dtype=torch.bool).tril()[None, None]
        published[attention + "masked_bias"] = torch.tensor(-1e9)
        published[attention + "rotary_emb.inv_freq"] = torch.tensor([1.0, 0.01])
    return published


def untie(file, embedding):
    """Adds a head that is not the embedding."""
    save_file(load_file(file) | {"lm_head.weight": embedding.detach().flip(0) / 2}, file, {"format": "pt"})


PUBLISHED = {"gpt2": publish_gpt2, "gpt_neox": publish_neox}


def create(name, seed):
    more = dict(vocab_size=VOCABULARY, bos_token_id=BOS, eos_token_id=EOS, pad_token_id=PAD)
    auto = AutoModelForCausalLM
    if name.endswith("_score"):
        auto = AutoModelForSequenceClassification
        more["num_labels"] = 1
    model = auto.from_config(AutoConfig.for_model(**(more | MODELS[name])))
    return randomise(model, seed, grid=None if name in SAVED_AS else 16)


def randomise(model, seed, grid):
    """Weights large enough that every part of the network matters."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = torch.randn(parameter.shape, generator=generator) * 0.3
            if parameter.dim() == 1 and not name.endswith("bias"):  # the gain of a norm
                values += 1.0
            parameter.copy_(values if grid is None else (values * grid).round() / grid)
    return model.eval()


@contextlib.contextmanager
def exact():
    """Transformers computes norms and rotary angles in float32, whatever the model's type is; in
    here what it calls float32 is float64. Loading is for outside: files do hold float32."""
    names = torch.float32, torch.float, torch.Tensor.float
    torch.float32 = torch.float = torch.float64
    torch.Tensor.float = torch.Tensor.double
    try:
        with torch.no_grad():
            yield
    finally:
        torch.float32, torch.float, torch.Tensor.float = names


def load(name, folder, **more):
    auto = AutoModelForSequenceClassification if name.endswith("_score") else AutoModelForCausalLM
    model, info = auto.from_pretrained(
        folder, dtype=torch.float64, output_loading_info=True, **more)
    assert not any(info.values()), (name, info)
    return model.eval()


def sharpen(model):
    """Computes the frequencies of the rotary positions again, in exact()'s float64."""
    for module in list(model.modules()):
        if hasattr(module, "rotary_emb"):
            module.rotary_emb = type(module.rotary_emb)(module.config)
            assert module.rotary_emb.inv_freq.dtype == torch.float64
    return model


def measure(model, tokens, score):
    logits = model(input_ids=torch.tensor([tokens])).logits[0]  # (T, V), or (1) of a score
    return describe(tokens, logits, score)


def describe(tokens, logits, score):
    if score:
        return {"tokens": tokens, "chosen": [], "last": [], "score": logits.item()}
    logprobs = logits.log_softmax(-1)
    return {
        "tokens": tokens,
        # Of tokens[1], tokens[2], ... given what stands before them.
        "chosen": logprobs[:-1].gather(1, torch.tensor(tokens)[1:, None])[:, 0].tolist(),
        # Over the vocabulary, after the last token.
        "last": logprobs[-1].tolist(),
        "score": 0.0,
    }


def measure_batch(model, score):
    """All sequences at once, padded on the left."""
    width = max(map(len, SEQUENCES))
    ids = torch.tensor([[PAD] * (width - len(s)) + s for s in SEQUENCES])
    mask = torch.tensor([[0] * (width - len(s)) + [1] * len(s) for s in SEQUENCES])
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    logits = model(input_ids=ids, attention_mask=mask, position_ids=positions).logits
    return [
        describe(s, row if score else row[width - len(s):], score)
        for s, row in zip(SEQUENCES, logits)
    ]


def difference(cases, others):
    numbers = [
        [x for case in each for x in [*case["chosen"], *case["last"], case["score"]]]
        for each in (cases, others)
    ]
    assert len(numbers[0]) == len(numbers[1])
    return max(abs(x - y) for x, y in zip(*numbers))


def expected(name, folder):
    """What the saved folder means, in float64, checked in two more ways."""
    score = name.endswith("_score")
    model, eager = load(name, folder), load(name, folder, attn_implementation="eager")
    with torch.no_grad():
        plain = [measure(model, tokens, score) for tokens in SEQUENCES]
    with exact():
        cases = [measure(sharpen(model), tokens, score) for tokens in SEQUENCES]
        eager = measure_batch(sharpen(eager), score)
    batched, single = difference(cases, eager), difference(cases, plain)
    print(f"{name:20} left-padded, eager {batched:.1e}, with transformers' float32 {single:.1e}")
    assert batched < 1e-9 and single < 1e-4
    return cases


def tokenizer():
    letters = ["\u0120", "\u010a", *string.ascii_letters, *string.digits, *string.punctuation]
    vocabulary = {"<|padding|>": PAD, "<|endoftext|>": EOS, "<|beginning|>": BOS}
    vocabulary.update({letter: 3 + i for i, letter in enumerate(letters[:VOCABULARY - 3])})
    engine = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    engine.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    engine.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=engine,
        pad_token="<|padding|>", eos_token="<|endoftext|>", bos_token="<|beginning|>")


def write_json(path, value, **more):
    path.write_text(json.dumps(value, **more) + "\n")


def rounded(value):
    """To 13 digits."""
    return json.loads(json.dumps(value), parse_float=lambda x: float(f"{float(x):.13g}"))


def zipped(file):
    return gzip.compress(file.read_bytes(), 9, mtime=0)


def keep(folder, name, index):
    """Copies a saved folder into the resources, its weights zipped."""
    shutil.rmtree(HERE / name, ignore_errors=True)
    (HERE / name).mkdir()
    index[name] = {}
    for file in sorted(folder.iterdir()):
        zip = file.suffix == ".safetensors"
        target = f"{name}/{file.name}" + (".gz" if zip else "")
        (HERE / target).write_bytes(zipped(file) if zip else file.read_bytes())
        index[name][file.name] = target


def write_case(name, model, index):
    dtype, how = SAVED_AS.get(name, (torch.float32, {}))
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        model.to(dtype).save_pretrained(folder, **how)
        if name.endswith("_untied"):
            untie(folder / "model.safetensors", model.lm_head.weight)
        cases = expected(name, folder)
        keep(folder, name, index)
        if name in OLD:
            write_json(folder / "config.json", OLD[name], indent=2)
            assert difference(cases, expected(name, folder)) == 0
            shutil.copy(folder / "config.json", HERE / name / "config.old.json")
            old = index[name + "_old"] = index[name] | {"config.json": f"{name}/config.old.json"}
            if name in PUBLISHED:
                file = folder / "model.safetensors"
                save_file(PUBLISHED[name](load_file(file)), file, {"format": "pt"})
                assert difference(cases, expected(name, folder)) == 0
                old[file.name] = f"{name}/model.old.safetensors.gz"
                (HERE / old[file.name]).write_bytes(zipped(file))
    write_json(HERE / name / "expected.json", rounded(cases), separators=(",", ":"))
    for each in [name, name + "_old"]:
        if each in index:
            index[each]["expected.json"] = f"{name}/expected.json"


def main():
    index = {}
    for seed, name in enumerate(MODELS):
        write_case(name, create(name, seed), index)
    with tempfile.TemporaryDirectory() as temporary:
        tokenizer().save_pretrained(temporary)
        for file in ["tokenizer.json", "tokenizer_config.json"]:
            shutil.copy(pathlib.Path(temporary) / file, HERE / file)
            for files in index.values():
                files[file] = file
    write_json(HERE / "index.json", index, indent=1)


if __name__ == "__main__":
    main()
