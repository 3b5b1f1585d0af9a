package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.torch.ActionValues.Estimates;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;
import org.rlaif.training.config.IlqlConfig;
import org.rlaif.training.learning.Toy;

class IlqlLossTest {
  private static final double DISCOUNT = 0.9;
  private static final double EXPECTILE = 0.8;
  private static final double BETA = 0.5;
  private static final IlqlConfig CONFIG =
      new IlqlConfig(
          4, DISCOUNT, EXPECTILE, 0.1, 0.3, 0.2, BETA, 1, 8, null, 1e-3, 0.1, 0.1, 1, Toy.ADAM,
          false);

  /**
   * One completion of two tokens with reward 1, all of it by hand: V 0.5 and 0.2, so that Q is to
   * be 0.9 * 0.2 and 1; two tokens in the vocabulary, Q of the one that comes 0.18 and 0.6 by the
   * one head, 0.28 and 1 by the other, 0 of the one that does not.
   */
  @Test
  void twoTokensByHand() {
    try (Scope scope = Scope.open()) {
      Estimates estimates =
          new Estimates(
              of(-1, -2),
              of(0.5f, 0.2f),
              List.of(
                  Tensor.of(new float[] {0.18f, 0, 0, 0.6f}, 2, 2),
                  Tensor.of(new float[] {0.28f, 0, 0, 1}, 2, 2)),
              of(0.1f, 0.7f),
              Tensor.ofInts(new int[] {0, 1}, 2));
      Map<String, Double> terms =
          IlqlLoss.of(estimates, new int[] {2}, new double[] {1}, CONFIG).terms();
      assertEquals((0 + 0.16) / 2 + (0.01 + 0) / 2, terms.get("qLoss"), 1e-6);
      assertEquals((0.2 * 0.16 + 0.8 * 0.25) / 2, terms.get("valueLoss"), 1e-6);
      assertEquals(
          (Math.log1p(Math.exp(-0.18)) + Math.log1p(Math.exp(-0.6))) / 2
              + (Math.log1p(Math.exp(-0.28)) + Math.log1p(Math.exp(-1))) / 2,
          terms.get("conservativeLoss"),
          1e-6);
      assertEquals((Math.exp(-0.2) + 2 * Math.exp(0.25)) / 2, terms.get("cloningLoss"), 1e-6);
    }
  }

  /** Against loops in double precision, as the paper writes it down. */
  @Test
  void asThePaperHasIt() {
    long seed = 4;
    int[] lengths = {3, 1, 4};
    double[] rewards = {0.7, -1, 0.1};
    int n = 8;
    int vocabulary = 5;
    var random = new Random(seed);
    float[] logprobs = numbers(random, n);
    float[] values = numbers(random, n);
    float[] slow = numbers(random, n);
    float[][] q = {numbers(random, n * vocabulary), numbers(random, n * vocabulary)};
    int[] actions = random.ints(n, 0, vocabulary).toArray();
    double expected = 0;
    int i = 0;
    for (int row = 0; row < lengths.length; row++) {
      for (int t = 0; t < lengths[row]; t++, i++) {
        boolean last = t + 1 == lengths[row];
        double target = last ? rewards[row] : DISCOUNT * values[i + 1];
        for (float[] head : q) {
          double chosen = head[i * vocabulary + actions[i]];
          double sum = 0;
          for (int token = 0; token < vocabulary; token++) {
            sum += Math.exp(head[i * vocabulary + token]);
          }
          expected += (chosen - target) * (chosen - target) / n;
          expected += 0.3 * (Math.log(sum) - chosen) / n;
        }
        double u = (double) slow[i] - values[i];
        expected += (u < 0 ? 1 - EXPECTILE : EXPECTILE) * u * u / n;
        expected -= 0.2 * Math.exp(BETA * u) * logprobs[i] / n;
      }
    }
    try (Scope scope = Scope.open()) {
      Estimates estimates =
          new Estimates(
              of(logprobs),
              of(values),
              List.of(Tensor.of(q[0], n, vocabulary), Tensor.of(q[1], n, vocabulary)),
              of(slow),
              Tensor.ofInts(actions, n));
      assertEquals(
          expected,
          IlqlLoss.of(estimates, lengths, rewards, CONFIG).sum(CONFIG).item(),
          1e-5,
          "seed " + seed);
    }
  }

  private static float[] numbers(Random random, int n) {
    float[] numbers = new float[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static Tensor of(float... numbers) {
    return Tensor.of(numbers, numbers.length);
  }
}
