package org.rlaif.training.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.rlaif.kit.Json;
import org.rlaif.kit.Prompt;
import org.rlaif.training.rows.Row;

/**
 * A solution step by step, as in process supervision (Lightman et al. 2023, arXiv 2305.20050; TRL's
 * stepwise supervision): a prompt, {@code completions}, which are the steps, and {@code labels},
 * true or false for each. A step is a completion of the prompt and of the steps before it, each on
 * a line of its own, and is wanted or not; all of a row's are on the same side of the splits.
 */
record StepwiseLayout(RowParts parts) implements Layout {
  private static final String STEPS = "completions";
  private static final String LABELS = "labels";

  @Override
  public String expects() {
    return "a prompt in "
        + parts.columns().prompt()
        + " with steps in completions, and true or false for each in labels";
  }

  @Override
  public boolean isGuessed() {
    return false;
  }

  @Override
  public boolean fits(Row row) {
    return row.has(STEPS) && row.has(LABELS) && parts.hasPrompt(row);
  }

  @Override
  public Reading read(Row row) {
    JsonNode steps = row.columns().path(STEPS);
    JsonNode labels = row.columns().path(LABELS);
    requireEvery(row, STEPS, JsonNode::isTextual, "texts");
    requireEvery(row, LABELS, JsonNode::isBoolean, "true or false for each step");
    if (labels.size() != steps.size()) {
      throw row.error(
          "column " + LABELS, labels.size() + " labels", steps.size() + ", one for each step");
    }
    Prompt asked = parts.prompt(row, null, null);
    if (!(asked instanceof Prompt.Text)) {
      throw row.error("prompt", "a conversation", "text, which steps go on with");
    }
    List<Lesson> lessons = new ArrayList<>();
    StringBuilder soFar = new StringBuilder(asked.transcript());
    for (int i = 0; i < steps.size(); i++) {
      soFar.append('\n');
      String step = steps.get(i).textValue();
      lessons.add(
          new Lesson(row.id(), Prompt.of(soFar.toString()), step, List.of(), /* everyTurn= */ false)
              .labelled(labels.get(i).booleanValue())
              .partOf(row.id() + "." + (i + 1), asked.transcript()));
      soFar.append(step);
    }
    return new Reading(lessons, List.of());
  }

  private static void requireEvery(
      Row row, String column, Predicate<JsonNode> is, String expectation) {
    JsonNode list = row.columns().path(column);
    boolean all =
        list.isArray()
            && !list.isEmpty()
            && StreamSupport.stream(list.spliterator(), false).allMatch(is);
    if (!all) {
      throw row.error("column " + column, Json.excerpt(list), "a list of " + expectation);
    }
  }
}
