package org.rlaif.model;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;

/**
 * Positions as rotations (Su et al. 2021, section 3.2.2): of the first numbers of each head, number
 * i and number i + width / 2 are turned together by the angle position × f(i), with f(i) =
 * theta^(-2 i / width).
 *
 * @param width how many numbers of a head are turned; even
 * @param scaling how positions beyond those of the first training are reached; null: not at all
 */
public record Rotary(int width, double theta, @Nullable Scaling scaling) {
  /** Slower frequencies, for longer contexts. */
  public sealed interface Scaling {
    /** How much slower frequency f, number i of n, becomes. */
    double scale(double f, int i, Rotary rotary);

    /** Cosines and sines are multiplied by this. */
    default double magnitude() {
      return 1;
    }
  }

  /** All frequencies alike, position interpolation (Chen et al. 2023). */
  public record Interpolation(double factor) implements Scaling {
    public Interpolation {
      positive("factor", factor);
    }

    @Override
    public double scale(double f, int i, Rotary rotary) {
      return f / factor;
    }
  }

  /**
   * Llama 3.1's: waves longer than context / low are slowed by the factor, those shorter than
   * context / high are left, and in between there is a straight line.
   *
   * @param context tokens of the first training
   */
  public record Llama3(double factor, double low, double high, int context) implements Scaling {
    public Llama3 {
      positive("factor", factor);
      positive("low_freq_factor", low);
      UserError.require(high > low, "high_freq_factor", high, "more than low_freq_factor, " + low);
      positive("original_max_position_embeddings", context);
    }

    @Override
    public double scale(double f, int i, Rotary rotary) {
      double waves = context * f / (2 * Math.PI);
      double left = Math.max(0, Math.min(1, (waves - low) / (high - low)));
      return (1 - left) * f / factor + left * f;
    }
  }

  /**
   * YaRN (Peng et al. 2023, section 3.2): pairs that turn less than {@code slow} times within the
   * first context are slowed by the factor, those that turn more than {@code fast} times are left,
   * and in between there is a straight line over the number of the pair.
   *
   * @param context tokens of the first training
   * @param truncate whether both ends of the line are moved out to whole numbers
   */
  public record Yarn(
      double factor, int context, double fast, double slow, double magnitude, boolean truncate)
      implements Scaling {
    public Yarn {
      positive("factor", factor);
      positive("original_max_position_embeddings", context);
      positive("beta_slow", slow);
      UserError.require(fast > slow, "beta_fast", fast, "more than beta_slow, " + slow);
      positive("attention_factor", magnitude);
    }

    /** The temperature of the softmax as a factor of queries and keys (section 3.3, eq. 22). */
    public static double magnitude(double factor) {
      return factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1;
    }

    @Override
    public double scale(double f, int i, Rotary rotary) {
      double from = pair(fast, rotary);
      double to = pair(slow, rotary);
      if (truncate) {
        from = Math.floor(from);
        to = Math.ceil(to);
      }
      from = Math.max(from, 0);
      to = Math.min(to, rotary.width() - 1);
      double slowed = Math.max(0, Math.min(1, (i - from) / (to == from ? 0.001 : to - from)));
      return slowed * f / factor + (1 - slowed) * f;
    }

    /** The pair that turns so many times within the first context. */
    private double pair(double turns, Rotary rotary) {
      return rotary.width()
          * Math.log(context / (turns * 2 * Math.PI))
          / (2 * Math.log(rotary.theta()));
    }
  }

  public Rotary {
    UserError.require(width > 0 && width % 2 == 0, "rotary width", width, "even, >= 2");
    positive("rope_theta", theta);
  }

  /** Angle per token of pair i. */
  double frequency(int i) {
    double f = Math.pow(theta, -2.0 * i / width);
    return scaling == null ? f : scaling.scale(f, i, this);
  }

  /** Angles per token of all pairs, (width / 2). */
  float[] frequencies() {
    float[] frequencies = new float[width / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) frequency(i);
    }
    return frequencies;
  }

  /** Cosines and sines are multiplied by this. */
  double magnitude() {
    return scaling == null ? 1 : scaling.magnitude();
  }

  /**
   * Fills both tables, (positions, width / 2). Angles are rounded to fp32, as in the reference: far
   * positions turn by what models were trained with.
   */
  public void fill(FloatBuffer cosines, FloatBuffer sines, int positions) {
    double magnitude = magnitude();
    float[] frequencies = frequencies();
    for (int position = 0; position < positions; position++) {
      for (int i = 0; i < frequencies.length; i++) {
        float angle = position * frequencies[i];
        cosines.put(position * frequencies.length + i, (float) (magnitude * Math.cos(angle)));
        sines.put(position * frequencies.length + i, (float) (magnitude * Math.sin(angle)));
      }
    }
  }

  private static void positive(String name, double value) {
    UserError.require(value > 0, name, value, "> 0");
  }
}
