package org.rlaif.training.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.rlaif.kit.Example;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.model.PromptEncoder;

/**
 * Leaves out what does not fit the model's context, or refuses it, and counts. A sequence is a
 * prompt and a completion, with the tokens that begin and end them.
 */
public final class ContextFilter {
  private final PromptEncoder encoder;
  private final int contextLength;
  private final boolean fail;
  private int dropped;

  /**
   * Creates a filter.
   *
   * @param tooLong {@code data.tooLong}: {@code drop} or {@code fail}
   */
  public ContextFilter(PromptEncoder encoder, int contextLength, String tooLong) {
    this.encoder = encoder;
    this.contextLength = contextLength;
    this.fail = tooLong.equals("fail");
  }

  /** Examples whose prompt and completion fit. */
  public List<Example> examples(List<Example> examples) {
    return fitting(
        examples,
        Example::id,
        each ->
            prompt(each.id(), each.prompt())
                + completion(each.id(), each.prompt(), each.completion()),
        "prompt and completion");
  }

  /** Preferences of which both completions fit behind the prompt. */
  public List<Preference> preferences(List<Preference> preferences) {
    return fitting(
        preferences,
        Preference::id,
        each ->
            prompt(each.id(), each.prompt())
                + Math.max(
                    completion(each.id(), each.prompt(), each.first()),
                    completion(each.id(), each.prompt(), each.second())),
        "prompt and longer completion");
  }

  /** Examples whose prompt leaves room for a completion of so many tokens. */
  public List<Example> prompts(List<Example> examples, int maxTokens) {
    return fitting(
        examples,
        Example::id,
        each -> prompt(each.id(), each.prompt()) + maxTokens,
        "prompt and " + maxTokens + " new tokens");
  }

  /** How many were left out so far. */
  public int dropped() {
    return dropped;
  }

  private <T> List<T> fitting(
      List<T> rows, Function<T, String> id, ToIntFunction<T> length, String what) {
    List<T> fitting = new ArrayList<>(rows.size());
    int shortest = Integer.MAX_VALUE;
    for (T row : rows) {
      int tokens = length.applyAsInt(row);
      shortest = Math.min(shortest, tokens);
      if (tokens <= contextLength) {
        fitting.add(row);
      } else if (fail) {
        throw UserError.expected(
            id.apply(row) + ", " + what,
            tokens + " tokens",
            "at most model.contextLength (" + contextLength + "), or data.tooLong: drop");
      }
    }
    if (fitting.isEmpty() && !rows.isEmpty()) {
      throw UserError.expected(
          "model.contextLength",
          contextLength,
          ">= " + shortest + ", the tokens of the shortest of " + rows.size() + " (" + what + ")");
    }
    dropped += rows.size() - fitting.size();
    return fitting;
  }

  private int prompt(String id, Prompt prompt) {
    return encoder.prompt(id, prompt).length;
  }

  private int completion(String id, Prompt prompt, String text) {
    return encoder.completion(id, prompt, text).length;
  }
}
