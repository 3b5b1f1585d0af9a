package org.rlaif.serving.update;

import java.util.Locale;

/**
 * How far a network that serves quantised is from the same weights in fp32, at temperature 1.
 *
 * @param meanAbsDifference of the log-probabilities of sampled tokens
 * @param maxAbsDifference the largest of these
 * @param kl the mean over positions of KL(fp32 || quantised), over the whole vocabulary, in nats
 * @param tokens that were compared
 * @param prompts after which they were written; 0: they are whole texts, which lose less
 */
public record QuantizationLoss(
    double meanAbsDifference, double maxAbsDifference, double kl, int tokens, int prompts) {

  /** Over the positions compared so far. */
  public static final class Sum {
    private double differences;
    private double largest;
    private double divergences;
    private int tokens;

    /**
     * @param exact log-probabilities in fp32
     * @param served the same as served
     * @param token that was sampled there
     */
    void add(float[] exact, float[] served, int token) {
      double difference = Math.abs((double) exact[token] - served[token]);
      differences += difference;
      largest = Math.max(largest, difference);
      for (int id = 0; id < exact.length; id++) {
        divergences += Math.exp(exact[id]) * ((double) exact[id] - served[id]);
      }
      tokens++;
    }

    /**
     * @param prompts after which the tokens were written
     */
    QuantizationLoss mean(int prompts) {
      return new QuantizationLoss(
          differences / tokens, largest, divergences / tokens, tokens, prompts);
    }
  }

  public boolean isFinite() {
    return Double.isFinite(meanAbsDifference + maxAbsDifference + kl);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "log-probabilities differ from fp32 by %.2g on average and %.2g at most, KL %.2g per token,"
            + " over %d tokens %s",
        meanAbsDifference,
        maxAbsDifference,
        kl,
        tokens,
        prompts == 0
            ? "without a prompt (--calibration has prompts)"
            : "after " + prompts + " prompts");
  }
}
