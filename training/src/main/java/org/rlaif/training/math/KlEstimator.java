package org.rlaif.training.math;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.function.DoubleUnaryOperator;

/** One of the {@link KlEstimators}, by its name. */
public enum KlEstimator {
  /** The difference itself. */
  @JsonProperty("k1")
  K1(KlEstimators::k1),
  /** Half its square. */
  @JsonProperty("k2")
  K2(KlEstimators::k2),
  /** Unbiased and never negative. */
  @JsonProperty("k3")
  K3(KlEstimators::k3);

  private final DoubleUnaryOperator formula;

  KlEstimator(DoubleUnaryOperator formula) {
    this.formula = formula;
  }

  /** Of one token's log pi - log pi_ref. */
  public double of(double difference) {
    return formula.applyAsDouble(difference);
  }
}
