package org.rlaif.training.data;

import java.util.List;
import org.rlaif.training.rows.Row;

/**
 * PandaLM's test set (Wang et al. 2023, arXiv 2306.05087; github.com/WeOpenML/PandaLM): {@code
 * response1} and {@code response2} to an {@code instruction} with an {@code input}, and what three
 * annotators say: 1 or 2 is better, or 0, a tie. The probability is their mean, a tie one half. A
 * response may be {@code true} or a number, without quotes: the original has one.
 */
record PandaLmLayout(RowParts parts) implements KnownLayout {
  private static final List<String> ANNOTATORS = List.of("annotator1", "annotator2", "annotator3");

  /** What 0, 1 and 2 say of the first one. */
  private static final double[] VERDICTS = {0.5, 1, 0};

  @Override
  public List<String> columns() {
    return List.of(
        "instruction", "input", "response1", "response2", "annotator1", "annotator2", "annotator3");
  }

  @Override
  public Reading read(Row row) {
    Part whole = Part.of(row);
    double sum =
        ANNOTATORS.stream().mapToDouble(annotator -> VERDICTS[whole.choice(annotator, 0, 2)]).sum();
    return Reading.of(
        new Lesson(
            row.id(),
            Instructions.prompt(parts, row),
            null,
            List.of(
                Comparison.of(
                    parts.completion(whole.plain("response1")),
                    parts.completion(whole.plain("response2")),
                    sum / ANNOTATORS.size())),
            /* everyTurn= */ false));
  }
}
