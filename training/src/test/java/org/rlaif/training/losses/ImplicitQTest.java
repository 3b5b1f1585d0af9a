package org.rlaif.training.losses;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;

class ImplicitQTest {
  private static Tensor of(float... numbers) {
    return Tensor.of(numbers, numbers.length);
  }

  /** (1 - 0.5)² and (-1 - 1)², their mean. */
  @Test
  void temporalDifferenceByHand() {
    try (Scope scope = Scope.open()) {
      assertEquals(
          (0.25 + 4) / 2, ImplicitQ.temporalDifference(of(1, -1), of(0.5f, 1)).item(), 1e-6);
    }
  }

  /** u is 2 and -1: 0.7 * 4 and 0.3 * 1. */
  @Test
  void expectileByHand() {
    try (Scope scope = Scope.open()) {
      assertEquals((2.8 + 0.3) / 2, ImplicitQ.expectile(of(1, 3), of(3, 2), 0.7).item(), 1e-6);
    }
  }

  /** Q of 0 and ln 3: softmax 1/4 and 3/4. */
  @Test
  void conservativeByHand() {
    try (Scope scope = Scope.open()) {
      Tensor q = Tensor.of(new float[] {0, (float) Math.log(3), 0, (float) Math.log(3)}, 2, 2);
      Tensor actions = Tensor.ofInts(new int[] {0, 1}, 2);
      assertEquals(
          -(Math.log(0.25) + Math.log(0.75)) / 2, ImplicitQ.conservative(q, actions).item(), 1e-6);
    }
  }

  /** Advantages ln 2 and 0 with beta 2 weigh 4 and 1: (4 * 3 + 1 * 5) / 2. */
  @Test
  void cloningByHand() {
    try (Scope scope = Scope.open()) {
      Tensor advantages = of((float) Math.log(2), 0);
      assertEquals(8.5, ImplicitQ.cloning(of(-3, -5), advantages, 2).item(), 1e-5);
      assertEquals(4, ImplicitQ.cloning(of(-3, -5), advantages, 0).item(), 1e-6);
    }
  }

  @Test
  void theMiddleExpectileIsHalfTheSquaredError() {
    try (Scope scope = Scope.open()) {
      Tensor values = of(numbers(50, 3));
      Tensor q = of(numbers(50, 4));
      assertEquals(
          ImplicitQ.temporalDifference(values, q).item() / 2,
          ImplicitQ.expectile(values, q, 0.5).item(),
          1e-5);
    }
  }

  @Test
  void asThePaperHasThem() {
    long seed = 9;
    int n = 20;
    int vocabulary = 7;
    float[] values = numbers(n, seed);
    float[] logprobs = numbers(n, seed + 1);
    float[] slow = numbers(n, seed + 2);
    float[] q = numbers(n * vocabulary, seed + 3);
    int[] actions = new Random(seed).ints(n, 0, vocabulary).toArray();
    double expectile = 0;
    double conservative = 0;
    double cloning = 0;
    for (int i = 0; i < n; i++) {
      double u = (double) slow[i] - values[i];
      expectile += Math.abs(0.8 - (u < 0 ? 1 : 0)) * u * u / n;
      cloning -= Math.exp(0.6 * u) * logprobs[i] / n;
      double sum = 0;
      for (int token = 0; token < vocabulary; token++) {
        sum += Math.exp(q[i * vocabulary + token]);
      }
      conservative += (Math.log(sum) - q[i * vocabulary + actions[i]]) / n;
    }
    try (Scope scope = Scope.open()) {
      assertEquals(
          expectile, ImplicitQ.expectile(of(values), of(slow), 0.8).item(), 1e-5, "seed " + seed);
      assertEquals(
          conservative,
          ImplicitQ.conservative(Tensor.of(q, n, vocabulary), Tensor.ofInts(actions, n)).item(),
          1e-5,
          "seed " + seed);
      assertEquals(
          cloning,
          ImplicitQ.cloning(of(logprobs), of(slow).minus(of(values)), 0.6).item(),
          1e-5,
          "seed " + seed);
    }
  }

  private static float[] numbers(int n, long seed) {
    Random random = new Random(seed);
    float[] numbers = new float[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
