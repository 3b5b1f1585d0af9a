package org.rlaif.training.onpolicy;

import java.util.stream.IntStream;
import org.rlaif.torch.Tensor;
import org.rlaif.training.config.GspoConfig;
import org.rlaif.training.losses.Averaging;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.GroupAdvantages;

/**
 * Group sequence policy optimisation, Zheng et al. 2025 (arXiv 2507.18071), eq. 5 to 7: as GRPO,
 * but a completion has one ratio, the geometric mean of its tokens', and is clipped as a whole.
 *
 * @param klCoefficient beta of the penalty in the loss
 */
record Gspo(GspoConfig config, double klCoefficient) implements OnPolicyAlgorithm {
  @Override
  public String description() {
    return "Improves the policy by GSPO: GRPO with one ratio for each completion.";
  }

  @Override
  public int samples() {
    return config.samples();
  }

  @Override
  public Advantages advantages(Experience experience) {
    return Advantages.ofGroups(
        experience, GroupAdvantages.standardised(experience.scores(), samples()));
  }

  @Override
  public PolicyLoss loss(Minibatch minibatch) {
    int[] lengths = minibatch.lengths();
    Tensor logRatio =
        minibatch
            .logprobs()
            .minus(minibatch.oldLogprobs())
            .sums(lengths)
            .div(Tensor.of(numbers(lengths), lengths.length)); // (B)
    int[] rows =
        IntStream.range(0, lengths.length)
            .flatMap(row -> IntStream.generate(() -> row).limit(lengths[row]))
            .toArray();
    Tensor ofTokens = logRatio.indexSelect(rows); // (N)
    return PolicyLoss.clipped(
            ofTokens,
            ofTokens.detach().times(0),
            minibatch.advantages(),
            config.clipLow(),
            config.clipHigh())
        .plusKl(minibatch.logprobs(), minibatch.referenceLogprobs(), klCoefficient);
  }

  @Override
  public Averaging averaging() {
    return Averaging.overSequences(length -> 1.0 / length);
  }

  private static float[] numbers(int[] lengths) {
    float[] numbers = new float[lengths.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = lengths[i];
    }
    return numbers;
  }
}
