package org.rlaif.training.data;

import org.rlaif.kit.Prompt;
import org.rlaif.training.rows.Cell;
import org.rlaif.training.rows.Row;

/**
 * A prompt and a completion that is learned; answers to the same prompt beside it are a preference.
 */
record CompletionLayout(RowParts parts) implements Layout {
  @Override
  public String expects() {
    return "a completion in " + learns();
  }

  @Override
  public String learns() {
    return parts.columns().completion();
  }

  @Override
  public Reading read(Row row) {
    Cell completion = parts.answer(row, learns());
    RowParts.Pair pair = parts.pairBeside(row);
    Prompt prompt = parts.prompt(row, completion, pair);
    return Reading.of(parts.lesson(row, prompt, completion, pair, /* everyTurn= */ false));
  }
}
