package org.rlaif.kit.pages;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The two kinds of charts the report has: curves, and rows with bars or intervals. */
public final class Charts {
  private static final Color CLEAR = new Color(0, 0, 0, 0);
  private static final int TEXT_SIZE = 12;

  /** How a curve is drawn. */
  public enum Look {
    /** A thin line, for what is noisy. */
    FAINT,
    LINE,
    /** A mark at each point, no line. */
    MARKS,
    /** Marks, with a thin line that tells their order. */
    TRAIL
  }

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

  private Charts() {}

  static XYChart curves(Theme theme, int width, int height, Panel panel) {
    XYChart chart = chart(theme, width, height, panel.title(), panel.x());
    chart.setYAxisTitle(panel.y());
    XYStyler style = chart.getStyler();
    style.setPlotGridVerticalLinesVisible(false);
    style.setLegendVisible(panel.lines().size() > 1);
    style.setyAxisTickLabelsFormattingFunction(Charts::number);
    for (Line curve : panel.lines()) {
      Color color = curve.color().apply(theme);
      XYSeries series = chart.addSeries(curve.name(), uneven(curve.x()), curve.y());
      boolean marked = curve.look() == Look.MARKS || curve.look() == Look.TRAIL;
      series.setMarker(marked ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
      series.setMarkerColor(color);
      if (curve.look() == Look.MARKS) {
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
      }
      boolean faint = curve.look() == Look.FAINT || curve.look() == Look.TRAIL;
      series.setLineColor(faint ? translucent(color) : color);
      series.setLineStyle(line(faint ? 1.2f : 2.2f));
    }
    return chart;
  }

  /** Rows from top to bottom. */
  static XYChart rows(Theme theme, int width, int height, Axis axis, List<Amount> rows) {
    XYChart chart = chart(theme, width, height, "", axis.unit());
    XYStyler style = chart.getStyler();
    style.setLegendVisible(false);
    style.setPlotGridHorizontalLinesVisible(false);
    double margin =
        (axis.to() - axis.from()) / 100; // ticks and points at the very ends would be cut off
    style.setXAxisMin(axis.from() - margin);
    style.setXAxisMax(axis.to() + margin);
    style.setYAxisMin(0.4);
    style.setYAxisMax(rows.size() + 0.6);
    style.setPlotContentSize(1);
    style.setYAxisTickMarkSpacingHint(20);
    style.setyAxisTickLabelsFormattingFunction(tick -> label(rows, tick));
    if (!Double.isNaN(axis.dashed())) {
      style.setAnnotationLineColor(theme.muted());
      style.setAnnotationLineStroke(
          new BasicStroke(
              1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {5, 4}, 0));
      chart.addAnnotation(new AnnotationLine(axis.dashed(), /* isVertical= */ true, false));
    }
    float thickness = Math.min(18f, 0.45f * height / (rows.size() + 1));
    for (int i = 0; i < rows.size(); i++) {
      Amount row = rows.get(i);
      Color color = row.color().apply(theme);
      double y = rows.size() - i;
      if (Double.isNaN(row.low())) {
        stroke(chart, color, "bar " + i, Math.max(axis.from(), 0), row.value(), y, thickness);
      } else {
        stroke(chart, color, "interval " + i, row.low(), row.high(), y, 3f);
        XYSeries point =
            chart.addSeries("value " + i, new double[] {row.value()}, new double[] {y});
        point.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        point.setMarker(SeriesMarkers.CIRCLE);
        point.setMarkerColor(color);
      }
    }
    return chart;
  }

  private static void stroke(
      XYChart chart,
      Color color,
      String name,
      double start,
      double end,
      double y,
      float thickness) {
    XYSeries series = chart.addSeries(name, new double[] {start, end}, new double[] {y, y});
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(thickness, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
  }

  /**
   * Whole numbers are rows, counted from the bottom. What lies between gets blanks, each time
   * another number of them: XChart widens the step between ticks until all labels differ.
   */
  private static String label(List<Amount> rows, double tick) {
    int row = rows.size() - (int) Math.round(tick);
    boolean whole = Math.abs(tick - Math.rint(tick)) < 1e-6;
    return whole && row >= 0 && row < rows.size()
        ? rows.get(row).label()
        : " ".repeat((int) Math.round(10 * Math.abs(tick)));
  }

  /** Where x is evenly spaced, XChart puts ticks on the data instead of on round numbers. */
  private static double[] uneven(double[] x) {
    double[] copy = x.clone();
    if (copy.length > 2) {
      copy[1] += (copy[2] - copy[1]) / 1000;
    }
    return copy;
  }

  /**
   * Without superfluous zeros. Digits enough for small numbers: XChart widens the step between
   * ticks until all labels differ, for ever if they cannot.
   */
  private static String number(double value) {
    return new DecimalFormat("0.########", DecimalFormatSymbols.getInstance(Locale.ROOT))
        .format(value);
  }

  private static XYChart chart(Theme theme, int width, int height, String title, String x) {
    XYChart chart = new XYChart(width, height);
    chart.setTitle(title);
    chart.setXAxisTitle(x);
    Font text = new Font(Font.SANS_SERIF, Font.PLAIN, TEXT_SIZE);
    XYStyler style = chart.getStyler();
    style.setChartBackgroundColor(theme.background());
    style.setPlotBackgroundColor(theme.background());
    style.setPlotBorderVisible(false);
    style.setChartFontColor(theme.text());
    style.setChartTitleFont(text.deriveFont(Font.BOLD, TEXT_SIZE + 1f));
    style.setChartTitleBoxVisible(false);
    style.setChartPadding(12);
    style.setAxisTitleFont(text);
    style.setxAxisTickLabelsFormattingFunction(Charts::number);
    style.setXAxisTitleColor(theme.muted());
    style.setYAxisTitleColor(theme.muted());
    style.setAxisTickLabelsFont(text);
    style.setAxisTickLabelsColor(theme.text());
    style.setAxisTicksMarksVisible(false);
    style.setAxisTicksLineVisible(false);
    style.setPlotGridLinesColor(theme.grid());
    style.setPlotGridLinesStroke(new BasicStroke(1f));
    style.setLegendPosition(Styler.LegendPosition.OutsideS);
    style.setLegendLayout(Styler.LegendLayout.Horizontal);
    style.setLegendBackgroundColor(theme.background());
    style.setLegendBorderColor(CLEAR);
    style.setLegendFont(text);
    style.setLegendPadding(6);
    style.setLegendSeriesLineLength(16);
    style.setXAxisTickMarkSpacingHint(64);
    style.setYAxisTickMarkSpacingHint(40);
    style.setMarkerSize(7);
    style.setLocale(Locale.ROOT);
    style.setDecimalPattern("#,##0.###");
    return chart;
  }

  private static BasicStroke line(float width) {
    return new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
  }

  private static Color translucent(Color color) {
    return new Color(color.getRed(), color.getGreen(), color.getBlue(), 120);
  }
}
