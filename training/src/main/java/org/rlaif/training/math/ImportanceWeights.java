package org.rlaif.training.math;

import org.rlaif.kit.Statistics;

/**
 * Truncated importance weights for tokens that came from a policy a little different from the one
 * that the trainer holds, as engines round differently or serve rounded weights: Yao et al. 2025,
 * "Your efficient RL framework secretly brings you off-policy RL training"; the truncation is of
 * Ionides 2008.
 *
 * @param weights min(exp(log pi_trainer - log pi_sampled), cap), one row per sequence
 * @param mean of the weights
 * @param max the largest ratio, before it was truncated
 * @param truncated share of the tokens whose ratio is above the cap
 */
@SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
public record ImportanceWeights(float[][] weights, double mean, double max, double truncated) {
  public static ImportanceWeights of(float[][] recomputed, float[][] sampled, double cap) {
    Ragged.requireSameShape(recomputed, sampled);
    float[][] weights = Ragged.like(sampled);
    double max = 0;
    int truncated = 0;
    for (int row = 0; row < weights.length; row++) {
      for (int t = 0; t < weights[row].length; t++) {
        double ratio = Math.exp((double) recomputed[row][t] - sampled[row][t]);
        max = Math.max(max, ratio);
        truncated += ratio > cap ? 1 : 0;
        weights[row][t] = (float) Math.min(ratio, cap);
      }
    }
    return new ImportanceWeights(
        weights,
        Statistics.mean(Ragged.flat(weights)),
        max,
        (double) truncated / Ragged.size(weights));
  }
}
