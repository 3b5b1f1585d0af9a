package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import org.rlaif.training.math.KlEstimator;

/**
 * The price of being away from the reference.
 *
 * @param coefficient beta, what a nat costs; with a target it is where the controller begins
 * @param in where it is paid; null: where the algorithm's paper has it
 * @param estimator of the KL; null: k1 in the reward, k3 in the loss
 * @param straightThrough in the loss, the estimator's value with the gradient of k2
 * @param target KL in nats per completion, which an adaptive controller holds; null: the
 *     coefficient stays as it is
 * @param horizon of the controller, in completions
 */
public record KlConfig(
    double coefficient,
    @Nullable Place in,
    @Nullable KlEstimator estimator,
    boolean straightThrough,
    @Nullable Double target,
    double horizon) {
  private static final String NAME = "onPolicy.kl.";

  /** Where the price is paid. */
  public enum Place {
    /** Off every token's reward. */
    @JsonProperty("reward")
    REWARD,
    /** Beside the policy's loss. */
    @JsonProperty("loss")
    LOSS
  }

  public KlConfig {
    Ranges.notNegative(NAME + "coefficient", coefficient);
    Ranges.positive(NAME + "horizon", horizon);
    if (target != null) {
      Ranges.positive(NAME + "target", target);
      require(coefficient > 0, NAME + "coefficient", coefficient, "> 0, since there is a target");
    }
    require(
        !straightThrough || in != Place.REWARD,
        NAME + "straightThrough",
        true,
        "false, since onPolicy.kl.in is reward, which has no gradient");
  }
}
