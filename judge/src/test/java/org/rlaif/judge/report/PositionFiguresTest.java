package org.rlaif.judge.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.judge.Answer;
import org.rlaif.judge.Judge;
import org.rlaif.judge.JudgeSettings;
import org.rlaif.judge.Labeler;
import org.rlaif.judge.Logistic;
import org.rlaif.judge.Question;
import org.rlaif.judge.Rubric;
import org.rlaif.judge.RubricJudge;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;

class PositionFiguresTest {
  private static final List<String> WORDS =
      List.of("garden", "fence", "roses", "yesterday", "neighbour", "kettle", "window", "river");

  @TempDir private Path folder;

  /** A judge that adds something to the probability itself. */
  private record Adding(double bias, Judge fair) implements Judge {
    @Override
    public Answer ask(Question question) {
      double p = Objects.requireNonNull(fair.ask(question).probabilityFirst());
      return Answer.of(0.1 + 0.8 * p + bias);
    }

    @Override
    public String name() {
      return "adding";
    }

    @Override
    public String hash() {
      return "0";
    }
  }

  private static RubricJudge rubric(double noise, double bias) {
    return new RubricJudge(Rubric.load("general"), new JudgeSettings(noise, bias, 0.6, 7));
  }

  private static List<Candidates> candidates(int prompts) {
    Random random = new Random(11);
    List<Candidates> all = new ArrayList<>();
    for (int i = 0; i < prompts; i++) {
      List<String> texts = new ArrayList<>();
      for (int j = 0; j < 2; j++) {
        StringBuilder text = new StringBuilder("It was " + i + "-" + j);
        for (int k = random.nextInt(4); k >= 0; k--) {
          text.append(' ').append(WORDS.get(random.nextInt(WORDS.size())));
        }
        texts.add(text.append('.').toString());
      }
      all.add(
          new Candidates(
              String.valueOf(i),
              Prompt.of("The garden fence fell on the neighbour's roses yesterday, " + i),
              texts));
    }
    return all;
  }

  private List<Preference> label(Judge judge, int prompts) {
    List<Preference> labels = new Labeler(judge).label(candidates(prompts)).preferences();
    JsonLines.write(folder.resolve("labels.jsonl"), labels);
    return labels;
  }

  private PositionFigures reported() {
    PositionFigures figures =
        TrustReport.of(folder.resolve("labels.jsonl"), null, List.of(), null).position();
    return Objects.requireNonNull(figures);
  }

  @Test
  void aKnownBiasInLogOddsIsRecoveredAndTakenOut() {
    // 0.4 of the score at temperature 0.6: of two equally good ones the first gets sigmoid(2 / 3).
    List<Preference> biased = label(rubric(0, 0.4), 200);
    PositionFigures.LogOdds odds = Objects.requireNonNull(reported().logOdds());
    assertEquals(0.4 / 0.6, odds.bias(), 1e-6);
    assertEquals(0.660756, odds.firstIfEven(), 1e-6);
    RubricJudge fair = rubric(0, 0);
    for (Preference each : biased) {
      double unbiased =
          Objects.requireNonNull(
              fair.ask(new Question(each.prompt().transcript(), each.first(), each.second()))
                  .probabilityFirst());
      double forward = Objects.requireNonNull(each.provenance().forward());
      double reversed = Objects.requireNonNull(each.provenance().reversed());
      assertEquals(unbiased, PositionFigures.unbiased(forward, reversed), 1e-6);
    }
    assertTrue(odds.moved() < 0.05, odds::toString);
  }

  @Test
  void itIsRecoveredWithinTwoPointsUnderNoise() {
    label(rubric(0.5, 0.4), 1500);
    PositionFigures.LogOdds odds = Objects.requireNonNull(reported().logOdds());
    assertEquals(0.660756, odds.firstIfEven(), 0.02);
    assertTrue(Objects.requireNonNull(odds.interval()).low() < 0.4 / 0.6);
    assertTrue(odds.interval().high() > 0.4 / 0.6);
  }

  @Test
  void aKnownBiasInProbabilityIsRecoveredAndTakenOut() {
    List<Preference> biased = label(new Adding(0.07, rubric(0, 0)), 200);
    PositionFigures figures = reported();
    assertEquals(0.07, Objects.requireNonNull(figures.bias()), 1e-9);
    Judge fair = new Adding(0, rubric(0, 0));
    for (Preference each : biased) {
      double unbiased =
          Objects.requireNonNull(
              fair.ask(new Question(each.prompt().transcript(), each.first(), each.second()))
                  .probabilityFirst());
      assertEquals(unbiased, each.probabilityFirst(), 1e-6);
    }
  }

  private static Opinion label(double forward, double reversed) {
    return new Opinion(
        "1",
        Prompt.of("p"),
        "a",
        "b",
        (forward + reversed) / 2,
        new Provenance("judge", "", forward, reversed),
        null,
        null,
        null);
  }

  @Test
  void theSamePlaceTwiceByMargin() {
    // Agrees at margin 0.35; the first place twice at 0.05; the second place twice at 0.05.
    PositionFigures figures =
        Objects.requireNonNull(
            PositionFigures.of(List.of(label(0.9, 0.8), label(0.7, 0.4), label(0.3, 0.6))));
    assertEquals(2.0 / 3, figures.same().value(), 1e-12);
    assertEquals(0.5, Objects.requireNonNull(figures.sameThatIsFirst()).value(), 1e-12);
    PositionFigures.Margin least = figures.margins().get(0);
    assertEquals(2, least.pairs());
    assertEquals(1, Objects.requireNonNull(least.same()).value(), 1e-12);
    PositionFigures.Margin sure = figures.margins().get(3);
    assertEquals(1, sure.pairs());
    assertEquals(0, Objects.requireNonNull(sure.same()).value(), 1e-12);
    assertNull(sure.sameThatIsFirst());
    assertNull(figures.margins().get(1).same());
  }

  @Test
  void hardLabelsHaveNoLogOdds() {
    PositionFigures figures = Objects.requireNonNull(PositionFigures.of(List.of(label(1, 0))));
    assertNull(figures.logOdds());
    assertEquals(1, figures.same().value());
    assertNotNull(PositionFigures.of(List.of(label(1, 0), label(0.6, 0.4))));
  }

  @Test
  void whatOnlyLooksAtThePlaceIsEven() {
    assertEquals(0.5, PositionFigures.unbiased(0.9, 0.1), 1e-12);
    assertEquals(
        Logistic.sigmoid(1),
        PositionFigures.unbiased(Logistic.sigmoid(3), Logistic.sigmoid(-1)),
        1e-12);
  }
}
