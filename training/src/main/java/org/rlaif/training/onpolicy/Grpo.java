package org.rlaif.training.onpolicy;

import org.rlaif.training.config.GrpoConfig;
import org.rlaif.training.config.KlConfig.Place;
import org.rlaif.training.losses.Averaging;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.GroupAdvantages;

/**
 * Group-relative policy optimisation, Shao et al. 2024 (arXiv 2402.03300), eq. 3 and section 4.1.2:
 * a completion is as good as it is better than the others of its prompt, and the KL penalty is part
 * of the loss. {@code dr_grpo} leaves out what favours long wrong completions and prompts whose
 * completions are nearly alike: the division by the length and by the deviation, Liu et al. 2025
 * (arXiv 2503.20783), section 3.
 *
 * @param maxTokens of a completion, all turns counted; the constant by which {@code dr_grpo}
 *     divides instead
 * @param unbiased whether it is {@code dr_grpo}
 */
record Grpo(GrpoConfig config, int maxTokens, boolean unbiased) implements OnPolicyAlgorithm {
  @Override
  public String description() {
    return unbiased
        ? "Improves the policy by GRPO without its biases to length and deviation."
        : "Improves the policy by GRPO, each completion measured by its group.";
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
    double[] worths = experience.worths();
    int[] groups = experience.groups();
    return Advantages.shared(
        experience,
        unbiased
            ? GroupAdvantages.centred(worths, groups)
            : GroupAdvantages.standardised(worths, groups));
  }

  @Override
  public PolicyLoss loss(Minibatch minibatch) {
    return PolicyLoss.clipped(
        minibatch.logprobs(), minibatch.oldLogprobs(), minibatch.advantages(), config.clipRange());
  }

  @Override
  public Averaging averaging() {
    return Averaging.overSequences(length -> 1.0 / (unbiased ? maxTokens : length));
  }
}
