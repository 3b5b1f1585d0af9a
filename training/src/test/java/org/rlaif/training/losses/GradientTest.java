package org.rlaif.training.losses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.torch.Network;
import org.rlaif.torch.Optimizer;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Sequences;
import org.rlaif.torch.Tensor;
import org.rlaif.training.math.KlEstimator;

/** Which way the losses push a network: one step on the loss, and what has become of the output. */
class GradientTest {
  private static final Sequences ONE_TOKEN =
      new Sequences(new int[][] {{2, 5, 7, 9}}, new int[] {3});

  @Test
  void goodTokensBecomeLikelierAndBadOnesLessLikely() {
    assertTrue(change(Head.LANGUAGE_MODEL, policyLoss(1, 0)).gain() > 0);
    assertTrue(change(Head.LANGUAGE_MODEL, policyLoss(-1, 0)).gain() < 0);
  }

  @Test
  void beyondTheClipRangeThereIsNothingMoreToGain() {
    // The ratio is e^0.5 = 1.65 already, or e^-0.5 = 0.61 for a token that is to go.
    assertEquals(0, change(Head.LANGUAGE_MODEL, policyLoss(1, -0.5f)).gradientNorm());
    assertEquals(0, change(Head.LANGUAGE_MODEL, policyLoss(-1, 0.5f)).gradientNorm());
    // In the other direction the way back is open.
    assertTrue(change(Head.LANGUAGE_MODEL, policyLoss(-1, -0.5f)).gradientNorm() > 0);
    assertTrue(change(Head.LANGUAGE_MODEL, policyLoss(1, 0.5f)).gradientNorm() > 0);
  }

  /** Ratio e^2 = 7.4 for a bad token: beyond the second bound there is no way back. */
  @Test
  void beyondTheDualClipThereIsNoGradient() {
    assertEquals(0, change(Head.LANGUAGE_MODEL, dualClipped(-1, -2, 3)).gradientNorm());
    assertTrue(change(Head.LANGUAGE_MODEL, dualClipped(-1, -2, 8)).gradientNorm() > 0);
    assertTrue(change(Head.LANGUAGE_MODEL, dualClipped(-1, -1, 3)).gradientNorm() > 0);
  }

  /**
   * With d = log pi - log pi_ref the gradient of log pi has the factor 1, d and 1 - e^-d; and the
   * factor d where a value goes straight through.
   */
  @Test
  void theGradientsOfTheKl() {
    for (float d : new float[] {-1.5f, -0.5f, 0, 0.5f, 1.5f}) {
      double one = change(Head.LANGUAGE_MODEL, kl(KlEstimator.K1, d, false)).gradientNorm();
      assertEquals(
          Math.abs(d) * one,
          change(Head.LANGUAGE_MODEL, kl(KlEstimator.K2, d, false)).gradientNorm(),
          1e-4 * one);
      assertEquals(
          Math.abs(1 - Math.exp(-d)) * one,
          change(Head.LANGUAGE_MODEL, kl(KlEstimator.K3, d, false)).gradientNorm(),
          1e-4 * one);
      assertEquals(
          Math.abs(d) * one,
          change(Head.LANGUAGE_MODEL, kl(KlEstimator.K3, d, true)).gradientNorm(),
          1e-4 * one);
    }
    assertTrue(change(Head.LANGUAGE_MODEL, kl(KlEstimator.K2, 1, false)).gain() < 0);
    assertTrue(change(Head.LANGUAGE_MODEL, kl(KlEstimator.K3, -1, true)).gain() > 0);
  }

  @Test
  void valuesMoveTowardsTheReturns() {
    assertTrue(change(Head.SCORE, valueLoss(+1)).gain() > 0);
    assertTrue(change(Head.SCORE, valueLoss(-1)).gain() < 0);
  }

  @Test
  void likelihoodGrows() {
    assertTrue(change(Head.LANGUAGE_MODEL, NegativeLogLikelihood::of).gain() > 0);
  }

  @Test
  void scoresMoveTowardsTheLabel() {
    assertTrue(change(Head.SCORE, bradleyTerry(0, 1)).gain() > 0);
    assertTrue(change(Head.SCORE, bradleyTerry(0, 0)).gain() < 0);
    // Where the model agrees with a soft label, sigmoid(d) = q, it has nothing to learn.
    float logit = (float) Math.log(0.7 / 0.3);
    assertEquals(0, change(Head.SCORE, bradleyTerry(logit, 0.7f)).gradientNorm(), 1e-5);
    assertTrue(change(Head.SCORE, bradleyTerry(logit - 0.5f, 0.7f)).gain() > 0);
    assertTrue(change(Head.SCORE, bradleyTerry(logit + 0.5f, 0.7f)).gain() < 0);
  }

  /**
   * @param ahead how far the output is ahead of its rival, a constant
   * @param label P(output is better)
   */
  private static UnaryOperator<Tensor> bradleyTerry(float ahead, float label) {
    return scores ->
        BradleyTerry.PLAIN.of(
            scores.minus(scores.detach()).plus(ahead),
            Tensor.of(new float[] {label}, 1),
            Tensor.of(new float[] {2 * label - 1}, 1));
  }

  /**
   * @param oldShift log pi_old - log pi
   */
  private static UnaryOperator<Tensor> policyLoss(float advantage, float oldShift) {
    return logprobs ->
        PolicyLoss.clipped(
                logprobs,
                logprobs.detach().plus(oldShift),
                Tensor.of(new float[] {advantage}, 1),
                0.2)
            .perToken()
            .mean();
  }

  /**
   * @param oldShift log pi_old - log pi
   */
  private static UnaryOperator<Tensor> dualClipped(float advantage, float oldShift, double c) {
    return logprobs ->
        PolicyLoss.clipped(
                logprobs,
                logprobs.detach().plus(oldShift),
                Tensor.of(new float[] {advantage}, 1),
                0.2,
                0.2,
                c)
            .perToken()
            .mean();
  }

  /**
   * @param d how far the policy is above the reference
   */
  private static UnaryOperator<Tensor> kl(KlEstimator estimator, float d, boolean through) {
    return logprobs -> {
      Tensor reference = logprobs.detach().minus(d);
      return (through
              ? KlLoss.straightThrough(estimator, logprobs, reference)
              : KlLoss.of(estimator, logprobs, reference))
          .mean();
    };
  }

  private static UnaryOperator<Tensor> valueLoss(float ahead) {
    return values ->
        ValueLoss.of(values, values.detach(), values.detach().plus(ahead), /* clipRange= */ 0.2);
  }

  /**
   * @param gain of the output by the step
   */
  private record Change(double gain, double gradientNorm) {}

  private static Change change(Head head, UnaryOperator<Tensor> loss) {
    DecoderConfig config = DecoderConfig.gpt2(16, 8, 16, 2, 2, 64).withHead(head);
    try (Network network = Network.create(config, 1, 0.02);
        Optimizer optimizer = Optimizer.adamW(network, 1e-3, 0.9, 0.999, 1e-5, 0);
        Scope scope = Scope.open()) {
      Tensor output = output(network);
      optimizer.zeroGrad();
      loss.apply(output).backward();
      double norm = optimizer.clipGradients(1e9);
      optimizer.step(1e-3);
      return new Change(output(network).item() - output.item(), norm);
    }
  }

  private static Tensor output(Network network) {
    return network.config().head() == Head.SCORE
        ? network.values(ONE_TOKEN)
        : network.logprobs(ONE_TOKEN, 1);
  }
}
