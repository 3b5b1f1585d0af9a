package org.rlaif.training.labelers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.BothOrders;
import org.rlaif.judge.Judge;
import org.rlaif.judge.JudgeConfig;
import org.rlaif.judge.Rating;
import org.rlaif.judge.Verdict;
import org.rlaif.training.labelers.Findings.Swaps;
import org.rlaif.training.labelers.Findings.Way;
import org.rlaif.training.run.Servers.Serving;

/**
 * Asks a labeler about pairs that it was not taught.
 *
 * @param model under which it is served
 * @param own its folder
 */
record Asking(List<GoldPair> pairs, Serving serving, String model, Path own) {
  private static final int WORST = 1;
  private static final int BEST = 10;

  /** The judge that says what one completion is worth. */
  static JudgeConfig rating(Path own) {
    return new WayOfAsking(/* detailed= */ true, /* shots= */ 0, /* reasoned= */ false).judge(own);
  }

  Findings all(String labeler, long seed) {
    List<Way> ways = new ArrayList<>();
    for (WayOfAsking way : WayOfAsking.all()) {
      try (Judge judge = open(way.judge(own), seed)) {
        ways.add(compared(labeler, way.label(), judge));
      }
    }
    try (Judge judge = open(rating(own), seed)) {
      List<Rating> ratings =
          judge.rateAll(pairs.stream().flatMap(pair -> pair.rated().stream()).toList());
      return new Findings(ways, rated(labeler, ratings), swaps(ratings));
    }
  }

  private Judge open(JudgeConfig judge, long seed) {
    return judge.servedAs(model).open(seed, serving.clients(), /* answers= */ null);
  }

  private Way compared(String labeler, String asked, Judge judge) {
    List<Verdict> verdicts =
        BothOrders.compareAll(judge, pairs.stream().map(GoldPair::question).toList());
    List<Integer> answered = new ArrayList<>();
    int samePlace = 0;
    for (int i = 0; i < verdicts.size(); i++) {
      Verdict verdict = verdicts.get(i);
      if (verdict.probabilityFirst() != null) {
        answered.add(i);
        // The second number is the probability of the pair's first, too, shown second.
        samePlace += (value(verdict.forward()) > 0.5) != (value(verdict.reversed()) > 0.5) ? 1 : 0;
      }
    }
    return new Way(
        labeler,
        asked,
        alignment(answered, i -> value(verdicts.get(i).probabilityFirst()) - 0.5),
        alignment(answered, i -> value(verdicts.get(i).forward()) - 0.5),
        alignment(answered, i -> value(verdicts.get(i).reversed()) - 0.5),
        (double) samePlace / answered.size(),
        answered.size());
  }

  private Way rated(String labeler, List<Rating> ratings) {
    List<Integer> answered = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      if (ratings.get(2 * i).value() != null && ratings.get(2 * i + 1).value() != null) {
        answered.add(i);
      }
    }
    return new Way(
        labeler,
        "each rated by itself",
        alignment(
            answered,
            i -> value(ratings.get(2 * i).value()) - value(ratings.get(2 * i + 1).value())),
        Double.NaN,
        Double.NaN,
        Double.NaN,
        answered.size());
  }

  /**
   * @param lead of the first completion in the labeler's eyes
   */
  private double alignment(List<Integer> answered, ToDoubleFunction<Integer> lead) {
    double agreed = 0;
    for (int i : answered) {
      double first = lead.applyAsDouble(i);
      boolean same = (first > 0) == pairs.get(i).firstIsBetter();
      agreed += first == 0 ? 0.5 : same ? 1 : 0;
    }
    return agreed / answered.size();
  }

  private Swaps swaps(List<Rating> ratings) {
    int[] grades = new int[ratings.size()];
    double[] values = new double[ratings.size()];
    for (int i = 0; i < grades.length; i++) {
      grades[i] = pairs.get(i / 2).grades().get(i % 2);
      values[i] = value(ratings.get(i).value());
    }
    return swaps(grades, values);
  }

  /**
   * Every second grade 10 or 1 is taken for the other, as in a data set that has been mixed up.
   *
   * @param values what the labeler gives the same completions, from -1 to 1; NaN: nothing
   */
  static Swaps swaps(int[] grades, double[] values) {
    int extremes = 0;
    int[] all = new int[2]; // that were swapped, and that were not
    int[] suspected = new int[2];
    for (int i = 0; i < grades.length; i++) {
      if ((grades[i] == WORST || grades[i] == BEST) && !Double.isNaN(values[i])) {
        int kept = extremes++ % 2;
        int stated = kept == 1 ? grades[i] : WORST + BEST - grades[i];
        all[kept]++;
        suspected[kept] += (values[i] > 0) == (stated == BEST) ? 0 : 1;
      }
    }
    return new Swaps(all[0], suspected[0], all[1], suspected[1]);
  }

  private static double value(@Nullable Double known) {
    return known == null ? Double.NaN : known;
  }
}
