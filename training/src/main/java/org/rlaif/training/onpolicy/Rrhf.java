package org.rlaif.training.onpolicy;

import org.jspecify.annotations.Nullable;
import org.rlaif.torch.Tensor;
import org.rlaif.training.config.KlConfig.Place;
import org.rlaif.training.config.RrhfConfig;
import org.rlaif.training.losses.Averaging;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.losses.Ranking;
import org.rlaif.training.math.GroupAdvantages;

/**
 * Rank responses to align, Yuan et al. 2023 (arXiv 2304.05302), eq. 1 to 4: a completion that is
 * worth more than another of its prompt has to be likelier per token, and the best one is learned
 * as in SFT. The paper has no KL penalty, and ranks what several models wrote; here the policy
 * writes all.
 */
record Rrhf(RrhfConfig config) implements OnPolicyAlgorithm {
  @Override
  public String description() {
    return "Improves the policy by RRHF: completions become as likely as they are good.";
  }

  @Override
  public int samples() {
    return config.samples();
  }

  @Override
  public boolean keepsGroups() {
    return true;
  }

  @Override
  public @Nullable Place kl() {
    return null;
  }

  @Override
  public boolean hasRatios() {
    return false;
  }

  @Override
  public Double learningRate() {
    return config.learningRate();
  }

  /** What each completion is worth, as it is: the loss goes by the order alone. */
  @Override
  public Advantages advantages(Experience experience) {
    return Advantages.shared(experience, experience.worths());
  }

  @Override
  public PolicyLoss loss(Minibatch minibatch) {
    float[] worths = minibatch.worths();
    int n = worths.length;
    Tensor ranking =
        Ranking.of(minibatch.means(minibatch.logprobs()), worths, minibatch.groups()); // (B)
    double[] best = GroupAdvantages.best(doubles(worths), minibatch.groups());
    float[] learned = new float[n];
    for (int i = 0; i < n; i++) {
      learned[i] = (float) best[i];
    }
    Tensor likelihood =
        minibatch.sums(minibatch.logprobs()).times(Tensor.of(learned, n)).neg(); // (B)
    // A group is the sum over its completions, a minibatch the mean over whole groups.
    Tensor perToken = minibatch.spread(ranking.plus(likelihood).times(samples())); // (N)
    return PolicyLoss.without(perToken, minibatch.logprobs(), minibatch.oldLogprobs());
  }

  /** Of what all tokens of a completion share. */
  @Override
  public Averaging averaging() {
    return Averaging.overSequences(length -> 1.0 / length);
  }

  private static double[] doubles(float[] numbers) {
    double[] doubles = new double[numbers.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = numbers[i];
    }
    return doubles;
  }
}
