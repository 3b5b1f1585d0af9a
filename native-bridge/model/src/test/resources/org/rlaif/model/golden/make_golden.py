"""Writes the golden files beside this script: two tiny random models as Hugging Face transformers
saves them, what transformers computes with them in float64, and the byte-level BPE vocabulary that
Hugging Face's own trainer learns from a few lines of text.

    pip install torch transformers==5.18.0 && python make_golden.py
"""

import json
import pathlib
import string

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    GPT2Config,
    GPT2ForSequenceClassification,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
)

HERE = pathlib.Path(__file__).parent
PAD, EOS, BOS = 0, 1, 2
SEQUENCES = [
    [2, 33, 15, 9, 60, 21, 34, 12, 5, 1],
    [2, 7, 7, 41],
    [2, 63, 3, 18, 27, 52, 52, 40, 11, 38, 29, 6, 44, 57, 1],
    [2],
]
TEMPERATURES = [1.0, 0.7]
TEXTS = [
    "My sister borrowed my car again and she doesn't see why I'm angry about it.",
    "My sister's friend borrowed my car, and I'm angry; she's angry too!!!",
    "TL;DR: sister borrowed car again. What should I do?\n\n  1234 1234 123",
    "aaaaaaa aaaa aaa bababab ababa",
    "na\u00efve caf\u00e9 \u65e5\u672c\u8a9e\u65e5\u672c \U0001f600\U0001f600\u00a0\u00a0x\u2003y",
]
PROBES = ["My brother's car", "aaaaa baba", "\u65e5\u672c \U0001f600", "\t\n  new<|endoftext|>"]


def config(**more):
    return GPT2Config(
        vocab_size=64, n_positions=32, n_embd=16, n_layer=2, n_head=2,
        bos_token_id=BOS, eos_token_id=EOS, pad_token_id=PAD,
        attn_pdrop=0.0, embd_pdrop=0.0, resid_pdrop=0.0, **more)


def randomise(model, seed):
    """Weights large enough that every part of the network matters."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.3)
        for name, parameter in model.named_parameters():
            if ".ln_" in name and name.endswith("weight"):
                parameter.add_(1.0)
    return model.eval()


def tokenizer():
    letters = ["\u0120", *string.ascii_letters, *string.digits][:61]
    vocabulary = {"<|padding|>": PAD, "<|endoftext|>": EOS, "<|beginning|>": BOS}
    vocabulary.update({letter: 3 + i for i, letter in enumerate(letters)})
    engine = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    engine.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    engine.decoder = decoders.ByteLevel()
    engine.post_processor = processors.TemplateProcessing(
        single="<|beginning|> $A", pair="<|beginning|> $A $B:1",
        special_tokens=[("<|beginning|>", BOS)])
    return PreTrainedTokenizerFast(
        tokenizer_object=engine,
        pad_token="<|padding|>", eos_token="<|endoftext|>", bos_token="<|beginning|>")


policy = randomise(GPT2LMHeadModel(config()), seed=1)
reward = randomise(GPT2ForSequenceClassification(config(num_labels=1)), seed=2)
for model, name in [(policy, "policy"), (reward, "reward")]:
    model.save_pretrained(HERE / name)
    tokenizer().save_pretrained(HERE / name)

cases = []
with torch.no_grad():
    policy.double()
    reward.double()
    for tokens in SEQUENCES:
        ids = torch.tensor([tokens])
        logits = policy(input_ids=ids).logits[0]  # (T, V)
        case = {"tokens": tokens, "score": reward(input_ids=ids).logits.item()}
        case["logprobs"] = [
            {
                "temperature": temperature,
                # Of tokens[1], tokens[2], ... given what stands before them.
                "chosen": (logits / temperature).log_softmax(-1)[:-1]
                .gather(1, ids[0, 1:, None])[:, 0].tolist(),
                # Over the vocabulary, after the last token.
                "last": (logits / temperature).log_softmax(-1)[-1].tolist(),
            }
            for temperature in TEMPERATURES
        ]
        cases.append(case)
(HERE / "expected.json").write_text(json.dumps(cases, indent=1) + "\n")

trained = Tokenizer(models.BPE())
trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
trained.train_from_iterator(TEXTS, trainers.BpeTrainer(
    vocab_size=330, min_frequency=2, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    special_tokens=["<|padding|>", "<|endoftext|>", "<|beginning|>"], show_progress=False))
trained.encode_special_tokens = True  # what looks like one in a text is plain text
model = json.loads(trained.to_str())["model"]
(HERE / "trained.json").write_text(json.dumps({
    "texts": TEXTS,
    "vocabulary": sorted(model["vocab"], key=model["vocab"].get),
    "merges": [" ".join(merge) for merge in model["merges"]],
    "probes": PROBES,
    "ids": [trained.encode(probe).ids for probe in PROBES],
}, indent=1) + "\n")
