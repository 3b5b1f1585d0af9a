package org.rlaif.judge;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Bootstrap;
import org.rlaif.kit.Interval;
import org.rlaif.kit.MayBeAbsent;

/**
 * How often a policy beats its opponent, ties counted half: every win rate that is shown anywhere.
 *
 * <p>The interval is {@linkplain Interval#ofShare Wilson's}. It is made for wins and losses; ties
 * only reduce the variance, so with ties it is a little wider than it need be. A {@linkplain
 * Bootstrap bootstrap} over the prompts, which sees the ties, can be chosen instead.
 *
 * <p>The length-controlled figure answers "and if both had written equally much?". A logistic
 * regression explains the outcome by the difference in length, divided by its standard deviation
 * and squashed by tanh, and is read off at difference 0 (Dubois, Galambosi, Liang and Hashimoto
 * 2024, arXiv 2404.04475). As only two opponents meet here, its terms for the difficulty of a
 * prompt, which need many, are left out; a penalty of half the squared slope keeps the slope finite
 * and changes little from some dozens of prompts on.
 *
 * @param value share of wins, ties counted half
 * @param low lower end of the interval
 * @param high upper end of the interval
 * @param lengthControlled the win rate if both wrote equally much
 * @param ties number of ties
 * @param n number of comparisons
 * @param unanswered questions without an answer; they are in no other figure
 * @param bootstrap where the interval comes from; null: it is Wilson's
 */
public record WinRate(
    double value,
    double low,
    double high,
    double lengthControlled,
    int ties,
    int n,
    @MayBeAbsent int unanswered,
    @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Bootstrap bootstrap) {
  private static final double SLOPE_PENALTY = 1;

  public WinRate(double value, double low, double high, double lengthControlled, int ties, int n) {
    this(value, low, high, lengthControlled, ties, n, 0, null);
  }

  /** Wilson's interval of a win rate that was computed over so many comparisons. */
  public static Interval interval(double value, int n) {
    return Interval.ofShare(value, n);
  }

  /** Sums up comparisons, of which there must be at least one; all were answered. */
  public static WinRate of(List<Outcome> outcomes) {
    return of(outcomes, 0, /* bootstrap= */ null);
  }

  /**
   * Sums up comparisons, of which there must be at least one.
   *
   * @param unanswered questions that came to none
   * @param bootstrap for the interval; null: it is Wilson's
   */
  public static WinRate of(List<Outcome> outcomes, int unanswered, @Nullable Bootstrap bootstrap) {
    if (outcomes.isEmpty()) {
      throw new IllegalArgumentException("outcomes: none (expected: at least 1)");
    }
    int n = outcomes.size();
    double[] points = outcomes.stream().mapToDouble(Outcome::points).toArray();
    double value = Arrays.stream(points).sum() / n;
    int ties = (int) outcomes.stream().filter(Outcome::isTie).count();
    @Nullable Interval drawn =
        bootstrap == null
            ? null
            : bootstrap.interval(
                n, some -> Arrays.stream(some).mapToDouble(i -> points[i]).sum() / n);
    Interval interval = drawn == null ? interval(value, n) : drawn;
    return new WinRate(
        value,
        interval.low(),
        interval.high(),
        lengthControlled(outcomes, value),
        ties,
        n,
        unanswered,
        bootstrap);
  }

  /** Such as {@code 500 compared, 12 ties, 3 not answered}. */
  public String counts() {
    return n + " compared, " + ties + " ties, " + unanswered + " not answered";
  }

  private static double lengthControlled(List<Outcome> outcomes, double value) {
    double[] points = outcomes.stream().mapToDouble(Outcome::points).toArray();
    double[] differences = outcomes.stream().mapToDouble(Outcome::lengthDifference).toArray();
    double deviation = standardDeviation(differences);
    if (deviation == 0 || value == 0 || value == 1) {
      return value; // lengths that do not vary, or outcomes that do not, explain nothing
    }
    double[] squashed = new double[differences.length];
    for (int i = 0; i < squashed.length; i++) {
      // Not centred: 0 must go on meaning "equally long".
      squashed[i] = StrictMath.tanh(differences[i] / deviation);
    }
    return Logistic.sigmoid(Logistic.fit(squashed, points, SLOPE_PENALTY).intercept());
  }

  private static double standardDeviation(double[] values) {
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / values.length);
  }
}
