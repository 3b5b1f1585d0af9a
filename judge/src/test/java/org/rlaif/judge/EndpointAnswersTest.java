package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.judge.language.EndpointModel;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Prompt;

/** What is read out of what an endpoint says. */
class EndpointAnswersTest extends ScriptedEndpoint {
  @Test
  void theTwoAnswersAreRenormalisedAndTheirSpellingsAddedUp() {
    // 1: 0.4 + 0.2 = 0.6; 2: 0.2; the rest is something else. 0.6 / 0.8.
    Answer answer =
        ask(
            n ->
                withTokens(
                    "1",
                    token(
                        "1",
                        "1",
                        Math.log(0.4),
                        " 1",
                        Math.log(0.2),
                        "2",
                        Math.log(0.2),
                        "Both",
                        Math.log(0.1))));
    assertEquals(0.75, RubricJudgeTest.answered(answer), 1e-12);
  }

  @Test
  void theAnswerMayComeAfterALineBreak() {
    Answer answer =
        ask(
            n ->
                withTokens(
                    "\n2",
                    token("\\n", "\\n", -0.01, "1", -5, "2", -6),
                    token("2", "2", Math.log(0.9), "1", Math.log(0.1))));
    assertEquals(0.1, RubricJudgeTest.answered(answer), 1e-12);
  }

  @Test
  void anAnswerWithoutItsRivalAmongTheMostLikelyIsCertain() {
    Answer answer = ask(n -> withTokens("2", token("2", "2", -0.001, "The", -9)));
    assertEquals(0, RubricJudgeTest.answered(answer));
  }

  @Test
  void withoutADigitSaidBothMustHaveBeenLikely() {
    Answer likely =
        ask(
            n ->
                withTokens(
                    "The", token("The", "The", -0.5, "1", Math.log(0.3), "2", Math.log(0.1))));
    assertEquals(0.75, RubricJudgeTest.answered(likely), 1e-12);
    Answer unlikely = ask(n -> withTokens("The", token("The", "The", -0.01, "1", -9, "2", -10)));
    assertNull(unlikely.probabilityFirst());
  }

  @Test
  void withoutLogprobsTheDigitCounts() {
    assertEquals(1, RubricJudgeTest.answered(ask(n -> says(" 1.\n"))));
    assertEquals(0, RubricJudgeTest.answered(ask(n -> says("**2**"))));
  }

  @Test
  void garbageIsNotAnswered() {
    for (String garbage :
        List.of("", "Completion 1 is worse", "1 or 2", "12", "3", "I cannot say.", "first")) {
      Answer answer = ask(n -> says(garbage));
      assertNull(answer.probabilityFirst(), garbage);
    }
    for (String body : List.of("<html>", "{}", "[]", "{\"choices\":[]}")) {
      assertNull(ask(n -> new Reply(200, body)).probabilityFirst(), body);
    }
  }

  @Test
  void hardLabelsSaySo() {
    script = n -> says(requests.get(n).toString().contains("Completion 1:\\nbad") ? "2" : "1");
    try (LanguageModelJudge judge = judge()) {
      Labeler.Labels labels =
          new Labeler(judge)
              .label(List.of(new Candidates("x", Prompt.of("p"), List.of("good", "bad"))));
      assertEquals(1, labels.report().hard());
      assertEquals("endpoint:judge-1 (hard)", labels.preferences().get(0).provenance().source());
      String last = labels.report().lines().get(3);
      assertEquals("1 of 1 are hard (1, 0.5 or 0): no log-probabilities came with them", last);
    }
  }

  /** The token that is the verdict counts, not the first that is a digit. */
  @Test
  void theTokenOfTheVerdictCounts() {
    String likely2 = token(" 2", " 2", Math.log(0.6), " 1", Math.log(0.2), "2", Math.log(0.1));
    Answer called =
        ask(n -> withTokens("Answer: 2", token("Answer", "1", -1, "2", -2), token(":"), likely2));
    assertEquals(2.0 / 9, RubricJudgeTest.answered(called), 1e-12);
    String second = token(" second", " second", Math.log(0.6), " first", Math.log(0.2));
    Answer word =
        ask(
            n ->
                withTokens(
                    "The second one is better",
                    token("The"),
                    second,
                    token(" one"),
                    token(" is"),
                    token(" better")));
    assertEquals(0.25, RubricJudgeTest.answered(word), 1e-12);
    String letter = token("A", "A", Math.log(0.6), "B", Math.log(0.3), "1", Math.log(0.1));
    assertEquals(
        2.0 / 3,
        RubricJudgeTest.answered(ask(n -> withTokens("[[A]]", token("[["), letter, token("]]")))),
        1e-12);
  }

