package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.rlaif.judge.language.ApiKey;
import org.rlaif.kit.UserError;

/** How an endpoint is asked, and by whose key. */
class EndpointRequestsTest extends ScriptedEndpoint {
  @Test
  void whatIsAskedFor() {
    ask(n -> says("1"));
    JsonNode request = requests.get(0);
    assertEquals("judge-1", request.path("model").asText());
    assertEquals(0, request.path("temperature").asDouble(9));
    assertEquals(4, request.path("max_tokens").asInt());
    assertTrue(request.path("logprobs").asBoolean());
    assertEquals(20, request.path("top_logprobs").asInt());
    assertTrue(request.path("messages").path(1).path("content").asText().contains("the prompt"));
    assertEquals("Bearer " + SECRET, authorizations.get(0));
  }

  @Test
  void anEndpointThatKnowsNoLogprobsIsAskedWithoutThem() {
    script =
        n ->
            requests.get(n).has("logprobs")
                ? new Reply(400, "{\"error\":{\"message\":\"logprobs is not supported\"}}")
                : says("2");
    try (LanguageModelJudge judge = judge()) {
      assertEquals(0, RubricJudgeTest.answered(judge.ask(QUESTION)));
      assertEquals(0, RubricJudgeTest.answered(judge.ask(QUESTION)));
    }
    assertEquals(3, requests.size()); // the second question was asked without them at once
  }

  /**
   * In the words of OpenAI's reasoning models, of vLLM, and of pydantic, which quotes the input.
   */
  @Test
  void whatIsRefusedIsAskedInOtherWords() {
    script =
        n -> {
          JsonNode request = requests.get(n);
          if (request.has("max_tokens")) {
            return refused(
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use"
                    + " 'max_completion_tokens' instead.");
          }
          if (request.has("temperature")) {
            return refused(
                "Unsupported value: 'temperature' does not support 0 with this model. Only the"
                    + " default (1) value is supported.");
          }
          if (request.path("top_logprobs").asInt(0) > 5) {
            return new Reply(
                422,
                "{\"detail\":[{\"loc\":[\"body\",\"top_logprobs\"],\"input\":\"max_tokens 7\","
                    + "\"msg\":\"Input should be less than or equal to 5\"}]}");
          }
          return withTokens("2", token("2", "2", Math.log(0.9), "1", Math.log(0.1)));
        };
    try (LanguageModelJudge judge = judge()) {
      Answer answer = judge.ask(QUESTION);
      assertEquals(0.1, RubricJudgeTest.answered(answer), 1e-12); // soft as ever
      assertFalse(answer.hard());
      assertEquals(4, requests.size());
      judge.ask(QUESTION);
      assertEquals(5, requests.size()); // learned
      assertEquals(4, requests.get(4).path("max_completion_tokens").asInt());
      assertFalse(requests.get(4).has("max_tokens"));
      assertEquals(5, requests.get(4).path("top_logprobs").asInt());
      assertEquals(
          List.of(
              "the endpoint refuses temperature 0 and was asked at its own",
              "the endpoint gives log-probabilities of 5 tokens at most"),
          judge.remarks());
    }
  }

  @Test
  void aLimitOnTheMostLikelyTokensIsFound() {
    for (String complaint :
        List.of(
            "top_logprobs must be at most 5",
            "Invalid value for 'top_logprobs': must be between 0 and 5, got 20.",
            "Requested sample logprobs of 20, which is greater than max allowed: 5",
            "gpt-9 4o: top_logprobs is too large", // it does not say
            "logprobs: 20 is greater than the maximum of 5 - 'top_logprobs'")) {
      requests.clear();
      Answer answer =
          ask(
              n ->
                  requests.get(n).path("top_logprobs").asInt(0) > 5
                      ? refused(complaint)
                      : withTokens("1", token("1", "1", Math.log(0.5), "2", Math.log(0.25))));
      assertEquals(2.0 / 3, RubricJudgeTest.answered(answer), 1e-12, complaint);
      assertEquals(2, requests.size(), complaint);
      assertEquals(5, requests.get(1).path("top_logprobs").asInt(), complaint);
    }
  }

  /** A refusal that other words do not mend is that question's alone. */
  @Test
  void nothingIsLearnedFromWhatDoesNotHelp() {
    script =
        n ->
            requests.get(n).toString().contains("enormous")
                ? refused("'max_tokens' or 'max_completion_tokens' is too large: 4")
                : says("1");
    try (LanguageModelJudge judge = judge()) {
      assertNull(judge.ask(new Question("enormous", "a", "b")).probabilityFirst());
      judge.ask(QUESTION);
      assertTrue(requests.get(requests.size() - 1).has("max_tokens"));
    }
  }

