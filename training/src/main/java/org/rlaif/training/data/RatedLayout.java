package org.rlaif.training.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import org.rlaif.kit.Prompt;
import org.rlaif.training.rows.Cell;
import org.rlaif.training.rows.Row;

/**
 * A prompt, a completion, and numbers that people give it, one for each attribute; an attribute
 * that is null, or not there, is one that nobody has rated. They are columns of the row, or, as
 * {@code rlaif judge rate} writes them, stand in an object in the column {@code ratings}. The
 * completion is learned whatever they are: a number does not say from where on it is good.
 */
record RatedLayout(RowParts parts) implements Layout {
  private static final String RATINGS = "ratings";

  @Override
  public String expects() {
    return "a completion in "
        + parts.columns().completion()
        + " with a number in at least one of "
        + String.join(", ", parts.columns().ratings());
  }

  @Override
  public boolean isGuessed() {
    return false;
  }

  @Override
  public boolean fits(Row row) {
    return row.has(parts.columns().completion())
        && (isJudged(row) || parts.columns().ratings().stream().anyMatch(row::has));
  }

  private static boolean isJudged(Row row) {
    return row.columns().path(RATINGS) instanceof ObjectNode;
  }

  private static Row ratings(Row row) {
    return row.columns().path(RATINGS) instanceof ObjectNode ratings
        ? new Row(row.file(), row.name(), row.number(), ratings)
        : row;
  }

  @Override
  public Reading read(Row row) {
    Map<String, Double> ratings = new TreeMap<>();
    Row rated = ratings(row);
    for (String attribute : parts.columns().ratings()) {
      if (rated.has(attribute)) {
        ratings.put(
            attribute,
            rated.number(attribute, "a finite number, or null where there is no rating"));
      }
    }
    Cell completion = parts.answer(row, parts.columns().completion());
    Prompt prompt = parts.prompt(row, completion, null);
    return Reading.of(
        parts.lesson(row, prompt, completion, null, /* everyTurn= */ false).rated(ratings));
  }
}
