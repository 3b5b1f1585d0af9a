package org.rlaif.training.onpolicy;

import org.rlaif.torch.Tensor;
import org.rlaif.training.config.GspoConfig;
import org.rlaif.training.config.KlConfig.Place;
import org.rlaif.training.losses.Averaging;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.GroupAdvantages;

/**
 * Group sequence policy optimisation, Zheng et al. 2025 (arXiv 2507.18071), eq. 5 to 7: as GRPO,
 * but a completion has one ratio, the geometric mean of its tokens', and is clipped as a whole.
 */
record Gspo(GspoConfig config) implements OnPolicyAlgorithm {
  @Override
  public String description() {
    return "Improves the policy by GSPO: GRPO with one ratio for each completion.";
  }

  @Override
  public int samples() {
    return config.samples();
  }

  @Override
  public Place kl() {
    return Place.LOSS;
  }

  @Override
  public Advantages advantages(Experience experience) {
    return Advantages.shared(
        experience, GroupAdvantages.standardised(experience.worths(), experience.groups()));
  }

  @Override
  public PolicyLoss loss(Minibatch minibatch) {
    Tensor logRatio = minibatch.means(minibatch.logprobs().minus(minibatch.oldLogprobs())); // (B)
    Tensor ofTokens = minibatch.spread(logRatio); // (N)
    return PolicyLoss.clipped(
        ofTokens,
        ofTokens.detach().times(0),
        minibatch.advantages(),
        config.clipLow(),
        config.clipHigh());
  }

  @Override
  public Averaging averaging() {
    return Averaging.overSequences(length -> 1.0 / length);
  }
}
