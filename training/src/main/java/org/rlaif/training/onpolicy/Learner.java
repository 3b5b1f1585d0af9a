package org.rlaif.training.onpolicy;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.ModelFolder;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.torch.Optimizer;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Sequences;
import org.rlaif.torch.Tensor;
import org.rlaif.torch.TokenDistribution;
import org.rlaif.torch.Torch;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.config.ScoreAt;
import org.rlaif.training.learning.Averages;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.GradientSteps;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.learning.TrainedState;
import org.rlaif.training.learning.TrlName;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.ImportanceWeights;
import org.rlaif.training.math.Ragged;
import org.rlaif.training.math.Rewards;
import org.rlaif.training.math.Schedule;
import org.rlaif.training.onpolicy.Minibatches.Part;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Advantages;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Critic;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Experience;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Minibatch;
import org.rlaif.training.rollouts.Rollout;

/**
 * The networks on the trainer's side: the policy, its frozen reference and, if the algorithm has
 * one, the value network. With adapters over one base they share it in memory.
 */
final class Learner implements AutoCloseable {
  private final OnPolicyAlgorithm algorithm;
  private final OnPolicyConfig config;
  private final Network policy;
  private final Network reference;
  private final @Nullable ValueNetwork values;
  private final Optimizer optimizer;
  private final GradientSteps policySteps;
  private final Schedule rate;
  private final Minibatches minibatches;
  private final KlTerm kl;
  private int step;

  /**
   * @param reward the reward model's folder, with which a value network begins; null: there is none
   */
  Learner(
      OnPolicyAlgorithm algorithm,
      OnPolicyConfig config,
      AdapterConfig adapter,
      ModelFolder policy,
      @Nullable ModelFolder reward,
      long seed,
      Device device) {
    this.algorithm = algorithm;
    this.config = config;
    this.policy = TrainableModel.load(policy, adapter, seed, device);
    this.reference = TrainableModel.reference(this.policy, policy);
    int steps = config.updates() * config.stepsPerUpdate();
    Critic critic = algorithm.critic();
    this.values =
        critic == null
            ? null
            : new ValueNetwork(
                critic, config, adapter, this.policy, policy, reward, steps, seed, device);
    double peak = Objects.requireNonNullElse(algorithm.learningRate(), config.learningRate());
    this.optimizer = GradientSteps.optimizer(this.policy, peak, config.adam());
    this.policySteps = new GradientSteps(optimizer, config.maxGradientNorm());
    this.rate = Schedule.risingThenFalling(peak, steps, config.warmup(), config.finalFraction());
    this.minibatches = new Minibatches(config, algorithm, seed);
    this.kl = KlTerm.of(config.kl(), algorithm);
  }

  Network policy() {
    return policy;
  }

  /**
   * What the networks say about a rollout batch before they learn from it; rows as in the batch.
   *
   * @param logprobs of the policy
   * @param old what counts as those of the policy that wrote the tokens: the server's, or with a
   *     correction the trainer's
   * @param valued the sequences that a value network reads, perhaps longer by a token that stands
   *     for the place behind the end
   * @param values V(s), in units of normalised scores; empty without a value network
   * @param entropy of the policy's distributions, mean over the tokens, in nats
   * @param correction what the tokens weigh; null without one
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record View(
      float[][] logprobs,
      float[][] referenceLogprobs,
      float[][] old,
      List<Sequence> valued,
      float[][] values,
      double entropy,
      @Nullable ImportanceWeights correction) {}

  View look(Rollout rollout) {
    List<Sequence> sequences = rollout.sequences();
    double temperature = config.temperature();
    int together = config.together();
    Forward.Distribution distribution =
        Forward.distribution(policy, sequences, temperature, together);
    List<Sequence> valued = values == null ? List.of() : valued(rollout);
    Double cap = config.correctionCap();
    return new View(
        distribution.logprobs(),
        Forward.logprobs(reference, sequences, temperature, together),
        cap == null ? rollout.logprobs() : distribution.logprobs(),
        valued,
        values == null ? new float[0][] : values.values(valued, together),
        distribution.entropy(),
        cap == null
            ? null
            : ImportanceWeights.of(distribution.logprobs(), rollout.logprobs(), cap));
  }

  /** A value is read one token before its place, so any token makes a place behind the end. */
  private List<Sequence> valued(Rollout rollout) {
    if (config.scoreAt() == ScoreAt.LAST_TOKEN) {
      return rollout.sequences();
    }
    List<Sequence> valued = new ArrayList<>();
    for (int row = 0; row < rollout.size(); row++) {
      Sequence sequence = rollout.sequences().get(row);
      int[] completion = sequence.completion();
      boolean hasRoom = rollout.ended()[row] && completion.length < config.maxTokens();
      valued.add(
          hasRoom
              ? new Sequence(
                  sequence.prompt(),
                  IntStream.concat(IntStream.of(completion), IntStream.of(completion[0])).toArray(),
                  sequence.earlier())
              : sequence);
    }
    return valued;
  }

