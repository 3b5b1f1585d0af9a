package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Json;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;

/** Against a real HTTP server on the loopback interface. */
class EndpointJudgeTest {
  private static final String SECRET = "sk-verysecret-0123456789";
  private static final Question QUESTION = new Question("the prompt", "one", "two");

  private static final Questions AT_ONCE =
      Questions.of("Be true.", null, null, Reasoning.NONE, null, Critiquing.SHIPPED);

  /** What the server says to the n-th request, counted from 0. */
  private record Reply(int status, String body, Map<String, String> headers) {
    Reply(int status, String body) {
      this(status, body, Map.of());
    }
  }

  private static final Reply CUT = new Reply(0, "cut");
  private static final Reply ENDLESS = new Reply(0, "endless");

  private final AtomicLong sent = new AtomicLong();
  private final List<JsonNode> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<String> authorizations = Collections.synchronizedList(new ArrayList<>());
  private final List<String> proxyKeys = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile Function<Integer, Reply> script = n -> new Reply(500, "no script");
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    int n;
    synchronized (requests) {
      n = requests.size();
      requests.add(Json.MAPPER.readTree(exchange.getRequestBody().readAllBytes()));
      authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      proxyKeys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Proxy-Authorization")));
    }
    Reply reply = script.apply(n);
    if (reply.equals(CUT)) {
      exchange.close(); // no header was sent: the connection is closed
      return;
    }
    if (reply.equals(ENDLESS)) {
      exchange.sendResponseHeaders(200, 4_000_000_000L);
      byte[] block = new byte[1 << 16];
      for (long left = 4_000_000_000L; left > 0; left -= block.length) {
        exchange.getResponseBody().write(block); // fails when the client has enough
        sent.addAndGet(block.length);
      }
      return;
    }
    reply.headers().forEach(exchange.getResponseHeaders()::add);
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/";
  }

  private LanguageModelJudge judge() {
    return judge(url(), "KEY", SECRET);
  }

  private static LanguageModelJudge judge(String url, String keyVariable, String key) {
    return judge(url, keyVariable, variable -> variable.equals("KEY") ? key : null);
  }

  private static LanguageModelJudge judge(
      String url, String keyVariable, Function<String, @Nullable String> environment) {
    return new LanguageModelJudge(
        EndpointModel.open(
            new EndpointModel.Endpoint(url, "judge-1", keyVariable, 4, 3, 3, 0),
            Duration.ofSeconds(1),
            environment,
            Duration.ofMillis(1)),
        AT_ONCE);
  }

  private static LanguageModelJudge open(EndpointModel.Endpoint endpoint, @Nullable Path answers) {
    return open(endpoint, answers, Duration.ofSeconds(1));
  }

  private static LanguageModelJudge open(
      EndpointModel.Endpoint endpoint, @Nullable Path answers, Duration timeout) {
    return open(endpoint, answers, timeout, AT_ONCE);
  }

  private static LanguageModelJudge open(
      EndpointModel.Endpoint endpoint, @Nullable Path answers, Duration timeout, Questions asked) {
    LanguageModel model =
        EndpointModel.open(
            endpoint,
            timeout,
            variable -> variable.equals("KEY") ? SECRET : null,
            Duration.ofMillis(1));
    return new LanguageModelJudge(KeptModel.of(model, answers), asked);
  }

  private static EndpointModel.Endpoint patient(String url, int seconds) {
    return new EndpointModel.Endpoint(url, "judge-1", "KEY", 4, 3, 3, seconds);
  }

  private Answer ask(Function<Integer, Reply> says) {
    script = says;
    try (LanguageModelJudge judge = judge()) {
      return judge.ask(QUESTION);
    }
  }

  private String fails(Function<Integer, Reply> says) {
    return String.valueOf(assertThrows(UserError.class, () -> ask(says)).getMessage());
  }

  private static Reply refused(String message) {
    return new Reply(400, "{\"error\":{\"message\":\"" + message + "\",\"code\":null}}");
  }

  private static Reply says(String content) {
    return new Reply(200, completion(content, ""));
  }

  private static String completion(String content, String logprobs) {
    try {
      return "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
          + Json.MAPPER.writeValueAsString(content)
          + "}"
          + logprobs
          + ",\"finish_reason\":\"stop\"}]}";
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(content, e);
    }
  }

  /**
   * One generated token with its alternatives: token, log-probability, token, log-probability...
   */
  private static String token(String token, Object... alternatives) {
    StringBuilder top = new StringBuilder();
    for (int i = 0; i < alternatives.length; i += 2) {
      top.append(i == 0 ? "" : ",")
          .append("{\"token\":\"")
          .append(alternatives[i])
          .append("\",\"logprob\":")
          .append(alternatives[i + 1])
          .append("}");
    }
    return "{\"token\":\"" + token + "\",\"logprob\":-0.1,\"top_logprobs\":[" + top + "]}";
  }

  private static Reply withTokens(String content, String... tokens) {
    return new Reply(
        200, completion(content, ",\"logprobs\":{\"content\":[" + String.join(",", tokens) + "]}"));
  }

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
