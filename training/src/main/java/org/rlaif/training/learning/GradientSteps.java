package org.rlaif.training.learning;

import org.rlaif.kit.UserError;
import org.rlaif.torch.Optimizer;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;
import org.rlaif.torch.Trainable;
import org.rlaif.training.config.AdamConfig;

/**
 * Steps of one optimiser, each down the gradient of a loss: the mean over a batch, which may come
 * in parts so that only one of them is in memory at a time.
 *
 * @param maxNorm gradients are scaled down to it
 */
public record GradientSteps(Optimizer optimizer, double maxNorm) {

  /** AdamW on all that is trained; close it when the steps are over. */
  public static Optimizer optimizer(Trainable trained, double learningRate, AdamConfig adam) {
    return Optimizer.adamW(
        trained, learningRate, adam.beta1(), adam.beta2(), adam.epsilon(), adam.weightDecay());
  }

  /** Before the first part of a batch. */
  public void begin() {
    try (Scope scope = Scope.open()) {
      optimizer.zeroGrad();
    }
  }

  /**
   * Adds the gradient of one part of the batch.
   *
   * @param loss the mean over the part
   * @param share the part's share of all that the batch's loss is the mean of, tokens or pairs; the
   *     shares of a batch add up to 1
   * @param where names the loss, such as {@code sft, step 3, loss}, if training has blown up
   */
  public void add(Tensor loss, double share, String where) {
    UserError.require(
        Float.isFinite(loss.item()),
        where,
        loss.item(),
        "a finite number; a lower learning rate may help");
    optimizer.backward(share == 1 ? loss : loss.times(share));
  }

  /**
   * The step, after the last part.
   *
   * @return the gradient's norm before it was clipped
   */
  public double step(double learningRate, String where) {
    try (Scope scope = Scope.open()) {
      double norm = optimizer.clipGradients(maxNorm);
      optimizer.step(learningRate);
      return norm;
    } catch (UserError e) { // not finite
      throw new UserError(where + ", " + e.getMessage(), e);
    }
  }
}
