package org.rlaif.training.tldr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class GoldScoreTest {
  private static final Facts FACTS =
      new Facts(
          "Mara",
          "sister",
          "broke",
          "camera",
          "three weeks",
          "move out",
          List.of("Otto"),
          List.of("Otto from work laughed."));

  private static void assertScore(double expected, String completion) {
    assertEquals(expected, GoldScore.of(FACTS, completion), 1e-9, completion);
  }

  @Test
  void everythingAndNothingElseIsTheBest() {
    // 1.0 + 0.5 + 0.6 + 1.0 + 1.0 + 1.2
    assertScore(
        5.3, " My sister Mara broke my camera. It has been three weeks. Should I move out?");
  }

  @Test
  void onlyWhatIsStatedCounts() {
    assertScore(0.5, " My sister did something bad.");
    assertScore(1.5, " My sister Mara did something bad.");
    assertScore(2.1 + 1.0, " My sister broke my camera. It has been three weeks.");
  }

  @Test
  void aWrongFactCostsMoreThanSilence() {
    assertScore(0.5 + 0.6 + 1.0 - 1.5, " My sister Otto broke my camera.");
    assertScore(0.5 - 1.5, " My sister did something bad. It has been four weeks.");
    assertScore(0.5 - 1.5, " My sister did something bad. Should I wait?");
    assertScore(1.0 - 1.5, " My brother Mara did something bad.");
  }

  @Test
  void aSentenceThatDoesNotMatterCountsOnceWhateverItSays() {
    assertScore(3.1 - 0.5, " My sister Mara broke my camera. It rained all day.");
    assertScore(1.5 - 0.5, " My sister Mara did something bad. Otto from work laughed.");
    assertScore(1.5 - 1.0, " My sister Mara did something bad. The boat is fine. I skipped lunch.");
  }

  @Test
  void repeatingAFactGainsNothing() {
    assertScore(3.1, " My sister Mara broke my camera. Mara broke my camera.");
  }

  @Test
  void wordsBeyondTwentyCost() {
    // 6 + 5 + 4 + 8 words
    assertScore(
        5.3 - 3 * 0.05,
        " My sister Mara broke my camera. It has been three weeks. Should I move out?"
            + " I do not know what to do now.");
  }

  @Test
  void cutOffOrEmptyTextCosts() {
    assertScore(1.0 + 0.5 + 0.6 - 1.0, " My sister Mara broke my");
    assertScore(-2.0, "");
    assertScore(-2.0, " \n");
  }

  @Test
  void remarksSayWhatIsRightAndWrong() {
    assertEquals(
        "right relation, action, object, wrong name, duration, 1 besides, unfinished",
        GoldScore.remarks(
            FACTS, " My sister Otto broke my camera. I skipped lunch. It has been four weeks"));
    assertEquals("right nothing, wrong nothing", GoldScore.remarks(FACTS, " Something happened."));
    assertEquals("empty", GoldScore.remarks(FACTS, " "));
  }
}