  /**
   * What an algorithm is told of a batch that the networks have looked at.
   *
   * @param klCoefficient of this update
   */
  Experience experience(Sampling.Batch batch, View view, double klCoefficient) {
    float[][] old = view.old();
    boolean[] behind = new boolean[old.length];
    for (int row = 0; row < view.values().length; row++) {
      behind[row] = view.values()[row].length > old[row].length;
    }
    double[][] penalties = kl.penalties(old, view.referenceLogprobs(), klCoefficient);
    return new Experience(
        old,
        Rewards.perToken(penalties, batch.shaped(), behind),
        batch.shaped(),
        kl.isInReward(),
        view.values(),
        batch.groups());
  }

  KlTerm kl() {
    return kl;
  }

  /**
   * What was learned: means over the minibatches, the extreme ratios of all, and those of the
   * first, which show whether trainer and server agree about the policy.
   *
   * @param valueLoss null without a value network, as is its gradient's norm
   * @param policyGradientNorm null while the value network alone learns
   * @param learningRate of the policy's last step
   * @param skippedSteps that were not made, since the policy was too far from the one that wrote
   *     the batch; null: it may go as far as it will
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Learned(
      double firstRatioMin,
      double firstRatioMax,
      @TrlName("loss/policy_avg") double policyLoss,
      @TrlName("loss/value_avg") @Nullable Double valueLoss,
      @TrlName("val/ratio") double ratioMean,
      @TrlName("policy/clipfrac_avg") double clipFraction,
      @TrlName("policy/approxkl_avg") double approximateKl,
      @TrlName("grad_norm") @Nullable Double policyGradientNorm,
      @Nullable Double valueGradientNorm,
      double ratioMin,
      double ratioMax,
      @TrlName("lr") double learningRate,
      @Nullable Integer skippedSteps) {}

  /**
   * One update's batch, with all that is said about it.
   *
   * @param where names the update if training has blown up
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record Lesson(
      Rollout rollout,
      int[] groups,
      View view,
      Advantages estimated,
      int update,
      double klCoefficient,
      String where) {}

  /**
   * All epochs over one rollout batch. Every minibatch makes one step of each network that learns,
   * in however many parts it is computed.
   */
  Learned train(Lesson lesson) {
    Averages averages = new Averages();
    Range first = new Range();
    Range all = new Range();
    List<List<Part>> dealt =
        minibatches.deal(
            lesson.groups(), row -> algorithm.learns(lesson.estimated().advantages()[row]));
    step = lesson.update() * config.stepsPerUpdate(); // also after an update that was stopped
    int made = 0;
    for (List<Part> minibatch : dealt) {
      Range ratios = minibatch(lesson, minibatch, step + made, made > 0, averages);
      if (ratios == null) {
        break;
      }
      if (all.isEmpty()) {
        first.add(ratios);
      }
      all.add(ratios);
      made++;
    }
    double lastRate = rate.at(step + made - 1);
    step += config.stepsPerUpdate();
    Map<String, Double> means = averages.toMap();
    return new Learned(
        first.min,
        first.max,
        means.getOrDefault("policyLoss", Double.NaN),
        means.get("valueLoss"),
        means.getOrDefault("ratioMean", Double.NaN),
        means.getOrDefault("clipFraction", Double.NaN),
        means.getOrDefault("approximateKl", Double.NaN),
        means.get("policyGradientNorm"),
        means.get("valueGradientNorm"),
        all.min,
        all.max,
        lastRate,
        config.stopAtKl() == null ? null : dealt.size() - made);
  }

  /** The smallest and the largest ratio of some tokens. */
  private static final class Range {
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;

    boolean isEmpty() {
      return max < min;
    }

    void add(Range other) {
      min = Math.min(min, other.min);
      max = Math.max(max, other.max);
    }

    void add(PolicyLoss loss) {
      min = Math.min(min, loss.ratioMin());
      max = Math.max(max, loss.ratioMax());
    }
  }

