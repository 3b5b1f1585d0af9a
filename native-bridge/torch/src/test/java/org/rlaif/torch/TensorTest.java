package org.rlaif.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TensorTest {
  private final Scope scope = Scope.open();

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor list(double... numbers) {
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return Tensor.of(floats, floats.length);
  }

  private static void assertNumbers(Tensor tensor, double... expected) {
    assertArrayEquals(list(expected).toFloats(), tensor.toFloats(), 1e-6f);
  }

  /** The gradient of the sum of an expression in x. */
  private static float[] gradient(Tensor x, UnaryOperator<Tensor> expression) {
    x.pointer().requires_grad_(true);
    expression.apply(x).sum().backward();
    return Tensor.call(() -> x.pointer().grad()).toFloats();
  }

  /** The second sum is of nothing; a number's gradient is that of its sum. */
  @Test
  void sumsAreOfNumbersThatStandSideBySide() {
    int[] lengths = {2, 0, 3};
    assertNumbers(list(1, 2, 3, 4, 5).sums(lengths), 3, 0, 12);
    float[] gradient = gradient(list(1, 2, 3, 4, 5), x -> x.sums(lengths).times(list(10, 20, 30)));
    assertArrayEquals(new float[] {10, 10, 30, 30, 30}, gradient);
  }

  @Test
  void arithmeticWorksElementByElement() {
    Tensor a = list(1, 2, 3);
    Tensor b = list(4, -5, 6);
    assertNumbers(a.plus(b), 5, -3, 9);
    assertNumbers(a.minus(b), -3, 7, -3);
    assertNumbers(a.times(b), 4, -10, 18);
    assertNumbers(a.div(b), 0.25, -0.4, 0.5);
    assertNumbers(a.plus(0.5), 1.5, 2.5, 3.5);
    assertNumbers(a.minus(0.5), 0.5, 1.5, 2.5);
    assertNumbers(a.times(-2), -2, -4, -6);
    assertNumbers(a.div(2), 0.5, 1, 1.5);
    assertNumbers(b.neg(), -4, 5, -6);
    assertNumbers(b.abs(), 4, 5, 6);
    assertNumbers(b.square(), 16, 25, 36);
    assertNumbers(a, 1, 2, 3);
  }

  @Test
  void functionsGiveTextbookNumbers() {
    assertNumbers(list(0, 1).exp(), 1, Math.E);
    assertNumbers(list(0, Math.log(3)).sigmoid(), 0.5, 0.75);
    assertNumbers(list(0, Math.log(3)).logSigmoid(), -Math.log(2), Math.log(0.75));
    assertNumbers(list(-200, 200).logSigmoid(), -200, 0); // where log(sigmoid(x)) is -infinity
    assertNumbers(list(-2, 0.5, 2).clamp(-1, 1), -1, 0.5, 1);
    assertNumbers(Tensor.min(list(1, 5), list(2, 3)), 1, 3);
    assertNumbers(Tensor.max(list(1, 5), list(2, 3)), 2, 5);
    assertEquals(6f, list(1, 2, 3).sum().item());
    assertEquals(2f, list(1, 2, 3).mean().item());
  }

  @Test
  void logSoftmaxNormalisesTheLastDimension() {
    Tensor logits = list(0, 0, 0, Math.log(3)).reshape(2, 2);
    assertNumbers(
        logits.logSoftmax().reshape(-1), -Math.log(2), -Math.log(2), -Math.log(4), Math.log(0.75));
    assertNumbers(logits.plus(1000).logSoftmax().exp().sum(), 2);
  }

  @Test
  void picksEntriesAndShapes() {
    Tensor matrix = list(1, 2, 3, 4, 5, 6).reshape(3, 2);
    assertArrayEquals(new long[] {3, 2}, matrix.shape());
    assertNumbers(matrix.indexSelect(2, 0, 2).reshape(-1), 5, 6, 1, 2, 5, 6);
    assertNumbers(matrix.gather(Tensor.ofInts(new int[] {1, 0, 1}, 3)), 2, 3, 6);
    assertArrayEquals(new long[0], matrix.sum().shape());
    assertArrayEquals(new long[] {1, 6}, matrix.reshape(1, -1).shape());
    assertArrayEquals(new float[] {7}, Tensor.of(new float[] {7}).reshape().toFloats());
  }

  @Test
  void gradientsFollowTheChainRule() {
    assertArrayEquals(new float[] {2, -6}, gradient(list(1, -3), Tensor::square));
    // d/dx x e^x = (1 + x) e^x
    assertArrayEquals(
        new float[] {1, (float) (2 * Math.E)}, gradient(list(0, 1), x -> x.times(x.exp())), 1e-6f);
    // Outside of its bounds a clamp is flat.
    assertArrayEquals(new float[] {0, 1, 0}, gradient(list(-2, 0, 2), x -> x.clamp(-1, 1)));
    // d/dx log sigmoid(x) = 1 - sigmoid(x)
    assertArrayEquals(
        new float[] {0.5f, 0.25f}, gradient(list(0, Math.log(3)), Tensor::logSigmoid), 1e-6f);
    // The smaller one gets the gradient; equals share it.
    assertArrayEquals(
        new float[] {1, 0, 0.5f}, gradient(list(1, 5, 3), x -> Tensor.min(x, list(2, 3, 3))));
    assertArrayEquals(new float[] {2, 0, 1}, gradient(list(1, 2, 3), x -> x.indexSelect(0, 2, 0)));
  }

  @Test
  void detachedNumbersAreConstants() {
    // d/dx x · constant(x) = x
    assertArrayEquals(new float[] {3}, gradient(list(3), x -> x.times(x.detach())));
  }

  @Test
  void withoutHistoryThereIsNoBackwardPass() {
    Tensor x = list(1);
    x.pointer().requires_grad_(true);
    try (Torch.NoGrad constant = Torch.noGrad()) {
      Tensor y = x.square();
      assertThrows(IllegalArgumentException.class, y::backward);
    }
    x.square().backward();
    assertNumbers(Tensor.call(() -> x.pointer().grad()), 2);
  }

  @Test
  void shapesThatDoNotFitGiveOneSentence() {
    Tensor a = list(1, 2, 3);
    Tensor b = list(1, 2);
    String message = assertThrows(IllegalArgumentException.class, () -> a.plus(b)).getMessage();
    assertTrue(message.contains("must match the size of tensor b (2)"), message);
    assertFalse(message.contains("\n"), message);
    assertThrows(IllegalArgumentException.class, a::item);
    assertThrows(IllegalArgumentException.class, () -> a.indexSelect(3));
    assertEquals(
        "3 numbers for shape [2, 2] (expected: as many)",
        assertThrows(IllegalArgumentException.class, () -> Tensor.of(new float[3], 2, 2))
            .getMessage());
  }
}
