package org.rlaif.training.onpolicy;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.ScoreScale;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.torch.Optimizer;
import org.rlaif.torch.Sequences;
import org.rlaif.torch.Tensor;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.GradientSteps;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.learning.TrainedState;
import org.rlaif.training.losses.ValueLoss;
import org.rlaif.training.math.Schedule;

/**
 * What an algorithm's critic knows: V(s) before each token, in units of normalised scores. It
 * begins as the reward model; where there is none, or it is not wanted, as the policy under a new
 * head.
 */
final class ValueNetwork implements AutoCloseable {
  private final Network network;
  private final ScoreScale scale;
  private final @Nullable Double clipRange;
  private final int warmup;
  private final Optimizer optimizer;
  private final GradientSteps steps;
  private final Schedule rate;

  /**
   * @param policy whose base it shares in memory if it can
   * @param start the policy's folder
   * @param reward the reward model's; null: there is none
   * @param steps of the optimiser in all
   */
  ValueNetwork(
      OnPolicyAlgorithm.Critic critic,
      OnPolicyConfig config,
      AdapterConfig adapter,
      Network policy,
      ModelFolder start,
      @Nullable ModelFolder reward,
      int steps,
      long seed,
      Device device) {
    @Nullable ModelFolder beginning = critic.fromPolicy() ? null : reward;
    this.network =
        beginning == null
            ? policy.withScoreHead(seed)
            : TrainableModel.beside(policy, start, beginning, adapter, seed, device);
    this.scale = beginning == null ? ScoreScale.IDENTITY : beginning.scoreScale();
    this.clipRange = critic.clipRange();
    this.warmup = critic.warmup();
    this.optimizer = GradientSteps.optimizer(network, critic.learningRate(), config.adam());
    this.steps = new GradientSteps(optimizer, config.maxGradientNorm());
    this.rate =
        Schedule.risingThenFalling(
            critic.learningRate(), steps, config.warmup(), config.finalFraction());
  }

  /** One row per sequence. */
  float[][] values(List<Sequence> sequences, int together) {
    float[][] values = Forward.values(network, sequences, together);
    for (float[] row : values) {
      for (int t = 0; t < row.length; t++) {
        row[t] = (float) scale.apply(row[t]);
      }
    }
    return values;
  }

  /**
   * The loss of some sequences; both constants (N).
   *
   * @return ()
   */
  Tensor loss(Sequences sequences, Tensor oldValues, Tensor returns) {
    Tensor values =
        network.values(sequences).minus(scale.mean()).div(scale.standardDeviation()); // (N)
    return ValueLoss.of(values, oldValues, returns, clipRange);
  }

  GradientSteps steps() {
    return steps;
  }

  /** Updates at the beginning in which it alone learns. */
  int warmup() {
    return warmup;
  }

  /** The learning rate at a step. */
  double rate(int step) {
    return rate.at(step);
  }

  void save(Path folder) {
    TrainedState.save(network, optimizer, folder);
  }

  void restore(Path folder) {
    TrainedState.load(network, optimizer, folder);
  }

  @Override
  public void close() {
    optimizer.close();
    network.close();
  }
}
