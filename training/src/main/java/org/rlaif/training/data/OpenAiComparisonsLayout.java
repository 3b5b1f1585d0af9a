package org.rlaif.training.data;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.training.rows.Row;

/**
 * OpenAI's comparisons of summaries (Stiennon et al. 2020, arXiv 2009.01325;
 * github.com/openai/summarize-from-feedback): {@code info} is a post or an article, {@code
 * summaries} has two, {@code choice} is 0 or 1, and {@code extra.confidence} from 1 to 9, where 1
 * is sure of the first and 9 of the second, goes along with the preference.
 */
record OpenAiComparisonsLayout(RowParts parts) implements KnownLayout {
  @Override
  public List<String> columns() {
    return List.of("info", "summaries", "choice");
  }

  @Override
  public Reading read(Row row) {
    Part whole = Part.of(row);
    List<Part> summaries = whole.list("summaries");
    if (summaries.size() != 2) {
      throw whole.error("summaries", "a list of two");
    }
    int choice = whole.choice("choice", 0, 1);
    return Reading.of(
        new Lesson(
            row.id(),
            Summaries.prompt(parts, row, whole.in("info")),
            null,
            List.of(
                new Comparison(
                    Summaries.summary(parts, summaries.get(choice).text("text")),
                    Summaries.summary(parts, summaries.get(1 - choice).text("text")),
                    1,
                    confidence(whole))),
            /* everyTurn= */ false));
  }

  private static @Nullable Double confidence(Part whole) {
    return whole.has("extra") && whole.in("extra").has("confidence")
        ? (Double) whole.in("extra").number("confidence", 1, 9)
        : null;
  }
}
