package org.rlaif.training.data;

import java.util.List;
import java.util.stream.IntStream;
import org.rlaif.training.rows.Row;

/**
 * OpenAI's first preferences (Ziegler et al. 2019, arXiv 1909.08593;
 * github.com/openai/lm-human-preferences): {@code sample0} to {@code sample3} of a {@code query},
 * or {@code prompt}, and {@code best}, from 0 to 3. It is learned, and is better than each of the
 * others: three preferences.
 */
record LmHumanPreferencesLayout(RowParts parts) implements KnownLayout {
  private static final List<String> SAMPLES = List.of("sample0", "sample1", "sample2", "sample3");

  @Override
  public List<String> columns() {
    return List.of("sample0", "sample1", "sample2", "sample3", "best");
  }

  @Override
  public String expects() {
    return "a query or prompt, and the columns " + String.join(", ", columns());
  }

  @Override
  public boolean fits(Row row) {
    return KnownLayout.super.fits(row) && (row.has("query") || row.has("prompt"));
  }

  @Override
  public Reading read(Row row) {
    Part whole = Part.of(row);
    int best = whole.choice("best", 0, SAMPLES.size() - 1);
    String chosen = parts.completion(whole.text(SAMPLES.get(best)));
    return Reading.of(
        new Lesson(
            row.id(),
            parts.prompt(row, whole.text(whole.has("query") ? "query" : "prompt")),
            chosen,
            IntStream.range(0, SAMPLES.size())
                .filter(i -> i != best)
                .mapToObj(
                    i -> Comparison.sure(chosen, parts.completion(whole.text(SAMPLES.get(i)))))
                .toList(),
            /* everyTurn= */ false));
  }
}
