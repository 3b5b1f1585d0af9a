package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.judge.language.EndpointModel;
import org.rlaif.kit.UserError;

/** What an endpoint may do instead of answering. */
class EndpointFailuresTest extends ScriptedEndpoint {
  @Test
  void tooManyRequestsThenSuccess() {
    long start = System.nanoTime();
    Answer answer =
        ask(n -> n == 0 ? new Reply(429, "slow down", Map.of("Retry-After", "1")) : says("1"));
    assertEquals(1, RubricJudgeTest.answered(answer));
    assertEquals(2, requests.size());
    assertTrue(System.nanoTime() - start > 900_000_000L, "Retry-After was not waited for");
  }

  @Test
  void aServersErrorIsTriedAgainAndThenNotAnswered() {
    assertEquals(1, RubricJudgeTest.answered(ask(n -> n < 2 ? new Reply(503, "") : says("1"))));
    requests.clear();
    Answer answer = ask(n -> new Reply(500, "oops"));
    assertNull(answer.probabilityFirst());
    assertEquals(3, requests.size());
    assertTrue(String.valueOf(answer.rationale()).contains("status 500: oops, 3 times"));
  }

  @Test
  void anEndpointThatIsAwayIsAnErrorOfOneLine() {
    assertTrue(fails(n -> new Reply(429, "")).contains("status 429, 3 times"));
    server.stop(0);
    String message = fails(n -> says("1"));
    assertTrue(message.contains(url()), message);
    assertTrue(message.contains("ConnectException"), message);
  }

  @Test
  void anEndpointThatIsSilentIsAnErrorOfOneLine() {
    script =
        n -> {
          try {
            Thread.sleep(20_000);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return says("1");
        };
    try (LanguageModelJudge judge =
        open(new EndpointModel.Endpoint(url(), "judge-1", "KEY", 4, 3, 1, 0), null)) {
      assertNull(judge.ask(QUESTION).probabilityFirst()); // it may be this question's fault
      String message =
          String.valueOf(
              assertThrows(UserError.class, () -> judge.ask(QUESTION.swapped())).getMessage());
      assertTrue(message.contains("no answer within 1 s"), message);
    }
  }

  @Test
  void aWrongUrlKeyOrModelIsAnErrorOfOneLine() {
    String notFound = fails(n -> new Reply(404, "no such model"));
    assertTrue(notFound.contains(url()) && notFound.contains("judge-1"), notFound);
    String unauthorised = fails(n -> new Reply(401, "bad key " + SECRET));
    assertTrue(unauthorised.contains("status 401"), unauthorised);
    assertTrue(unauthorised.contains("KEY"), unauthorised);
    assertEquals(2, requests.size()); // tried once each
    assertTrue(fails(n -> new Reply(302, "", Map.of("Location", url()))).contains("status 302"));
  }

  @Test
  void refusalsInARowEndTheJob() {
    script = n -> new Reply(400, "{\"error\":{\"message\":\"messages: unknown\"}}");
    try (LanguageModelJudge judge = judge()) {
      List<Question> questions = Collections.nCopies(100, QUESTION);
      String message = assertThrows(UserError.class, () -> judge.askAll(questions)).getMessage();
      assertTrue(message.contains("messages: unknown"), message);
    }
    assertTrue(requests.size() < 30, () -> requests.size() + " requests");
  }

  /** The kinds of absence that end: none of them costs an answer, however few the attempts. */
  @Test
  void anEndpointThatIsAwayForAWhileIsWaitedFor() {
    script = n -> n < 8 ? new Reply(429, "slow down") : says("1");
    try (LanguageModelJudge judge = open(patient(url(), 60), null)) {
      assertEquals(1, RubricJudgeTest.answered(judge.ask(QUESTION)));
      assertEquals(9, requests.size());
      script = n -> n < 17 ? new Reply(n % 2 == 0 ? 503 : 408, "") : says("2");
      assertEquals(0, RubricJudgeTest.answered(judge.ask(QUESTION)));
      script = n -> n < 26 ? CUT : says("1");
      assertEquals(1, RubricJudgeTest.answered(judge.ask(QUESTION)));
    }
  }

  /** One question that the endpoint chokes on, among others that it answers. */
  @Test
  void aQuestionThatFailsWhileOthersAreAnsweredIsLeftUnanswered() {
    script =
        n -> requests.get(n).toString().contains("poison") ? new Reply(500, "oops") : says("1");
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      questions.add(new Question(i == 3 ? "poison" : "prompt " + i, "a", "b"));
    }
    try (LanguageModelJudge judge = open(patient(url(), 600), null)) {
      List<Answer> answers = judge.askAll(questions);
      assertNull(answers.get(3).probabilityFirst());
      assertEquals(199, answers.stream().filter(each -> each.probabilityFirst() != null).count());
    }
  }

