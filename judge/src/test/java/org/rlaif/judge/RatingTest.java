package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlaif.judge.language.AnswerLogprob;
import org.rlaif.judge.language.Choice;

class RatingTest {
  private static final double NEVER = Double.NEGATIVE_INFINITY;

  /** As many tokens as digits; the token of a digit is itself. */
  private static List<AnswerLogprob> digits(double... probabilities) {
    List<AnswerLogprob> grades = new ArrayList<>();
    for (int i = 0; i < probabilities.length; i++) {
      List<Integer> tokens = Rating.GRADES.answers().get(i).chars().mapToObj(c -> c - '0').toList();
      grades.add(new AnswerLogprob(tokens, Math.log(probabilities[i])));
    }
    return grades;
  }

  /** "10" is a token of its own. */
  private static List<AnswerLogprob> whole(double... probabilities) {
    List<AnswerLogprob> grades = new ArrayList<>(digits(probabilities));
    grades.set(9, new AnswerLogprob(List.of(99), Math.log(probabilities[9])));
    return grades;
  }

  private static double value(List<AnswerLogprob> grades) {
    Double value = Rating.of(Choice.ofLogprobs(grades)).value();
    assertNotNull(value);
    return value;
  }

  /** 0.2 of grade 1, 0.3 of 5, 0.5 of 10: the mean is 6.7, and (6.7 - 5.5) / 4.5 = 4 / 15. */
  @Test
  void theMeanGradeBroughtToOne() {
    assertEquals(4 / 15.0, value(whole(0.2, 0, 0, 0, 0.3, 0, 0, 0, 0, 0.5)), 1e-12);
    // What else the model might say counts for nothing: a tenth of all is the same.
    assertEquals(4 / 15.0, value(whole(0.02, 0, 0, 0, 0.03, 0, 0, 0, 0, 0.05)), 1e-12);
    assertEquals(0, value(whole(.1, .1, .1, .1, .1, .1, .1, .1, .1, .1)), 1e-12);
    assertEquals(-1, value(whole(1, 0, 0, 0, 0, 0, 0, 0, 0, 0)), 1e-12);
    assertEquals(1, value(whole(0, 0, 0, 0, 0, 0, 0, 0, 0, 1)), 1e-12);
  }

  /**
   * "1" comes first in "10": of the 0.4 that begin with it, a quarter goes on with "0". So 0.3 of
   * grade 1, 0.6 of 5, 0.1 of 10: the mean is 4.3, and (4.3 - 5.5) / 4.5 = -4 / 15. Taken as it
   * comes, 0.4 of grade 1 would make it 4.4 / 1.1 = 4.
   */
  @Test
  void whoSaysTenInTwoTokensSaysOneBefore() {
    assertEquals(-4 / 15.0, value(digits(0.4, 0, 0, 0, 0.6, 0, 0, 0, 0, 0.1)), 1e-12);
  }

  @Test
  void onlyTenInTwoTokensIsTen() {
    assertEquals(1, value(digits(0.7, 0, 0, 0, 0, 0, 0, 0, 0, 0.7)), 1e-12);
  }

  @Test
  void verySmallProbabilitiesAreNoNothing() {
    List<AnswerLogprob> grades = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      grades.add(new AnswerLogprob(List.of(i), i == 9 ? -2000 : i == 0 ? -2000 : NEVER));
    }
    assertEquals(0, value(grades), 1e-12);
  }

  @Test
  void noLogprobabilitiesAreNoAnswer() {
    Rating none = Rating.of(Choice.ofLogprobs(digits(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)));
    assertNull(none.value());
    assertTrue(String.valueOf(none.why()).contains("no log-probabilities"));
  }
}
