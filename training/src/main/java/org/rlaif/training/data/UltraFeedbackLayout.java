package org.rlaif.training.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.rlaif.training.config.DataConfig.Binarise;
import org.rlaif.training.rows.Row;

/**
 * UltraFeedback (Cui et al. 2023, arXiv 2310.01377; github.com/OpenBMB/UltraFeedback): an {@code
 * instruction} and {@code completions}, each with a {@code response}, an {@code overall_score} from
 * 1 to 10, and {@code annotations} of four aspects from 1 to 5. The best one is learned; {@code
 * data.binarise} says which ones are compared.
 *
 * <p>In its first edition 2,628 completions have a 10 where 1 was meant. As its authors mended
 * that, a 10 whose aspects have a mean of at most 2 counts as 1, and one whose aspects are between
 * that and 4 says nothing: the completion is not compared.
 *
 * @param seed draws the worse one that the best is compared with
 */
record UltraFeedbackLayout(RowParts parts, Binarise binarise, long seed) implements KnownLayout {
  private static final double MOST = 10;
  private static final double LEAST = 1;
  private static final double MEANT_LEAST = 2;
  private static final double MEANT_MOST = 4;

  /** A completion that has a score that counts. */
  private record Scored(String text, double score) {}

  @Override
  public List<String> columns() {
    return List.of("instruction", "completions");
  }

  @Override
  public Reading read(Row row) {
    Part whole = Part.of(row);
    List<String> notes = new ArrayList<>();
    List<Scored> scored = new ArrayList<>();
    for (Part each : whole.list("completions")) {
      Double score = score(each, notes);
      if (score != null) {
        scored.add(new Scored(parts.completion(each.text("response")), score));
      }
    }
    if (scored.isEmpty()) {
      return Reading.leftOut("noScores");
    }
    double most = scored.stream().mapToDouble(Scored::score).max().orElseThrow();
    Scored best = scored.stream().filter(each -> each.score == most).findFirst().orElseThrow();
    List<Comparison> compared = compared(scored, best, row);
    if (compared.isEmpty()) {
      notes.add("noDifference");
    }
    return new Reading(
        List.of(
            new Lesson(
                row.id(),
                parts.prompt(row, whole.text("instruction")),
                best.text,
                compared,
                /* everyTurn= */ false)),
        notes);
  }

  private List<Comparison> compared(List<Scored> scored, Scored best, Row row) {
    List<Scored> worse = scored.stream().filter(each -> each.score < best.score).toList();
    if (worse.isEmpty()) {
      return List.of();
    }
    return switch (binarise) {
      case BEST_VS_RANDOM -> {
        long drawn = Splits.hash(seed + "/binarise/" + row.id());
        Scored other = worse.get((int) Long.remainderUnsigned(drawn, worse.size()));
        yield List.of(Comparison.sure(best.text, other.text));
      }
      case BEST_VS_WORST -> {
        Scored worst = worse.stream().min(Comparator.comparingDouble(Scored::score)).orElseThrow();
        yield List.of(Comparison.sure(best.text, worst.text));
      }
      case MARGIN ->
          scored.stream()
              .flatMap(
                  better ->
                      scored.stream()
                          .filter(other -> other.score < better.score)
                          .map(other -> byMargin(better, other)))
              .toList();
    };
  }

  /** As sure as they are apart: 9 points, the most there can be, are a probability of 1. */
  private static Comparison byMargin(Scored better, Scored other) {
    double strength = (better.score - other.score) / (MOST - LEAST);
    return Comparison.of(better.text, other.text, (1 + strength) / 2);
  }

  private static @Nullable Double score(Part completion, List<String> notes) {
    if (!completion.has("overall_score")) {
      return null;
    }
    double overall = completion.number("overall_score", (int) LEAST, (int) MOST);
    OptionalDouble aspects = aspects(completion);
    if (overall < MOST || aspects.isEmpty() || aspects.getAsDouble() > MEANT_MOST) {
      return overall;
    }
    boolean meantLeast = aspects.getAsDouble() <= MEANT_LEAST;
    notes.add(meantLeast ? "tenMeantOne" : "tenInDoubt");
    return meantLeast ? LEAST : null;
  }

  /** The mean of the ratings that are numbers; {@code N/A} is none. */
  private static OptionalDouble aspects(Part completion) {
    if (!completion.has("annotations")) {
      return OptionalDouble.empty();
    }
    return completion.in("annotations").node().properties().stream()
        .map(aspect -> aspect.getValue().isArray() ? aspect.getValue().path(0) : aspect.getValue())
        .mapToDouble(aspect -> Row.number(aspect.path("Rating")))
        .filter(Double::isFinite)
        .average();
  }
}