  @Test
  void nonsenseWithStatus200IsAskedAgainAndThenNotAnswered() {
    for (String nonsense : List.of("<html>busy</html>", "{\"error\":{\"message\":\"busy\"}}", "")) {
      requests.clear();
      assertEquals(
          1, RubricJudgeTest.answered(ask(n -> n < 2 ? new Reply(200, nonsense) : says("1"))));
      requests.clear();
      Answer answer = ask(n -> new Reply(200, nonsense));
      assertNull(answer.probabilityFirst());
      assertEquals(3, requests.size());
      assertTrue(String.valueOf(answer.rationale()).contains("no chat completion"));
    }
  }

  /** 4 GB were promised; what is read of them is bounded. */
  @Test
  void anEndlessAnswerIsCutOff() {
    script = n -> n < 2 ? ENDLESS : says("2");
    assertEquals(0, RubricJudgeTest.answered(ask(script)));
    requests.clear();
    String why = String.valueOf(ask(n -> ENDLESS).rationale());
    assertTrue(why.contains("more than 294912 bytes"), why); // 2^18 + 4 * 2^13
    assertTrue(sent.get() < 2_000_000_000L, () -> sent + " bytes were taken");
  }

  /** What is kept is not asked for again, by anyone who asks the same in the same way. */
  @Test
  void answersAreKeptAndGivingUpSaysHowToGoOn(@TempDir Path folder) {
    Path answers = folder.resolve("made/preferences.jsonl.answers");
    List<Question> questions =
        IntStream.range(0, 30).mapToObj(i -> new Question("prompt " + i + ".", "a", "b")).toList();
    script = n -> n < 20 ? says(n % 2 == 0 ? "1" : "2") : new Reply(401, "");
    // One at a time: others under way when it gives up may be kept or not.
    var oneByOne = new EndpointModel.Endpoint(url(), "judge-1", "KEY", 4, 1, 3, 0);
    List<Answer> before;
    try (LanguageModelJudge judge = open(oneByOne, answers, Duration.ofSeconds(20))) {
      String message =
          String.valueOf(assertThrows(UserError.class, () -> judge.askAll(questions)).getMessage());
      assertTrue(
          message.endsWith(
              "; 20 answers are kept in " + answers + ": the same command goes on from there"),
          message);
      assertEquals(20, judge.answeredBefore(questions));
      before = questions.stream().limit(10).map(judge::ask).toList();
    }
    requests.clear();
    script = n -> says("1");
    try (LanguageModelJudge judge = open(oneByOne, answers, Duration.ofSeconds(20))) {
      assertEquals(20, judge.answeredBefore(questions));
      assertEquals(30, judge.askAll(questions).size());
      assertEquals(10, requests.size());
      assertEquals(before, questions.stream().limit(10).map(judge::ask).toList());
      judge.ask(questions.get(0).swapped()); // another question
      assertEquals(11, requests.size());
    }
    var longer = new EndpointModel.Endpoint(url(), "judge-1", "KEY", 5, 3, 3, 0);
    try (LanguageModelJudge judge = open(longer, answers)) {
      assertEquals(0, judge.answeredBefore(questions)); // asked in another way
    }
  }
}
