"""Writes trl.json beside this script: 16 steps of TRL's DPO under each loss, and of its KTO, with the
golden model smollm in float64, all rows in every batch.

    pip install torch==2.13.0 transformers==5.18.0 peft==0.21.0 trl==1.13.0 && python make_trl.py
"""

import json
import pathlib
import sys
import tempfile

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer

HERE = pathlib.Path(__file__).parent
FAMILIES = HERE.parents[7] / "native-bridge/model/src/test/resources/org/rlaif/model/golden/families"
STEPS = 16
LENGTH = 28  # of prompt and longer completion, in every row: batches are gathered by length
# Better completions are equally long: TRL's "sft" is a mean over all their tokens, ours over each's.
PAIRS = [
    ("Is it 5?", " Yes.", " No, I think it is 6. "),
    ("1 + 1?", " Two.", " 3"),
    ("Who?", " You.", " Nobody that I know of"),
    ("Say a", " aaa.", " b"),
    ("And 2 + 2?", " Four", " 5, no: 22"),
    ("Hi", " Hi! ", "?"),
    ("Why not", " Now.", " it is so"),
    ("Z", " end.", " zzz"),
]
BAD = [1, 5]  # whose worse completion KTO gets; few, so that its reference point is above 0
# TRL's words for a loss, and what differs from sums under beta 0.3.
DPO = {
    "sigmoid": dict(loss_type=["sigmoid"]),
    "hinge": dict(loss_type=["hinge"]),
    "ipo per token": dict(loss_type=["ipo"]),
    "sigmoid per token": dict(loss_type=["sigmoid_norm"]),
    "robust": dict(loss_type=["robust"], label_smoothing=0.2),
    "sigmoid with likelihood": dict(loss_type=["sigmoid", "sft"], loss_weights=[1.0, 0.5]),
}
METRICS = ["rewards/chosen", "rewards/rejected", "rewards/margins", "logps/chosen", "logps/rejected"]


def long(prompt, completion):
    """As often as it takes; a character is a token."""
    return (completion * LENGTH)[:LENGTH - len(prompt)]


def settings(folder, **more):
    return dict(
        output_dir=folder / "out", use_cpu=True, bf16=False, report_to="none", seed=0,
        per_device_train_batch_size=len(PAIRS), max_steps=STEPS, lr_scheduler_type="constant",
        learning_rate=1e-4, adam_beta1=0.9, adam_beta2=0.95, adam_epsilon=1e-5, weight_decay=0.0,
        max_grad_norm=1.0, gradient_checkpointing=False, save_strategy="no", max_length=None,
        disable_tqdm=True, beta=0.3) | more


def train(trainer_class, config, folder, rows, metrics):
    losses = []

    class Watched(trainer_class):
        def _compute_loss(self, *args, **kwargs):
            loss = super()._compute_loss(*args, **kwargs)
            losses.append((loss[0] if isinstance(loss, tuple) else loss).item())
            return loss

        def log(self, logs, *args, **kwargs):
            for name in metrics:
                found[name] += self._metrics["train"].get(name, [])
            super().log(logs, *args, **kwargs)

    found = {name: [] for name in metrics}
    models = [AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float64) for _ in range(2)]
    trainer = Watched(
        models[0], models[1], config, train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(folder))
    trainer.train()
    found = {name: values[:STEPS] for name, values in found.items()}
    assert all(len(each) == STEPS for each in [losses, *found.values()])
    curves = {"loss": losses} | found
    return {name: [round(each, 9) for each in values] for name, values in curves.items()}, trainer


def main():
    sys.path.insert(0, str(FAMILIES))
    from make_lora import unpack

    pairs = [dict(prompt=p, chosen=c, rejected=long(p, r)) for p, c, r in PAIRS]
    unpaired = [
        dict(prompt=p, completion=long(p, r if i in BAD else c), label=i not in BAD)
        for i, (p, c, r) in enumerate(PAIRS)]
    golden = {"pairs": pairs, "unpaired": unpaired, "dpo": {}}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        unpack("smollm", folder)
        for case, more in DPO.items():
            config = DPOConfig(**settings(folder, logging_steps=1, **more))
            golden["dpo"][case], trainer = train(DPOTrainer, config, folder, pairs, METRICS)
            rows = list(trainer.train_dataset)
            assert len({len(row["chosen_ids"]) for row in rows}) == 1
            golden["tokens"] = [
                row["prompt_ids"] + row[side] for side in ["chosen_ids", "rejected_ids"]
                for row in rows]
            print(case, golden["dpo"][case]["loss"])
        config = KTOConfig(**settings(
            folder, logging_steps=1, train_sampling_strategy="sequential", undesirable_weight=1.5))
        golden["kto"], _ = train(KTOTrainer, config, folder, unpaired, METRICS + ["kl"])
        print("kto", golden["kto"]["loss"], golden["kto"]["kl"])
    (HERE / "trl.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
