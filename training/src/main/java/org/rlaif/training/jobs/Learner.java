package org.rlaif.training.jobs;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.ScoreScale;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.torch.Optimizer;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Sequences;
import org.rlaif.torch.Tensor;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.PpoConfig;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.losses.ValueLoss;
import org.rlaif.training.math.Ragged;
import org.rlaif.training.math.Schedule;

/**
 * The three networks of PPO on the trainer's side: the policy, its frozen reference, and the value
 * network, which begins as the reward model. With adapters over one base they share it in memory.
 */
final class Learner implements AutoCloseable {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.95;

  /** Larger than usual: early steps on noisy advantages stay small (Huang et al. 2024). */
  private static final double EPSILON = 1e-5;

  private final PpoConfig config;
  private final Network policy;
  private final Network reference;
  private final Network values;
  private final ScoreScale valueScale;
  private final Optimizer policyOptimizer;
  private final Optimizer valueOptimizer;
  private final Schedule policyRate;
  private final Schedule valueRate;
  private final Order order;
  private int step;

  Learner(
      PpoConfig config,
      AdapterConfig adapter,
      ModelFolder policy,
      ModelFolder reward,
      long seed,
      Device device) {
    this.config = config;
    this.policy = Trained.load(policy, adapter, seed, device);
    this.reference = Trained.reference(this.policy, policy);
    this.values = Trained.beside(this.policy, policy, reward, adapter, seed, device);
    this.valueScale = reward.scoreScale();
    this.policyOptimizer = optimizer(this.policy, config.policyLearningRate());
    this.valueOptimizer = optimizer(this.values, config.valueLearningRate());
    int steps = config.updates() * config.epochs() * minibatches(config.batch());
    this.policyRate =
        Schedule.risingThenFalling(
            config.policyLearningRate(), steps, config.warmup(), config.finalFraction());
    this.valueRate =
        Schedule.risingThenFalling(
            config.valueLearningRate(), steps, config.warmup(), config.finalFraction());
    this.order = new Order(config.batch(), Seeds.of(seed, "minibatches", 0));
  }

  private static Optimizer optimizer(Network network, double learningRate) {
    return Optimizer.adamW(network, learningRate, BETA1, BETA2, EPSILON, /* weightDecay= */ 0);
  }

  private int minibatches(int batch) {
    return (batch + config.minibatch() - 1) / config.minibatch();
  }

  Network policy() {
    return policy;
  }

  /**
   * What the networks say about a rollout batch before they learn from it; rows as in the batch.
   *
   * @param logprobs of the policy
   * @param values V(s), in units of normalised scores
   * @param entropy of the policy's distributions, mean over the tokens, in nats
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record View(float[][] logprobs, float[][] referenceLogprobs, float[][] values, double entropy) {}

  View look(Rollout rollout) {
    List<Sequence> sequences = rollout.sequences();
    double temperature = config.temperature();
    int microbatch = Objects.requireNonNullElse(config.microbatch(), config.minibatch());
    Forward.Distribution distribution =
        Forward.distribution(policy, sequences, temperature, microbatch);
    float[][] raw = Forward.values(values, sequences, microbatch);
    for (float[] row : raw) {
      for (int t = 0; t < row.length; t++) {
        row[t] = (float) valueScale.apply(row[t]);
      }
    }
    return new View(
        distribution.logprobs(),
        Forward.logprobs(reference, sequences, temperature, microbatch),
        raw,
        distribution.entropy());
  }

  /**
   * All epochs over one rollout batch. Every minibatch makes one step of the policy and one of the
   * value network; both losses are means over its tokens, in however many parts they are computed.
   *
   * @param advantages whitened
   * @param where names the update if training has blown up
   * @return by the names of the metrics: means over the minibatches, the extreme ratios of all, and
   *     those of the first, which show whether trainer and server agree about the policy
   */
  Map<String, Object> train(
      Rollout rollout, float[][] oldValues, float[][] advantages, float[][] returns, String where) {
    Descent policyDescent = new Descent(policyOptimizer, config.clip());
    Descent valueDescent = new Descent(valueOptimizer, config.clip());
    Averages averages = new Averages();
    Map<String, Object> figures = new LinkedHashMap<>();
    double ratioMin = Double.POSITIVE_INFINITY;
    double ratioMax = Double.NEGATIVE_INFINITY;
    for (int epoch = 0; epoch < config.epochs(); epoch++) {
      int[] shuffled = order.next(config.batch());
      for (int from = 0; from < shuffled.length; from += config.minibatch()) {
        int[] rows =
            Arrays.copyOfRange(
                shuffled, from, Math.min(from + config.minibatch(), shuffled.length));
        double minibatchMin = Double.POSITIVE_INFINITY;
        double minibatchMax = Double.NEGATIVE_INFINITY;
        double tokens = Microbatches.tokens(rollout.sequences(), rows);
        Map<String, Double> minibatch = new LinkedHashMap<>(); // means over its tokens
        policyDescent.begin();
        valueDescent.begin();
        for (int[] some : Microbatches.of(rows, config.microbatch())) {
          double share = Microbatches.tokens(rollout.sequences(), some) / tokens;
          Sequences sequences = Sequence.batch(rollout.sequences(), some);
          try (Scope scope = Scope.open()) {
            PolicyLoss loss =
                PolicyLoss.of(
                    policy.logprobs(sequences, config.temperature()),
                    flat(rollout.logprobs(), some),
                    flat(advantages, some),
                    config.clipRange());
            Tensor valueLoss =
                ValueLoss.of(
                    values
                        .values(sequences)
                        .minus(valueScale.mean())
                        .div(valueScale.standardDeviation()),
                    flat(oldValues, some),
                    flat(returns, some),
                    config.valueClipRange());
            policyDescent.add(loss.loss(), share, where + ", policyLoss");
            valueDescent.add(valueLoss, share, where + ", valueLoss");
            minibatch.merge("policyLoss", share * loss.loss().item(), Double::sum);
            minibatch.merge("valueLoss", share * valueLoss.item(), Double::sum);
            minibatch.merge("ratioMean", share * loss.ratioMean(), Double::sum);
            minibatch.merge("clipFraction", share * loss.clipFraction(), Double::sum);
            minibatch.merge("approximateKl", share * loss.approximateKl(), Double::sum);
            minibatchMin = Math.min(minibatchMin, loss.ratioMin());
            minibatchMax = Math.max(minibatchMax, loss.ratioMax());
          }
        }
        averages.add(
            "policyGradientNorm", policyDescent.step(policyRate.at(step), where + ", policyLoss"));
        averages.add(
            "valueGradientNorm", valueDescent.step(valueRate.at(step), where + ", valueLoss"));
        minibatch.forEach(averages::add);
        figures.putIfAbsent("firstRatioMin", minibatchMin);
        figures.putIfAbsent("firstRatioMax", minibatchMax);
        ratioMin = Math.min(ratioMin, minibatchMin);
        ratioMax = Math.max(ratioMax, minibatchMax);
        step++;
      }
    }
    figures.putAll(averages.toMap());
    figures.put("ratioMin", ratioMin);
    figures.put("ratioMax", ratioMax);
    figures.put("learningRate", policyRate.at(step - 1));
    return figures;
  }

  private static Tensor flat(float[][] all, int[] rows) {
    float[] flat = Ragged.flat(Ragged.select(all, rows));
    return Tensor.of(flat, flat.length);
  }

  @Override
  public void close() {
    policyOptimizer.close();
    valueOptimizer.close();
    policy.close();
    reference.close();
    values.close();
  }
}
