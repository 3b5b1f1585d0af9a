package org.rlaif.training.losses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.training.losses.BradleyTerry.MARGIN;
import static org.rlaif.training.losses.BradleyTerry.PLAIN;
import static org.rlaif.training.losses.BradleyTerry.SCALED;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;

class BradleyTerryTest {
  @Test
  void withoutDifferenceItIsLogTwoWhateverTheLabel() {
    for (float label : new float[] {0, 0.3f, 0.5f, 1}) {
      assertEquals(Math.log(2), loss(0, label), 1e-6, "label " + label);
    }
  }

  @Test
  void byHand() {
    // 0.7 ln(1 + e^-1) + 0.3 ln(1 + e) = 0.7 * 0.3132617 + 0.3 * 1.3132617
    assertEquals(0.6132617, loss(1, 0.7f), 1e-6);
    assertEquals((0.6931472 + 0.6132617) / 2, loss(new float[] {0, 1}, 0.9f, 0.7f), 1e-6);
  }

  @Test
  void marginByHand() {
    // Certain: ahead by 1, as wanted, is as good as even.
    assertEquals(0.6931472, loss(MARGIN, 1, 1), 1e-6);
    assertEquals(0.6931472, loss(MARGIN, -1, 0), 1e-6);
    // 0.75 leans by 0.5: 0.75 ln(1 + e^-1) + 0.25 ln(1 + e)
    assertEquals(0.5632617, loss(MARGIN, 1.5f, 0.75f), 1e-6);
    // Learned as certain, with the margin of 0.75: ln(1 + e^-1)
    assertEquals(0.3132617, loss(MARGIN, 1.5f, 1, 0.5f), 1e-6);
  }

  @Test
  void scaledByHand() {
    // 0.7 leans by 0.4.
    assertEquals(0.4 * 0.6132617, loss(SCALED, 1, 0.7f), 1e-6);
    // A tie has no weight, and is one of two.
    float[] labels = {0.5f, 1};
    assertEquals(0.3132617 / 2, loss(SCALED, new float[] {3, 1}, labels, new float[] {0, 1}), 1e-6);
  }

  @Test
  void centringByHand() {
    try (Scope scope = Scope.open()) {
      Tensor firsts = Tensor.of(new float[] {1, 2}, 2);
      Tensor seconds = Tensor.of(new float[] {2, -2}, 2);
      assertEquals(4.5, BradleyTerry.centring(firsts, seconds).item(), 1e-6); // (9 + 0) / 2
      // The same difference, around 0.
      assertEquals(0, BradleyTerry.centring(firsts, firsts.neg()).item());
    }
  }

  @Test
  void asInDoublePrecision() {
    Random random = new Random(17);
    int n = 50;
    float[] differences = new float[n];
    float[] labels = new float[n];
    for (int i = 0; i < n; i++) {
      differences[i] = (float) random.nextGaussian() * 3;
      labels[i] = i % 5 == 0 ? 0.5f : random.nextFloat();
    }
    for (BradleyTerry loss : BradleyTerry.values()) {
      double expected = 0;
      for (int i = 0; i < n; i++) {
        double lean = 2.0 * labels[i] - 1;
        double ahead = differences[i] - (loss == MARGIN ? lean : 0);
        double first = Math.log(1 / (1 + Math.exp(-ahead)));
        double second = Math.log(1 / (1 + Math.exp(ahead)));
        double pair = -(labels[i] * first + (1 - labels[i]) * second);
        expected += (loss == SCALED ? Math.abs(lean) : 1) * pair / n;
      }
      assertEquals(expected, loss(loss, differences, labels, leans(labels)), 1e-6, loss + ", 17");
    }
  }

  /** Whichever completion is called the first. */
  @Test
  void swappedSidesAreTheSame() {
    for (BradleyTerry loss : BradleyTerry.values()) {
      assertEquals(loss(loss, 1.3f, 0.8f), loss(loss, -1.3f, 0.2f), 1e-6, loss.toString());
    }
  }

  @Test
  void tiesKnowNoStrength() {
    assertEquals(loss(PLAIN, 0.7f, 0.5f), loss(MARGIN, 0.7f, 0.5f));
    assertEquals(0, loss(SCALED, 0.7f, 0.5f), 1e-9);
  }

  @Test
  void smallestAtTheLogitOfTheLabel() {
    float logit = (float) Math.log(0.7 / 0.3);
    smallestAt(logit, PLAIN);
    smallestAt(logit, SCALED);
    smallestAt(logit + 0.4f, MARGIN); // and beyond it by the lean
  }

  private static void smallestAt(float difference, BradleyTerry loss) {
    float there = loss(loss, difference, 0.7f);
    assertTrue(there < loss(loss, difference + 0.1f, 0.7f), loss.toString());
    assertTrue(there < loss(loss, difference - 0.1f, 0.7f), loss.toString());
  }

  @Test
  void certainLabels() {
    assertEquals(0, loss(100, 1), 1e-6);
    assertEquals(100, loss(-100, 1), 1e-4);
    assertEquals(100, loss(100, 0), 1e-4);
  }

  private static float loss(float difference, float label) {
    return loss(PLAIN, difference, label);
  }

  private static float loss(float[] differences, float... labels) {
    return loss(PLAIN, differences, labels, leans(labels));
  }

  private static float loss(BradleyTerry loss, float difference, float label) {
    return loss(loss, difference, label, 2 * label - 1);
  }

  private static float loss(BradleyTerry loss, float difference, float target, float lean) {
    return loss(loss, new float[] {difference}, new float[] {target}, new float[] {lean});
  }

  private static float[] leans(float[] labels) {
    float[] leans = new float[labels.length];
    for (int i = 0; i < leans.length; i++) {
      leans[i] = 2 * labels[i] - 1;
    }
    return leans;
  }

  private static float loss(
      BradleyTerry loss, float[] differences, float[] targets, float[] leans) {
    int n = differences.length;
    try (Scope scope = Scope.open()) {
      return loss.of(Tensor.of(differences, n), Tensor.of(targets, n), Tensor.of(leans, n)).item();
    }
  }
}
