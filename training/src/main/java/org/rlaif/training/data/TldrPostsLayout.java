package org.rlaif.training.data;

import java.util.List;
import org.rlaif.training.rows.Row;

/**
 * Posts with their TL;DRs, as OpenAI filtered them (Stiennon et al. 2020, arXiv 2009.01325, after
 * Völske et al. 2017): {@code subreddit}, {@code title}, {@code post}, {@code summary}.
 */
record TldrPostsLayout(RowParts parts) implements KnownLayout {
  @Override
  public List<String> columns() {
    return List.of("subreddit", "title", "post", "summary");
  }

  @Override
  public Reading read(Row row) {
    Part whole = Part.of(row);
    String summary = whole.text("summary");
    if (summary.isBlank()) {
      throw whole.error("summary", "text that can be learned");
    }
    return Reading.of(
        new Lesson(
            row.id(),
            Summaries.prompt(parts, row, whole),
            Summaries.summary(parts, summary),
            List.of(),
            /* everyTurn= */ false));
  }
}
