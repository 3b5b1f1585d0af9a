package org.rlaif.bench;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.rlaif.bench.BenchCharts.Bar;
import org.rlaif.bench.BenchCharts.Curve;
import org.rlaif.bench.Section.Row;
import org.rlaif.kit.AtomicFiles;

/** A result as a picture; what was not measured is left out. */
final class Plot {
  /** Pixels per point: sharp on dense screens. */
  private static final int SCALE = 2;

  private static final int COLUMNS = 2;
  private static final String RATE = LatencyFigures.RATE;

  /** Below the charts, where the model and the machine stand; in points. */
  private static final int LINE = 18;

  private static final int MARGIN = 14;
  private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, BenchCharts.TEXT_SIZE);
  private static final String CLOSED = "closed ";

  private Plot() {}

  static void write(Path file, BenchResult result) {
    List<XYChart> charts = charts(result.sections());
    int columns = Math.max(1, Math.min(COLUMNS, charts.size()));
    int lines = Math.max(1, (charts.size() + columns - 1) / columns);
    List<String> foot = new ArrayList<>(wrapped(model(result), columns * BenchCharts.WIDTH));
    foot.addAll(wrapped(machine(result.machine()), columns * BenchCharts.WIDTH));
    var image =
        new BufferedImage(
            columns * BenchCharts.WIDTH * SCALE,
            (lines * BenchCharts.HEIGHT + foot.size() * LINE + 10) * SCALE,
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.scale(SCALE, SCALE);
      for (int i = 0; i < charts.size(); i++) {
        var panel = (Graphics2D) graphics.create();
        panel.translate(i % columns * BenchCharts.WIDTH, i / columns * BenchCharts.HEIGHT);
        charts.get(i).paint(panel, BenchCharts.WIDTH, BenchCharts.HEIGHT);
        panel.dispose();
      }
      graphics.setColor(BenchCharts.MUTED);
      graphics.setFont(SMALL);
      for (int i = 0; i < foot.size(); i++) {
        graphics.drawString(foot.get(i), MARGIN, lines * BenchCharts.HEIGHT + 16 + i * LINE);
      }
    } finally {
      graphics.dispose();
    }
    AtomicFiles.write(
        file,
        out -> {
          if (!ImageIO.write(image, "png", out)) {
            throw new IllegalStateException("every Java platform writes PNG");
          }
        });
  }

  /** In lines of whole words that are no wider than the picture between its margins. */
  static List<String> wrapped(String text, int width) {
    var measure = new FontRenderContext(null, /* isAntiAliased= */ true, false);
    List<String> lines = new ArrayList<>();
    String line = "";
    for (String word : text.split(" ", -1)) {
      String longer = line.isEmpty() ? word : line + " " + word;
      if (!line.isEmpty()
          && SMALL.getStringBounds(longer, measure).getWidth() > width - 2 * MARGIN) {
        lines.add(line);
        longer = word;
      }
      line = longer;
    }
    lines.add(line);
    return lines;
  }

  private static String model(BenchResult result) {
    boolean spread =
        result.sections().stream()
            .flatMap(section -> section.rows().stream())
            .anyMatch(row -> row.figures().containsKey(RATE + "Min"));
    return result.model() + (spread ? "; lines on bars: the least and the most of repeats" : "");
  }

  private static String machine(Map<String, String> machine) {
    return Stream.of("cpu", "cores", "memoryGib", "engine", "jdk")
        .filter(machine::containsKey)
        .map(
            key ->
                switch (key) {
                  case "cores" -> machine.get(key) + " cores";
                  case "memoryGib" -> machine.get(key) + " GiB";
                  default -> machine.get(key);
                })
        .collect(Collectors.joining(", "));
  }

  private static List<XYChart> charts(List<Section> sections) {
    List<XYChart> charts = new ArrayList<>();
    for (Section section : sections) {
      switch (section.name()) {
        case "layers" -> charts.add(bars("Through every layer", section));
        case "rollouts" -> charts.add(bars("Rollouts", section));
        case "mixed" -> charts.add(bars("Mixed lengths", section));
        case "load" -> charts.addAll(load(section));
        case "soak" -> charts.add(soak(section));
        default -> {}
      }
    }
    return charts;
  }

  private static XYChart bars(String title, Section section) {
    List<Bar> bars = new ArrayList<>();
    for (Row row : section.rows()) {
      double rate = row.figures().getOrDefault(RATE, 0.0);
      Color color = row.name().contains("bare loop") ? BenchCharts.BASE : BenchCharts.OURS;
      double low = row.figures().getOrDefault(RATE + "Min", Double.NaN);
      double high = row.figures().getOrDefault(RATE + "Max", Double.NaN);
      bars.add(new Bar(row.name(), rate, low, high, color));
    }
    return BenchCharts.bars(title, "tokens per second, prefill and tail included", bars);
  }

  private static List<XYChart> load(Section section) {
    List<Row> closed =
        section.rows().stream()
            .filter(row -> row.name().startsWith(CLOSED) && row.figures().containsKey(RATE))
            .toList();
    if (closed.isEmpty()) {
      return List.of();
    }
    String callers = "concurrent callers";
    return List.of(
        BenchCharts.curves(
            "Token streams",
            callers,
            "tokens per second",
            List.of(curve("tokens per second", RATE, closed, BenchCharts.OURS))),
        BenchCharts.curves(
            "Time to first token",
            callers,
            "milliseconds",
            List.of(
                curve("p50", "ttftMsP50", closed, BenchCharts.OURS),
                curve("p99", "ttftMsP99", closed, BenchCharts.TAIL))),
        BenchCharts.curves(
            "Between tokens",
            callers,
            "milliseconds",
            List.of(
                curve("p50", "itlMsP50", closed, BenchCharts.OURS),
                curve("p99", "itlMsP99", closed, BenchCharts.TAIL))));
  }

  private static XYChart soak(Section section) {
    List<Row> stretches =
        section.rows().stream().filter(row -> row.figures().containsKey("seconds")).toList();
    return BenchCharts.curves(
        "Memory under overload and swaps",
        "seconds",
        "resident MiB",
        List.of(
            new Curve(
                "resident",
                stretches.stream().mapToDouble(row -> row.figures().get("seconds")).toArray(),
                stretches.stream().mapToDouble(row -> row.figures().get("residentMib")).toArray(),
                BenchCharts.OURS)));
  }

  private static Curve curve(String name, String figure, List<Row> rows, Color color) {
    double[] x =
        rows.stream()
            .mapToDouble(row -> Double.parseDouble(row.name().substring(CLOSED.length()).strip()))
            .toArray();
    double[] y =
        rows.stream().mapToDouble(row -> row.figures().getOrDefault(figure, 0.0)).toArray();
    return new Curve(name.toLowerCase(Locale.ROOT), x, y, color);
  }
}
