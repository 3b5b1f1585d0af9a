package org.rlaif.training.evaluation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.WinRate;

/**
 * How good a policy is.
 *
 * @param judge who compared
 * @param kl to where the policy started, mean over its completions, estimator k1, in nats
 * @param length mean, in tokens
 * @param score means by the reward model, null without one; {@code gold} by the scorer that
 *     compared, if one did
 * @param bestOf the best of some completions of the start, chosen by the reward model; empty if
 *     nobody wants to know
 * @param greedy the same of greedy completions
 * @param seconds by part
 * @param tooLong prompts that were left out
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EvaluationFigures(
    String judge,
    int prompts,
    double temperature,
    WinRates winRate,
    double kl,
    double klPerToken,
    ByModel length,
    Ended endedFraction,
    @Nullable ByModel score,
    @Nullable ByModel gold,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<BestOfN.Figures> bestOf,
    Greedy greedy,
    Map<String, Double> seconds,
    int tooLong) {
  public EvaluationFigures {
    bestOf = bestOf == null ? List.of() : List.copyOf(bestOf); // JSON does not have an empty one
  }

  /** Those with references are over the examples that have one; null if none has. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record WinRates(
      WinRate policyVsSft, @Nullable WinRate policyVsReference, @Nullable WinRate sftVsReference) {}

  /**
   * A mean over the completions of each.
   *
   * @param reference null if no example has one
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ByModel(double sft, double policy, @Nullable Double reference) {}

  /** Share of the completions with an end-of-text token. */
  public record Ended(double sft, double policy) {}

  /** Of greedy completions. */
  public record Greedy(WinRates winRate, ByModel length, Ended endedFraction) {}
}
