package org.rlaif.judge.together;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpokenRatingsTest {
  private static final Aspect HONESTY = new Aspect("honesty", "Sure?", 1, 5, true, 1);
  private static final Aspect TRUTH = new Aspect("truth", "True?", 1, 5, false, 1);
  private static final List<Said> WANTED = List.of(Said.of(4), Said.of(2), Said.NOT_APPLICABLE);

  static Stream<String> whatRealJudgesWrite() {
    return Stream.of(
        "Completion 1: 4\nCompletion 2: 2\nCompletion 3: N/A",
        "Completion 1: 4 - mostly sure\nCompletion 2: 2 - sure of 3 wrong dates\nCompletion 3: N/A - fiction",
        "**Completion 1:** 4/5 (a slip)\n**Completion 2:** 2/5\n**Completion 3:** n/a",
        "- Completion 1: [[4]]\n- Completion 2: [[2]]\n- Completion 3: [[N/A]]",
        "1. Completion 1: Rating: 4\n2. Completion 2: Rating: 2\n3. Completion 3: Rating: Not applicable",
        "### Completion 1\nRating: 4\nRationale: It says 2 things twice.\n\n### Completion 2\nRating: **2**\nRationale: no.\n\n### Completion 3\nRating: N/A\nRationale: fiction",
        "#### Output for Text 1\nRating: 4\nRationale: a\n#### Output for Text 2\nRating: 2\n#### Output for Text 3\nRating: N/A",
        "| Completion | Rating | Why |\n|---|---|---|\n| Completion 1 | 4 | good |\n| Completion 2 | **2** | 3 faults |\n| 3 | N/A | fiction |",
        "{\"Completion 1\": 4, \"Completion 2\": 2, \"Completion 3\": \"N/A\"}",
        "```json\n{\"ratings\": [4, 2, \"N/A\"]}\n```",
        "Here it is: [{\"completion\": 1, \"rating\": 4, \"why\": \"ok\"}, {\"completion\": 2, \"rating\": 2, \"why\": \"no\"}, {\"completion\": 3, \"rating\": \"N/A\", \"why\": \"-\"}]"
            .replace("Here it is: ", ""),
        "{\"completion_1\": {\"rating\": 4, \"rationale\": \"2 slips\"}, \"completion_2\": {\"rating\": \"2\"}, \"completion_3\": {\"rating\": \"n/a\"}}",
        "Completion 1: 4, Completion 2: 2, Completion 3: N/A",
        "Completion 1 gets a 4, completion 2 gets a 2; completion 3 is N/A."
            .replace(", completion 2", ". Completion 2"),
        "Rating for Completion 1: 4\nRating for Completion 2: 2\nRating for Completion 3: N/A",
        "1: 4\n2: 2\n3: N/A",
        "1. 4/5 - fine\n2. 2/5 - poor\n3. N/A",
        "4, 2, N/A",
        "Ratings: 4 2 N/A",
        "4\n2\nN/A\n",
        "<think>Completion 1: 5? No.</think>\nCompletion 1: 4.\nCompletion 2: 2.\nCompletion 3: N/A.",
        "Response 1: 4 points\nResponse 2: 2 points\nResponse 3: N/A");
  }

  @ParameterizedTest
  @MethodSource
  void whatRealJudgesWrite(String text) {
    assertEquals(WANTED, SpokenRatings.in(text, 3, HONESTY), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "All three are fine.",
        "Completion 1: 4 or 5",
        "Completion 1: 4-5",
        "Completion 1: 4 - 5",
        "Completion 1: 8/10",
        "Completion 1: 7",
        "Completion 1: 0",
        "Completion 1: -4",
        "Completion 1: N/A",
        "Completion 1: four",
        "Completion 1: 4 facts are missing",
        "Completion 1: 4\nBut in the end, Completion 1: 2",
        "Completion 4: 4",
        "It has 4 faults, better than completion 2, 3 of them grave.",
        "1. 4 facts are missing",
        "4, 2",
        "4 2 3 1",
        "I read both [1, 2, 3] and found nothing in 2001.",
        "Rating: 4",
      })
  void whatIsNoRating(String text) {
    assertEquals(
        List.of(Said.NOTHING, Said.NOTHING, Said.NOTHING), SpokenRatings.in(text, 3, TRUTH), text);
  }

  @Test
  void whatIsSaidOfOneStandsWithoutTheOthers() {
    assertEquals(
        List.of(Said.NOTHING, Said.of(3.5), Said.NOTHING),
        SpokenRatings.in("Completion 1: good\nCompletion 2: 3.5\nCompletion 3: 9", 3, TRUTH));
  }
}
