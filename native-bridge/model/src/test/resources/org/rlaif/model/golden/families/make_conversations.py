"""Writes conversations.json beside this script: conversations in the template of our own tokenizers
with the tokens that count in TRL's supervised fine-tuning with assistant_only_loss, and the loss
that transformers computes on them in float64 with the model smollm.

    pip install torch==2.13.0 transformers==5.18.0 peft==0.21.0 trl==1.13.0 && python make_conversations.py
"""

import pathlib
import tempfile

from datasets import Dataset
from make_families import HERE, exact, load, sharpen, write_json
from make_lora import unpack
from transformers import AutoTokenizer
from trl import SFTConfig, SFTTrainer

TEMPLATE = HERE.parents[6] / "main/resources/org/rlaif/model/text/chat_template.jinja"
SYSTEM, USER, ASSISTANT = "system", "user", "assistant"
CONVERSATIONS = [
    [(USER, "Is it 5?"), (ASSISTANT, "Yes.")],
    [(SYSTEM, "Be kind."), (USER, "Hi"), (ASSISTANT, "Hello!\n"), (USER, "1 + 1?"),
     (ASSISTANT, " 2"), (USER, "And 2 + 2?"), (ASSISTANT, "\n4, I think.")],
    [(USER, "a\nb"), (ASSISTANT, "c"), (USER, "d"), (ASSISTANT, "efg")],
]


def main():
    messages = [[{"role": role, "content": content} for role, content in turns]
                for turns in CONVERSATIONS]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        unpack("smollm", folder)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        tokenizer.chat_template = TEMPLATE.read_text()
        model = load("smollm", folder)
        trainer = SFTTrainer(
            load("smollm", folder),  # whose forward it replaces
            SFTConfig(folder / "out", assistant_only_loss=True, use_cpu=True, bf16=False),
            train_dataset=Dataset.from_dict({"messages": messages}),
            processing_class=tokenizer)
        rows = list(trainer.train_dataset)
        batch = trainer.data_collator(rows)
    cases = [
        {"messages": each, "ids": row["input_ids"], "mask": [int(l != -100) for l in row["labels"]]}
        for each, row in zip(messages, rows)]
    with exact():
        loss = sharpen(model)(**batch).loss.item()
    golden = {"conversations": cases, "loss": round(loss, 9)}
    write_json(HERE / "conversations.json", golden, separators=(",", ":"))
    print([len(each["ids"]) for each in cases], [sum(each["mask"]) for each in cases], loss)


if __name__ == "__main__":
    main()
