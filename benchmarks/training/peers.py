"""The peers' side of `measure`: plain PyTorch, and TRL's trainers, on our models and batches.

python peers.py CASE FOLDER prints one JSON object.
"""

import json
import os
import statistics
import sys
import time

os.environ.update(TRL_EXPERIMENTAL_SILENCE="1", HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")

import torch
import transformers

BF16 = torch.bfloat16
UPDATES = 12


def rows(folder, name):
    with open(f"{folder}/{name}.json") as file:
        return json.load(file)


def model(folder, name, kind=transformers.AutoModelForCausalLM, **settings):
    return kind.from_pretrained(f"{folder}/{name}", dtype=torch.float32, **settings).train()


def sgemm(folder):
    a, b = torch.rand(2048, 2048), torch.rand(2048, 2048)
    times = []
    for _ in range(10):
        start = time.perf_counter()
        a @ b
        times.append(time.perf_counter() - start)
    return {"gflops": 2 * 2048**3 / min(times) / 1e9}


def step(network, optimizer, tokens, bf16):
    """One step of plain PyTorch: every token but the first of each row is learned."""
    optimizer.zero_grad()
    with torch.autocast("cpu", BF16, enabled=bf16):
        loss = network(input_ids=tokens, labels=tokens).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def steps(folder, name, batch, before, times, bf16=False):
    network = model(folder, name)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-5, weight_decay=0.01, fused=True)
    tokens = torch.tensor(rows(folder, batch))
    for _ in range(before):
        step(network, optimizer, tokens, bf16)
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        step(network, optimizer, tokens, bf16)
        seconds.append(time.perf_counter() - start)
    return {"tokensPerSecond": tokens.numel() / statistics.median(seconds)}


class Clock(transformers.TrainerCallback):
    """When steps began and ended."""

    def __init__(self):
        self.begins, self.ends = [], []

    def on_step_begin(self, *_, **__):
        self.begins.append(time.perf_counter())

    def on_step_end(self, *_, **__):
        self.ends.append(time.perf_counter())


def tokenizer(folder):
    return transformers.PreTrainedTokenizerFast(
        tokenizer_file=f"{folder}/tokenizer.json",
        bos_token="<|beginning|>",
        eos_token="<|endoftext|>",
        pad_token="<|padding|>",
        padding_side="left",
    )


def common(folder):
    return dict(
        output_dir=f"{folder}/trl",
        report_to="none",
        logging_strategy="no",
        save_strategy="no",
        use_cpu=True,
        disable_tqdm=True,
        gradient_checkpointing=False,
        lr_scheduler_type="constant",
    )


def mixed(folder, bf16):
    """All rows once, by TRL's SFTTrainer: random batches of 8, padded, as it makes them."""
    import datasets
    import trl

    tokens = rows(folder, "mixed")
    network = model(folder, "124m")
    words = tokenizer(folder)
    clock = Clock()
    trainer = trl.SFTTrainer(
        model=network,
        args=trl.SFTConfig(
            per_device_train_batch_size=8,
            max_steps=len(tokens) // 8,
            learning_rate=1e-5,
            weight_decay=0.01,
            max_length=None,
            bf16=bf16,
            **common(folder),
        ),
        train_dataset=datasets.Dataset.from_dict({"input_ids": tokens}),
        processing_class=words,
        callbacks=[clock],
    )
    warm = torch.tensor([row[:20] for row in tokens[:8]])
    with torch.autocast("cpu", BF16, enabled=bf16):
        network(input_ids=warm, labels=warm).loss.backward()
    trainer.train()
    return {"tokensPerSecond": sum(map(len, tokens)) / (clock.ends[-1] - clock.begins[0])}


def ppo(folder):
    """Updates by TRL's PPOTrainer, of the size of a quickstart's."""
    import datasets
    from trl.experimental.ppo import PPOConfig, PPOTrainer

    clock = Clock()
    scored = dict(kind=transformers.AutoModelForSequenceClassification, num_labels=1)
    trainer = PPOTrainer(
        args=PPOConfig(
            per_device_train_batch_size=64,
            num_mini_batches=2,
            num_ppo_epochs=2,
            total_episodes=64 * UPDATES,
            local_rollout_forward_batch_size=64,
            response_length=40,
            temperature=1.0,
            stop_token="eos",
            num_sample_generations=0,
            learning_rate=3e-5,
            bf16=False,
            **common(folder),
        ),
        processing_class=tokenizer(folder),
        model=model(folder, "policy"),
        ref_model=model(folder, "policy"),
        reward_model=model(folder, "reward", **scored),
        value_model=model(folder, "reward", **scored),
        train_dataset=datasets.Dataset.from_dict({"input_ids": rows(folder, "prompts")}),
        callbacks=[clock],
    )
    trainer.train()
    ends = clock.ends
    return {"secondsPerUpdate": (ends[-1] - ends[1]) / (len(ends) - 2)}


def versions(folder):
    import trl

    return {
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "trl": trl.__version__,
        "waiting threads": os.environ.get("OMP_WAIT_POLICY", "as they come"),
    }


CASES = {
    "versions": versions,
    "sgemm": sgemm,
    "step": lambda folder: steps(folder, "small", "step", 30, 60),
    "equal-fp32": lambda folder: steps(folder, "124m", "equal", 1, 5),
    "equal-bf16": lambda folder: steps(folder, "124m", "equal", 1, 5, bf16=True),
    "mixed-fp32": lambda folder: mixed(folder, bf16=False),
    "mixed-bf16": lambda folder: mixed(folder, bf16=True),
    "ppo": ppo,
}

if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(os.cpu_count())
    print(json.dumps(CASES[sys.argv[1]](sys.argv[2])))
