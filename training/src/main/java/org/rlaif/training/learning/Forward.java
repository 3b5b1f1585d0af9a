package org.rlaif.training.learning;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rlaif.torch.Network;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Sequences;
import org.rlaif.torch.Tensor;
import org.rlaif.torch.TokenDistribution;
import org.rlaif.torch.Torch;
import org.rlaif.training.math.Ragged;

/**
 * Forward passes without gradients, in microbatches of sequences of similar length; what comes back
 * is in the order of the sequences.
 */
public final class Forward {
  /** One number per sequence takes little memory: no logits over the vocabulary. */
  private static final int SCORED_TOGETHER = 64;

  private Forward() {}

  /** Log-probabilities of the completion tokens, one row per sequence. */
  public static float[][] logprobs(
      Network network, List<Sequence> sequences, double temperature, int microbatch) {
    return perToken(sequences, microbatch, batch -> network.logprobs(batch, temperature));
  }

  /** Of each sequence the whole distribution, by token, that its only completion token is from. */
  public static float[][] vocabulary(
      Network network, List<Sequence> sequences, double temperature) {
    float[][] result = new float[sequences.size()][];
    for (int row = 0; row < result.length; row++) {
      try (Scope scope = Scope.open();
          var noGrad = Torch.noGrad()) {
        Sequences alone = Sequence.batch(sequences, new int[] {row});
        result[row] = network.vocabularyLogprobs(alone, temperature).toFloats();
      }
    }
    return result;
  }

  /**
   * What the policy thinks of tokens and of all others that might stand in their place.
   *
   * @param logprobs one row per sequence
   * @param entropy mean over all tokens, in nats
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  public record Distribution(float[][] logprobs, double entropy) {}

  public static Distribution distribution(
      Network network, List<Sequence> sequences, double temperature, int microbatch) {
    double[] entropy = new double[1];
    float[][] logprobs =
        perToken(
            sequences,
            microbatch,
            batch -> {
              TokenDistribution distribution = network.distribution(batch, temperature);
              entropy[0] += distribution.entropy().sum().item();
              return distribution.logprobs();
            });
    return new Distribution(logprobs, entropy[0] / Ragged.size(logprobs));
  }

  /** V(s) before each token of the completions, one row per sequence. */
  public static float[][] values(Network network, List<Sequence> sequences, int microbatch) {
    return perToken(sequences, microbatch, network::values);
  }

  /** Raw scores at the last token of each sequence. */
  public static double[] scores(Network network, List<Sequence> sequences) {
    return Stream.of(allScores(network, sequences)).mapToDouble(each -> each[0]).toArray();
  }

  /** Likewise all scores of a head of several, one row per sequence. */
  public static double[][] allScores(Network network, List<Sequence> sequences) {
    int n = network.config().scores();
    double[][] scores = new double[sequences.size()][n];
    for (int[] rows : microbatches(sequences, SCORED_TOGETHER)) {
      try (Scope scope = Scope.open();
          var noGrad = Torch.noGrad()) {
        float[] some = network.scores(Sequence.batch(sequences, rows)).toFloats();
        for (int i = 0; i < some.length; i++) {
          scores[rows[i / n]][i % n] = some[i];
        }
      }
    }
    return scores;
  }

  private static float[][] perToken(
      List<Sequence> sequences, int microbatch, Function<Sequences, Tensor> pass) {
    float[][] result = new float[sequences.size()][];
    for (int[] rows : microbatches(sequences, microbatch)) {
      int[] lengths =
          IntStream.of(rows).map(row -> sequences.get(row).completionTokens()).toArray();
      try (Scope scope = Scope.open();
          var noGrad = Torch.noGrad()) {
        float[] flat = pass.apply(Sequence.batch(sequences, rows)).toFloats();
        float[][] some = Ragged.rows(flat, lengths);
        for (int i = 0; i < rows.length; i++) {
          result[rows[i]] = some[i];
        }
      }
    }
    return result;
  }

  /** Rows by rising length, cut into microbatches. */
  private static List<int[]> microbatches(List<Sequence> sequences, int microbatch) {
    int[] byLength =
        IntStream.range(0, sequences.size())
            .boxed()
            .sorted(Comparator.comparingInt(row -> sequences.get(row).length()))
            .mapToInt(Integer::intValue)
            .toArray();
    return IntStream.iterate(0, from -> from < byLength.length, from -> from + microbatch)
        .mapToObj(
            from ->
                IntStream.range(from, Math.min(from + microbatch, byLength.length))
                    .map(i -> byLength[i])
                    .toArray())
        .toList();
  }
}
