package org.rlaif.judge.together;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Interval;

/**
 * What is known about a set of ratings.
 *
 * @param judge who answered
 * @param aspects name of the set of aspects
 * @param withoutRating completions without a single rating: they have no row
 * @param each what was said by each aspect, overall at the end if it was asked for
 * @param firstOverLast how much more, of the whole scale, what was shown first got than what was
 *     shown last, on average over the answers; as the orders are shuffled, that is the place's
 *     doing. Null: no answer rates both
 * @param firstOverLastInterval where that may lie by chance
 * @param overall null: it was not asked for
 * @param remarks what else decides the ratings otherwise than it was asked for
 */
public record AspectReport(
    String judge,
    String aspects,
    int prompts,
    int completions,
    int withoutRating,
    List<OfAspect> each,
    @Nullable Double firstOverLast,
    @Nullable Interval firstOverLastInterval,
    @Nullable OverallCheck overall,
    List<String> remarks) {
  public AspectReport {
    each = List.copyOf(each);
    remarks = List.copyOf(remarks);
  }

  /**
   * Of one aspect.
   *
   * @param mean of the ratings; null if there is none
   */
  public record OfAspect(
      String name, int rated, int notApplicable, int unanswered, @Nullable Double mean) {
    private String line() {
      return String.format(
          Locale.ROOT,
          "%s: %d rated%s, %d not applicable, %d not answered",
          name,
          rated,
          mean == null ? "" : String.format(Locale.ROOT, " (mean %.2f)", mean),
          notApplicable,
          unanswered);
    }
  }

  /** Lines for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s: %d completions of %d prompts by %s, %d without any rating",
            judge,
            completions,
            prompts,
            aspects,
            withoutRating));
    each.forEach(aspect -> lines.add(aspect.line()));
    if (firstOverLast != null) {
      lines.add(
          String.format(
                  Locale.ROOT,
                  "shown first over shown last %+.3f of the scale",
                  firstOverLast + 0.0)
              + (firstOverLastInterval == null
                  ? ""
                  : String.format(
                      Locale.ROOT,
                      " (95 %%: %+.3f to %+.3f)",
                      firstOverLastInterval.low(),
                      firstOverLastInterval.high())));
    }
    if (overall != null) {
      lines.addAll(overall.lines());
    }
    lines.addAll(remarks);
    return lines;
  }
}