  /** Whatever the tokens say, a text that is no verdict is not made one. */
  @Test
  void tokensDoNotMakeAVerdictOfWhatIsNone() {
    String one = token("1", "1", Math.log(0.9), "2", Math.log(0.05));
    for (List<String> said :
        List.of(
            List.of("1", " is", " worse"),
            List.of("1", "%"),
            List.of("1", "2"),
            List.of("1", "/", "2"),
            List.of("1", " or", " 2"))) {
      List<String> tokens = new ArrayList<>(List.of(one));
      said.stream().skip(1).forEach(each -> tokens.add(token(each)));
      String text = String.join("", said);
      Answer answer = ask(n -> withTokens(text, tokens.toArray(String[]::new)));
      assertNull(answer.probabilityFirst(), text);
    }
    String minus = token("-", "-", -1, "1", -1, "2", -1.5);
    assertNull(ask(n -> withTokens("-1", minus, one)).probabilityFirst());
    String unsure = token("I", "I", Math.log(0.9), "1", Math.log(0.03), "2", Math.log(0.02));
    assertNull(ask(n -> withTokens("I cannot say.", unsure)).probabilityFirst());
  }

  @Test
  void anAnswerThatWasCutOffSaysSo() {
    String cut = "{\"choices\":[{\"message\":{\"content\":\"\"},\"finish_reason\":\"length\"}]}";
    assertEquals(
        "nothing said (cut off by endpoint.maxTokens)", ask(n -> new Reply(200, cut)).rationale());
  }

  /** First why, then which: two questions each, whose answers are both kept. */
  @Test
  void aRationaleIsAskedForFirstAndStandsInTheQuestion(@TempDir Path folder) {
    Questions reasoned =
        Questions.of(
            "Be true.", null, null, new Reasoning(100, 2, 0.7, null), null, Critiquing.SHIPPED);
    var endpoint = new EndpointModel.Endpoint(url(), "judge-1", "KEY", 4, 1, 3, 0);
    Path answers = folder.resolve("answers");
    // Rationales "why 0" and "why 2"; 0.9 and 0.6 for the first: 0.75.
    script =
        n ->
            n % 2 == 0
                ? says("why " + n)
                : withTokens(
                    "1",
                    token(
                        "1", "1", Math.log(n == 1 ? 0.9 : 0.6), "2", Math.log(n == 1 ? 0.1 : 0.4)));
    Answer answer;
    try (LanguageModelJudge judge = open(endpoint, answers, Duration.ofSeconds(20), reasoned)) {
      assertEquals(0, judge.answeredBefore(List.of(QUESTION)));
      answer = judge.ask(QUESTION);
      assertEquals(1, judge.answeredBefore(List.of(QUESTION, QUESTION.swapped())));
    }
    assertEquals(0.75, RubricJudgeTest.answered(answer), 1e-12);
    assertEquals("why 0", answer.rationale());
    assertEquals(4, requests.size());
    JsonNode thinking = requests.get(2);
    assertEquals(100, thinking.path("max_tokens").asInt());
    assertEquals(0.7, thinking.path("temperature").asDouble());
    assertEquals(1, thinking.path("seed").asInt());
    assertFalse(thinking.has("logprobs"));
    String concluding = requests.get(3).path("messages").path(1).path("content").asText();
    assertTrue(concluding.contains("\nRationale: why 2\n\nWhich completion"), concluding);

    script = n -> new Reply(401, "");
    try (LanguageModelJudge judge = open(endpoint, answers, Duration.ofSeconds(20), reasoned)) {
      assertEquals(answer, judge.ask(QUESTION));
      assertEquals(4, requests.size());
    }
  }

  /** 0.5 of 7, 0.3 of 10, 0.2 of 1: the mean is 6.7, and (6.7 - 5.5) / 4.5 = 4 / 15. */
  @Test
  void completionsAreRatedByTheNumberThatIsSaid() {
    String seven =
        token(
            "7", "7", Math.log(0.4), " 7", Math.log(0.1), "10", Math.log(0.3), "1", Math.log(0.2));
    script = n -> n == 0 ? withTokens("7", seven) : says(n == 1 ? "Rating: **8**/10" : "Nice!");
    List<Rating> ratings;
    var oneByOne = new EndpointModel.Endpoint(url(), "judge-1", "KEY", 4, 1, 3, 0);
    try (LanguageModelJudge judge = open(oneByOne, null)) {
      ratings = judge.rateAll(Collections.nCopies(3, new Rated("p", "c")));
    }
    assertEquals(4 / 15.0, ratings.get(0).value(), 1e-12);
    assertEquals(2.5 / 4.5, ratings.get(1).value(), 1e-12); // hard
    assertNull(ratings.get(2).value());
    assertEquals("no verdict: \"Nice!\"", ratings.get(2).why());
    String told = requests.get(0).path("messages").path(0).path("content").asText();
    assertEquals("Answer with one number from 1 to 10, and nothing else.", told);
  }

  /** "1" said, of which a quarter goes on with "0": 0.3 of 1, 0.1 of 10, 0.6 of 5, as 4.3. */
  @Test
  void tenInTwoTokensIsNotOne() {
    String one = token("1", "1", Math.log(0.4), "5", Math.log(0.6));
    String next = token(".", ".", Math.log(0.7), "0", Math.log(0.25));
    script = n -> withTokens("1.", one, next);
    try (LanguageModelJudge judge = judge()) {
      assertEquals(-4 / 15.0, judge.rateAll(List.of(new Rated("p", "c"))).get(0).value(), 1e-12);
    }
  }
}
