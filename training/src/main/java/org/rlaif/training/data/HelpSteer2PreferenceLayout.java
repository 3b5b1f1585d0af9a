package org.rlaif.training.data;

import java.util.List;
import org.rlaif.training.rows.Row;

/**
 * HelpSteer2-Preference (Wang et al. 2024, arXiv 2410.01257): {@code response_1} and {@code
 * response_2} to a {@code prompt}, and {@code preference_strength}, from -3, where the first is
 * much better, to 3, where the second is. A strength s is a probability of (1 + |s| / 3) / 2, so
 * that losses which go by a label's strength see the grades of the paper in even steps; 0 is a tie.
 */
record HelpSteer2PreferenceLayout(RowParts parts) implements KnownLayout {
  private static final int MOST = 3;

  @Override
  public List<String> columns() {
    return List.of("prompt", "response_1", "response_2", "preference_strength");
  }

  @Override
  public Reading read(Row row) {
    Part whole = Part.of(row);
    double strength = whole.number("preference_strength", -MOST, MOST);
    return Reading.of(
        new Lesson(
            row.id(),
            parts.prompt(row, whole.text("prompt")),
            null,
            List.of(
                Comparison.of(
                    parts.completion(whole.text("response_1")),
                    parts.completion(whole.text("response_2")),
                    (1 - strength / MOST) / 2)),
            /* everyTurn= */ false));
  }
}
