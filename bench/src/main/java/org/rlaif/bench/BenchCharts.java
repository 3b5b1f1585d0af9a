package org.rlaif.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The two kinds of charts of the plot: bars with their names at the left, and curves. */
final class BenchCharts {
  static final int WIDTH = 470;
  static final int HEIGHT = 300;
  static final Color BASE = new Color(0x98a6b5);
  static final Color OURS = new Color(0x2166d1);
  static final Color TAIL = new Color(0xc77700);

  private static final Color BACKGROUND = Color.WHITE;
  private static final Color TEXT = new Color(0x1c2733);
  static final Color MUTED = new Color(0x5c6b7a);
  private static final Color GRID = new Color(0xe4e9ee);
  private static final Color CLEAR = new Color(0, 0, 0, 0);
  static final int TEXT_SIZE = 12;

  /**
   * A bar from 0, with its value beside the label.
   *
   * @param low the least that was measured; NaN: it was measured once
   * @param high the most
   */
  record Bar(String label, double value, double low, double high, Color color) {
    String labelled() {
      return String.format(Locale.ROOT, "%s  %,.0f", label, value);
    }
  }

  /** A curve; x and y are equally long. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Curve(String name, double[] x, double[] y, Color color) {}

  private BenchCharts() {}

  /** Bars from top to bottom. */
  static XYChart bars(String title, String unit, List<Bar> bars) {
    XYChart chart = chart(title);
    chart.setXAxisTitle(unit);
    XYStyler style = chart.getStyler();
    style.setLegendVisible(false);
    style.setPlotGridHorizontalLinesVisible(false);
    style.setXAxisMin(0.0);
    style.setXAxisMax(1.05 * bars.stream().mapToDouble(BenchCharts::end).max().orElse(1));
    style.setYAxisMin(0.4);
    style.setYAxisMax(bars.size() + 0.6);
    style.setPlotContentSize(1);
    style.setYAxisTickMarkSpacingHint(20);
    style.setyAxisTickLabelsFormattingFunction(tick -> label(bars, tick));
    for (int i = 0; i < bars.size(); i++) {
      double y = bars.size() - i;
      XYSeries series =
          chart.addSeries("bar " + i, new double[] {0, bars.get(i).value()}, new double[] {y, y});
      series.setMarker(SeriesMarkers.NONE);
      series.setLineColor(bars.get(i).color());
      series.setLineStyle(new BasicStroke(15, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
      if (!Double.isNaN(bars.get(i).low())) {
        double[] spread = {bars.get(i).low(), bars.get(i).high()};
        XYSeries line = chart.addSeries("spread " + i, spread, new double[] {y, y});
        line.setMarker(SeriesMarkers.NONE);
        line.setLineColor(TEXT);
        line.setLineStyle(new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
      }
    }
    return chart;
  }

  private static double end(Bar bar) {
    return Double.isNaN(bar.high()) ? bar.value() : Math.max(bar.value(), bar.high());
  }

  static XYChart curves(String title, String x, String y, List<Curve> curves) {
    XYChart chart = chart(title);
    chart.setXAxisTitle(x);
    chart.setYAxisTitle(y);
    XYStyler style = chart.getStyler();
    style.setPlotGridVerticalLinesVisible(false);
    style.setLegendVisible(curves.size() > 1);
    style.setXAxisMin(0.0);
    style.setYAxisMin(0.0);
    for (Curve curve : curves) {
      XYSeries series = chart.addSeries(curve.name(), curve.x(), curve.y());
      series.setMarker(SeriesMarkers.CIRCLE);
      series.setMarkerColor(curve.color());
      series.setLineColor(curve.color());
      series.setLineStyle(new BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    }
    return chart;
  }

  /**
   * Whole numbers are bars, counted from the bottom. What lies between gets blanks, each time
   * another number of them: XChart widens the step between ticks until all labels differ.
   */
  private static String label(List<Bar> bars, double tick) {
    int bar = bars.size() - (int) Math.round(tick);
    boolean whole = Math.abs(tick - Math.rint(tick)) < 1e-6;
    return whole && bar >= 0 && bar < bars.size()
        ? bars.get(bar).labelled()
        : " ".repeat((int) Math.round(10 * Math.abs(tick)));
  }

  private static XYChart chart(String title) {
    XYChart chart = new XYChart(WIDTH, HEIGHT);
    chart.setTitle(title);
    Font text = new Font(Font.SANS_SERIF, Font.PLAIN, TEXT_SIZE);
    XYStyler style = chart.getStyler();
    style.setChartBackgroundColor(BACKGROUND);
    style.setPlotBackgroundColor(BACKGROUND);
    style.setPlotBorderVisible(false);
    style.setChartFontColor(TEXT);
    style.setChartTitleFont(text.deriveFont(Font.BOLD, TEXT_SIZE + 1f));
    style.setChartTitleBoxVisible(false);
    style.setChartPadding(12);
    style.setAxisTitleFont(text);
    style.setXAxisTitleColor(MUTED);
    style.setYAxisTitleColor(MUTED);
    style.setAxisTickLabelsFont(text);
    style.setAxisTickLabelsColor(TEXT);
    style.setAxisTicksMarksVisible(false);
    style.setAxisTicksLineVisible(false);
    style.setPlotGridLinesColor(GRID);
    style.setPlotGridLinesStroke(new BasicStroke(1f));
    style.setLegendPosition(Styler.LegendPosition.OutsideS);
    style.setLegendLayout(Styler.LegendLayout.Horizontal);
    style.setLegendBackgroundColor(BACKGROUND);
    style.setLegendBorderColor(CLEAR);
    style.setLegendFont(text);
    style.setXAxisTickMarkSpacingHint(64);
    style.setYAxisTickMarkSpacingHint(40);
    style.setMarkerSize(7);
    style.setLocale(Locale.ROOT);
    style.setDecimalPattern("#,##0.###");
    return chart;
  }
}
