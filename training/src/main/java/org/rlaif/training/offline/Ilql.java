package org.rlaif.training.offline;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.MayBeAbsent;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.ScoreScale;
import org.rlaif.torch.ActionValues;
import org.rlaif.torch.ActionValues.Estimates;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;
import org.rlaif.torch.Torch;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.IlqlConfig;
import org.rlaif.training.learning.Microbatches;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.learning.TrlName;
import org.rlaif.training.math.AreaUnderCurve;

/**
 * Implicit language Q-learning, Snell et al. 2022 (arXiv 2206.11871): from completions with a
 * reward each, good and bad ones, it learns what every next token is worth, without anybody writing
 * new ones; the policy is the language model, shifted towards tokens that are worth more.
 */
public final class Ilql {
  private static final int VALIDATIONS = 4;

  private Ilql() {}

  /**
   * What came of it.
   *
   * @param heldOut of held-out completions
   * @param completions to learn from
   * @param meanReward of them
   * @param seconds by part
   * @param tooLong preferences that were left out
   * @param encodedApart completions that do not begin where their prompt's tokens end
   * @param best where the weights come from, if the best ones are kept; else null
   */
  public record Figures(
      HeldOut heldOut,
      int steps,
      int completions,
      double meanReward,
      Map<String, Double> seconds,
      int tooLong,
      int encodedApart,
      @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable BestStep best) {}

  /**
   * Of held-out completions.
   *
   * @param areaUnderCurve how probable it is that a wanted one has a higher Q at its last token
   *     than an unwanted one; null if one kind is missing
   * @param lastQ mean Q at the last tokens, which have the rewards
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record HeldOut(
      @TrlName("eval_loss") double heldOutLoss, @Nullable Double areaUnderCurve, double lastQ) {}

  /**
   * Trains and writes {@code model/} and {@code metrics.jsonl} into a folder. A completion's reward
   * is 2 P(wanted) - 1.
   *
   * @param checkpoints what it goes on from, and saves
   * @param start a language model that all of is trained
   */
  public static Figures run(
      IlqlConfig config,
      ModelFolder start,
      LabelledCompletions labels,
      long seed,
      Device device,
      Checkpoints checkpoints,
      Path out) {
    labels.require("ilql");
    Torch.seed(seed);
    PromptEncoder encoder = PromptEncoder.of(start);
    try (Network network = Network.load(start.config(), start.weights(), device);
        ActionValues heads = new ActionValues(network, seed)) {
      var learned = new Side(heads, labels.train(encoder, start), config);
      var held = new Side(heads, labels.heldOut(encoder, start), config);
      int steps = Math.max(1, config.epochs() * learned.size() / config.batch());
      Trainer.Result<HeldOut> result =
          new Trainer("ilql", config, steps, VALIDATIONS, seed, checkpoints)
              .train(heads, new Values(learned, held), out);
      try (Network policy = heads.policy(config.beta())) {
        TrainableModel.save(out.resolve("model"), start, policy, ScoreScale.IDENTITY);
      }
      return new Figures(
          Objects.requireNonNull(result.after()),
          steps,
          learned.size(),
          2 * learned.encoded.desirable() / learned.size() - 1,
          result.watch().seconds(),
          labels.tooLong(),
          labels.encodedApart(),
          result.best());
    }
  }

  /** Completions with their rewards. */
  private record Side(ActionValues heads, LabelledCompletions.Encoded encoded, IlqlConfig config) {
    int size() {
      return encoded.size();
    }

    private List<Sequence> sequences() {
      return encoded.sequences();
    }

    private int[] lengths(int[] items) {
      return IntStream.of(items).map(item -> sequences().get(item).completionTokens()).toArray();
    }

    private IlqlLoss loss(Estimates estimates, int[] items) {
      double[] rewards =
          IntStream.of(items).mapToDouble(item -> 2 * encoded.labels()[item] - 1).toArray();
      return IlqlLoss.of(estimates, lengths(items), rewards, config);
    }

    IlqlLoss loss(int[] items) {
      return loss(heads.estimates(Sequence.batch(sequences(), items)), items);
    }

    HeldOut heldOut() {
      int[] all = IntStream.range(0, size()).toArray();
      int together = Objects.requireNonNullElse(config.microbatch(), config.batch());
      double[] last = new double[size()];
      double loss = 0;
      for (int[] items : Microbatches.of(all, together)) {
        try (Scope scope = Scope.open();
            var noGrad = Torch.noGrad()) {
          Estimates estimates = heads.estimates(Sequence.batch(sequences(), items));
          loss +=
              loss(estimates, items).sum(config).item() * Microbatches.tokens(sequences(), items);
          float[] q = estimates.slowQ().toFloats();
          int at = -1;
          for (int item : items) {
            at += sequences().get(item).completionTokens();
            last[item] = q[at];
          }
        }
      }
      double area = AreaUnderCurve.of(last, encoded.labels());
      return new HeldOut(
          loss / Microbatches.tokens(sequences(), all),
          Double.isNaN(area) ? null : (Double) area,
          IntStream.of(all).mapToDouble(item -> last[item]).average().orElseThrow());
    }
  }

  private static final class Values implements Objective<HeldOut> {
    private final Side learned;
    private final Side held;
    private final Map<String, Double> terms = new LinkedHashMap<>();
    private double tokens;

    Values(Side learned, Side held) {
      this.learned = learned;
      this.held = held;
    }

    @Override
    public int size() {
      return learned.size();
    }

    @Override
    public int length(int item) {
      return learned.sequences().get(item).length();
    }

    @Override
    public double weight(int[] items) {
      return Microbatches.tokens(learned.sequences(), items);
    }

    @Override
    public void begin(int[] batch) {
      terms.clear();
      tokens = weight(batch);
    }

    @Override
    public Tensor loss(int[] items) {
      IlqlLoss loss = learned.loss(items);
      double share = weight(items) / tokens;
      loss.terms().forEach((name, value) -> terms.merge(name, share * value, Double::sum));
      return loss.sum(learned.config());
    }

    @Override
    public void stepped() {
      learned.heads().follow(learned.config().targetRate());
    }

    @Override
    public Map<String, Double> figures() {
      return terms;
    }

    @Override
    public HeldOut validate() {
      return held.heldOut();
    }

    @Override
    public Double loss(HeldOut found) {
      return found.heldOutLoss();
    }
  }
}
