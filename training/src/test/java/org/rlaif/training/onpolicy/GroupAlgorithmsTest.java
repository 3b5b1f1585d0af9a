package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;
import org.rlaif.training.config.GrpoConfig;
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
      PolicyLoss loss = grpo(false).loss(new Minibatch(same, same, same, advantages));
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

  private static Grpo grpo(boolean unbiased) {
    return new Grpo(new GrpoConfig(2, 0.2), KL, /* maxTokens= */ 5, unbiased);
  }
}
