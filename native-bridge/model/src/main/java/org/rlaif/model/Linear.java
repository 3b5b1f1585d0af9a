package org.rlaif.model;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A matrix that is applied to hidden states, and what is added to the product.
 *
 * @param weight (in, out) or (out, in)
 * @param bias (out); null: nothing is added
 * @param inputsFirst whether the weight is (in, out)
 */
public record Linear(TensorSpec weight, @Nullable TensorSpec bias, boolean inputsFirst) {
  static Linear of(String name, long inputs, long outputs, boolean bias, boolean inputsFirst) {
    return new Linear(
        inputsFirst
            ? TensorSpec.of(name + ".weight", inputs, outputs)
            : TensorSpec.of(name + ".weight", outputs, inputs),
        bias ? TensorSpec.of(name + ".bias", outputs) : null,
        inputsFirst);
  }

  public int inputs() {
    return Math.toIntExact(weight.shape().get(inputsFirst ? 0 : 1));
  }

  public int outputs() {
    return Math.toIntExact(weight.shape().get(inputsFirst ? 1 : 0));
  }

  /** What both are called, without the suffix that tells them apart. */
  public String name() {
    return weight.name().substring(0, weight.name().length() - ".weight".length());
  }

  public Stream<TensorSpec> parameters() {
    return bias == null ? Stream.of(weight) : Stream.of(weight, bias);
  }
}
