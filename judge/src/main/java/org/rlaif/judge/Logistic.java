package org.rlaif.judge;

/** The logistic function, and the regression that goes with it. */
public final class Logistic {
  private static final int MAX_ITERATIONS = 100;
  private static final double SMALL_GRADIENT = 1e-10;

  private Logistic() {}

  /** {@code 1 / (1 + e^-x)}; {@code sigmoid(x) + sigmoid(-x)} is exactly 1. */
  public static double sigmoid(double x) {
    return x >= 0 ? 1 / (1 + StrictMath.exp(-x)) : 1 - 1 / (1 + StrictMath.exp(x));
  }

  /** Its inverse, {@code ln(p / (1 - p))}: infinite at 0 and at 1. */
  public static double logit(double p) {
    return StrictMath.log(p) - StrictMath.log1p(-p);
  }

  /** A line of logits: {@code P(y) = sigmoid(intercept + slope * x)}. */
  public record Line(double intercept, double slope) {}

  /**
   * Fits a line by Newton's method (iteratively reweighted least squares; Hastie, Tibshirani and
   * Friedman 2009, section 4.4.1). Minimises {@code sum(cross-entropy) + penalty / 2 * slope^2};
   * the intercept is free.
   *
   * @param x one feature per row
   * @param y what was seen, from 0 to 1; their mean must lie strictly between, or there is no
   *     finite answer
   */
  public static Line fit(double[] x, double[] y, double penalty) {
    double intercept = 0;
    double slope = 0;
    for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
      double gradient0 = 0;
      double gradient1 = penalty * slope;
      double curvature00 = 0;
      double curvature01 = 0;
      double curvature11 = penalty;
      for (int i = 0; i < x.length; i++) {
        double p = sigmoid(intercept + slope * x[i]);
        gradient0 += p - y[i];
        gradient1 += (p - y[i]) * x[i];
        double weight = p * (1 - p);
        curvature00 += weight;
        curvature01 += weight * x[i];
        curvature11 += weight * x[i] * x[i];
      }
      if (Math.hypot(gradient0, gradient1) <= SMALL_GRADIENT * x.length) {
        return new Line(intercept, slope);
      }
      double determinant = curvature00 * curvature11 - curvature01 * curvature01;
      double step0 = (curvature11 * gradient0 - curvature01 * gradient1) / determinant;
      double step1 = (curvature00 * gradient1 - curvature01 * gradient0) / determinant;
      // The loss is convex, but a full step from far away can overshoot where the curve is flat.
      double shorten = Math.min(1, 2 / Math.max(Math.abs(step0), Math.abs(step1)));
      intercept -= shorten * step0;
      slope -= shorten * step1;
    }
    throw new IllegalArgumentException(
        "no fit after "
            + MAX_ITERATIONS
            + " iterations (expected: outcomes that are not all alike)");
  }
}
