package org.rlaif.kit.pages;

import java.awt.Graphics2D;
import java.awt.Point;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import javax.imageio.ImageIO;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * A picture of the report.
 *
 * @param name of its file, without the ending
 * @param title above it
 * @param caption how to read it, in a sentence or two
 * @param panels the charts in it, from left to right and then down, for the colours and the room
 *     given
 */
public record Picture(
    String name,
    String title,
    String caption,
    BiFunction<Theme, Room, List<? extends Chart<?, ?>>> panels) {
  /** How wide a picture may be, in points. */
  public enum Room {
    PAGE(860),
    /** Panels one below the other. */
    PHONE(330);

    private final int width;

    Room(int width) {
      this.width = width;
    }

    int width() {
      return width;
    }

    /** The width of each of so many panels that stand side by side where there is room. */
    int share(int panels) {
      return this == PHONE ? width : width / panels;
    }
  }

  /** Pixels per point: sharp on dense screens. */
  static final int SCALE = 2;

  /** The picture as PNG. */
  byte[] png(Theme theme, Room room) {
    List<? extends Chart<?, ?>> charts = panels.apply(theme, room);
    List<Point> places = places(charts, room);
    Chart<?, ?> last = charts.get(charts.size() - 1);
    int height = places.get(places.size() - 1).y + last.getHeight();
    BufferedImage image =
        new BufferedImage(room.width() * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
      graphics.scale(SCALE, SCALE);
      graphics.setColor(theme.background());
      graphics.fillRect(0, 0, room.width(), height);
      for (int i = 0; i < charts.size(); i++) {
        Graphics2D there = (Graphics2D) graphics.create();
        there.translate(places.get(i).x, places.get(i).y);
        charts.get(i).paint(there, charts.get(i).getWidth(), charts.get(i).getHeight());
        there.dispose();
      }
    } finally {
      graphics.dispose();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalStateException("every Java platform writes PNG");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Upper left corners: side by side as far as there is room, in rows of equal height. */
  private static List<Point> places(List<? extends Chart<?, ?>> charts, Room room) {
    List<Point> places = new ArrayList<>();
    int x = 0;
    int y = 0;
    for (Chart<?, ?> chart : charts) {
      if (x + chart.getWidth() > room.width()) {
        x = 0;
        y += chart.getHeight();
      }
      places.add(new Point(x, y));
      x += chart.getWidth();
    }
    return places;
  }
}
