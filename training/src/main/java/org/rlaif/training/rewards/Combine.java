package org.rlaif.training.rewards;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import org.rlaif.kit.Statistics;

/**
 * What the scores of an ensemble's members come to, Coste et al. 2023 (arXiv 2310.02743), sec. 3: a
 * policy that goes where one member errs is not followed there by all. Of one member alone each is
 * its score.
 */
public enum Combine {
  /** Their mean. */
  @JsonProperty("mean")
  MEAN {
    @Override
    public double of(double[] members, double penalty) {
      return Statistics.mean(members);
    }
  },
  /** The lowest: worst-case optimisation, WCO. */
  @JsonProperty("worst")
  WORST {
    @Override
    public double of(double[] members, double penalty) {
      return Arrays.stream(members).min().orElse(Double.NaN);
    }
  },
  /** Their mean, less the penalty times their variance: uncertainty-weighted optimisation, UWO. */
  @JsonProperty("uncertainty")
  UNCERTAINTY {
    @Override
    public double of(double[] members, double penalty) {
      return Statistics.mean(members) - penalty * Statistics.variance(members);
    }
  };

  /**
   * One score of several; NaN if one of them is.
   *
   * @param members scores of the same completion
   * @param penalty of a variance of 1, where that counts
   */
  public abstract double of(double[] members, double penalty);
}
