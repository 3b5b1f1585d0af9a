package org.rlaif.training.data;

import org.rlaif.kit.Prompt;
import org.rlaif.training.rows.Row;

/**
 * The prompt of an {@code instruction} that may have an {@code input}: Alpaca's (Taori et al. 2023,
 * github.com/tatsu-lab/stanford_alpaca), or both as what a user says.
 */
final class Instructions {
  private static final String WITH_INPUT =
      "Below is an instruction that describes a task, paired with an input that provides further"
          + " context. Write a response that appropriately completes the request.\n\n"
          + "### Instruction:\n%s\n\n### Input:\n%s\n\n### Response:";
  private static final String WITHOUT =
      "Below is an instruction that describes a task. Write a response that appropriately completes"
          + " the request.\n\n### Instruction:\n%s\n\n### Response:";

  private Instructions() {}

  static Prompt prompt(RowParts parts, Row row) {
    Part whole = Part.of(row);
    String instruction = whole.text("instruction");
    String input = whole.textIfAny("input");
    if (parts.asking().chat()) {
      return parts.prompt(row, input.isEmpty() ? instruction : instruction + "\n\n" + input);
    }
    return parts.prompt(
        row,
        input.isEmpty()
            ? WITHOUT.formatted(instruction)
            : WITH_INPUT.formatted(instruction, input));
  }
}
