package org.rlaif.kit.pages;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.rlaif.kit.pages.Charts.Amount;
import org.rlaif.kit.pages.Charts.Axis;
import org.rlaif.kit.pages.Charts.Panel;

/** The two kinds of pictures that stages draw: curves side by side, and rows of amounts. */
public final class Pictures {
  private Pictures() {}

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
                .map(panel -> Charts.curves(theme, room.share(columns), height, panel))
                .toList());
  }

  /** Rows from top to bottom. */
  public static Picture rows(
      String name, String title, String caption, Axis axis, List<Amount> amounts) {
    List<Amount> distinct = distinct(amounts);
    boolean many = amounts.size() > 5;
    int height = many ? 80 + 26 * amounts.size() : 90 + 34 * amounts.size();
    return new Picture(
        name,
        title,
        caption,
        (theme, room) -> List.of(Charts.rows(theme, room.width(), height, axis, distinct)));
  }

  /** Blanks behind labels that are there already: XChart wants all to differ. */
  private static List<Amount> distinct(List<Amount> amounts) {
    Set<String> labels = new HashSet<>();
    List<Amount> distinct = new ArrayList<>();
    for (Amount each : amounts) {
      String label = each.label();
      while (!labels.add(label)) {
        label += " ";
      }
      distinct.add(new Amount(label, each.value(), each.low(), each.high(), each.color()));
    }
    return distinct;
  }

  /** Shares of 100 around the half, with more room below it only where something is there. */
  public static Picture shares(
      String name, String title, String caption, String unit, List<Amount> amounts) {
    double least = amounts.stream().mapToDouble(Amount::low).min().orElse(0);
    double from = Math.min(40, 10 * Math.floor(least / 10));
    return rows(name, title, caption, new Axis(unit, from, 100, 50), amounts);
  }
}
