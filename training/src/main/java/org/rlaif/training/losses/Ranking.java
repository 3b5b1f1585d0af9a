package org.rlaif.training.losses;

import java.util.Arrays;
import org.rlaif.torch.Tensor;

/** Learning the order of a prompt's completions: RRHF, Yuan et al. 2023 (arXiv 2304.05302). */
public final class Ranking {
  private Ranking() {}

  /**
   * The sum over all pairs of a group, of which the second is better, of max(0, p_first -
   * p_second): eq. 2. A group has it at its first completion, the others have 0; so the sum over
   * all is that of the groups.
   *
   * @param perToken p, log-probabilities of whole completions over their lengths, (B)
   * @param worths what the completions are worth, (B); pairs of the same worth ask for nothing
   * @param groups sizes of the groups; they add up to B
   * @return (B)
   */
  public static Tensor of(Tensor perToken, float[] worths, int[] groups) {
    int n = worths.length;
    int pairs = Arrays.stream(groups).map(size -> size * (size - 1)).sum();
    int[] worse = new int[pairs];
    int[] better = new int[pairs];
    float[] ordered = new float[pairs];
    int[] into = new int[n]; // pairs of each group, at its first completion
    int at = 0;
    int from = 0;
    for (int size : groups) {
      into[from] = size * (size - 1);
      for (int i = from; i < from + size; i++) {
        for (int j = from; j < from + size; j++) {
          if (i != j) {
            worse[at] = i;
            better[at] = j;
            ordered[at++] = worths[i] < worths[j] ? 1 : 0;
          }
        }
      }
      from += size;
    }
    return perToken
        .indexSelect(worse)
        .minus(perToken.indexSelect(better))
        .clamp(0, Float.MAX_VALUE)
        .times(Tensor.of(ordered, pairs)) // (pairs)
        .sums(into); // (B)
  }
}
