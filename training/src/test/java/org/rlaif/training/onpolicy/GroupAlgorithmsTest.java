package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;
import org.rlaif.training.config.CispoConfig;
import org.rlaif.training.config.DapoConfig;
import org.rlaif.training.config.GrpoConfig;
import org.rlaif.training.config.GspoConfig;
import org.rlaif.training.config.OnlineDpoConfig;
import org.rlaif.training.config.ReinforceConfig;
import org.rlaif.training.config.ReinforceConfig.Baseline;
import org.rlaif.training.config.RejectionConfig;
import org.rlaif.training.config.RlooConfig;
import org.rlaif.training.config.RrhfConfig;
import org.rlaif.training.losses.DirectPreference;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.KlEstimator;
import org.rlaif.training.math.Rewards;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Advantages;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Experience;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Minibatch;

/** Two completions of one prompt, of one token and of two. */
class GroupAlgorithmsTest {
  private static final float[][] LOGPROBS = {{-1}, {-1, -2}};
  private static final float[][] REFERENCE = {{-1}, {-2, -1.5f}};
  private static final double[] SCORES = {3, 1};
  private static final int[] ONE_GROUP = {2};
  private static final int[] LENGTHS = {1, 2};

  /** KL of the second: (-1 + 2) + (-2 + 1.5) = 0.5, of which a nat costs 0.1. */
  private static final Experience PENALISED =
      new Experience(
          LOGPROBS,
          Rewards.perToken(
              Rewards.penalties(LOGPROBS, REFERENCE, KlEstimator.K1, 0.1), SCORES, new boolean[2]),
          SCORES,
          /* penalised= */ true,
          new float[0][],
          ONE_GROUP);

  /** The same with its price in the loss. */
  private static final Experience EXPERIENCE =
      new Experience(
          LOGPROBS,
          Rewards.perToken(Rewards.none(LOGPROBS), SCORES, new boolean[2]),
          SCORES,
          /* penalised= */ false,
          new float[0][],
          ONE_GROUP);

  @Test
  void rlooTakesTheKlOffBeforeItCompares() {
    Advantages found = new Rloo(new RlooConfig(2, 0.2)).advantages(PENALISED);
    // The second's reward is 1 - 0.05 = 0.95.
    assertArrayEquals(new float[] {3}, PENALISED.rewards()[0], 1e-6f);
    assertArrayEquals(new float[] {-0.1f, 1.05f}, PENALISED.rewards()[1], 1e-6f);
    assertArrayEquals(new float[] {2.05f}, found.advantages()[0], 1e-6f);
    assertArrayEquals(new float[] {-2.05f, -2.05f}, found.advantages()[1], 1e-6f);
  }

  @Test
  void grpoComparesScoresAndDrGrpoDoesNotDivide() {
    // Mean 2, deviation sqrt((1 + 1) / 1).
    float standard = (float) (1 / (Math.sqrt(2) + 1e-4));
    Advantages grpo = grpo(false).advantages(EXPERIENCE);
    assertArrayEquals(new float[] {standard}, grpo.advantages()[0], 1e-6f);
    assertArrayEquals(new float[] {-standard, -standard}, grpo.advantages()[1], 1e-6f);
    assertArrayEquals(
        new float[] {-1, -1}, grpo(true).advantages(EXPERIENCE).advantages()[1], 1e-6f);
    // With the price in the reward: the mean of 3 and 0.95 is 1.975.
    assertArrayEquals(
        new float[] {1.025f}, grpo(true).advantages(PENALISED).advantages()[0], 1e-6f);
  }

