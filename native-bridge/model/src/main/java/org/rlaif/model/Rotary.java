package org.rlaif.model;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;

/**
 * Positions as rotations (Su et al. 2021, section 3.2.2): of the first numbers of each head, number
 * i and number i + width / 2 are turned together by the angle position × f(i), with f(i) =
 * theta^(-2 i / width).
 *
 * <p>Frequencies are fp32, every step of them in the order of Hugging Face's transformers: models
 * were trained with what that rounds to, and at position 4,000 an ulp is an angle of 2e-4.
 *
 * @param width how many numbers of a head are turned; even
 * @param scaling how positions beyond those of the first training are reached; null: not at all
 */
public record Rotary(int width, double theta, @Nullable Scaling scaling) {
  /** Slower frequencies, for longer contexts. */
  public sealed interface Scaling {
    /**
     * Angle per token of pair i.
     *
     * @param power theta^(2 i / width), the inverse of what it would be without scaling
     */
    float frequency(float power, int i, Rotary rotary);

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
    public float frequency(float power, int i, Rotary rotary) {
      return 1 / power / (float) factor;
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
    public float frequency(float power, int i, Rotary rotary) {
      float f = 1 / power;
      float wave = 1 / f * (float) (2 * Math.PI); // PyTorch divides a number so
      if (wave > (float) (context / low)) {
        return f / (float) factor;
      }
      if (wave < (float) (context / high)) {
        return f;
      }
      float left = (1 / wave * context - (float) low) / (float) (high - low);
      return (1 - left) * f / (float) factor + left * f;
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

    /**
     * The temperature of the softmax as a factor of queries and keys (section 3.3, eq. 22).
     *
     * @param strength 1 in the paper
     */
    public static double magnitude(double factor, double strength) {
      return factor <= 1 ? 1 : 0.1 * strength * Math.log(factor) + 1;
    }

    @Override
    public float frequency(float power, int i, Rotary rotary) {
      double from = pair(fast, rotary);
      double to = pair(slow, rotary);
      if (truncate) {
        from = Math.floor(from);
        to = Math.ceil(to);
      }
      from = Math.max(from, 0);
      to = Math.min(to, rotary.width() - 1);
      float way = (float) (to == from ? 0.001 : to - from);
      float left = 1 - Math.max(0, Math.min(1, (i - (float) from) / way));
      return 1 / ((float) factor * power) * (1 - left) + 1 / power * left;
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
  float frequency(int i) {
    float power = (float) Math.pow((float) theta, 2f * i / width);
    return scaling == null ? 1 / power : scaling.frequency(power, i, this);
  }

  /** Angles per token of all pairs, (width / 2). */
  public float[] frequencies() {
    float[] frequencies = new float[width / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = frequency(i);
    }
    return frequencies;
  }

  /** Cosines and sines are multiplied by this. */
  public double magnitude() {
    return scaling == null ? 1 : scaling.magnitude();
  }

  /**
   * Fills both tables, (positions, width / 2). Angles are rounded to fp32, as in the reference: far
   * positions turn by what models were trained with.
   */
  public void fill(FloatBuffer cosines, FloatBuffer sines, int positions) {
    float magnitude = (float) magnitude();
    float[] frequencies = frequencies();
    for (int position = 0; position < positions; position++) {
      for (int i = 0; i < frequencies.length; i++) {
        float angle = position * frequencies[i];
        cosines.put(position * frequencies.length + i, magnitude * (float) Math.cos(angle));
        sines.put(position * frequencies.length + i, magnitude * (float) Math.sin(angle));
      }
    }
  }

  private static void positive(String name, double value) {
    UserError.require(value > 0, name, value, "> 0");
  }
}
