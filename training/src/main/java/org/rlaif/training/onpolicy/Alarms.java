package org.rlaif.training.onpolicy;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Looks at every update for signs that training has gone wrong, and says each of them once. Numbers
 * that are not finite are not waited for: they end the training where they arise.
 */
final class Alarms {
  /** Ratios of the first minibatch, before any step, differ from 1 by rounding: so much of it. */
  private static final double ROUNDINGS = 10;

  /** Far from any policy that is still about the same task, in nats per completion. */
  private static final double FAR = 100;

  /** Of the completions that ended at first, so few still end. */
  private static final double STILL_ENDED = 0.2;

  private final String stage;
  private final double parity;
  private final Consumer<String> say;
  private final Set<String> said = new HashSet<>();

  /**
   * @param parity how far log-probabilities of the engines may be apart
   * @param say a line for the person who watches
   */
  Alarms(String stage, double parity, Consumer<String> say) {
    this.stage = stage;
    this.parity = parity;
    this.say = say;
  }

  /**
   * Looks at one update.
   *
   * @param figures of all updates so far
   */
  void look(UpdateRow row, OnPolicyFigures figures) {
    double apart =
        Math.max(
            Math.abs(Math.log(row.learned().firstRatioMin())),
            Math.abs(Math.log(row.learned().firstRatioMax())));
    check(
        apart > ROUNDINGS * parity,
        "ratio",
        figures,
        "the first minibatch has ratios up to e^%.2g where they are to be 1: trainer and server"
            + " disagree about the policy",
        apart);
    check(
        row.seen().kl() > FAR,
        "kl",
        figures,
        "the policy is %.0f nats per completion away from where it began: a larger"
            + " onPolicy.kl.coefficient, or a lower learning rate, may help",
        row.seen().kl());
    check(
        row.seen().endedFraction() < STILL_ENDED * figures.start().endedFraction(),
        "end",
        figures,
        "only %.0f %% of the completions still end: onPolicy.missingEndPenalty is what they lose",
        100 * row.seen().endedFraction());
    check(
        row.seen().scoreStandardDeviation() == 0,
        "variance",
        figures,
        "all completions have the score %.3g: there is nothing to learn from",
        row.seen().score());
  }

  private void check(
      boolean wrong, String sign, OnPolicyFigures figures, String what, double value) {
    if (wrong && said.add(sign)) {
      say.accept(
          "warning: %s, update %d: %s"
              .formatted(stage, figures.updates(), String.format(Locale.ROOT, what, value)));
    }
  }
}