  /** Where the policy wrote the tokens and is the reference, the loss is the advantage alone. */
  @Test
  void theLossesByHand() {
    int[] lengths = {1, 2};
    try (Scope scope = Scope.open()) {
      Tensor same = Tensor.of(new float[] {-1, -1, -2}, 3);
      Tensor advantages = Tensor.of(new float[] {4, -1, -1}, 3);
      PolicyLoss loss = grpo(false).loss(minibatch(same, same, advantages));
      assertArrayEquals(new float[] {-4, 1, 1}, loss.perToken().toFloats(), 1e-6f);
      // (-4 + (1 + 1) / 2) / 2; of at most 5 tokens (-4 + 1 + 1) / 5 / 2; of sums (-4 + 2) / 2.
      assertEquals(-1.5, grpo(false).averaging().of(loss.perToken(), lengths).item(), 1e-6);
      assertEquals(-0.2, grpo(true).averaging().of(loss.perToken(), lengths).item(), 1e-6);
      assertEquals(
          -1,
          new Rloo(new RlooConfig(2, 0.2)).averaging().of(loss.perToken(), lengths).item(),
          1e-6);
    }
  }

  /** Each token has what comes behind it, whitened over all of them. */
  @Test
  void reinforceHasTheBatchAsItsBaseline() {
    Advantages found =
        new Reinforce(new ReinforceConfig(0.2, Baseline.BATCH, 1e-3)).advantages(PENALISED);
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
    var gspo = new Gspo(new GspoConfig(2, 0.05, 0.1));
    try (Scope scope = Scope.open()) {
      Tensor now = Tensor.of(new float[] {-1.02f, -0.9f, -1.7f}, 3);
      Tensor old = Tensor.of(new float[] {-1, -1, -2}, 3);
      Tensor advantages = Tensor.of(new float[] {2, 3, 3}, 3);
      PolicyLoss loss = gspo.loss(minibatch(now, old, advantages));
      float first = (float) (-2 * Math.exp(-0.02));
      assertArrayEquals(new float[] {first, -3.3f, -3.3f}, loss.perToken().toFloats(), 1e-5f);
      assertEquals(2 / 3.0, loss.clipFraction(), 1e-9);
      assertEquals((first - 3.3) / 2, gspo.averaging().of(loss.perToken(), lengths).item(), 1e-5);
    }
  }

  /** A clipped weight is still a weight: -1.2 * 3 * -0.5; the other one is e^-0.1. */
  @Test
  void cispoWeighsAndLeavesNothingOut() {
    var cispo = new Cispo(new CispoConfig(2, 0.2));
    try (Scope scope = Scope.open()) {
      Tensor now = Tensor.of(new float[] {-0.5f, -1.1f}, 2);
      Tensor old = Tensor.of(new float[] {-1, -1}, 2);
      Tensor advantages = Tensor.of(new float[] {3, -1}, 2);
      PolicyLoss loss =
          cispo.loss(new Minibatch(now, old, old, advantages, new int[] {1, 1}, ONE_GROUP));
      assertArrayEquals(
          new float[] {1.8f, (float) (-1.1 * Math.exp(-0.1))}, loss.perToken().toFloats(), 1e-5f);
      assertEquals(0.5, loss.clipFraction(), 1e-9);
    }
  }

  /** Returns 3; 0.95, 1.05, less what the network foresaw; what it learns is the returns. */
  @Test
  void reinforceMayHaveAValueNetworkAsItsBaseline() {
    var algorithm = new Reinforce(new ReinforceConfig(0.2, Baseline.VALUE, 1e-3));
    var foreseen =
        new Experience(
            LOGPROBS,
            PENALISED.rewards(),
            SCORES,
            /* penalised= */ true,
            new float[][] {{2}, {1, 0.5f}},
            ONE_GROUP);
    Advantages found = algorithm.advantages(foreseen);
    assertArrayEquals(new float[] {1}, found.advantages()[0], 1e-6f);
    assertArrayEquals(new float[] {-0.05f, 0.55f}, found.advantages()[1], 1e-6f);
    assertArrayEquals(new float[] {0.95f, 1.05f}, found.returns()[1], 1e-6f);
  }