  @Test
  void manyQuestionsKeepTheirOrder() {
    script =
        n -> says(requests.get(n).toString().contains("prompt 7") ? "2" : n % 5 == 0 ? "?" : "1");
    List<Question> questions =
        IntStream.range(0, 40).mapToObj(i -> new Question("prompt " + i + ".", "a", "b")).toList();
    try (LanguageModelJudge judge = judge()) {
      List<Answer> answers = judge.askAll(questions);
      assertEquals(40, answers.size());
      for (int i = 0; i < 40; i++) {
        Double probability = answers.get(i).probabilityFirst();
        assertTrue(probability == null || probability == (i == 7 ? 0 : 1), "question " + i);
      }
    }
  }

  @Test
  void whatCannotWorkIsRefusedBeforeAnythingIsSent() {
    String missing =
        assertThrows(UserError.class, () -> judge(url(), "NOT_SET", SECRET)).getMessage();
    assertTrue(missing.startsWith("endpoint.keyVariable: NOT_SET (expected: "), missing);
    for (String bad : List.of("ftp://host/v1", "host", "http://a b/", " ")) {
      assertThrows(UserError.class, () -> judge(bad, "KEY", SECRET), bad);
    }
    String secretUrl = "http://user:" + SECRET + "@127.0.0.1/v1";
    String message =
        assertThrows(UserError.class, () -> judge(secretUrl, "KEY", SECRET)).getMessage();
    assertFalse(message.contains(SECRET), message);
    assertEquals(0, requests.size());
  }

  @Test
  void withoutAKeyNoneIsSent() {
    script = n -> says("1");
    try (LanguageModelJudge judge = judge(url(), null, SECRET)) {
      judge.ask(QUESTION);
    }
    assertEquals("null", authorizations.get(0));
  }

  /** The judge's host does not exist: this server is its proxy. */
  @Test
  void byTheProxyThatTheEnvironmentNames() {
    String proxy = "http://me:p%40ss@127.0.0.1:" + server.getAddress().getPort();
    var environment = Map.of("KEY", SECRET, "HTTP_PROXY", proxy);
    script = n -> n == 0 ? says("1") : new Reply(407, "", Map.of("Proxy-Authenticate", "Basic"));
    try (LanguageModelJudge judge = judge("http://judge.invalid/v1", "KEY", environment::get)) {
      assertEquals(1, RubricJudgeTest.answered(judge.ask(QUESTION)));
      assertEquals("Bearer " + SECRET, authorizations.get(0));
      assertEquals("Basic bWU6cEBzcw==", proxyKeys.get(0)); // by Python's base64.b64encode
      String refused = assertThrows(UserError.class, () -> judge.ask(QUESTION)).getMessage();
      assertTrue(
          refused.startsWith(
              "endpoint http://judge.invalid/v1/chat/completions by the proxy 127.0.0.1:"),
          refused);
      assertTrue(refused.contains(" of HTTP_PROXY, model judge-1: status 407 "), refused);
      assertFalse(refused.contains("p@ss"), refused);
    }
    var direct = Map.of("KEY", SECRET, "HTTP_PROXY", proxy, "NO_PROXY", "127.0.0.1");
    script = n -> says("2");
    try (LanguageModelJudge judge = judge(url(), "KEY", direct::get)) {
      assertEquals(0, RubricJudgeTest.answered(judge.ask(QUESTION)));
      assertEquals("null", proxyKeys.get(2));
    }
  }

  @Test
  void theKeyIsInNoMessage() {
    StringBuilder all = new StringBuilder();
    Handler listener =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            all.append(record.getMessage()).append(record.getThrown());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger root = Logger.getLogger("");
    Level level = root.getLevel();
    root.setLevel(Level.ALL);
    root.addHandler(listener);
    String echo = "{\"error\":{\"message\":\"bad key " + SECRET + "\"}}";
    try {
      for (int status : List.of(200, 302, 400, 401, 403, 404, 429, 500)) {
        script = n -> new Reply(status, echo);
        try (LanguageModelJudge judge = judge()) {
          all.append(judge).append(judge.name()).append(judge.hash());
          all.append(judge.ask(QUESTION));
        } catch (UserError e) {
          appendTrace(all, e);
        }
      }
      for (String broken : List.of(SECRET + "\nInjected: 1", SECRET + "ü", SECRET + " x")) {
        appendTrace(all, assertThrows(UserError.class, () -> judge(url(), "KEY", broken)));
      }
      all.append(ApiKey.from("KEY", variable -> SECRET));
      server.stop(0);
      appendTrace(all, assertThrows(UserError.class, () -> judge().ask(QUESTION)));
    } finally {
      root.removeHandler(listener);
      root.setLevel(level);
    }
    assertTrue(authorizations.stream().allMatch(("Bearer " + SECRET)::equals));
    assertTrue(all.toString().contains("(key)"), "the echo was not seen at all");
    assertFalse(all.toString().contains("verysecret"), all::toString);
  }

  private static void appendTrace(StringBuilder all, Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    all.append(trace);
  }
}
