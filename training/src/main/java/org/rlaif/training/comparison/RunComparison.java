package org.rlaif.training.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.awt.Color;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.pages.Charts.Amount;
import org.rlaif.kit.pages.Charts.Line;
import org.rlaif.kit.pages.Charts.Look;
import org.rlaif.kit.pages.Charts.Panel;
import org.rlaif.kit.pages.Drawn;
import org.rlaif.kit.pages.Picture;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Table;
import org.rlaif.kit.pages.TextDrawing;
import org.rlaif.kit.pages.TextTable;
import org.rlaif.kit.pages.Theme;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.report.MetricCurves;
import org.rlaif.training.run.Figures;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.run.Stage;
import org.rlaif.training.run.StageRecord;
import org.rlaif.training.run.Version;
import org.rlaif.training.stages.Stages;

/** Runs side by side: what came of each, and in which settings they differ. */
public final class RunComparison {
  private static final List<String> HEAD =
      List.of("run", "algorithm", "seed", "win rate (%)", "KL", "tokens", "reward (%)", "minutes");

  private static final String NOTHING = "–";

  private final List<RunFolder> folders;
  private final List<Row> rows;

  /**
   * One run; NaN where it has no such figure.
   *
   * @param winRate against where its policy started, a share, with its 95 % interval
   * @param kl in nats per completion
   * @param tokens of a completion
   * @param accuracy of the reward model on held-out labels, a share
   * @param minutes all stages took
   */
  private record Row(
      RunConfig config,
      double winRate,
      double low,
      double high,
      double kl,
      double tokens,
      double accuracy,
      double minutes) {

    static Row of(RunFolder folder) {
      RunConfig config = folder.config();
      JsonNode evaluation = figures(folder, "evaluate");
      double seconds =
          Stages.of(config).stream()
              .map(Stage::name)
              .flatMap(stage -> folder.finished(stage).stream())
              .mapToDouble(StageRecord::seconds)
              .sum();
      return new Row(
          config,
          Figures.number(evaluation, "winRate.policyVsSft.value"),
          Figures.number(evaluation, "winRate.policyVsSft.low"),
          Figures.number(evaluation, "winRate.policyVsSft.high"),
          Figures.number(evaluation, "kl"),
          Figures.number(evaluation, "length.policy"),
          Figures.number(figures(folder, "reward"), "accuracy"),
          seconds / 60);
    }

    private static JsonNode figures(RunFolder folder, String stage) {
      return folder
          .finished(stage)
          .<JsonNode>map(StageRecord::figures)
          .orElse(MissingNode.getInstance());
    }

    List<String> cells() {
      return List.of(
          config.name(),
          config.algorithm().word(),
          String.valueOf(config.seed()),
          Double.isNaN(winRate)
              ? NOTHING
              : number(100 * winRate, 1)
                  + " (%s to %s)".formatted(number(100 * low, 1), number(100 * high, 1)),
          number(kl, 2),
          number(tokens, 1),
          number(100 * accuracy, 1),
          number(minutes, 1));
    }

    private static String number(double value, int digits) {
      return Double.isNaN(value) ? NOTHING : String.format(Locale.ROOT, "%." + digits + "f", value);
    }
  }

  /** Reads what the runs have finished. */
  public RunComparison(List<RunFolder> folders) {
    this.folders = List.copyOf(folders);
    this.rows = folders.stream().map(Row::of).toList();
  }

  /** As a table in plain text, a row for each run. */
  public void print(PrintWriter out) {
    List<List<String>> table = new ArrayList<>(List.of(HEAD));
    rows.forEach(row -> table.add(row.cells()));
    TextTable.print(table, out);
    for (List<String> cells : differing()) {
      out.println(cells.get(0) + ": " + String.join(", ", cells.subList(1, cells.size())));
    }
    out.flush();
  }

  /** As a page, with pictures if any can be drawn. */
  public void write(Path page, String date) {
    List<Drawn> pictures =
        TextDrawing.whyNone().isEmpty() ? pictures().stream().map(Drawn::of).toList() : List.of();
    String title = String.join(", ", rows.stream().map(row -> row.config().name()).toList());
    var table = new Table(title, HEAD, rows.stream().map(Row::cells).toList(), differing());
    String html = table.html(pictures, Version.number(), date);
    AtomicFiles.write(page, out -> out.write(html.getBytes(StandardCharsets.UTF_8)));
  }

  /** Settings that are not the same in all: the key, then each run's value. */
  private List<List<String>> differing() {
    List<Map<String, String>> settings = rows.stream().map(row -> row.config().byKey()).toList();
    Set<String> keys = new TreeSet<>();
    settings.forEach(each -> keys.addAll(each.keySet()));
    keys.remove("name");
    List<List<String>> differing = new ArrayList<>();
    for (String key : keys) {
      List<String> values =
          settings.stream().map(each -> each.getOrDefault(key, NOTHING)).distinct().toList();
      if (values.size() > 1) {
        List<String> cells = new ArrayList<>(List.of(key));
        settings.forEach(each -> cells.add(each.getOrDefault(key, NOTHING)));
        differing.add(cells);
      }
    }
    return differing;
  }

  private List<Picture> pictures() {
    List<Picture> pictures = new ArrayList<>();
    List<Amount> wins = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      if (!Double.isNaN(row.winRate())) {
        wins.add(Amount.share(row.config().name(), row.winRate(), row.low(), row.high(), color(i)));
      }
    }
    if (!wins.isEmpty()) {
      pictures.add(
          Pictures.shares(
              "win-rates",
              "How often each policy wins",
              "Share of test prompts on which the policy beats where it started, ties counted"
                  + " half, with 95 % intervals. Right of the dashed line is better than even.",
              "win rate (%)",
              wins));
    }
    List<Panel> panels = new ArrayList<>();
    add(panels, "score", "Reward", "score");
    add(panels, "kl", "KL to the reference", "nats per completion");
    add(panels, "length", "Length", "tokens per completion");
    add(panels, "entropy", "Entropy", "nats per token");
    if (!panels.isEmpty()) {
      pictures.add(
          Pictures.curves(
              "updates",
              "Update by update",
              "Means over each rollout batch. Scores can be compared where the rewards are the"
                  + " same.",
              300,
              2,
              panels));
    }
    return pictures;
  }

  private void add(List<Panel> panels, String key, String title, String unit) {
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      RunConfig config = rows.get(i).config();
      Path stage = folders.get(i).stage(config.algorithm().word());
      double[][] curve = new MetricCurves(stage).curve("update", key, 0);
      if (curve[0].length >= 2) {
        double[] updates = Arrays.stream(curve[0]).map(update -> update + 1).toArray();
        lines.add(new Line(config.name(), updates, curve[1], Look.LINE, color(i)));
      }
    }
    if (!lines.isEmpty()) {
      panels.add(new Panel(title, "update", unit, Collections.unmodifiableList(lines)));
    }
  }

  /** Of a run: hues as far apart as there are runs. */
  private Function<Theme, Color> color(int run) {
    float hue = (0.6f + (float) run / rows.size()) % 1;
    return theme ->
        Color.getHSBColor(hue, 0.65f, theme.background().getRed() < 128 ? 0.95f : 0.75f);
  }
}