  /**
   * Clipped to 0.8 and 1.3, and a token of the long completion counts as much as the short one's.
   */
  @Test
  void dapoClipsHigherAndCountsTokens() {
    var dapo = new Dapo(new DapoConfig(2, 0.2, 0.3, 2));
    try (Scope scope = Scope.open()) {
      Tensor now = Tensor.of(new float[] {-0.5f, -1.5f, -2}, 3);
      Tensor old = Tensor.of(new float[] {-1, -1, -2}, 3);
      PolicyLoss loss = dapo.loss(minibatch(now, old, Tensor.of(new float[] {2, -1, -1}, 3)));
      assertArrayEquals(new float[] {-2.6f, 0.8f, 1}, loss.perToken().toFloats(), 1e-5f);
      assertEquals(-0.8 / 3, dapo.averaging().of(loss.perToken(), LENGTHS).item(), 1e-5);
    }
  }

  /**
   * The first is better, and the policy likes it by 0.5 nats more than the reference does, the
   * second by 0.25 less: with beta 2 the loss is -log sigmoid(2 * 0.75).
   */
  @Test
  void onlineDpoLearnsWhatTheRewardSays() {
    var dpo = new OnlineDpo(new OnlineDpoConfig(DirectPreference.SIGMOID, 2));
    assertArrayEquals(new float[] {1}, dpo.advantages(EXPERIENCE).advantages()[0]);
    assertArrayEquals(new float[] {-1, -1}, dpo.advantages(EXPERIENCE).advantages()[1]);
    try (Scope scope = Scope.open()) {
      Tensor now = Tensor.of(new float[] {-0.5f, -1.5f, -1.75f}, 3);
      Tensor reference = Tensor.of(new float[] {-1, -1, -2}, 3);
      double won = Math.log(1 + Math.exp(-1.5));
      assertEquals(won, pair(dpo, now, reference, 1), 1e-6);
      assertEquals(won + 1.5, pair(dpo, now, reference, -1), 1e-6);
      assertEquals(won + 0.75, pair(dpo, now, reference, 0), 1e-6);
    }
  }

  private static double pair(OnlineDpo dpo, Tensor now, Tensor reference, float ahead) {
    Tensor advantages = Tensor.of(new float[] {ahead, -ahead, -ahead}, 3);
    PolicyLoss loss = dpo.loss(new Minibatch(now, now, reference, advantages, LENGTHS, ONE_GROUP));
    return dpo.averaging().of(loss.perToken(), LENGTHS).item();
  }

  /** Per token -1 and -0.25: the better one is 0.75 behind, and its likelihood is learned: 1. */
  @Test
  void rrhfRanksAndLearnsTheBest() {
    var rrhf = new Rrhf(new RrhfConfig(2, 1e-4));
    try (Scope scope = Scope.open()) {
      Tensor now = Tensor.of(new float[] {-1, -0.25f, -0.25f}, 3);
      PolicyLoss first = rrhf.loss(minibatch(now, now, Tensor.of(new float[] {3, 1, 1}, 3)));
      assertEquals(0.75 + 1, rrhf.averaging().of(first.perToken(), LENGTHS).item(), 1e-6);
      PolicyLoss second = rrhf.loss(minibatch(now, now, Tensor.of(new float[] {1, 3, 3}, 3)));
      assertEquals(0.5, rrhf.averaging().of(second.perToken(), LENGTHS).item(), 1e-6);
    }
  }

  @Test
  void rejectionLearnsTheBestAlone() {
    var rejection = new Rejection(new RejectionConfig(2));
    Advantages found = rejection.advantages(EXPERIENCE);
    assertTrue(rejection.learns(found.advantages()[0]));
    assertFalse(rejection.learns(found.advantages()[1]));
    try (Scope scope = Scope.open()) {
      Tensor now = Tensor.of(new float[] {-1, -0.25f, -0.5f}, 3);
      PolicyLoss loss = rejection.loss(minibatch(now, now, Tensor.of(new float[3], 3)));
      assertArrayEquals(new float[] {1, 0.25f, 0.5f}, loss.perToken().toFloats(), 1e-6f);
    }
  }

  private static Minibatch minibatch(Tensor now, Tensor old, Tensor advantages) {
    return new Minibatch(now, old, old, advantages, LENGTHS, ONE_GROUP);
  }

  private static Grpo grpo(boolean unbiased) {
    return new Grpo(new GrpoConfig(2, 0.2), /* maxTokens= */ 5, unbiased);
  }
}
