package org.rlaif.judge.together;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpokenRankingTest {
  /** The second is the best, then the first, then the third. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2 > 1 > 3",
        "2>1>3.",
        "2 &gt; 1 &gt; 3",
        "**Ranking:** 2 > 1 > 3",
        "[[2 > 1 > 3]]",
        "Completion 2 > Completion 1 > Completion 3",
        "2, 1, 3",
        "Ranking: [2, 1, 3]",
        "The ranking is: 2, 1 , 3",
        "Final ranking (best to worst): 2, 1, 3",
        "{\"ranking\": [2, 1, 3]}",
        "{\"ranking\": \"2 > 1 > 3\"}",
        "```json\n[\"Completion 2\", \"Completion 1\", \"Completion 3\"]\n```",
        "1. Completion 2\n2. Completion 1\n3. Completion 3",
        "1. **Completion 2** - says all\n2. **Completion 1**: 2 facts\n3. **Completion 3** (nothing)",
        "1st: Completion 2\n2nd: Completion 1\n3rd: Completion 3",
        "Rank 1: Completion 2\nRank 2: Completion 1\nRank 3: Completion 3",
        "<think>1 > 2 > 3?</think>2 > 1 > 3",
        "One could say 1 > 2 > 3, but it is wrong.\nRanking: 2 > 1 > 3",
        "Here 1 > 3.\n\n2 > 1 > 3",
      })
  void whatRealJudgesWrite(String text) {
    assertEquals(List.of(1, 0, 2), SpokenRanking.in(text, 3), text);
  }

  @Test
  void evenOnesHaveTheSameRank() {
    assertEquals(List.of(1, 0, 1), SpokenRanking.in("2 > 1 = 3", 3));
    assertEquals(List.of(0, 0, 0), SpokenRanking.in("1 = 2 = 3", 3));
    assertEquals(List.of(1, 0, 1), SpokenRanking.in("{\"ranking\": [2, [1, 3]]}", 3));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2",
        "2 is the best",
        "2 > 1",
        "2 > 1 > 4",
        "2 > 1 > 2",
        "2 > 1 > 3 > 4",
        "2 > 1 > 3 or 2 > 3 > 1",
        "2 >= 1 > 3",
        "Worst to best: 3, 1, 2",
        "It has 2, 1, 3 faults",
        "1. Completion 2\n3. Completion 1\n2. Completion 3",
        "1. Completion 2\n2. Completion 1",
      })
  void whatIsNoRanking(String text) {
    assertNull(SpokenRanking.in(text, 3), text);
  }
}
