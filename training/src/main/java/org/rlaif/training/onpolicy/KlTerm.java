package org.rlaif.training.onpolicy;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rlaif.torch.Tensor;
import org.rlaif.training.config.KlConfig;
import org.rlaif.training.config.KlConfig.Place;
import org.rlaif.training.losses.KlLoss;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.KlController;
import org.rlaif.training.math.KlEstimator;
import org.rlaif.training.math.Rewards;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Minibatch;

/**
 * The price of being away from the reference, as an algorithm and its settings have it.
 *
 * @param place null: there is none
 */
record KlTerm(
    @Nullable Place place,
    KlEstimator estimator,
    boolean straightThrough,
    @Nullable KlController controller) {

  static KlTerm of(KlConfig config, OnPolicyAlgorithm algorithm) {
    Place place = config.in() == null ? algorithm.kl() : config.in();
    KlEstimator usual = place == Place.LOSS ? KlEstimator.K3 : KlEstimator.K1;
    return new KlTerm(
        place,
        Objects.requireNonNullElse(config.estimator(), usual),
        config.straightThrough(),
        config.target() == null ? null : new KlController(config.target(), config.horizon()));
  }

  boolean isInReward() {
    return place == Place.REWARD;
  }

  /** What it takes off the reward of each token. */
  double[][] penalties(float[][] logprobs, float[][] referenceLogprobs, double coefficient) {
    return isInReward()
        ? Rewards.penalties(logprobs, referenceLogprobs, estimator, coefficient)
        : Rewards.none(logprobs);
  }

  /** A loss with what it adds to each token's. */
  PolicyLoss add(PolicyLoss loss, Minibatch minibatch, double coefficient) {
    if (place != Place.LOSS) {
      return loss;
    }
    Tensor kl =
        straightThrough
            ? KlLoss.straightThrough(estimator, minibatch.logprobs(), minibatch.referenceLogprobs())
            : KlLoss.of(estimator, minibatch.logprobs(), minibatch.referenceLogprobs()); // (N)
    return loss.plus(kl.times(coefficient));
  }

  /** The coefficient after a batch. */
  double next(double coefficient, double kl, int completions) {
    return controller == null ? coefficient : controller.next(coefficient, kl, completions);
  }
}
