"""Writes the golden adapters beside this script, on top of the models that make_families.py made:
LoRA adapters as Hugging Face's PEFT saves them, what the adapted models compute in float64, and
three training steps of one of them.

    pip install torch==2.13.0 transformers==5.18.0 peft==0.21.0 && python make_lora.py
"""

import gzip
import json
import pathlib
import tempfile

import torch
from make_families import (
    HERE, SEQUENCES, difference, exact, keep, load, measure, rounded, sharpen, write_json,
)
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForSequenceClassification

LLAMA = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
ADAPTERS = {
    "lora_llama3": ("llama3", dict(target_modules=LLAMA)),
    # Its matrices are written (in, out), as GPT-2's first implementation had them.
    "lora_gpt2": ("gpt2", dict(target_modules=["c_attn", "c_proj", "c_fc"], fan_in_fan_out=True)),
    "lora_qwen2": ("qwen2", dict(target_modules=LLAMA)),
    "lora_qwen2_rs": ("qwen2", dict(target_modules=LLAMA, use_rslora=True)),
    "lora_qwen2_qv": ("qwen2", dict(target_modules=["q_proj", "v_proj"])),
    # A score head on top of a language model; PEFT writes down both names that one may have.
    "lora_llama2_score": (
        "llama2",
        dict(target_modules=["q_proj", "v_proj"], task_type="SEQ_CLS", modules_to_save=["score"])),
}
TRAINED = "lora_llama3"


def unpack(name, folder):
    for file, resource in json.loads((HERE / "index.json").read_text())[name].items():
        data = (HERE / resource).read_bytes()
        (folder / file).write_bytes(gzip.decompress(data) if resource.endswith(".gz") else data)


def create(base, folder, more, seed, adapter):
    """Both factors random, so that the adapter changes the model."""
    config = LoraConfig(**(dict(r=4, lora_alpha=8, task_type="CAUSAL_LM") | more))
    model = get_peft_model(below(adapter.name, base, folder).float(), config)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name or "score.modules_to_save" in name:
                values = torch.randn(parameter.shape, generator=generator) * 0.2
                parameter.copy_((values * 16).round() / 16)
    model.peft_config["default"].base_model_name_or_path = base
    model.save_pretrained(adapter)
    (adapter / "README.md").unlink()
    written = json.loads((adapter / "adapter_config.json").read_text())
    for key in ["target_modules", "modules_to_save"]:
        (written[key] or []).sort()  # sets, written in any order
    write_json(adapter / "adapter_config.json", written, indent=2)


def below(name, base, folder):
    """The model that an adapter is put on: the base, under a fresh head if it is one that scores."""
    if not name.endswith("_score"):
        return load(base, folder)
    torch.manual_seed(1)
    return AutoModelForSequenceClassification.from_pretrained(
        folder, num_labels=1, dtype=torch.float64).eval()


def adapted(base, folder, adapter, **more):
    model = PeftModel.from_pretrained(below(adapter.name, base, folder), adapter, **more)
    assert all(parameter.dtype == torch.float64 for parameter in model.parameters())
    return model


def measure_all(model):
    score = hasattr(model, "score") or hasattr(getattr(model, "model", None), "score")
    with exact():
        return [measure(sharpen(model), each, score) for each in SEQUENCES]


def train(model):
    """Three steps of AdamW on the mean negative log-probability of all that two sequences predict."""
    parameters = {name: p for name, p in model.named_parameters() if p.requires_grad}
    optimizer = torch.optim.AdamW(
        parameters.values(), lr=1e-2, betas=(0.9, 0.999), eps=1e-8, weight_decay=0)
    losses, gradients = [], None
    with exact(), torch.enable_grad():
        sharpen(model)
        for _ in range(3):
            loss = -torch.cat([chosen(model, tokens) for tokens in SEQUENCES[:2]]).mean()
            optimizer.zero_grad()
            loss.backward()
            gradients = gradients or norms({name: p.grad for name, p in parameters.items()})
            optimizer.step()
            losses.append(loss.item())
    return {"losses": losses, "gradients": gradients, "trained": norms(parameters)}


def chosen(model, tokens):
    ids = torch.tensor([tokens])
    logprobs = model(input_ids=ids).logits[0].log_softmax(-1)  # (T, V)
    return logprobs[:-1].gather(1, ids[0, 1:, None])[:, 0]  # (T - 1)


def norms(tensors):
    """Euclidean norms, under the names that the adapter's file has."""
    return {name.replace(".default", ""): each.norm().item() for name, each in tensors.items()}


def write_adapter(name, seed, index):
    base, more = ADAPTERS[name]
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        folder, adapter = pathlib.Path(first), pathlib.Path(second) / name
        unpack(base, folder)
        create(base, folder, more, seed, adapter)
        bare = measure_all(below(name, base, folder))
        cases = measure_all(adapted(base, folder, adapter))
        merged = measure_all(adapted(base, folder, adapter).merge_and_unload())
        keep(adapter, name, index)
        if name == TRAINED:
            trained = rounded(train(adapted(base, folder, adapter, is_trainable=True)))
            write_json(HERE / name / "training.json", trained, indent=1)
            print(trained["losses"])
    print(f"{name:16} merged {difference(cases, merged):.1e}, bare {difference(cases, bare):.1e}")
    assert difference(cases, merged) < 1e-9 < 0.1 < difference(cases, bare)
    write_json(HERE / name / "expected.json", rounded(cases), separators=(",", ":"))
    index[name]["expected.json"] = f"{name}/expected.json"


def main():
    index = {}
    for seed, name in enumerate(ADAPTERS):
        write_adapter(name, seed, index)
    write_json(HERE / "adapters.json", index, indent=1)


if __name__ == "__main__":
    main()
