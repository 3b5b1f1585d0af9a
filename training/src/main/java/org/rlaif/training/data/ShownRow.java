package org.rlaif.training.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.Prompt;
import org.rlaif.model.PromptEncoder;

/**
 * A row as a policy sees it.
 *
 * @param asked what it is to go on with, as its chat template writes it
 * @param promptTokens null without a tokenizer
 * @param earlierTokens of the prompt that are learned, too
 * @param completions what was written about it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ShownRow(
    String id,
    String asked,
    @Nullable Integer promptTokens,
    @Nullable Integer earlierTokens,
    List<Completion> completions) {

  /**
   * One of them.
   *
   * @param what {@code learned}, {@code chosen 0.83}, {@code rejected}, {@code unwanted}, …
   * @param tokens with the one that ends it; null without a tokenizer
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Completion(String what, String text, @Nullable Integer tokens) {}

  static ShownRow of(Lesson lesson, @Nullable PromptEncoder encoder) {
    Prompt prompt = lesson.prompt();
    Integer tokens = encoder == null ? null : encoder.prompt(lesson.id(), prompt).length;
    return new ShownRow(
        lesson.id(),
        encoder == null ? prompt.transcript() : encoder.written(lesson.id(), prompt),
        tokens,
        encoder == null || tokens == null || !lesson.everyTurn()
            ? null
            : prompt instanceof Prompt.Chat
                ? (Integer) encoder.earlierTurns(lesson.id(), prompt).length
                : (Integer) (tokens - 1),
        completions(lesson, encoder));
  }

  private static List<Completion> completions(Lesson lesson, @Nullable PromptEncoder encoder) {
    List<Completion> completions = new ArrayList<>();
    Example example = lesson.example();
    String learned = example == null || !example.hasCompletion() ? null : example.completion();
    if (lesson.completion() != null) {
      String ratings = lesson.ratings().isEmpty() ? "" : " " + lesson.ratings();
      completions.add(
          completion(
              (learned == null ? "unwanted" : "learned") + ratings,
              lesson.completion(),
              lesson,
              encoder));
    }
    for (Comparison each : lesson.compared()) {
      boolean isLearned = lesson.completion() == null && each.chosen().equals(learned);
      String confidence = each.confidence() == null ? "" : ", confidence " + each.confidence();
      completions.add(
          completion(
              "chosen "
                  + Math.round(each.probability() * 100) / 100.0
                  + confidence
                  + (isLearned ? ", learned" : ""),
              each.chosen(),
              lesson,
              encoder));
      completions.add(completion("rejected", each.rejected(), lesson, encoder));
    }
    return completions;
  }

  private static Completion completion(
      String what, String text, Lesson lesson, @Nullable PromptEncoder encoder) {
    return new Completion(
        what,
        text,
        encoder == null
            ? null
            : (Integer) encoder.completion(lesson.id(), lesson.prompt(), text).length);
  }
}
