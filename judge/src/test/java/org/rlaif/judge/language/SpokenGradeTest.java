package org.rlaif.judge.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpokenGradeTest {
  private static final Choices GRADES = Choices.grades(1, 10);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7",
        " 7.\n",
        "**7**",
        "7/10",
        "7 out of 10",
        "Rating: 7",
        "Rating: **7/10**",
        "Score = 7",
        "My overall rating is 7.",
        "The final score is: 7 out of 10",
        "I would rate this completion a 7.",
        "I'd give it 7/10",
        "[[7]]",
        "Rating: [[7]]",
        "<score>7</score>",
        "It misses two points and has 3 faults.\n\nRating: 7",
        "7\nThe summary says most of what matters.",
        "<think>Perhaps 3? No, [[4]].</think>7",
        "So \\boxed{7}",
      })
  void whatRealJudgesWrite(String text) {
    SpokenGrade said = SpokenGrade.in(text, GRADES);
    assertNotNull(said, text);
    assertEquals(6, said.index(), text);
    assertEquals('7', text.charAt(said.at()), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Nice!",
        "7.5",
        "11",
        "0",
        "-7",
        "7%",
        "7 or 8",
        "7-8",
        "7/5",
        "It has 7 faults",
        "1. The summary is short. 2. It is true.",
        "[[7]] or [[8]]",
        "[[11]]",
        "Rating: seven",
      })
  void whatIsNoGrade(String text) {
    assertNull(SpokenGrade.in(text, GRADES), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10", "10/10", "Rating: 10"})
  void tenIsNotOne(String text) {
    SpokenGrade said = SpokenGrade.in(text, GRADES);
    assertNotNull(said, text);
    assertEquals(9, said.index(), text);
  }
}
