package org.rlaif.training.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.knowm.xchart.XYChart;
import org.rlaif.kit.Statistics;
import org.rlaif.training.report.Charts.Row;
import org.rlaif.training.report.Picture.Room;
import org.rlaif.training.run.StageRecord;

/** Pictures of shares and amounts, one row for each; empty where the run has no figures. */
final class RowPictures {
  private final RunFiles run;

  RowPictures(RunFiles run) {
    this.run = run;
  }

  Optional<Picture> winRates() {
    List<Function<Theme, Row>> rows = new ArrayList<>();
    winRate(rows, "winRate.policyVsSft", "over SFT", Theme::policy);
    winRate(rows, "winRate.policyVsReference", "over references", Theme::policy);
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Picture(
            "win-rates",
            "How often the policy wins",
            "Share of test prompts on which the policy's completion beats that of SFT, or the"
                + " reference, ties counted half. Blue: the win rate with its 95 % interval. Grey:"
                + " what it would be if both had written equally much. Right of the dashed line is"
                + " better than even.",
            (theme, room) -> List.of(shares(theme, room, "win rate (%)", rows))));
  }

  /** Around the half, with more room below it only where something is there. */
  private static XYChart shares(
      Theme theme, Room room, String unit, List<Function<Theme, Row>> rows) {
    List<Row> shown = rows.stream().map(row -> row.apply(theme)).toList();
    double least = shown.stream().mapToDouble(Row::low).min().orElse(0);
    return Charts.rows(
        theme,
        room.width(),
        90 + 34 * rows.size(),
        "",
        unit,
        shown,
        Math.min(40, 10 * Math.floor(least / 10)),
        100,
        50,
        Charts::number);
  }

  private void winRate(
      List<Function<Theme, Row>> rows, String key, String opponent, Function<Theme, Color> color) {
    double value = 100 * run.number("evaluate", key + ".value");
    double low = 100 * run.number("evaluate", key + ".low");
    double high = 100 * run.number("evaluate", key + ".high");
    double even = 100 * run.number("evaluate", key + ".lengthControlled");
    if (Double.isNaN(value)) {
      return;
    }
    rows.add(
        theme ->
            new Row(
                String.format(Locale.ROOT, "%s  %.1f %%", opponent, value),
                value,
                low,
                high,
                color.apply(theme)));
    rows.add(
        theme ->
            new Row(
                String.format(Locale.ROOT, "same length  %.1f %%", even),
                even,
                even,
                even,
                theme.before()));
  }

  Optional<Picture> accuracy() {
    List<Function<Theme, Row>> rows = new ArrayList<>();
    share(rows, "train.accuracy", "train.decided", "training", Theme::before);
    share(rows, "accuracy", "decided", "held out", Theme::policy);
    share(rows, "accuracyConfident", "confident", "confident", Theme::policy);
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Picture(
            "accuracy",
            "How often the reward model agrees with its labels",
            "Share of pairs in which the completion preferred by the label has the higher score,"
                + " with 95 % intervals: of those that it learned from, of those held out, and of"
                + " the confident ones among these, at least 0.2 away from even. The dashed line is"
                + " what a coin would reach.",
            (theme, room) -> List.of(shares(theme, room, "accuracy (%)", rows))));
  }

  private void share(
      List<Function<Theme, Row>> rows,
      String key,
      String count,
      String label,
      Function<Theme, Color> color) {
    double value = run.number("reward", key);
    double n = run.number("reward", count);
    if (Double.isNaN(value) || !(n > 0)) {
      return;
    }
    double[] interval = Statistics.wilson(value, n);
    rows.add(
        theme ->
            new Row(
                String.format(Locale.ROOT, "%s  %.1f %%", label, 100 * value),
                100 * value,
                100 * interval[0],
                100 * interval[1],
                color.apply(theme)));
  }

  Optional<Picture> positionBias() {
    double before = run.number("label", "positionBiasBefore");
    double after = run.number("label", "positionBiasAfter");
    if (Double.isNaN(before) || Double.isNaN(after)) {
      return Optional.empty();
    }
    double end = Math.max(60, Math.ceil(100 * Math.abs(before) / 5) * 5 + 55);
    return Optional.of(
        new Picture(
            "position-bias",
            "Position bias of the judge, before and after the cure",
            "Mean probability that the judge gives to the completion shown first. The dashed line"
                + " is a judge that does not care about the position; the mean of both orders gets"
                + " there.",
            (theme, room) ->
                List.of(
                    Charts.rows(
                        theme,
                        room.width(),
                        158,
                        "",
                        "first position (%)",
                        List.of(
                            Row.bar(
                                String.format(Locale.ROOT, "one order  %.1f %%", 50 + 100 * before),
                                50 + 100 * before,
                                theme.before()),
                            Row.bar(
                                String.format(
                                    Locale.ROOT, "both orders  %.1f %%", 50 + 100 * after),
                                50 + 100 * after,
                                theme.policy())),
                        0,
                        end,
                        50,
                        Charts::number))));
  }

  Optional<Picture> seconds() {
    List<StageRecord> stages = List.copyOf(run.stages().values());
    double longest = stages.stream().mapToDouble(StageRecord::seconds).max().orElse(0);
    if (longest == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Picture(
            "seconds",
            "Time per stage",
            "Wall-clock seconds of each stage, starting and stopping its servers included.",
            (theme, room) ->
                List.of(
                    Charts.rows(
                        theme,
                        room.width(),
                        80 + 26 * stages.size(),
                        "",
                        "seconds",
                        stages.stream()
                            .map(
                                stage ->
                                    Row.bar(
                                        String.format(
                                            Locale.ROOT,
                                            "%s  %.1f",
                                            stage.stage(),
                                            stage.seconds()),
                                        stage.seconds(),
                                        theme.policy()))
                            .toList(),
                        0,
                        longest * 1.05,
                        Double.NaN,
                        Charts::number))));
  }
}
