"""Writes the golden weights beside this script: numbers in every dtype as PyTorch rounds them, and a
tiny model of mixed dtypes that Hugging Face transformers saved in shards.

    pip install torch safetensors==0.8.0 transformers==5.18.0 && python make_weights.py
"""

import pathlib
import shutil

import torch
from safetensors.torch import save_file
from transformers import GPT2Config, GPT2LMHeadModel

HERE = pathlib.Path(__file__).parent
generator = torch.Generator().manual_seed(3)

# Every magnitude that halves tell apart and some beyond, and numbers halfway between two of them.
exponents = torch.randint(-28, 18, (1000,), generator=generator)
halfway = torch.randint(0, 0x7C00, (200,), generator=generator).to(torch.int16).view(torch.float16)
next_up = (halfway.view(torch.int16) + 1).view(torch.float16)
brain = torch.randint(0, 0x7F7F, (200,), generator=generator).to(torch.int16).view(torch.bfloat16)
brain_up = (brain.view(torch.int16) + 1).view(torch.bfloat16)
numbers = torch.cat([
    torch.randn(1000, generator=generator) * 2.0**exponents,
    (halfway.float() + next_up.float()) / 2,
    -(brain.float() / 2 + brain_up.float() / 2),
    torch.tensor([0.0, -0.0, torch.inf, -torch.inf, 65504.0, 65519.9, 65520.0, 3.4e38]),
])
save_file({
    "numbers": numbers,
    "f16": numbers.half(),
    "f16.read": numbers.half().float(),
    "bf16": numbers.bfloat16(),
    "bf16.read": numbers.bfloat16().float(),
    "mask": torch.ones(3, dtype=torch.bool),
}, HERE / "dtypes.safetensors")

torch.manual_seed(4)
model = GPT2LMHeadModel(GPT2Config(
    vocab_size=48, n_positions=16, n_embd=12, n_layer=1, n_head=2,
    bos_token_id=0, eos_token_id=1, pad_token_id=1))
model.bfloat16()
model.transformer.ln_f.float()
model.transformer.wpe.half()
shutil.rmtree(HERE / "sharded", ignore_errors=True)
model.save_pretrained(HERE / "sharded", max_shard_size="2KB")
