package org.rlaif.model;

import java.util.Arrays;
import java.util.List;

/**
 * Name and shape of one tensor.
 *
 * @param name Hugging Face's name, such as {@code transformer.wte.weight}
 * @param shape row-major, every dimension at least 1; empty for a single number
 */
public record TensorSpec(String name, List<Long> shape) {
  public TensorSpec {
    shape = List.copyOf(shape);
    for (long dimension : shape) {
      if (dimension < 1) {
        throw new IllegalArgumentException(name + ": shape " + shape + " (expected: all >= 1)");
      }
    }
  }

  public static TensorSpec of(String name, long... shape) {
    return new TensorSpec(name, Arrays.stream(shape).boxed().toList());
  }

  /** How many numbers the tensor holds. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
