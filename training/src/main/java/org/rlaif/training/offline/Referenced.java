package org.rlaif.training.offline;

import java.util.List;
import java.util.stream.IntStream;
import org.rlaif.torch.Network;
import org.rlaif.torch.Tensor;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.math.Rewards;

/**
 * Completions, and what a policy said about them before its first step: the reference, which is
 * asked once. All log-probabilities are sums over a completion's tokens.
 *
 * @param together completions per forward pass
 */
@SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
record Referenced(Network policy, List<Sequence> sequences, double[] reference, int together) {

  /** By a policy that has not learned yet. */
  static Referenced by(Network policy, List<Sequence> sequences, int together) {
    return new Referenced(policy, sequences, logprobs(policy, sequences, together), together);
  }

  private static double[] logprobs(Network policy, List<Sequence> sequences, int together) {
    return Rewards.sums(Forward.logprobs(policy, sequences, /* temperature= */ 1, together));
  }

  /** log pi - log pi_ref of each completion as the policy is now, without a gradient. */
  double[] logRatios() {
    return logRatios(IntStream.range(0, sequences.size()).toArray());
  }

  /** The same of some. */
  double[] logRatios(int[] rows) {
    double[] ratios =
        logprobs(policy, IntStream.of(rows).mapToObj(sequences::get).toList(), together);
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] -= reference[rows[i]];
    }
    return ratios;
  }

  /** Of some, with a gradient. (B) */
  Tensor logprobs(int[] rows) {
    return policy
        .logprobs(Sequence.batch(sequences, rows), /* temperature= */ 1)
        .sums(lengths(rows));
  }

  float[] reference(int[] rows) {
    float[] some = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      some[i] = (float) reference[rows[i]];
    }
    return some;
  }

  /** Tokens of each completion. */
  int[] lengths(int[] rows) {
    return IntStream.of(rows).map(row -> sequences.get(row).completionTokens()).toArray();
  }
}
