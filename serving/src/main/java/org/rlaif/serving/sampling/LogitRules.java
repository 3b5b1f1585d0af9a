package org.rlaif.serving.sampling;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Bias, penalties and the minimum length of one sequence: what they make of its logits. Only the
 * tokens that are concerned are touched. Adding to a logit before the temperature is adding to its
 * log-probability, divided by the temperature; the normaliser is left for later.
 */
public final class LogitRules {
  private final Penalties penalties;
  private final int minTokens;
  private final Set<Integer> endings;

  /** Tokens of the prompt (if they matter) and of the completion: how often the latter has them. */
  private final Map<Integer, Integer> seen = new HashMap<>();

  public LogitRules(Sampling sampling, int[] prompt, Set<Integer> ends) {
    this.penalties = sampling.penalties();
    this.minTokens = sampling.stops().minTokens();
    this.endings = new HashSet<>(sampling.stops().tokenIds());
    endings.addAll(ends);
    if (needNormaliser(sampling)) {
      for (int id : prompt) {
        seen.put(id, 0);
      }
    }
  }

  /** Whether the logits themselves are needed: multiplying them does not forgive a shift. */
  public static boolean needNormaliser(Sampling sampling) {
    return sampling.penalties().repetition() != 1;
  }

  /** The completion has one more token. */
  public void count(int token) {
    seen.merge(token, 1, Integer::sum);
  }

  /**
   * Turns log-probabilities into logits over temperature, up to one common shift.
   *
   * @param scores over the full vocabulary; log-probabilities at this temperature
   * @param normaliser what makes them logits over temperature; read if it is needed
   * @param position of the new token in its completion
   */
  void apply(float[] scores, double temperature, double normaliser, int position) {
    penalties
        .logitBias()
        .forEach(
            (id, bias) -> {
              if (!seen.containsKey(id)) {
                scores[id] = (float) (scores[id] + bias / temperature);
              }
            });
    seen.forEach(
        (id, times) ->
            scores[id] =
                (float)
                    (scores[id]
                        + change(id, times, temperature * (scores[id] + normaliser))
                            / temperature));
    if (position < minTokens) {
      for (int id : endings) {
        scores[id] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /** How far a logit moves. */
  private double change(int id, int times, double logit) {
    double bias = penalties.logitBias().getOrDefault(id, 0.0);
    double taken = penalties.frequency() * times + (times > 0 ? penalties.presence() : 0);
    if (penalties.repetition() == 1) {
      return bias - taken;
    }
    double biased = logit + bias;
    double penalised =
        biased > 0 ? biased / penalties.repetition() : biased * penalties.repetition();
    return penalised - logit - taken;
  }
}
