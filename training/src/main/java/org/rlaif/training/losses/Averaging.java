package org.rlaif.training.losses;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.torch.Tensor;

/**
 * How losses of tokens become one of a minibatch: whether a long completion counts more than a
 * short one. It may be computed in parts; each part has its share of the whole.
 */
public final class Averaging {
  /** What a token of a completion of some length counts; null: the mean over all tokens. */
  private final @Nullable IntToDoubleFunction weight;

  private Averaging(@Nullable IntToDoubleFunction weight) {
    this.weight = weight;
  }

  /** The mean over all tokens: a completion counts by its length. */
  public static Averaging overTokens() {
    return new Averaging(null);
  }

  /**
   * The mean over the completions of a weighted sum over the tokens of each.
   *
   * @param weight of one token of a completion, by its length in tokens
   */
  public static Averaging overSequences(IntToDoubleFunction weight) {
    return new Averaging(weight);
  }

  /**
   * The loss of some completions.
   *
   * @param perToken (N), completion by completion
   * @param lengths in tokens; they add up to N
   * @return ()
   */
  public Tensor of(Tensor perToken, int[] lengths) {
    if (weight == null) {
      return perToken.mean(); // ()
    }
    float[] weights = new float[IntStream.of(lengths).sum()];
    int at = 0;
    for (int length : lengths) {
      for (int i = 0; i < length; i++) {
        weights[at++] = (float) (weight.applyAsDouble(length) / lengths.length);
      }
    }
    return perToken.times(Tensor.of(weights, weights.length)).sum(); // ()
  }

  /** What some completions count in the loss of all, each given by their lengths. */
  public double share(int[] some, int[] all) {
    return weight == null
        ? (double) IntStream.of(some).sum() / IntStream.of(all).sum()
        : (double) some.length / all.length;
  }
}
