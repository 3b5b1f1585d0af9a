package org.rlaif.training.comparison;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.rlaif.judge.WinRate;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Interval;
import org.rlaif.kit.Json;
import org.rlaif.kit.pages.Charts.Amount;
import org.rlaif.kit.pages.Drawn;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Table;
import org.rlaif.kit.pages.TextDrawing;
import org.rlaif.kit.pages.TextTable;
import org.rlaif.kit.pages.Theme;
import org.rlaif.training.evaluation.EvaluationFigures;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.run.StageRecord;
import org.rlaif.training.run.Version;

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

  /** As plain text. */
  public void print(PrintWriter out) {
    List<List<String>> table = new ArrayList<>(List.of(HEAD));
    rows.forEach(row -> table.add(row.cells()));
    TextTable.print(table, out);
  }

  /** As {@code algorithms.json} and as a page, {@code algorithms.html}, into a folder. */
  public void write(Path folder, String date) {
    Json.write(folder.resolve("algorithms.json"), rows);
    List<Amount> wins =
        rows.stream()
            .map(
                row ->
                    Amount.share(
                        row.algorithm(), row.winRate(), row.low(), row.high(), Theme::policy))
            .toList();
    List<Drawn> pictures =
        TextDrawing.whyNone().isEmpty()
            ? List.of(
                Drawn.of(
                    Pictures.shares(
                        "algorithms",
                        "How often each policy wins",
                        "Share of test prompts on which it beats where it started, ties counted"
                            + " half; the mean over the seeds, with the 95 % interval of all"
                            + " prompts together.",
                        "win rate (%)",
                        wins)))
            : List.of();
    var table = new Table("Algorithms", HEAD, rows.stream().map(Row::cells).toList(), List.of());
    String html = table.html(pictures, Version.number(), date);
    AtomicFiles.write(
        folder.resolve("algorithms.html"), out -> out.write(html.getBytes(StandardCharsets.UTF_8)));
  }
}
