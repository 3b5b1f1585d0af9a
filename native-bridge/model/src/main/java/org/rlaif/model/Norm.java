package org.rlaif.model;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What brings a vector to unit size, and stretches it again.
 *
 * @param weight the factors, as many as the vector has numbers
 * @param bias what is added then; null, as in every root-mean-square norm: nothing
 */
public record Norm(TensorSpec weight, @Nullable TensorSpec bias) {
  /** How the size is measured. */
  public enum Kind {
    /** After the mean was taken off: by the standard deviation (Ba et al. 2016). */
    LAYER,
    /** By the root of the mean square (Zhang and Sennrich 2019). */
    ROOT_MEAN_SQUARE
  }

  static Norm of(String name, Kind kind, long width) {
    return new Norm(
        TensorSpec.of(name + ".weight", width),
        kind == Kind.LAYER ? TensorSpec.of(name + ".bias", width) : null);
  }

  Stream<TensorSpec> parameters() {
    return bias == null ? Stream.of(weight) : Stream.of(weight, bias);
  }
}
