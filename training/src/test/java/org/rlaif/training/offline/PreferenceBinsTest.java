package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.training.offline.PreferenceBins.Calibration;
import org.rlaif.training.offline.PreferenceBins.Confidence;
import org.rlaif.training.offline.PreferenceBins.Margin;

class PreferenceBinsTest {
  private static final double LOGIT = Math.log(0.75 / 0.25);

  @Test
  void byHand() {
    // The model says 0.75 twice, of which the labels have a mean of 0.6, and once 0.25.
    PreferenceBins bins =
        PreferenceBins.of(new double[] {LOGIT, LOGIT, -LOGIT}, new float[] {0.75f, 0.45f, 0.25f});
    assertEquals(2 * 0.15 / 3, bins.calibrationError(), 1e-7);
    assertEquals(2, bins.calibration().size());
    Calibration low = bins.calibration().get(0);
    assertEquals(List.of(0.2, 0.3, 1), List.of(low.from(), low.to(), low.n()));
    assertEquals(0.25, low.label(), 1e-7);
    Calibration high = bins.calibration().get(1);
    assertEquals(List.of(0.7, 0.8, 2), List.of(high.from(), high.to(), high.n()));
    assertEquals(0.75, high.model(), 1e-9);
    assertEquals(0.6, high.label(), 1e-7);
    // The label of 0.45 is nearly even, and the model is wrong there.
    assertEquals(
        List.of(new Confidence(0, 0.1, 1, 0), new Confidence(0.2, 0.3, 2, 1)), bins.confidence());
    assertEquals(20, bins.margins().size());
    assertEquals(1, bins.margins().get(0).n());
    assertEquals(-LOGIT, bins.margins().get(0).from(), 1e-12);
    assertEquals(2, bins.margins().get(19).n());
    assertEquals(0, bins.margins().get(10).from(), 1e-12);
  }

  @Test
  void aModelThatIsAsSureAsTheLabelsHasNoError() {
    Random random = new Random(3);
    double[] differences = random.doubles(500, -4, 4).toArray();
    float[] labels = new float[differences.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (float) (1 / (1 + Math.exp(-differences[i])));
    }
    PreferenceBins bins = PreferenceBins.of(differences, labels);
    assertEquals(0, bins.calibrationError(), 1e-7);
    bins.confidence().forEach(bin -> assertEquals(1, bin.accuracy(), "3"));
    assertEquals(500, bins.calibration().stream().mapToInt(Calibration::n).sum());
    assertEquals(500, bins.margins().stream().mapToInt(Margin::n).sum());
    assertEquals(500, bins.confidence().stream().mapToInt(Confidence::n).sum());
    // Twice as sure is not.
    for (int i = 0; i < differences.length; i++) {
      differences[i] *= 2;
    }
    assertEquals(0.1, PreferenceBins.of(differences, labels).calibrationError(), 0.05);
  }

  /** Whichever completion is called the first. */
  @Test
  void swappedSidesAreTheSame() {
    double[] differences = {0.3, -1.2, 2.5, 0.9};
    float[] labels = {0.9f, 0.6f, 0.3f, 0.75f};
    PreferenceBins bins = PreferenceBins.of(differences, labels);
    for (int i = 0; i < labels.length; i++) {
      differences[i] = -differences[i];
      labels[i] = 1 - labels[i];
    }
    PreferenceBins swapped = PreferenceBins.of(differences, labels);
    assertEquals(bins.calibrationError(), swapped.calibrationError(), 1e-7);
    assertEquals(bins.confidence(), swapped.confidence());
    assertEquals(bins.margins(), swapped.margins());
  }

  @Test
  void labelsOnAnEdgeAreInTheBinAboveIt() {
    float[] labels = {0.6f, 0.4f, 0.7f, 0.3f, 0.8f, 0.2f, 0.9f, 0.1f, 1, 0};
    List<Confidence> bins = PreferenceBins.of(new double[labels.length], labels).confidence();
    assertEquals(List.of(2, 2, 2, 4), bins.stream().map(Confidence::n).toList());
    assertEquals(0.1, bins.get(0).from());
    bins.forEach(bin -> assertEquals(0.5, bin.accuracy())); // equal scores
  }

  @Test
  void tiesHaveNoMargin() {
    PreferenceBins bins = PreferenceBins.of(new double[] {1, -2}, new float[] {0.5f, 0.5f});
    assertEquals(List.of(), bins.margins());
    assertEquals(List.of(), bins.confidence());
    assertEquals(2, bins.calibration().size());
  }
}