  /** One step; returns the ratios before it, or null if the policy is too far away for it. */
  private @Nullable Range minibatch(
      Lesson lesson, List<Part> parts, int step, boolean mayStop, Averages averages) {
    String where = lesson.where();
    int[] rows = parts.stream().flatMapToInt(part -> IntStream.of(part.rows())).toArray();
    boolean policyLearns = values == null || lesson.update() >= values.warmup();
    Range ratios = new Range();
    Map<String, Double> means = new LinkedHashMap<>(); // over the minibatch
    policySteps.begin();
    if (values != null) {
      values.steps().begin();
    }
    for (Part part : parts) {
      policyPart(lesson, part, rows, policyLearns, means, ratios);
      if (values != null) {
        valuePart(values, lesson, part.rows(), rows, means);
      }
    }
    Double stop = config.stopAtKl();
    if (mayStop && stop != null && means.getOrDefault("approximateKl", 0.0) > stop) {
      return null;
    }
    if (policyLearns) {
      averages.add("policyGradientNorm", policySteps.step(rate.at(step), where + ", policyLoss"));
    }
    if (values != null) {
      averages.add(
          "valueGradientNorm", values.steps().step(values.rate(step), where + ", valueLoss"));
    }
    means.forEach(averages::add);
    return ratios;
  }

  /**
   * Where it is, beside weights and moments.
   *
   * @param step of the optimizers that comes next
   * @param drawn rows of all minibatches
   */
  record Position(int step, long drawn) {}

  /** Saves weights and moments into a folder. */
  void save(Path folder) throws IOException {
    TrainedState.save(policy, optimizer, Files.createDirectory(folder.resolve("policy")));
    if (values != null) {
      values.save(Files.createDirectory(folder.resolve("values")));
    }
  }

  Position position() {
    return new Position(step, minibatches.drawn());
  }

  /** Goes on from there, with what was saved. */
  void restore(Position position, Path folder) {
    TrainedState.load(policy, optimizer, folder.resolve("policy"));
    if (values != null) {
      values.restore(folder.resolve("values"));
    }
    step = position.step();
    minibatches.skipTo(position.drawn());
  }

  private void policyPart(
      Lesson lesson,
      Part part,
      int[] rows,
      boolean learns,
      Map<String, Double> means,
      Range ratios) {
    int[] some = part.rows();
    View view = lesson.view();
    int[] lengths = lengths(view.old(), rows);
    int[] ofSome = lengths(view.old(), some);
    double share = algorithm.averaging().share(ofSome, lengths);
    double tokens = (double) IntStream.of(ofSome).sum() / IntStream.of(lengths).sum();
    try (Scope scope = Scope.open();
        var noGrad = learns ? null : Torch.noGrad()) {
      Sequences sequences = Sequence.batch(lesson.rollout().sequences(), some);
      boolean likesEntropy = config.entropyCoefficient() > 0;
      @Nullable TokenDistribution distribution =
          likesEntropy ? policy.distribution(sequences, config.temperature()) : null;
      var minibatch =
          new Minibatch(
              distribution == null
                  ? policy.logprobs(sequences, config.temperature())
                  : distribution.logprobs(),
              flat(view.old(), some),
              flat(view.referenceLogprobs(), some),
              flat(lesson.estimated().advantages(), some),
              ofSome,
              part.groups());
      PolicyLoss loss = algorithm.loss(minibatch);
      if (view.correction() != null) {
        loss = loss.times(flat(view.correction().weights(), some));
      }
      loss = kl.add(loss, minibatch, lesson.klCoefficient());
      if (distribution != null) {
        loss = loss.plus(distribution.entropy().times(-config.entropyCoefficient()));
      }
      Tensor policyLoss = algorithm.averaging().of(loss.perToken(), ofSome);
      if (learns) {
        policySteps.add(policyLoss, share, lesson.where() + ", policyLoss");
      }
      means.merge("policyLoss", share * policyLoss.item(), Double::sum);
      means.merge("ratioMean", tokens * loss.ratioMean(), Double::sum);
      means.merge("clipFraction", tokens * loss.clipFraction(), Double::sum);
      means.merge("approximateKl", tokens * loss.approximateKl(), Double::sum);
      ratios.add(loss);
    }
  }

  private static void valuePart(
      ValueNetwork values, Lesson lesson, int[] some, int[] rows, Map<String, Double> means) {
    float[][] old = lesson.view().values();
    double share =
        (double) IntStream.of(lengths(old, some)).sum() / IntStream.of(lengths(old, rows)).sum();
    try (Scope scope = Scope.open()) {
      Tensor loss =
          values.loss(
              Sequence.batch(lesson.view().valued(), some),
              flat(old, some),
              flat(lesson.estimated().returns(), some));
      values.steps().add(loss, share, lesson.where() + ", valueLoss");
      means.merge("valueLoss", share * loss.item(), Double::sum);
    }
  }

  private static int[] lengths(float[][] all, int[] rows) {
    return IntStream.of(rows).map(row -> all[row].length).toArray();
  }

  private static Tensor flat(float[][] all, int[] rows) {
    float[] flat = Ragged.flat(Ragged.select(all, rows));
    return Tensor.of(flat, flat.length);
  }

  @Override
  public void close() {
    if (values != null) {
      values.close();
    }
    optimizer.close();
    policy.close();
    reference.close();
  }
}
