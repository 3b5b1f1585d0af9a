package org.rlaif.training.data;

import org.rlaif.kit.Prompt;
import org.rlaif.training.rows.Cell;
import org.rlaif.training.rows.Row;

/** A prompt, a completion, and whether it is wanted; one that is wanted is learned. */
record UnpairedLayout(RowParts parts) implements Layout {
  @Override
  public String expects() {
    return "a completion in "
        + parts.columns().completion()
        + " with true or false in "
        + parts.columns().label();
  }

  @Override
  public boolean isGuessed() {
    return false;
  }

  @Override
  public boolean fits(Row row) {
    return row.has(parts.columns().completion()) && row.has(parts.columns().label());
  }

  @Override
  public Reading read(Row row) {
    boolean wanted = row.truth(parts.columns().label());
    Cell completion = parts.answer(row, parts.columns().completion());
    Prompt prompt = parts.prompt(row, completion, null);
    return Reading.of(
        parts.lesson(row, prompt, completion, null, /* everyTurn= */ false).labelled(wanted));
  }
}
