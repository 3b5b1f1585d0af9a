package org.rlaif.training.offline;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Pairs;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.math.Rewards;

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
   * @param heldOut how the implicit reward, beta * (log pi - log pi_ref), agrees with preferences
   *     that were not learned
   * @param seconds by part
   * @param tooLong preferences that were left out
   * @param encodedApart completions that do not begin where their prompt's tokens end
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Figures(
      @JsonUnwrapped PreferenceFigures heldOut,
      int steps,
      int pairs,
      Map<String, Double> seconds,
      int tooLong,
      int encodedApart) {}

  /** Of the held-out preferences, in the metrics. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record HeldOut(double heldOutLoss, @Nullable Double accuracy, @Nullable Double margin) {}

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
      var objective = new ImplicitReward(learned, held);
      Trainer.Result<HeldOut> result =
          new Trainer("dpo", config, steps, VALIDATIONS, seed, checkpoints)
              .train(policy, objective, out);
      TrainableModel.save(out.resolve("model"), start, policy, ScoreScale.IDENTITY);
      return new Figures(
          held.figures(),
          steps,
          learned.pairs.size(),
          result.watch().seconds(),
          labels.tooLong(),
          labels.encodedApart());
    }
  }

  /** Pairs, with what the policy said about them before its first step. */
  private static final class Side {
    private final Network policy;
    private final Pairs pairs;
    private final DpoConfig config;

    /** Of all first completions, then of all second ones. */
    private final double[] reference;

    Side(Network policy, Pairs pairs, DpoConfig config) {
      this.policy = policy;
      this.pairs = pairs;
      this.config = config;
      this.reference = logprobs();
    }

    /** Sums over the tokens of each completion. */
    private double[] logprobs() {
      return Rewards.sums(
          Forward.logprobs(policy, pairs.all(), /* temperature= */ 1, 2 * config.together()));
    }

    PreferenceFigures figures() {
      double[] rewards = logprobs();
      for (int i = 0; i < rewards.length; i++) {
        rewards[i] = config.beta() * (rewards[i] - reference[i]);
      }
      return PreferenceFigures.of(pairs.differences(rewards), pairs.labels());
    }

    private float[] smoothed(float[] labels) {
      double wrong = config.labelSmoothing();
      for (int i = 0; i < labels.length; i++) {
        labels[i] = (float) (wrong + (1 - 2 * wrong) * labels[i]);
      }
      return labels;
    }

    Tensor loss(int[] items) {
      int n = items.length;
      int[] lengths = new int[2 * n];
      float[] before = new float[2 * n];
      List<Sequence> all = pairs.all();
      for (int i = 0; i < n; i++) {
        for (int side = 0; side < 2; side++) {
          int row = items[i] + side * pairs.size();
          lengths[i + side * n] = all.get(row).completionTokens();
          before[i + side * n] = (float) reference[row];
        }
      }
      Tensor logprobs =
          policy.logprobs(pairs.bothSides(items), /* temperature= */ 1).sums(lengths); // (2 B)
      return config
          .loss()
          .of(
              logprobs,
              Tensor.of(before, 2L * n),
              Tensor.of(smoothed(pairs.labels(items)), n),
              config.beta()); // ()
    }
  }

  private record ImplicitReward(Side learned, Side held) implements Objective<HeldOut> {
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
    public Tensor loss(int[] items) {
      return learned.loss(items);
    }

    @Override
    public HeldOut validate() {
      PreferenceFigures now = held.figures();
      return new HeldOut(now.loss(), now.accuracy(), now.margin());
    }
  }
}
