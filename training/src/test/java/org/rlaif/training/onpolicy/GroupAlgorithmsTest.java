package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;
import org.rlaif.training.config.CispoConfig;
import org.rlaif.training.config.GrpoConfig;
import org.rlaif.training.config.GspoConfig;
import org.rlaif.training.config.ReinforceConfig;
import org.rlaif.training.config.RlooConfig;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Advantages;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Experience;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Minibatch;

/** Two completions of one prompt, of one token and of two. */
class GroupAlgorithmsTest {
  private static final double KL = 0.1;
  private static final Experience EXPERIENCE =
      new Experience(
          new float[][] {{-1}, {-1, -2}},
          new float[][] {{-1}, {-2, -1.5f}},
          new double[] {3, 1},
          new float[0][]);

  @Test
  void rlooTakesTheKlOffBeforeItCompares() {
    Advantages found = new Rloo(new RlooConfig(2, 0.2), KL).advantages(EXPERIENCE);
    // KL of the second: (-1 + 2) + (-2 + 1.5) = 0.5, so its reward is 1 - 0.05 = 0.95.
    assertArrayEquals(new float[] {3}, found.rewards()[0], 1e-6f);
    assertArrayEquals(new float[] {-0.1f, 1.05f}, found.rewards()[1], 1e-6f);
    assertArrayEquals(new float[] {2.05f}, found.advantages()[0], 1e-6f);
    assertArrayEquals(new float[] {-2.05f, -2.05f}, found.advantages()[1], 1e-6f);
  }

  @Test
  void grpoComparesScoresAndDrGrpoDoesNotDivide() {
    // Mean 2, deviation sqrt((1 + 1) / 1).
    float standard = (float) (1 / (Math.sqrt(2) + 1e-4));
    Advantages grpo = grpo(false).advantages(EXPERIENCE);
    assertArrayEquals(new float[] {0, 1}, grpo.rewards()[1], 1e-6f);
    assertArrayEquals(new float[] {standard}, grpo.advantages()[0], 1e-6f);
    assertArrayEquals(new float[] {-standard, -standard}, grpo.advantages()[1], 1e-6f);
    assertArrayEquals(
        new float[] {-1, -1}, grpo(true).advantages(EXPERIENCE).advantages()[1], 1e-6f);
  }

  /** Where the policy wrote the tokens and is the reference, the loss is the advantage alone. */
  @Test
  void theLossesByHand() {
    int[] lengths = {1, 2};
    try (Scope scope = Scope.open()) {
      Tensor same = Tensor.of(new float[] {-1, -1, -2}, 3);
      Tensor advantages = Tensor.of(new float[] {4, -1, -1}, 3);
      PolicyLoss loss = grpo(false).loss(new Minibatch(same, same, same, advantages, lengths));
      assertArrayEquals(new float[] {-4, 1, 1}, loss.perToken().toFloats(), 1e-6f);
      // (-4 + (1 + 1) / 2) / 2; of at most 5 tokens (-4 + 1 + 1) / 5 / 2; of sums (-4 + 2) / 2.
      assertEquals(-1.5, grpo(false).averaging().of(loss.perToken(), lengths).item(), 1e-6);
      assertEquals(-0.2, grpo(true).averaging().of(loss.perToken(), lengths).item(), 1e-6);
      assertEquals(
          -1,
          new Rloo(new RlooConfig(2, 0.2), KL).averaging().of(loss.perToken(), lengths).item(),
          1e-6);
    }
  }

  /** Each token has what comes behind it, whitened over all of them. */
  @Test
  void reinforceHasTheBatchAsItsBaseline() {
    Advantages found = new Reinforce(new ReinforceConfig(0.2), KL).advantages(EXPERIENCE);
    // Returns 3; 0.95, 1.05: mean 5 / 3, of squares (3^2 + 0.95^2 + 1.05^2) / 3.
    double mean = 5 / 3.0;
    double deviation = Math.sqrt((9 + 0.9025 + 1.1025) / 3 - mean * mean);
    assertEquals((3 - mean) / deviation, found.advantages()[0][0], 1e-5);
    assertEquals((0.95 - mean) / deviation, found.advantages()[1][0], 1e-5);
    assertEquals((1.05 - mean) / deviation, found.advantages()[1][1], 1e-5);
  }

  /** The second completion's ratio is e^((0.1 + 0.3) / 2), clipped to 1.1. */
  @Test
  void gspoClipsWholeCompletions() {
    int[] lengths = {1, 2};
    var gspo = new Gspo(new GspoConfig(2, 0.05, 0.1), /* klCoefficient= */ 0);
    try (Scope scope = Scope.open()) {
      Tensor now = Tensor.of(new float[] {-1.02f, -0.9f, -1.7f}, 3);
      Tensor old = Tensor.of(new float[] {-1, -1, -2}, 3);
      Tensor advantages = Tensor.of(new float[] {2, 3, 3}, 3);
      PolicyLoss loss = gspo.loss(new Minibatch(now, old, old, advantages, lengths));
      float first = (float) (-2 * Math.exp(-0.02));
      assertArrayEquals(new float[] {first, -3.3f, -3.3f}, loss.perToken().toFloats(), 1e-5f);
      assertEquals(2 / 3.0, loss.clipFraction(), 1e-9);
      assertEquals((first - 3.3) / 2, gspo.averaging().of(loss.perToken(), lengths).item(), 1e-5);
    }
  }

  /** A clipped weight is still a weight: -1.2 * 3 * -0.5; the other one is e^-0.1. */
  @Test
  void cispoWeighsAndLeavesNothingOut() {
    var cispo = new Cispo(new CispoConfig(2, 0.2), /* klCoefficient= */ 0);
    try (Scope scope = Scope.open()) {
      Tensor now = Tensor.of(new float[] {-0.5f, -1.1f}, 2);
      Tensor old = Tensor.of(new float[] {-1, -1}, 2);
      Tensor advantages = Tensor.of(new float[] {3, -1}, 2);
      PolicyLoss loss = cispo.loss(new Minibatch(now, old, old, advantages, new int[] {1, 1}));
      assertArrayEquals(
          new float[] {1.8f, (float) (-1.1 * Math.exp(-0.1))}, loss.perToken().toFloats(), 1e-5f);
      assertEquals(0.5, loss.clipFraction(), 1e-9);
    }
  }

  private static Grpo grpo(boolean unbiased) {
    return new Grpo(new GrpoConfig(2, 0.2), KL, /* maxTokens= */ 5, unbiased);
  }
}
