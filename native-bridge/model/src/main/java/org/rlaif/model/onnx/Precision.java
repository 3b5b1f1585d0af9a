package org.rlaif.model.onnx;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.Locale;
import org.rlaif.kit.UserError;

/** How a number is kept while a model serves. */
public enum Precision {
  /** 32-bit floating point, as in the model folder. */
  @JsonProperty("fp32")
  FP32(32),
  /** Whole numbers of 8 bits, of which many share a scale. */
  @JsonProperty("int8")
  INT8(8),
  /** Whole numbers of 4 bits, of which 32 share a scale. */
  @JsonProperty("int4")
  INT4(4);

  private final int bits;

  Precision(int bits) {
    this.bits = bits;
  }

  public int bits() {
    return bits;
  }

  /** {@code fp32}, {@code int8} or {@code int4}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The precision of that label.
   *
   * @param name what it is for, in messages
   */
  public static Precision of(String name, String label) {
    return Arrays.stream(values())
        .filter(precision -> precision.label().equals(label))
        .findFirst()
        .orElseThrow(() -> UserError.expected(name, label, "fp32, int8 or int4"));
  }
}
