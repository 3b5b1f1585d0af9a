package org.rlaif.training.offline;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.MayBeAbsent;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.ScoreScale;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.torch.Tensor;
import org.rlaif.torch.Torch;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.DpoConfig;
import org.rlaif.training.learning.Pairs;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.learning.TrlName;
import org.rlaif.training.losses.BetterCompletion;

/**
 * Direct preference optimisation, Rafailov et al. 2023 (arXiv 2305.18290): the policy itself learns
 * the preferences, as the reward model of which it is the best policy. Where it started is asked
 * once, before the first step.
 */
public final class Dpo {
  private static final int VALIDATIONS = 4;

  private Dpo() {}

  /**
   * What came of it.
   *
   * @param objective what was learned, in words
   * @param heldOut how the implicit reward, beta * (log pi - log pi_ref), agrees with preferences
   *     that were not learned
   * @param rewards of their better and worse completions; both may fall, the worse one more
   * @param seconds by part
   * @param tooLong preferences that were left out
   * @param encodedApart completions that do not begin where their prompt's tokens end
   * @param best where the weights come from, if the best ones are kept; else null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Figures(
      String objective,
      @JsonUnwrapped PreferenceFigures heldOut,
      SideRewards rewards,
      int steps,
      int pairs,
      Map<String, Double> seconds,
      int tooLong,
      int encodedApart,
      @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable BestStep best) {}

  /** Of the held-out preferences, in the metrics. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record HeldOut(
      @TrlName("eval_loss") double heldOutLoss,
      @TrlName("eval_rewards/accuracies") @Nullable Double accuracy,
      @TrlName("eval_rewards/margins") @Nullable Double margin,
      @TrlName("eval_rewards/chosen") @Nullable Double chosenReward,
      @TrlName("eval_rewards/rejected") @Nullable Double rejectedReward) {}

  /**
   * Trains and writes {@code model/} and {@code metrics.jsonl} into a folder.
   *
   * @param checkpoints what it goes on from, and saves
   * @param adapter what is trained, if not all weights
   * @param start where the policy starts, and the reference it stays close to
   */
  public static Figures run(
      DpoConfig config,
      AdapterConfig adapter,
      ModelFolder start,
      LabelledPairs labels,
      long seed,
      Device device,
      Checkpoints checkpoints,
      Path out) {
    labels.require("dpo");
    Torch.seed(seed);
    int steps = labels.steps(config.epochs(), config.batch());
    PromptEncoder encoder = PromptEncoder.of(start);
    try (Network policy = TrainableModel.load(start, adapter, seed, device)) {
      var learned = new Side(policy, labels.train(encoder, start), config);
      var held = new Side(policy, labels.heldOut(encoder, start), config);
      var objective = new ImplicitReward(learned, held, new BatchRewards());
      Trainer.Result<HeldOut> result =
          new Trainer("dpo", config, steps, VALIDATIONS, seed, checkpoints)
              .train(policy, objective, out);
      TrainableModel.save(out.resolve("model"), start, policy, ScoreScale.IDENTITY);
      double[] rewards = held.rewards();
      return new Figures(
          config.objective(),
          held.agreement(rewards),
          held.bySide(rewards),
          steps,
          learned.pairs.size(),
          result.watch().seconds(),
          labels.tooLong(),
          labels.encodedApart(),
          result.best());
    }
  }

  /** Pairs, with what the policy said about them before its first step. */
  private static final class Side {
    private final Pairs pairs;
    private final DpoConfig config;

    /** All first completions, then all second ones. */
    private final Referenced completions;

    Side(Network policy, Pairs pairs, DpoConfig config) {
      this.pairs = pairs;
      this.config = config;
      this.completions = Referenced.by(policy, pairs.all(), 2 * config.together());
    }

    /** beta * (log pi - log pi_ref), in the order of the completions. */
    double[] rewards() {
      double[] rewards = completions.logRatios();
      for (int i = 0; i < rewards.length; i++) {
        rewards[i] *= config.beta();
      }
      return rewards;
    }

    Tensor loss(int[] items, BatchRewards figures) {
      int n = items.length;
      int[] rows =
          IntStream.concat(
                  IntStream.of(items), IntStream.of(items).map(item -> item + pairs.size()))
              .toArray();
      int[] lengths = completions.lengths(rows);
      float[] labels = pairs.labels(items);
      Tensor logprobs = completions.logprobs(rows); // (2 B)
      Tensor reference = Tensor.of(completions.reference(rows), 2L * n);
      watch(logprobs.toFloats(), rows, labels, figures);

      Tensor perPart = Tensor.of(parts(lengths), 2L * n);
      Tensor loss =
          config
              .loss()
              .of(
                  config.lengthNormalised() ? logprobs.times(perPart) : logprobs,
                  config.lengthNormalised() ? reference.times(perPart) : reference,
                  Tensor.of(config.loss().labels(labels, config.labelSmoothing()), n),
                  config.beta()); // ()
      if (config.nllWeight() == 0) {
        return loss;
      }
      Tensor likelihood = BetterCompletion.negativeLogLikelihood(logprobs, lengths, labels); // ()
      figures.add("nll_loss", likelihood.item(), n);
      return loss.plus(likelihood.times(config.nllWeight()));
    }

    /** Who is ahead is a question of the pairs that are decided. */
    private void watch(float[] logprobs, int[] rows, float[] labels, BatchRewards figures) {
      int n = labels.length;
      for (int i = 0; i < n; i++) {
        if (labels[i] != 0.5f) {
          int better = labels[i] > 0.5f ? i : n + i;
          int worse = 2 * i + n - better;
          figures.compare(
              figures.add(true, logprobs[better], reference(rows[better]), config.beta()),
              figures.add(false, logprobs[worse], reference(rows[worse]), config.beta()));
        }
      }
    }

    private double reference(int row) {
      return completions.reference()[row];
    }

    PreferenceFigures agreement(double[] rewards) {
      return PreferenceFigures.of(pairs.differences(rewards), pairs.labels());
    }

    SideRewards bySide(double[] rewards) {
      double[] labels = new double[rewards.length];
      for (int i = 0; i < pairs.size(); i++) {
        labels[i] = pairs.labels()[i];
        labels[pairs.size() + i] = 1 - labels[i];
      }
      return SideRewards.of(rewards, labels);
    }

    /** What a token is of its completion. */
    private static float[] parts(int[] lengths) {
      float[] parts = new float[lengths.length];
      for (int i = 0; i < parts.length; i++) {
        parts[i] = 1f / lengths[i];
      }
      return parts;
    }
  }

  private record ImplicitReward(Side learned, Side held, BatchRewards rewards)
      implements Objective<HeldOut> {
    @Override
    public int size() {
      return learned.pairs.size();
    }

    @Override
    public int length(int item) {
      return learned.pairs.length(item);
    }

    @Override
    public double weight(int[] items) {
      return items.length;
    }

    @Override
    public void begin(int[] batch) {
      rewards.begin();
    }

    @Override
    public Tensor loss(int[] items) {
      return learned.loss(items, rewards);
    }

    @Override
    public Map<String, Double> figures() {
      return rewards.toMap();
    }

    @Override
    public HeldOut validate() {
      double[] now = held.rewards();
      PreferenceFigures agreement = held.agreement(now);
      SideRewards sides = held.bySide(now);
      return new HeldOut(
          agreement.loss(),
          agreement.accuracy(),
          agreement.margin(),
          sides.chosen(),
          sides.rejected());
    }

    @Override
    public Double loss(HeldOut found) {
      return found.heldOutLoss();
    }
  }
}
