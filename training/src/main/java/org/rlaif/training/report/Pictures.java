package org.rlaif.training.report;

import java.awt.Color;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.rlaif.training.report.Charts.Curve;
import org.rlaif.training.report.Charts.Look;
import org.rlaif.training.report.Charts.Row;

/** The two kinds of pictures that stages draw: curves side by side, and rows of amounts. */
public final class Pictures {
  private Pictures() {}

  /** A curve; x and y are equally long. */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  public record Line(
      String name, double[] x, double[] y, Look look, Function<Theme, Color> color) {}

  /** Curves over the same axes. */
  public record Panel(String title, String x, String y, List<Line> lines) {
    /** One curve that the panel is named after. */
    public static Panel of(
        String title, String x, String y, double[][] points, Look look, Function<Theme, Color> of) {
      return new Panel(title, x, y, List.of(new Line(title, points[0], points[1], look, of)));
    }
  }

  /**
   * Panels side by side as far as there is room.
   *
   * @param height of each, in points
   * @param columns panels beside each other on a wide page
   */
  public static Picture curves(
      String name, String title, String caption, int height, int columns, List<Panel> panels) {
    return new Picture(
        name,
        title,
        caption,
        (theme, room) ->
            panels.stream()
                .map(
                    panel ->
                        Charts.curves(
                            theme,
                            room.share(columns),
                            height,
                            panel.title(),
                            panel.x(),
                            panel.y(),
                            panel.lines().stream().map(line -> curve(line, theme)).toList()))
                .toList());
  }

  private static Curve curve(Line line, Theme theme) {
    return new Curve(line.name(), line.x(), line.y(), line.look(), line.color().apply(theme));
  }

  /**
   * A row: a point with its interval or, where low and high are NaN, a bar from 0.
   *
   * @param label stands at its left, with the value
   */
  public record Amount(
      String label, double value, double low, double high, Function<Theme, Color> color) {
    /** In percent of 1. */
    public static Amount share(
        String label, double value, double low, double high, Function<Theme, Color> color) {
      return new Amount(
          String.format(Locale.ROOT, "%s  %.1f %%", label, 100 * value),
          100 * value,
          100 * low,
          100 * high,
          color);
    }

    /** Without an interval. */
    public static Amount bar(String label, double value, Function<Theme, Color> color) {
      return new Amount(
          String.format(Locale.ROOT, "%s  %.1f", label, value),
          value,
          Double.NaN,
          Double.NaN,
          color);
    }
  }

  /**
   * What the rows of a picture are drawn along.
   *
   * @param dashed where a dashed line stands; NaN for none
   */
  public record Axis(String unit, double from, double to, double dashed) {}

  /** Rows from top to bottom. */
  public static Picture rows(
      String name, String title, String caption, Axis axis, List<Amount> amounts) {
    boolean many = amounts.size() > 5;
    int height = many ? 80 + 26 * amounts.size() : 90 + 34 * amounts.size();
    return new Picture(
        name,
        title,
        caption,
        (theme, room) ->
            List.of(
                Charts.rows(
                    theme,
                    room.width(),
                    height,
                    "",
                    axis.unit(),
                    amounts.stream().map(amount -> row(amount, theme)).toList(),
                    axis.from(),
                    axis.to(),
                    axis.dashed(),
                    Charts::number)));
  }

  /** Shares of 100 around the half, with more room below it only where something is there. */
  public static Picture shares(
      String name, String title, String caption, String unit, List<Amount> amounts) {
    double least = amounts.stream().mapToDouble(Amount::low).min().orElse(0);
    double from = Math.min(40, 10 * Math.floor(least / 10));
    return rows(name, title, caption, new Axis(unit, from, 100, 50), amounts);
  }

  private static Row row(Amount amount, Theme theme) {
    return new Row(
        amount.label(), amount.value(), amount.low(), amount.high(), amount.color().apply(theme));
  }
}
