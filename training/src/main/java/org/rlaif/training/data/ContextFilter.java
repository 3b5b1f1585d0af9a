package org.rlaif.training.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.rlaif.kit.Example;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.UnpairedPreference;
import org.rlaif.kit.UserError;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.text.TextBound;
import org.rlaif.training.config.DataConfig;

/**
 * Leaves out what does not fit the model's context, or refuses it, or makes its prompt shorter, and
 * counts. A sequence is a prompt and a completion, with the tokens that begin and end them.
 */
public final class ContextFilter {
  private final PromptEncoder encoder;
  private final TextBound bound;
  private final DataConfig.TooLong tooLong;
  private int dropped;
  private int shortened;

  /**
   * Creates a filter.
   *
   * @param bound the context, and how long a text may be to be tokenised at all
   */
  public ContextFilter(PromptEncoder encoder, TextBound bound, DataConfig.TooLong tooLong) {
    this.encoder = encoder;
    this.bound = bound;
    this.tooLong = tooLong;
  }

  /** Examples whose prompt and completion fit. */
  public List<Example> examples(List<Example> examples) {
    return completions(
        examples, Example::id, Example::prompt, Example::completion, ContextFilter::asked);
  }

  /** Preferences of which both completions fit behind the prompt. */
  public List<Preference> preferences(List<Preference> preferences) {
    return fitting(
        preferences,
        Preference::id,
        Preference::prompt,
        Preference::about,
        each -> chars(each.prompt(), each.first(), each.second()),
        each ->
            prompt(each.id(), each.prompt())
                + Math.max(encoder.first(each).length, encoder.second(each).length),
        "prompt and longer completion");
  }

  /** Completions by themselves that fit behind their prompts. */
  public List<UnpairedPreference> unpaired(List<UnpairedPreference> preferences) {
    return completions(
        preferences,
        UnpairedPreference::id,
        UnpairedPreference::prompt,
        UnpairedPreference::completion,
        (each, prompt) ->
            new UnpairedPreference(
                each.id(),
                prompt,
                each.completion(),
                each.probabilityDesirable(),
                each.provenance()));
  }

  /** Rated completions that fit behind their prompts. */
  public List<RatedCompletion> rated(List<RatedCompletion> completions) {
    return completions(
        completions,
        RatedCompletion::id,
        RatedCompletion::prompt,
        RatedCompletion::completion,
        (each, prompt) ->
            new RatedCompletion(
                each.id(), prompt, each.completion(), each.ratings(), each.provenance()));
  }

  /** Examples whose prompt leaves room for a completion of so many tokens. */
  public List<Example> prompts(List<Example> examples, int maxTokens) {
    return fitting(
        examples,
        Example::id,
        Example::prompt,
        ContextFilter::asked,
        each -> chars(each.prompt()),
        each -> prompt(each.id(), each.prompt()) + maxTokens,
        "prompt and " + maxTokens + " new tokens");
  }

  /** How many were left out so far. */
  public int dropped() {
    return dropped;
  }

  /** How many prompts so far were made shorter. */
  public int shortened() {
    return shortened;
  }

  /** How many completions so far were encoded apart from their prompts. */
  public int apart() {
    return encoder.apart();
  }

  private <T> List<T> completions(
      List<T> rows,
      Function<T, String> id,
      Function<T, Prompt> prompt,
      Function<T, String> completion,
      BiFunction<T, Prompt, T> asked) {
    return fitting(
        rows,
        id,
        prompt,
        asked,
        each -> chars(prompt.apply(each), completion.apply(each)),
        each ->
            prompt(id.apply(each), prompt.apply(each))
                + encoder.completion(id.apply(each), prompt.apply(each), completion.apply(each))
                    .length,
        "prompt and completion");
  }

  private <T> List<T> fitting(
      List<T> rows,
      Function<T, String> id,
      Function<T, Prompt> prompt,
      BiFunction<T, Prompt, T> asked,
      ToLongFunction<T> chars,
      ToIntFunction<T> length,
      String what) {
    List<T> fitting = new ArrayList<>(rows.size());
    int shortest = Integer.MAX_VALUE;
    int before = shortened;
    for (T row : rows) {
      boolean vast = chars.applyAsLong(row) > bound.bytes(); // a char has a byte at least
      int tokens = vast ? Integer.MAX_VALUE : length.applyAsInt(row);
      shortest = Math.min(shortest, tokens);
      if (tokens <= bound.tokens()) {
        fitting.add(row);
        continue;
      }
      if (tooLong == DataConfig.TooLong.FAIL) {
        throw refused(
            id.apply(row) + ", " + what,
            vast ? chars.applyAsLong(row) + " characters" : tokens + " tokens",
            vast
                ? bound.bytes() + ", data.bytesPerToken of each token of the context"
                : "model.contextLength (" + bound.tokens() + ")");
      }
      Prompt shorter =
          tooLong == DataConfig.TooLong.DROP
              ? null
              : Shortening.of(
                  prompt.apply(row),
                  tooLong,
                  each -> {
                    T other = asked.apply(row, each);
                    return chars.applyAsLong(other) <= bound.bytes()
                        && length.applyAsInt(other) <= bound.tokens();
                  });
      if (shorter != null) {
        shortened++;
        fitting.add(asked.apply(row, shorter));
      }
    }
    if (shortened > before) {
      System.err.println(
          "rlaif: "
              + (shortened - before)
              + " of "
              + rows.size()
              + " prompts are shortened (data.tooLong)");
    }
    if (fitting.isEmpty() && !rows.isEmpty()) {
      throw UserError.expected(
          "model.contextLength",
          bound.tokens(),
          (shortest == Integer.MAX_VALUE ? "far more than " + bound.tokens() : ">= " + shortest)
              + ", the tokens of the shortest of "
              + rows.size()
              + " ("
              + what
              + ")");
    }
    dropped += rows.size() - fitting.size();
    return fitting;
  }

  private static UserError refused(String row, String length, String most) {
    return UserError.expected(row, length, "at most " + most + ", or data.tooLong: drop");
  }

  private static Example asked(Example example, Prompt prompt) {
    return new Example(example.id(), prompt, example.completion(), example.everyTurn());
  }

  private static long chars(Prompt prompt, String... completions) {
    return Stream.concat(Stream.of(prompt.transcript()), Stream.of(completions))
        .mapToLong(String::length)
        .sum();
  }

  private int prompt(String id, Prompt prompt) {
    return encoder.prompt(id, prompt).length;
  }
}
