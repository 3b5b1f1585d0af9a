package org.rlaif.judge.wins;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Comparison;
import org.rlaif.judge.Judge;
import org.rlaif.judge.Outcome;
import org.rlaif.judge.Question;
import org.rlaif.judge.Verdict;
import org.rlaif.judge.WinRate;
import org.rlaif.kit.Bootstrap;
import org.rlaif.kit.Example;
import org.rlaif.kit.Interval;
import org.rlaif.kit.UserError;

/**
 * Every two of some policies, compared on the prompts that both have answered.
 *
 * @param judge who compared
 * @param prompts on which at least two policies were compared
 * @param ratings the strongest first
 * @param matches each two, in the order in which the policies came
 * @param bootstrap over the prompts, for the intervals of the ratings
 * @param bounded whether a tie was added between each two, as without it a rating would be
 *     infinite: somebody has only won, or only lost. The draws of the bootstrap do so where they
 *     need it.
 * @param remarks what else decides it, a line each
 */
public record Tournament(
    String judge,
    int prompts,
    List<Rating> ratings,
    List<Match> matches,
    Bootstrap bootstrap,
    boolean bounded,
    List<String> remarks) {
  /** What the mean of all policies has. */
  public static final double MEAN = 1000;

  /** So many points are odds of 10 to 1, as in Elo's scale. */
  public static final double TEN_TO_ONE = 400;

  public Tournament {
    ratings = List.copyOf(ratings);
    matches = List.copyOf(matches);
    remarks = List.copyOf(remarks);
  }

  /**
   * How strong a policy is.
   *
   * @param strength in log-odds; the mean of all is 0
   * @param elo {@code 1000 + 400 / ln 10 * strength}
   * @param low of the 95 % interval of {@code elo}
   * @param wins over all others, ties half
   * @param compared how often it was compared
   */
  public record Rating(
      String policy,
      double strength,
      double elo,
      double low,
      double high,
      double wins,
      int compared) {}

  /**
   * Two policies.
   *
   * @param winRate of the one over the other
   * @param positionBias see {@link Comparison#positionBias}
   */
  public record Match(
      String policy, String opponent, WinRate winRate, @Nullable Double positionBias) {}

  /** What one prompt has brought to two policies: points of the one, from 0 to 1. */
  private record Point(int one, int other, double points) {}

  /**
   * Lets every two meet on the prompts that both have answered, each prompt in both orders.
   *
   * @param policies their completions, by the policies' names
   * @param wilson whether win rates have Wilson's interval; else it is of the bootstrap, too
   */
  public static Tournament of(
      Judge judge, Map<String, List<Example>> policies, Bootstrap bootstrap, boolean wilson) {
    UserError.require(policies.size() >= 2, "policies", policies.size(), "at least 2");
    List<String> names = List.copyOf(policies.keySet());
    List<Map<String, Example>> answers = new ArrayList<>();
    policies.forEach((name, examples) -> answers.add(byId(name, examples)));
    Map<String, List<Point>> points = new TreeMap<>(); // the same draws in whatever order they came
    List<Match> matches = new ArrayList<>();
    Set<String> remarks = new LinkedHashSet<>();
    int hard = 0;
    for (int i = 0; i < names.size(); i++) {
      for (int j = i + 1; j < names.size(); j++) {
        List<String> ids = shared(names, answers, i, j);
        List<Question> questions = new ArrayList<>();
        for (String id : ids) {
          Example one = answers.get(i).get(id);
          Example other = answers.get(j).get(id);
          if (one != null && other != null) {
            questions.add(
                new Question(one.prompt().transcript(), one.completion(), other.completion()));
          }
        }
        List<Verdict> verdicts = Comparison.verdicts(judge, questions);
        Comparison comparison =
            Comparison.of(judge, questions, verdicts, wilson ? null : bootstrap);
        matches.add(
            new Match(names.get(i), names.get(j), comparison.winRate(), comparison.positionBias()));
        remarks.addAll(comparison.remarks());
        hard += comparison.hard();
        for (int q = 0; q < verdicts.size(); q++) {
          Double probability = verdicts.get(q).probabilityFirst();
          if (probability != null) {
            points
                .computeIfAbsent(ids.get(q), key -> new ArrayList<>())
                .add(new Point(i, j, new Outcome(probability, 0).points()));
          }
        }
      }
    }
    if (hard > 0) {
      remarks.add(
          hard + " comparisons are hard (1, 0.5 or 0): no log-probabilities came with them");
    }
    return rated(judge.name(), names, List.copyOf(points.values()), matches, bootstrap, remarks);
  }

  private static Map<String, Example> byId(String policy, List<Example> examples) {
    Map<String, Example> byId = new LinkedHashMap<>();
    for (Example example : examples) {
      Example twice = byId.put(example.id(), example);
      UserError.require(twice == null, policy + ": id", example.id(), "each id once");
    }
    return byId;
  }

  /** Ids that both have answered, in the order of the one. */
  private static List<String> shared(
      List<String> names, List<Map<String, Example>> answers, int i, int j) {
    List<String> ids = new ArrayList<>();
    for (Map.Entry<String, Example> each : answers.get(i).entrySet()) {
      Example other = answers.get(j).get(each.getKey());
      if (other != null) {
        UserError.require(
            other.prompt().equals(each.getValue().prompt()),
            names.get(j) + ": id",
            each.getKey(),
            "the same prompt as in " + names.get(i));
        ids.add(each.getKey());
      }
    }
    UserError.require(
        !ids.isEmpty(),
        names.get(i) + ", " + names.get(j) + ": ids",
        "none in both",
        "at least one prompt that both have answered");
    return ids;
  }

  private static Tournament rated(
      String judge,
      List<String> names,
      List<List<Point>> byPrompt,
      List<Match> matches,
      Bootstrap bootstrap,
      Set<String> remarks) {
    int k = names.size();
    int[] all = new int[byPrompt.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    double[][] wins = wins(k, byPrompt, all);
    boolean bounded = !BradleyTerry.areFinite(wins);
    double[] strengths = BradleyTerry.strengths(BradleyTerry.finite(wins));
    List<@Nullable Interval> intervals =
        bootstrap.intervals(
            all.length,
            drawn -> BradleyTerry.strengths(BradleyTerry.finite(wins(k, byPrompt, drawn))));
    List<Rating> ratings = new ArrayList<>();
    for (int i = 0; i < k; i++) {
      double won = 0;
      double lost = 0;
      for (int j = 0; j < k; j++) {
        won += wins[i][j];
        lost += wins[j][i];
      }
      Interval interval = intervals.get(i);
      ratings.add(
          new Rating(
              names.get(i),
              strengths[i],
              elo(strengths[i]),
              interval == null ? Double.NaN : elo(interval.low()),
              interval == null ? Double.NaN : elo(interval.high()),
              won,
              (int) Math.round(won + lost)));
    }
    ratings.sort((a, b) -> Double.compare(b.strength(), a.strength()));
    return new Tournament(
        judge, byPrompt.size(), ratings, matches, bootstrap, bounded, List.copyOf(remarks));
  }

  /** On Elo's scale. */
  static double elo(double strength) {
    return MEAN + TEN_TO_ONE / StrictMath.log(10) * strength;
  }

  private static double[][] wins(int players, List<List<Point>> byPrompt, int[] prompts) {
    double[][] wins = new double[players][players];
    for (int prompt : prompts) {
      for (Point point : byPrompt.get(prompt)) {
        wins[point.one()][point.other()] += point.points();
        wins[point.other()][point.one()] += 1 - point.points();
      }
    }
    return wins;
  }
}
