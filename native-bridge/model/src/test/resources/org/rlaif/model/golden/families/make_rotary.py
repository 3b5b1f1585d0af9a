"""Writes rotary.json beside this script: the rotary frequencies that Hugging Face transformers
computes in float32, and its cosines and sines at position 4,000, for every kind of scaling.

    pip install torch==2.13.0 transformers==5.18.0 && python make_rotary.py
"""

import json
import pathlib

import torch
from transformers import AutoConfig
from transformers.models.gpt_neox.modeling_gpt_neox import GPTNeoXRotaryEmbedding
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

HERE = pathlib.Path(__file__).parent
POSITION = 4000


def llama(head, **rope):
    return dict(
        architectures=["LlamaForCausalLM"], model_type="llama", vocab_size=8, hidden_size=2 * head,
        intermediate_size=8, num_hidden_layers=1, num_attention_heads=2, hidden_act="silu",
        max_position_embeddings=8192, rope_parameters=rope)


CASES = {
    "default": llama(128, rope_type="default", rope_theta=10000.0),
    "default, 500000": llama(64, rope_type="default", rope_theta=500000.0),
    "linear": llama(96, rope_type="linear", rope_theta=10000.0, factor=3.0),
    "llama3": llama(
        128, rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0,
        high_freq_factor=4.0, original_max_position_embeddings=8192),
    "llama3, 32": llama(
        64, rope_type="llama3", rope_theta=500000.0, factor=32.0, low_freq_factor=1.0,
        high_freq_factor=4.0, original_max_position_embeddings=1000),
    "yarn": llama(
        128, rope_type="yarn", rope_theta=1000000.0, factor=4.0,
        original_max_position_embeddings=2048),
    "yarn, mscale": llama(
        64, rope_type="yarn", rope_theta=10000.0, factor=40.0, mscale=1.0, mscale_all_dim=0.707,
        beta_fast=24.0, beta_slow=2.0, truncate=False, original_max_position_embeddings=4096),
    "gpt_neox": dict(
        architectures=["GPTNeoXForCausalLM"], model_type="gpt_neox", vocab_size=8, hidden_size=160,
        intermediate_size=8, num_hidden_layers=1, num_attention_heads=2, hidden_act="gelu",
        max_position_embeddings=8192, rotary_emb_base=20000, rotary_pct=0.25),
}


def measure(case):
    config = AutoConfig.for_model(**case)
    kind = GPTNeoXRotaryEmbedding if case["model_type"] == "gpt_neox" else LlamaRotaryEmbedding
    rotary = kind(config)
    pairs = len(rotary.inv_freq)
    cosines, sines = rotary(torch.zeros(1), torch.tensor([[POSITION]]))
    assert cosines.dtype == torch.float32
    return {
        "config": case,
        "frequencies": rotary.inv_freq.tolist(),
        "cosines": cosines[0, 0, :pairs].tolist(),
        "sines": sines[0, 0, :pairs].tolist(),
    }


def short(value):
    """9 digits tell every float32 from all others."""
    return json.loads(json.dumps(value), parse_float=lambda x: float(f"{float(x):.9g}"))


if __name__ == "__main__":
    cases = {name: short(measure(case)) for name, case in CASES.items()}
    (HERE / "rotary.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
