package org.rlaif.training.comparison;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.rlaif.kit.Interval;
import org.rlaif.kit.pages.Charts.Amount;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;
import org.rlaif.training.labelers.Findings;
import org.rlaif.training.labelers.Findings.Swaps;
import org.rlaif.training.labelers.Findings.Way;

/** How well labelers of several sizes judge, by the way they are asked; over all seeds. */
public final class LabelersTable {
  private static final List<String> HEAD =
      List.of("labeler", "asked", "aligned with gold (%)", "one order", "other", "same place (%)");

  /** By labeler and way, of each seed. */
  private final Map<List<String>, List<Way>> ways = new LinkedHashMap<>();

  /** By labeler, of each seed. */
  private final Map<String, List<Swaps>> swaps = new LinkedHashMap<>();

  /**
   * One labeler asked in one way.
   *
   * @param alignment share of the pairs of all seeds, with its 95 % interval
   */
  private record Row(
      String labeler,
      String asked,
      double alignment,
      double low,
      double high,
      double asGiven,
      double otherOrder,
      double samePlace) {

    static Row of(List<Way> seeds) {
      int answered = seeds.stream().mapToInt(Way::answered).sum();
      double alignment = mean(seeds, Way::alignment);
      Interval interval = Interval.ofShare(alignment, answered);
      return new Row(
          seeds.get(0).labeler(),
          seeds.get(0).asked(),
          alignment,
          interval.low(),
          interval.high(),
          mean(seeds, Way::asGiven),
          mean(seeds, Way::otherOrder),
          mean(seeds, Way::samePlace));
    }

    static Row found(String labeler, String what, int found, int of) {
      double share = (double) found / of;
      Interval interval = Interval.ofShare(share, of);
      return new Row(
          labeler,
          what + ": " + found + " of " + of,
          share,
          interval.low(),
          interval.high(),
          Double.NaN,
          Double.NaN,
          Double.NaN);
    }

    private static double mean(List<Way> seeds, ToDoubleFunction<Way> figure) {
      double sum = 0;
      int answered = 0;
      for (Way each : seeds) {
        sum += each.answered() * figure.applyAsDouble(each);
        answered += each.answered();
      }
      return sum / answered;
    }

    List<String> cells() {
      return List.of(
          labeler,
          asked,
          "%s (%s to %s)".formatted(percent(alignment), percent(low), percent(high)),
          percent(asGiven),
          percent(otherOrder),
          percent(samePlace));
    }

    private static String percent(double share) {
      return Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.1f", 100 * share);
    }
  }

  /** Adds what a seed has shown of a labeler. */
  public void add(String labeler, Findings found) {
    List<Way> all = new ArrayList<>(found.ways());
    all.add(found.rating());
    all.forEach(
        way ->
            ways.computeIfAbsent(List.of(labeler, way.asked()), first -> new ArrayList<>())
                .add(way));
    swaps.computeIfAbsent(labeler, first -> new ArrayList<>()).add(found.swaps());
  }

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    ways.values().forEach(seeds -> rows.add(Row.of(seeds)));
    swaps.forEach(
        (labeler, seeds) -> {
          int swapped = seeds.stream().mapToInt(Swaps::swapped).sum();
          int kept = seeds.stream().mapToInt(Swaps::kept).sum();
          if (swapped > 0 && kept > 0) {
            int found = seeds.stream().mapToInt(Swaps::found).sum();
            int flagged = seeds.stream().mapToInt(Swaps::flagged).sum();
            rows.add(Row.found(labeler, "grades 10 and 1 swapped, found", found, swapped));
            rows.add(Row.found(labeler, "grades 10 and 1 kept, suspected", flagged, kept));
          }
        });
    return rows;
  }

  /** What came of all seeds so far. */
  public Results results() {
    List<Row> rows = rows();
    return new Results(
        "labels",
        "Labels",
        HEAD,
        rows.stream().map(Row::cells).toList(),
        rows,
        () ->
            List.of(
                Pictures.shares(
                    "labels",
                    "How often a labeler is right",
                    "Share of the pairs of which it favours the completion that the gold judge"
                        + " favours, with the 95 % interval; half is chance.",
                    "aligned with gold (%)",
                    rows.stream()
                        .filter(row -> !row.asked().startsWith("grades"))
                        .map(
                            row ->
                                Amount.share(
                                    row.labeler() + ", " + row.asked(),
                                    row.alignment(),
                                    row.low(),
                                    row.high(),
                                    Theme::policy))
                        .toList())));
  }
}
