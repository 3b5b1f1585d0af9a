package org.rlaif.judge.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Agreement;

/**
 * A judge's labels beside people's. Where several people have looked at a pair, their side is that
 * of most of them: the mean of 1, 0.5 and 0 is above or below 0.5.
 *
 * @param pairs labels on which somebody has an opinion
 * @param opinions of all people on them
 * @param unmatched opinions on other pairs
 * @param agreement with most people
 * @param byConfidence agreement with single opinions, by how sure the person was; empty if nobody
 *     has said
 * @param calibration null if no label on which there is an opinion favours one
 * @param annotators the judge with each of them; empty for one, or for more than can be shown
 * @param amongThem each two of them, which is the most that can be asked of a judge
 * @param fleiss kappa of all of them, over first, even and second; null if no pair has two opinions
 */
public record PeopleFigures(
    int pairs,
    int opinions,
    int unmatched,
    AgreementFigures agreement,
    List<ByConfidence> byConfidence,
    @Nullable Calibration calibration,
    List<AgreementFigures> annotators,
    List<AgreementFigures> amongThem,
    @Nullable Double fleiss) {
  /** With more, a table of each two helps nobody. */
  private static final int MOST_ANNOTATORS = 6;

  private static final int MOST_CONFIDENCES = 10;
  private static final int PARTS = 4;

  /**
   * Opinions whose confidence lies between two values, both included.
   *
   * @param agree null if all of them are ties
   */
  public record ByConfidence(double from, double to, int opinions, @Nullable Share agree) {}

  private record Sure(double confidence, double judge, double person) {}

  /** Share of the votes for the first completion of each label, ties half; NaN without a vote. */
  static double[] votes(Matching people) {
    return people.opinions().stream()
        .mapToDouble(each -> each.stream().mapToDouble(Opinion::side).average().orElse(Double.NaN))
        .toArray();
  }

  static PeopleFigures of(List<Opinion> labels, Matching people) {
    double[] votes = votes(people);
    int[] known = IntStream.range(0, votes.length).filter(i -> !Double.isNaN(votes[i])).toArray();
    double[] judge =
        IntStream.of(known).mapToDouble(i -> labels.get(i).probabilityFirst()).toArray();
    double[] truth = IntStream.of(known).mapToDouble(i -> votes[i]).toArray();
    List<Sure> sure = new ArrayList<>();
    Map<String, Map<Integer, Double>> raters = new TreeMap<>();
    int[][] counts = new int[known.length][AgreementFigures.CATEGORIES];
    for (int k = 0; k < known.length; k++) {
      for (Opinion opinion : people.opinions().get(known[k])) {
        counts[k][AgreementFigures.category(opinion.probabilityFirst())]++;
        Double confidence = opinion.confidence();
        if (confidence != null) {
          sure.add(new Sure(confidence, judge[k], opinion.probabilityFirst()));
        }
        rate(raters, opinion, k);
      }
    }
    boolean several = raters.size() > 1 && raters.size() <= MOST_ANNOTATORS;
    return new PeopleFigures(
        known.length,
        people.opinions().stream().mapToInt(List::size).sum(),
        people.unmatched(),
        AgreementFigures.of("people", judge, truth),
        byConfidence(sure),
        Calibration.of(judge, truth),
        several ? withEach(judge, raters) : List.of(),
        several ? amongThem(raters) : List.of(),
        AgreementFigures.finite(Kappa.fleiss(counts)));
  }

  /**
   * Who has no name of their own is numbered, one after the other in each pair. Of somebody with a
   * name the first opinion counts here.
   */
  private static void rate(Map<String, Map<Integer, Double>> raters, Opinion opinion, int pair) {
    String name = opinion.rater();
    for (int again = 2;
        opinion.annotator() == null && raters.getOrDefault(name, Map.of()).containsKey(pair);
        again++) {
      name = opinion.rater() + " " + again;
    }
    raters
        .computeIfAbsent(name, key -> new LinkedHashMap<>())
        .putIfAbsent(pair, opinion.probabilityFirst());
  }

  private static List<AgreementFigures> withEach(
      double[] judge, Map<String, Map<Integer, Double>> raters) {
    List<AgreementFigures> all = new ArrayList<>();
    raters.forEach(
        (name, opinions) ->
            all.add(
                AgreementFigures.of(
                    name,
                    opinions.keySet().stream().mapToDouble(k -> judge[k]).toArray(),
                    opinions.values().stream().mapToDouble(each -> each).toArray())));
    return all;
  }

  private static List<AgreementFigures> amongThem(Map<String, Map<Integer, Double>> raters) {
    List<AgreementFigures> all = new ArrayList<>();
    List<String> names = List.copyOf(raters.keySet());
    for (int i = 0; i < names.size(); i++) {
      for (int j = i + 1; j < names.size(); j++) {
        List<double[]> both = new ArrayList<>();
        Map<Integer, Double> others = raters.getOrDefault(names.get(j), Map.of());
        raters
            .getOrDefault(names.get(i), Map.of())
            .forEach(
                (pair, opinion) -> {
                  Double other = others.get(pair);
                  if (other != null) {
                    both.add(new double[] {opinion, other});
                  }
                });
        if (!both.isEmpty()) {
          all.add(
              AgreementFigures.of(
                  names.get(i) + " and " + names.get(j),
                  both.stream().mapToDouble(each -> each[0]).toArray(),
                  both.stream().mapToDouble(each -> each[1]).toArray()));
        }
      }
    }
    return all;
  }

  /** A part for each value, or four of about the same size where there are many values. */
  private static List<ByConfidence> byConfidence(List<Sure> all) {
    Map<Double, List<Sure>> byValue = new TreeMap<>();
    all.forEach(
        each -> byValue.computeIfAbsent(each.confidence(), key -> new ArrayList<>()).add(each));
    List<List<Sure>> parts = new ArrayList<>(byValue.values());
    if (parts.size() > MOST_CONFIDENCES) {
      List<List<Sure>> few = new ArrayList<>();
      IntStream.range(0, PARTS).forEach(i -> few.add(new ArrayList<>()));
      int before = 0;
      for (List<Sure> same : parts) {
        few.get(Math.min(PARTS - 1, PARTS * before / all.size())).addAll(same);
        before += same.size();
      }
      few.removeIf(List::isEmpty);
      parts = few;
    }
    return parts.stream().map(PeopleFigures::part).toList();
  }

  private static ByConfidence part(List<Sure> opinions) {
    double[] judge = opinions.stream().mapToDouble(each -> Opinion.side(each.judge())).toArray();
    double[] person = opinions.stream().mapToDouble(each -> Opinion.side(each.person())).toArray();
    int decided = (int) IntStream.range(0, person.length).filter(i -> person[i] != 0.5).count();
    return new ByConfidence(
        opinions.get(0).confidence(),
        opinions.get(opinions.size() - 1).confidence(),
        opinions.size(),
        decided == 0 ? null : Share.of(Agreement.accuracy(judge, person) * decided, decided));
  }
}
