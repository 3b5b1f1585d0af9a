package org.rlaif.training.offline;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rlaif.training.math.Preferences;

/**
 * Where scores agree with preferences and where they do not. Bins of the first two kinds that have
 * no pair are left out.
 *
 * @param calibrationError the expected calibration error, Guo et al. 2017 (arXiv 1706.04599), eq.
 *     3, with soft labels: how far the model's P(first is better) is from the labels, bin by bin,
 *     each bin by its share of the pairs. 0: among pairs of which it says 0.7, the labels have a
 *     mean of 0.7
 * @param calibration over 10 bins of the model's P(first is better)
 * @param confidence over 5 bins of how far the label is from 0.5
 * @param margins over 20 bins of equal width around 0; empty if no pair is decided
 */
public record PreferenceBins(
    double calibrationError,
    List<Calibration> calibration,
    List<Confidence> confidence,
    List<Margin> margins) {
  private static final int CALIBRATION = 10;
  private static final int CONFIDENCE = 5;
  private static final int MARGINS = 20;

  /** Labels are fp32: 0.7f is a little less than 0.7. */
  private static final double ROUNDING = 1e-6;

  /**
   * Pairs about which the model says about the same.
   *
   * @param model its mean P(first is better)
   * @param label the labels' mean
   */
  public record Calibration(double from, double to, int n, double model, double label) {}

  /**
   * Pairs whose labels are about equally sure.
   *
   * @param from distance of the label from 0.5
   * @param accuracy over the decided ones, {@code n}, equal scores counted half
   */
  public record Confidence(double from, double to, int n, double accuracy) {}

  /** Decided pairs whose better completion is ahead by about as much; below 0 it is behind. */
  public record Margin(double from, double to, int n) {}

  /**
   * Of some pairs.
   *
   * @param differences scores of the first completions less those of the second
   * @param labels P(first is better)
   */
  public static PreferenceBins of(double[] differences, float[] labels) {
    List<Calibration> calibration = calibration(differences, labels);
    double error =
        calibration.stream()
            .mapToDouble(bin -> bin.n() * Math.abs(bin.model() - bin.label()))
            .sum();
    int[] decided = IntStream.range(0, labels.length).filter(i -> labels[i] != 0.5f).toArray();
    return new PreferenceBins(
        error / labels.length,
        calibration,
        confidence(differences, labels, decided),
        margins(differences, labels, decided));
  }

  private static List<Calibration> calibration(double[] differences, float[] labels) {
    int[] all = IntStream.range(0, labels.length).toArray();
    return bins(all, CALIBRATION, i -> CALIBRATION * Preferences.sigmoid(differences[i]))
        .filter(bin -> bin.pairs.length > 0)
        .map(
            bin ->
                new Calibration(
                    bin.number / (double) CALIBRATION,
                    (bin.number + 1) / (double) CALIBRATION,
                    bin.pairs.length,
                    bin.mean(i -> Preferences.sigmoid(differences[i])),
                    bin.mean(i -> labels[i])))
        .toList();
  }

  private static List<Confidence> confidence(double[] differences, float[] labels, int[] decided) {
    return bins(decided, CONFIDENCE, i -> 2 * CONFIDENCE * Math.abs(labels[i] - 0.5) + ROUNDING)
        .filter(bin -> bin.pairs.length > 0)
        .map(
            bin ->
                new Confidence(
                    bin.number / (2.0 * CONFIDENCE),
                    (bin.number + 1) / (2.0 * CONFIDENCE),
                    bin.pairs.length,
                    bin.mean(i -> (1 + Math.signum(margin(differences, labels, i))) / 2)))
        .toList();
  }

  private static List<Margin> margins(double[] differences, float[] labels, int[] decided) {
    double most = IntStream.of(decided).mapToDouble(i -> Math.abs(differences[i])).max().orElse(0);
    if (most == 0) {
      return List.of();
    }
    double width = 2 * most / MARGINS;
    return bins(decided, MARGINS, i -> (margin(differences, labels, i) + most) / width)
        .map(
            bin ->
                new Margin(
                    bin.number * width - most, (bin.number + 1) * width - most, bin.pairs.length))
        .toList();
  }

  /** How far the better completion is ahead. */
  private static double margin(double[] differences, float[] labels, int pair) {
    return Math.signum(labels[pair] - 0.5) * differences[pair];
  }

  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  private record Bin(int number, int[] pairs) {
    double mean(IntToDoubleFunction of) {
      return IntStream.of(pairs).mapToDouble(of).sum() / pairs.length;
    }
  }

  /**
   * @param place of a pair among the bins, which are 1 wide; what is at the upper end is in the
   *     last
   */
  private static Stream<Bin> bins(int[] pairs, int count, IntToDoubleFunction place) {
    return IntStream.range(0, count)
        .mapToObj(
            bin ->
                new Bin(
                    bin,
                    IntStream.of(pairs)
                        .filter(i -> Math.min(count - 1, (int) place.applyAsDouble(i)) == bin)
                        .toArray()));
  }
}
