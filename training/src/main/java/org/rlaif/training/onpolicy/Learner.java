package org.rlaif.training.onpolicy;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.ModelFolder;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.torch.Optimizer;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Sequences;
import org.rlaif.torch.Tensor;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.learning.Averages;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.GradientSteps;
import org.rlaif.training.learning.Microbatches;
import org.rlaif.training.learning.Order;
import org.rlaif.training.learning.Seeds;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.learning.TrainedState;
import org.rlaif.training.learning.TrlName;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.Ragged;
import org.rlaif.training.math.Schedule;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Advantages;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Critic;
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
  private final Order order;
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
    this.optimizer = GradientSteps.optimizer(this.policy, config.learningRate(), config.adam());
    this.policySteps = new GradientSteps(optimizer, config.maxGradientNorm());
    this.rate =
        Schedule.risingThenFalling(
            config.learningRate(), steps, config.warmup(), config.finalFraction());
    this.order = new Order(config.batch(), Seeds.of(seed, "minibatches", 0));
  }

  Network policy() {
    return policy;
  }

  /**
   * What the networks say about a rollout batch before they learn from it; rows as in the batch.
   *
   * @param logprobs of the policy
   * @param values V(s), in units of normalised scores; empty without a value network
   * @param entropy of the policy's distributions, mean over the tokens, in nats
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record View(float[][] logprobs, float[][] referenceLogprobs, float[][] values, double entropy) {}

  View look(Rollout rollout) {
    List<Sequence> sequences = rollout.sequences();
    double temperature = config.temperature();
    int together = config.together();
    Forward.Distribution distribution =
        Forward.distribution(policy, sequences, temperature, together);
    return new View(
        distribution.logprobs(),
        Forward.logprobs(reference, sequences, temperature, together),
        values == null ? new float[0][] : values.values(sequences, together),
        distribution.entropy());
  }

  /**
   * What was learned: means over the minibatches, the extreme ratios of all, and those of the
   * first, which show whether trainer and server agree about the policy.
   *
   * @param valueLoss null without a value network, as is its gradient's norm
   * @param learningRate of the policy's last step
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
      @TrlName("grad_norm") double policyGradientNorm,
      @Nullable Double valueGradientNorm,
      double ratioMin,
      double ratioMax,
      @TrlName("lr") double learningRate) {}

  /**
   * All epochs over one rollout batch. Every minibatch makes one step of each network that learns,
   * in however many parts it is computed.
   *
   * @param where names the update if training has blown up
   */
  Learned train(Rollout rollout, View view, Advantages estimated, String where) {
    Averages averages = new Averages();
    Range first = new Range();
    Range all = new Range();
    for (int epoch = 0; epoch < config.epochs(); epoch++) {
      int[] shuffled = order.next(config.batch());
      for (int from = 0; from < shuffled.length; from += config.minibatch()) {
        int end = Math.min(from + config.minibatch(), shuffled.length);
        int[] rows = Arrays.copyOfRange(shuffled, from, end);
        Range ratios = minibatch(rollout, view, estimated, rows, averages, where);
        if (all.isEmpty()) {
          first.add(ratios);
        }
        all.add(ratios);
      }
    }
    Map<String, Double> means = averages.toMap();
    return new Learned(
        first.min,
        first.max,
        means.getOrDefault("policyLoss", Double.NaN),
        means.get("valueLoss"),
        means.getOrDefault("ratioMean", Double.NaN),
        means.getOrDefault("clipFraction", Double.NaN),
        means.getOrDefault("approximateKl", Double.NaN),
        means.getOrDefault("policyGradientNorm", Double.NaN),
        means.get("valueGradientNorm"),
        all.min,
        all.max,
        rate.at(step - 1));
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

  /** One step; returns the ratios before it. */
  private Range minibatch(
      Rollout rollout,
      View view,
      Advantages estimated,
      int[] rows,
      Averages averages,
      String where) {
    Range ratios = new Range();
    int[] lengths = lengths(rollout, rows);
    Map<String, Double> means = new LinkedHashMap<>(); // over the minibatch
    policySteps.begin();
    if (values != null) {
      values.steps().begin();
    }
    for (int[] some : Microbatches.of(rows, config.microbatch())) {
      Sequences sequences = Sequence.batch(rollout.sequences(), some);
      int[] ofSome = lengths(rollout, some);
      double share = algorithm.averaging().share(ofSome, lengths);
      double tokens = (double) IntStream.of(ofSome).sum() / IntStream.of(lengths).sum();
      try (Scope scope = Scope.open()) {
        PolicyLoss loss =
            algorithm.loss(
                new Minibatch(
                    policy.logprobs(sequences, config.temperature()),
                    flat(rollout.logprobs(), some),
                    flat(view.referenceLogprobs(), some),
                    flat(estimated.advantages(), some),
                    ofSome));
        Tensor policyLoss = algorithm.averaging().of(loss.perToken(), ofSome);
        policySteps.add(policyLoss, share, where + ", policyLoss");
        if (values != null) {
          Tensor valueLoss =
              values.loss(sequences, flat(view.values(), some), flat(estimated.returns(), some));
          values.steps().add(valueLoss, tokens, where + ", valueLoss");
          means.merge("valueLoss", tokens * valueLoss.item(), Double::sum);
        }
        means.merge("policyLoss", share * policyLoss.item(), Double::sum);
        means.merge("ratioMean", tokens * loss.ratioMean(), Double::sum);
        means.merge("clipFraction", tokens * loss.clipFraction(), Double::sum);
        means.merge("approximateKl", tokens * loss.approximateKl(), Double::sum);
        ratios.add(loss);
      }
    }
    averages.add("policyGradientNorm", policySteps.step(rate.at(step), where + ", policyLoss"));
    if (values != null) {
      averages.add(
          "valueGradientNorm", values.steps().step(values.rate(step), where + ", valueLoss"));
    }
    means.forEach(averages::add);
    step++;
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
    return new Position(step, order.drawn());
  }

  /** Goes on from there, with what was saved. */
  void restore(Position position, Path folder) {
    TrainedState.load(policy, optimizer, folder.resolve("policy"));
    if (values != null) {
      values.restore(folder.resolve("values"));
    }
    step = position.step();
    order.skipTo(position.drawn());
  }

  private static int[] lengths(Rollout rollout, int[] rows) {
    return IntStream.of(rows).map(row -> rollout.sequences().get(row).completionTokens()).toArray();
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
