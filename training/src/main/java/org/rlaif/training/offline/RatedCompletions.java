package org.rlaif.training.offline;

import java.util.ArrayList;
import java.util.List;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.learning.Sequence;

/**
 * Rated completions to learn from and to measure on.
 *
 * @param tooLong those that were left out, for the figures
 * @param encodedApart completions that do not begin where their prompt's tokens end, likewise
 */
public record RatedCompletions(
    List<RatedCompletion> train, List<RatedCompletion> heldOut, int tooLong, int encodedApart) {

  /**
   * As tokens and numbers.
   *
   * @param prompts what each completion answers
   * @param ratings one row per completion, an attribute each; NaN: none, and at least one is there
   * @param unrated completions that were left out, as all of their attributes are missing
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record Encoded(List<Prompt> prompts, List<Sequence> sequences, double[][] ratings, int unrated) {
    int size() {
      return ratings.length;
    }
  }

  /** Those to learn from, by some attributes. */
  Encoded train(List<String> attributes, PromptEncoder encoder, ModelFolder model) {
    return encode(train, "completions to learn from", attributes, encoder, model);
  }

  /** Those to measure on. */
  Encoded heldOut(List<String> attributes, PromptEncoder encoder, ModelFolder model) {
    return encode(heldOut, "held-out completions", attributes, encoder, model);
  }

  private static Encoded encode(
      List<RatedCompletion> completions,
      String what,
      List<String> attributes,
      PromptEncoder encoder,
      ModelFolder model) {
    List<RatedCompletion> rated =
        completions.stream()
            .filter(each -> attributes.stream().anyMatch(each.ratings()::containsKey))
            .toList();
    UserError.require(
        !rated.isEmpty(), "reward: " + what, 0, "at least 1 that is rated by reward.attributes");
    List<Sequence> sequences = new ArrayList<>(rated.size());
    for (RatedCompletion each : rated) {
      sequences.add(
          Sequence.encode(
              encoder,
              model.config().contextLength(),
              "completion " + each.id(),
              each.prompt(),
              each.completion()));
    }
    return new Encoded(
        rated.stream().map(RatedCompletion::prompt).toList(),
        sequences,
        rated.stream().map(each -> row(each, attributes)).toArray(double[][]::new),
        completions.size() - rated.size());
  }

  private static double[] row(RatedCompletion completion, List<String> attributes) {
    return attributes.stream()
        .mapToDouble(each -> completion.ratings().getOrDefault(each, Double.NaN))
        .toArray();
  }
}
