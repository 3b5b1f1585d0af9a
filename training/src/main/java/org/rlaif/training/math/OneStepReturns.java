package org.rlaif.training.math;

/** What temporal-difference learning takes a value to be, from the one after it. */
public final class OneStepReturns {
  private OneStepReturns() {}

  /**
   * r + discount V(next) of every token, Snell et al. 2022 (arXiv 2206.11871), section 4.1, where
   * the last token of a completion has its reward, and all others none. Behind the last one is
   * nothing, and nothing to be expected.
   *
   * @param values V(s) before each token, completion by completion, (N)
   * @param lengths of the completions in tokens, which add up to N
   * @param rewards one for each completion
   * @return (N)
   */
  public static float[] of(float[] values, int[] lengths, double[] rewards, double discount) {
    Ragged.requireSameLength("rewards", lengths.length, rewards.length);
    float[] returns = new float[values.length];
    int at = 0;
    for (int row = 0; row < lengths.length; row++) {
      int last = at + lengths[row] - 1;
      for (; at < last; at++) {
        returns[at] = (float) (discount * values[at + 1]);
      }
      returns[at++] = (float) rewards[row];
    }
    Ragged.requireSameLength("values", at, values.length);
    return returns;
  }
}
