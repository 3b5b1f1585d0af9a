package org.rlaif.training.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.rlaif.judge.WinRate;
import org.rlaif.kit.Interval;
import org.rlaif.kit.pages.Charts.Amount;
import org.rlaif.kit.pages.Picture;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;
import org.rlaif.training.evaluation.EvaluationFigures;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.run.StageRecord;

/**
 * What algorithms make of the same policy and the same feedback: a row for each, over all seeds.
 */
public final class AlgorithmTable {
  private static final List<String> HEAD =
      List.of("algorithm", "seeds", "win rate (%)", "by seed", "KL", "tokens", "minutes");

  /**
   * One way to a better policy.
   *
   * @param winRate over where it started, by the judge of the evaluation: the mean over the seeds
   * @param low of its 95 % interval, of all prompts of all seeds together
   * @param bySeed the same, seed by seed
   * @param kl to where it started, in nats per completion
   * @param tokens of a completion; NaN if it is not known
   * @param minutes of training, mean; 0: there is none
   */
  private record Row(
      String algorithm,
      double winRate,
      double low,
      double high,
      List<Double> bySeed,
      double kl,
      double tokens,
      double minutes) {

    List<String> cells() {
      return List.of(
          algorithm,
          String.valueOf(bySeed.size()),
          "%s (%s to %s)".formatted(percent(winRate), percent(low), percent(high)),
          String.join(" ", bySeed.stream().map(Row::percent).toList()),
          number(kl, 2),
          Double.isNaN(tokens) ? "–" : number(tokens, 1),
          number(minutes, 1));
    }

    private static String percent(double share) {
      return number(100 * share, 1);
    }

    private static String number(double value, int digits) {
      return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
  }

  private final List<Row> rows = new ArrayList<>();

  /**
   * Adds what a way has led to.
   *
   * @param runs of the same settings, each with a seed of its own, all finished
   */
  public void add(String name, List<RunFolder> runs) {
    double seconds =
        runs.stream()
            .map(run -> finished(run, run.config().algorithm().word()))
            .mapToDouble(StageRecord::seconds)
            .average()
            .orElseThrow();
    rows.add(
        row(
            name,
            runs,
            each -> each.winRate().policyVsSft().value(),
            each -> each.winRate().policyVsSft().n(),
            EvaluationFigures::kl,
            each -> each.length().policy(),
            seconds / 60));
  }

  /** Adds the best of so many completions of where the runs started, where they measured that. */
  public void addBestOf(List<RunFolder> runs) {
    List<Integer> numbers = runs.get(0).config().evaluation().bestOf();
    for (int i = 0; i < numbers.size(); i++) {
      int at = i;
      rows.add(
          row(
              "best of " + numbers.get(at),
              runs,
              each -> each.bestOf().get(at).winRate(),
              EvaluationFigures::prompts,
              each -> each.bestOf().get(at).kl(),
              each -> Double.NaN,
              /* minutes= */ 0));
    }
  }

  private static Row row(
      String name,
      List<RunFolder> runs,
      ToDoubleFunction<EvaluationFigures> wins,
      ToIntFunction<EvaluationFigures> compared,
      ToDoubleFunction<EvaluationFigures> kl,
      ToDoubleFunction<EvaluationFigures> tokens,
      double minutes) {
    List<EvaluationFigures> evaluations =
        runs.stream()
            .map(run -> finished(run, "evaluate").figures(EvaluationFigures.class))
            .toList();
    double winRate = mean(evaluations, wins);
    Interval interval = WinRate.interval(winRate, evaluations.stream().mapToInt(compared).sum());
    return new Row(
        name,
        winRate,
        interval.low(),
        interval.high(),
        evaluations.stream().map(wins::applyAsDouble).toList(),
        mean(evaluations, kl),
        mean(evaluations, tokens),
        minutes);
  }

  private static double mean(
      List<EvaluationFigures> evaluations, ToDoubleFunction<EvaluationFigures> figure) {
    return evaluations.stream().mapToDouble(figure).average().orElseThrow();
  }

  private static StageRecord finished(RunFolder run, String stage) {
    return run.finished(stage).orElseThrow();
  }

  /** What came of all so far. */
  public Results results() {
    return new Results(
        "algorithms",
        "Algorithms",
        HEAD,
        rows.stream().map(Row::cells).toList(),
        List.copyOf(rows),
        () -> List.of(picture()));
  }

  private Picture picture() {
    List<Amount> wins =
        rows.stream()
            .map(
                row ->
                    Amount.share(
                        row.algorithm(), row.winRate(), row.low(), row.high(), Theme::policy))
            .toList();
    return Pictures.shares(
        "algorithms",
        "How often each policy wins",
        "Share of test prompts on which it beats where it started, ties counted half; the mean over"
            + " the seeds, with the 95 % interval of all prompts together.",
        "win rate (%)",
        wins);
  }
}
