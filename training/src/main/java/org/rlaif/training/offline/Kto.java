package org.rlaif.training.offline;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.MayBeAbsent;
import org.rlaif.kit.Statistics;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.ScoreScale;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.torch.Tensor;
import org.rlaif.torch.Torch;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.KtoConfig;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.learning.TrlName;
import org.rlaif.training.losses.KahnemanTversky;
import org.rlaif.training.math.AreaUnderCurve;
import org.rlaif.training.math.Preferences;

/**
 * Kahneman-Tversky optimisation, Ethayarajh et al. 2024 (arXiv 2402.01306): the policy learns which
 * completions are wanted, without having two of the same prompt to compare.
 */
public final class Kto {
  private static final int VALIDATIONS = 4;

  private Kto() {}

  /**
   * What came of it.
   *
   * @param areaUnderCurve of held-out completions: how probable it is that a wanted one has a
   *     higher implicit reward, beta * (log pi - log pi_ref), than an unwanted one; null if one
   *     kind is missing
   * @param loss on them
   * @param referencePoint the estimate of KL(policy || reference) on them, in nats
   * @param rewards of the wanted and the unwanted ones; both may fall, the unwanted more
   * @param pairs how the rewards agree with held-out preferences; null if there are none
   * @param completions to learn from
   * @param desirable how many of them are wanted, a soft label counting as much as it says
   * @param weightRatio the weights of all wanted ones over those of all unwanted ones; null if
   *     there are no unwanted ones
   * @param seconds by part
   * @param tooLong preferences that were left out
   * @param encodedApart completions that do not begin where their prompt's tokens end
   * @param best where the weights come from, if the best ones are kept; else null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Figures(
      @Nullable Double areaUnderCurve,
      double loss,
      double referencePoint,
      SideRewards rewards,
      @Nullable PreferenceFigures pairs,
      int steps,
      int completions,
      double desirable,
      @Nullable Double weightRatio,
      Map<String, Double> seconds,
      int tooLong,
      int encodedApart,
      @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable BestStep best) {}

  /** Of the held-out completions, in the metrics. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record HeldOut(
      @TrlName("eval_loss") double heldOutLoss,
      @Nullable Double areaUnderCurve,
      @TrlName("eval_kl") double referencePoint,
      @TrlName("eval_rewards/chosen") @Nullable Double chosenReward,
      @TrlName("eval_rewards/rejected") @Nullable Double rejectedReward) {}

  /**
   * Trains and writes {@code model/} and {@code metrics.jsonl} into a folder.
   *
   * @param checkpoints what it goes on from, and saves
   * @param adapter what is trained, if not all weights
   * @param start where the policy starts, and the reference that gains and losses count from
   */
  public static Figures run(
      KtoConfig config,
      AdapterConfig adapter,
      ModelFolder start,
      LabelledCompletions labels,
      long seed,
      Device device,
      Checkpoints checkpoints,
      Path out) {
    labels.require("kto");
    Torch.seed(seed);
    PromptEncoder encoder = PromptEncoder.of(start);
    try (Network policy = TrainableModel.load(start, adapter, seed, device)) {
      var learned = new Side(policy, labels.train(encoder, start), config);
      var held = new Side(policy, labels.heldOut(encoder, start), config);
      int steps = Math.max(1, config.epochs() * learned.size() / config.batch());
      Trainer.Result<HeldOut> result =
          new Trainer("kto", config, steps, VALIDATIONS, seed, checkpoints)
              .train(policy, new Gains(learned, held, config), out);
      TrainableModel.save(out.resolve("model"), start, policy, ScoreScale.IDENTITY);
      double[] rewards = held.rewards();
      HeldOut after = held.figures(rewards);
      double desirable = learned.encoded.desirable();
      double undesirable = learned.size() - desirable;
      return new Figures(
          after.areaUnderCurve(),
          after.heldOutLoss(),
          after.referencePoint(),
          SideRewards.of(rewards, held.encoded.labels()),
          held.agreement(rewards),
          steps,
          learned.size(),
          desirable,
          figure(config.desirableWeight() * desirable, config.undesirableWeight() * undesirable),
          result.watch().seconds(),
          labels.tooLong(),
          labels.encodedApart(),
          result.best());
    }
  }

  private static @Nullable Double figure(double share, double of) {
    return of == 0 ? null : (Double) (share / of);
  }

