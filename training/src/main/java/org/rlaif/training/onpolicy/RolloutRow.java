package org.rlaif.training.onpolicy;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.MayBeAbsent;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.math.KlEstimators;
import org.rlaif.training.rollouts.Rollout;

/**
 * One sequence of a rollout batch, as it is kept in {@code rollouts/NNNN.jsonl}.
 *
 * @param id of the example whose prompt was answered
 * @param tokens of the completion, end-of-text included
 * @param logprobs at the temperature of sampling
 * @param kl to the reference, estimator k1, summed over the completion
 * @param score what it is worth, before clipping and penalties
 * @param reward sum over the completion, KL penalty included
 * @param episode what was said before the completion, which is the policy's last turn; null without
 *     an environment. Log-probabilities, KL and reward are then of all tokens that the policy wrote
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
public record RolloutRow(
    String id,
    Prompt prompt,
    String completion,
    int[] tokens,
    float[] logprobs,
    float[] referenceLogprobs,
    double kl,
    double score,
    double reward,
    boolean ended,
    long weightsVersion,
    @MayBeAbsent @Nullable Earlier episode) {

  /**
   * An episode, but for its last turn.
   *
   * @param seed that the environment was told
   * @param turns between prompt and completion
   * @param reward the environment's
   * @param tokens of prompt and turns, as the policy has read them
   * @param written where among them those are that the policy wrote, in rising order
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  public record Earlier(
      long seed, List<Message> turns, double reward, int[] tokens, int[] written) {

    private static @Nullable Earlier of(Rollout rollout, int row) {
      if (rollout.histories().isEmpty()) {
        return null;
      }
      Rollout.History history = rollout.histories().get(row);
      Sequence sequence = rollout.sequences().get(row);
      return new Earlier(
          history.seed(), history.turns(), history.reward(), sequence.prompt(), sequence.earlier());
    }
  }

  public static void write(
      Path out,
      int update,
      Rollout rollout,
      Learner.View view,
      double[] scores,
      float[][] rewards) {
    JsonLines.write(out.resolve(name(update)), of(rollout, view, scores, rewards));
  }

  /** Where the rows of an update lie in its stage's folder. */
  public static String name(int update) {
    return String.format(Locale.ROOT, "rollouts/%04d.jsonl", update);
  }

  static List<RolloutRow> of(
      Rollout rollout, Learner.View view, double[] scores, float[][] rewards) {
    List<RolloutRow> rows = new ArrayList<>(rollout.size());
    for (int i = 0; i < rollout.size(); i++) {
      float[] reference = view.referenceLogprobs()[i];
      double reward = 0;
      for (float one : rewards[i]) {
        reward += one;
      }
      rows.add(
          new RolloutRow(
              rollout.prompts().get(i).id(),
              rollout.prompts().get(i).prompt(),
              rollout.texts().get(i),
              rollout.sequences().get(i).completion(),
              rollout.logprobs()[i],
              reference,
              KlEstimators.sequence(rollout.logprobs()[i], reference, KlEstimators::k1),
              scores[i],
              reward,
              rollout.ended()[i],
              rollout.weightsVersion()[i],
              Earlier.of(rollout, i)));
    }
    return rows;
  }

  /** The batch that rows were made of. */
  public static Rollout batch(List<RolloutRow> rows, PromptEncoder encoder, int contextLength) {
    int n = rows.size();
    List<Example> prompts = new ArrayList<>(n);
    List<Sequence> sequences = new ArrayList<>(n);
    List<String> texts = new ArrayList<>(n);
    float[][] logprobs = new float[n][];
    boolean[] ended = new boolean[n];
    long[] weightsVersion = new long[n];
    List<Rollout.History> histories = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      RolloutRow row = rows.get(i);
      prompts.add(new Example(row.id, row.prompt, ""));
      sequences.add(row.sequence(encoder, contextLength));
      texts.add(row.completion);
      logprobs[i] = row.logprobs;
      ended[i] = row.ended;
      weightsVersion[i] = row.weightsVersion;
      if (row.episode != null) {
        Earlier episode = row.episode;
        histories.add(new Rollout.History(episode.seed, episode.turns, episode.reward));
      }
    }
    return new Rollout(prompts, sequences, texts, logprobs, ended, weightsVersion, histories);
  }

  /** How many tokens the policy wrote. */
  public int length() {
    return logprobs.length;
  }

  /** The tokens that the policy read and wrote. */
  public Sequence sequence(PromptEncoder encoder, int contextLength) {
    return episode == null
        ? Sequence.of(encoder, contextLength, "example " + id, prompt, tokens)
        : new Sequence(episode.tokens, tokens, episode.written);
  }
}
