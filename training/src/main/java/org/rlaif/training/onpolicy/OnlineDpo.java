package org.rlaif.training.onpolicy;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.torch.Tensor;
import org.rlaif.training.config.KlConfig.Place;
import org.rlaif.training.config.OnlineDpoConfig;
import org.rlaif.training.losses.Averaging;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.GroupAdvantages;

/**
 * Direct preference optimisation on pairs that the policy has just written, of which the reward
 * says the better one: online AI feedback, Guo et al. 2024 (arXiv 2402.04792), algorithm 1. The
 * loss is DPO's, against the reference; so there is no other KL penalty.
 */
record OnlineDpo(OnlineDpoConfig config) implements OnPolicyAlgorithm {
  @Override
  public String description() {
    return "Improves the policy by DPO on pairs that it has just written.";
  }

  @Override
  public int samples() {
    return 2;
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

  /** 1 for the better one, -1 for the other; 0 for both where they are equally good. */
  @Override
  public Advantages advantages(Experience experience) {
    double[] ahead = GroupAdvantages.centred(experience.worths(), experience.groups());
    for (int i = 0; i < ahead.length; i++) {
      ahead[i] = Math.signum(ahead[i]);
    }
    return Advantages.shared(experience, ahead);
  }

  @Override
  public PolicyLoss loss(Minibatch minibatch) {
    float[] ahead = minibatch.worths();
    int pairs = ahead.length / 2;
    int[] firstThenSecond = // as the loss has them
        IntStream.range(0, 2 * pairs).map(i -> i < pairs ? 2 * i : 2 * (i - pairs) + 1).toArray();
    float[] firstIsBetter = new float[pairs];
    for (int pair = 0; pair < pairs; pair++) {
      firstIsBetter[pair] = (1 + ahead[2 * pair]) / 2;
    }
    Tensor loss =
        config
            .loss()
            .of(
                minibatch.sums(minibatch.logprobs()).indexSelect(firstThenSecond),
                minibatch.sums(minibatch.referenceLogprobs()).indexSelect(firstThenSecond),
                Tensor.of(firstIsBetter, pairs),
                config.beta()); // ()
    Tensor perToken = minibatch.logprobs().detach().times(0).plus(loss); // (N), all the same
    return PolicyLoss.without(perToken, minibatch.logprobs(), minibatch.oldLogprobs());
  }

  /** A pair counts as much as any other. */
  @Override
  public Averaging averaging() {
    return Averaging.overSequences(length -> 1.0 / length);
  }
}