  /** Completions, with what the policy said about them before its first step. */
  private static final class Side {
    private final LabelledCompletions.Encoded encoded;
    private final KtoConfig config;
    private final Referenced completions;
    private final Referenced mismatched;

    Side(Network policy, LabelledCompletions.Encoded encoded, KtoConfig config) {
      this.encoded = encoded;
      this.config = config;
      this.completions = Referenced.by(policy, encoded.sequences(), config.together());
      this.mismatched =
          Referenced.by(
              policy,
              Mismatched.of(encoded.sequences(), policy.config().contextLength()),
              config.together());
    }

    int size() {
      return encoded.size();
    }

    double label(int item) {
      return encoded.labels()[item];
    }

    /** The estimated KL, no less than 0. */
    double referencePoint(int[] items) {
      return Math.max(0, Statistics.mean(mismatched.logRatios(items)));
    }

    double[] rewards() {
      double[] rewards = completions.logRatios();
      for (int i = 0; i < rewards.length; i++) {
        rewards[i] *= config.beta();
      }
      return rewards;
    }

    private int[] all() {
      return IntStream.range(0, size()).toArray();
    }

    HeldOut figures(double[] rewards) {
      double point = referencePoint(all());
      double loss = 0;
      for (int i = 0; i < rewards.length; i++) {
        double gain = rewards[i] - config.beta() * point;
        loss +=
            label(i) * config.desirableWeight() * Preferences.sigmoid(-gain)
                + (1 - label(i)) * config.undesirableWeight() * Preferences.sigmoid(gain);
      }
      double area = AreaUnderCurve.of(rewards, encoded.labels());
      SideRewards sides = SideRewards.of(rewards, encoded.labels());
      return new HeldOut(
          loss / rewards.length,
          Double.isNaN(area) ? null : (Double) area,
          point,
          sides.chosen(),
          sides.rejected());
    }

    @Nullable PreferenceFigures agreement(double[] rewards) {
      return encoded.pairs().size() == 0
          ? null
          : PreferenceFigures.of(encoded.pairs().differences(rewards), encoded.pairs().labels());
    }
  }

  private static final class Gains implements Objective<HeldOut> {
    private final Side learned;
    private final Side held;
    private final KtoConfig config;
    private final BatchRewards rewards = new BatchRewards();
    private double referencePoint;

    Gains(Side learned, Side held, KtoConfig config) {
      this.learned = learned;
      this.held = held;
      this.config = config;
    }

    @Override
    public int size() {
      return learned.size();
    }

    @Override
    public int length(int item) {
      return learned.encoded.sequences().get(item).length();
    }

    @Override
    public double weight(int[] items) {
      return items.length;
    }

    /** The reference point is the batch's, whatever parts it comes in. */
    @Override
    public void begin(int[] batch) {
      referencePoint = learned.referencePoint(batch);
      rewards.begin();
      rewards.add("kl", referencePoint, 1);
    }

    @Override
    public Tensor loss(int[] items) {
      int n = items.length;
      float[] labels = new float[n];
      float[] reference = learned.completions.reference(items);
      Tensor logprobs = learned.completions.logprobs(items); // (B)
      float[] now = logprobs.toFloats();
      for (int i = 0; i < n; i++) {
        labels[i] = (float) learned.label(items[i]);
        if (labels[i] != 0.5f) {
          rewards.add(labels[i] > 0.5f, now[i], reference[i], config.beta());
        }
      }
      return KahnemanTversky.of(
          logprobs,
          Tensor.of(reference, n),
          Tensor.of(labels, n),
          referencePoint,
          config.beta(),
          config.desirableWeight(),
          config.undesirableWeight()); // ()
    }

    /** The margin is one between means, as there are no pairs. */
    @Override
    public Map<String, Double> figures() {
      Map<String, Double> figures = rewards.toMap();
      Double chosen = figures.get("rewards/chosen");
      Double rejected = figures.get("rewards/rejected");
      if (chosen != null && rejected != null) {
        figures.put("rewards/margins", chosen - rejected);
      }
      return figures;
    }

    @Override
    public HeldOut validate() {
      return held.figures(held.rewards());
    }

    @Override
    public Double loss(HeldOut found) {
      return found.heldOutLoss();
    }
  }
}
