package org.rlaif.training.data;

import java.util.stream.Stream;
import org.rlaif.kit.Prompt;
import org.rlaif.training.rows.Row;

/** A prompt and two answers to it, of which people preferred one; that one is learned. */
record PreferenceLayout(RowParts parts) implements Layout {
  @Override
  public String expects() {
    return "a preference in "
        + parts.pairColumns()
        + " with its prompt in "
        + parts.columns().prompt();
  }

  /** The prompt has a column or a template, or stands before the answer in lists of messages. */
  @Override
  public boolean fits(Row row) {
    return parts.hasPair(row) && (parts.hasPrompt(row) || asked(row));
  }

  @Override
  public Reading read(Row row) {
    RowParts.Pair pair = parts.pair(row);
    Prompt prompt = parts.prompt(row, null, pair);
    return Reading.of(parts.lesson(row, prompt, null, pair, /* everyTurn= */ false));
  }

  private boolean asked(Row row) {
    return Stream.of(parts.columns().chosen(), parts.columns().rejected())
        .map(row::cell)
        .anyMatch(cell -> cell != null && !cell.asked().isEmpty());
  }
}
