package org.rlaif.training.data;

import java.util.List;
import org.rlaif.training.rows.Row;

/**
 * Alpaca (Taori et al. 2023, github.com/tatsu-lab/stanford_alpaca): {@code instruction}, {@code
 * input}, which is often empty, and {@code output}, which is learned. Two answers beside it, of
 * which one was preferred, are a preference. Rows without an output are left out; the original has
 * some.
 */
record AlpacaLayout(RowParts parts) implements KnownLayout {
  @Override
  public List<String> columns() {
    return List.of("instruction", "input", "output");
  }

  @Override
  public Reading read(Row row) {
    String output = Part.of(row).text("output");
    if (output.isEmpty()) {
      return Reading.leftOut("emptyCompletion");
    }
    RowParts.Pair pair = parts.pairBeside(row);
    return Reading.of(
        new Lesson(
            row.id(),
            Instructions.prompt(parts, row),
            parts.completion(output),
            pair == null ? null : parts.completion(pair.chosen().answer()),
            pair == null ? null : parts.completion(pair.rejected().answer()),
            /* everyTurn= */ false));
  }
}
