package org.rlaif.training.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Comparison;
import org.rlaif.judge.Judge;
import org.rlaif.judge.Outcome;
import org.rlaif.judge.Question;
import org.rlaif.judge.WinRate;
import org.rlaif.kit.Example;

/** Who says which of two completions is the better one when a policy is evaluated. */
public sealed interface Comparer {

  /** A score for a completion, by one who knows the example behind the id. */
  @FunctionalInterface
  public interface Scorer {
    double score(String id, String completion);
  }

  /** Such as {@code gold} or {@code rubric:tldr}. */
  String name();

  /**
   * How the policy's completions compare with its opponent's, each list in the order of the
   * examples.
   */
  WinRate compare(List<Example> examples, List<String> policy, List<String> opponent);

  /**
   * The same one by one: 1 where the policy's completion is better, 0.5 where they are even, 0, or
   * NaN where nobody has answered.
   */
  double[] points(List<Example> examples, List<String> policy, List<String> opponent);

  /** The higher score wins; equal ones are a tie. */
  public record ByScore(String name, Scorer scorer) implements Comparer {
    @Override
    public WinRate compare(List<Example> examples, List<String> policy, List<String> opponent) {
      return WinRate.of(outcomes(examples, policy, opponent));
    }

    @Override
    public double[] points(List<Example> examples, List<String> policy, List<String> opponent) {
      return outcomes(examples, policy, opponent).stream().mapToDouble(Outcome::points).toArray();
    }

    private List<Outcome> outcomes(
        List<Example> examples, List<String> policy, List<String> opponent) {
      List<Outcome> outcomes = new ArrayList<>(examples.size());
      for (int i = 0; i < examples.size(); i++) {
        String id = examples.get(i).id();
        outcomes.add(
            Outcome.ofScores(
                scorer.score(id, policy.get(i)),
                scorer.score(id, opponent.get(i)),
                policy.get(i),
                opponent.get(i)));
      }
      return outcomes;
    }
  }

  /** A judge sees every pair in both orders. */
  public record ByJudge(Judge judge) implements Comparer {
    @Override
    public String name() {
      return judge.name();
    }

    @Override
    public WinRate compare(List<Example> examples, List<String> policy, List<String> opponent) {
      return Comparison.of(judge, questions(examples, policy, opponent)).winRate();
    }

    @Override
    public double[] points(List<Example> examples, List<String> policy, List<String> opponent) {
      List<@Nullable Double> probabilities =
          Comparison.probabilities(judge, questions(examples, policy, opponent));
      double[] points = new double[probabilities.size()];
      for (int i = 0; i < points.length; i++) {
        Double probability = probabilities.get(i);
        points[i] =
            probability == null
                ? Double.NaN
                : Outcome.of(probability, policy.get(i), opponent.get(i)).points();
      }
      return points;
    }

    private static List<Question> questions(
        List<Example> examples, List<String> policy, List<String> opponent) {
      List<Question> questions = new ArrayList<>(examples.size());
      for (int i = 0; i < examples.size(); i++) {
        questions.add(
            new Question(examples.get(i).prompt().transcript(), policy.get(i), opponent.get(i)));
      }
      return questions;
    }
  }
}
