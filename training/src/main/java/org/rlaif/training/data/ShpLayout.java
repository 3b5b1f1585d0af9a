package org.rlaif.training.data;

import java.util.List;
import org.rlaif.training.rows.Row;

/**
 * Stanford Human Preferences (Ethayarajh et al. 2022, huggingface.co/datasets/stanfordnlp/SHP): two
 * comments, {@code human_ref_A} and {@code human_ref_B}, on a post, {@code history}; {@code labels}
 * is 1 if A has more votes and 0 if B has, and {@code score_ratio} how many times as many.
 *
 * @param minimumRatio rows below are left out; the authors advise 2 or more
 */
record ShpLayout(RowParts parts, double minimumRatio) implements KnownLayout {
  @Override
  public List<String> columns() {
    return List.of("history", "human_ref_A", "human_ref_B", "labels", "score_ratio");
  }

  @Override
  public Reading read(Row row) {
    Part whole = Part.of(row);
    if (whole.number("score_ratio", 1, Integer.MAX_VALUE) < minimumRatio) {
      return Reading.leftOut("minimumRatio");
    }
    return Reading.of(
        new Lesson(
            row.id(),
            parts.prompt(row, whole.text("history")),
            null,
            List.of(
                Comparison.of(
                    parts.completion(whole.text("human_ref_A")),
                    parts.completion(whole.text("human_ref_B")),
                    whole.choice("labels", 0, 1))),
            /* everyTurn= */ false));
  }
}
