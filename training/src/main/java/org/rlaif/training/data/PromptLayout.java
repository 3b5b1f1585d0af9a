package org.rlaif.training.data;

import org.rlaif.kit.Prompt;
import org.rlaif.training.rows.Row;

/**
 * A prompt and nothing else, where nothing is learned from completions.
 *
 * @param learned whether completions are learned: then no row fits
 */
record PromptLayout(RowParts parts, boolean learned) implements Layout {
  @Override
  public String expects() {
    return "a prompt in " + parts.columns().prompt() + (learned ? ", with sft: skip" : "");
  }

  @Override
  public boolean fits(Row row) {
    return !learned && parts.hasPrompt(row);
  }

  @Override
  public Reading read(Row row) {
    Prompt prompt = parts.prompt(row, null, null);
    return Reading.of(parts.lesson(row, prompt, null, null, /* everyTurn= */ false));
  }
}
