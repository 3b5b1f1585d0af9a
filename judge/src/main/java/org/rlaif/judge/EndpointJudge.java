package org.rlaif.judge;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.Proxies;
import org.rlaif.kit.UserError;

/**
 * Judges by any OpenAI-compatible endpoint: chat completions at temperature 0, with the 20 most
 * likely tokens at each position asked for. {@link ChatAnswer} tells how the answer is read. What
 * an endpoint refuses to be asked is asked in {@linkplain RequestWords other words} or left out,
 * from the first time on that this gets an answer.
 *
 * <p>Answers cost something: each is {@linkplain KeptAnswers kept} before it counts, and what is
 * kept is not asked for again.
 *
 * <p>The API key comes from an environment variable, never from a file, and is in no message.
 */
public final class EndpointJudge implements Judge {
  /**
   * Its settings.
   *
   * @param template a Mustache file; null: as shipped
   * @param timeoutSeconds for one request and its answer
   */
  @JsonTypeName("endpoint")
  public record Config(@Nullable String template, int timeoutSeconds, Endpoint endpoint)
      implements JudgeKind {
    public Config {
      require(timeoutSeconds >= 1, "timeoutSeconds", timeoutSeconds, ">= 1");
    }

    @Override
    public Judge open(Rubric rubric, Opening opening) {
      return EndpointJudge.open(
          endpoint,
          JudgePrompt.comparing(template, rubric.preamble()),
          Duration.ofSeconds(timeoutSeconds),
          System::getenv,
          opening.answers(),
          FIRST_WAIT);
    }

    @Override
    public Config decisive() {
      return new Config(template, /* timeoutSeconds= */ 1, endpoint.decisive());
    }

    @Override
    public List<String> templates() {
      return template == null ? List.of() : List.of(template);
    }
  }

  /**
   * The endpoint.
   *
   * @param url base URL, to which {@code /chat/completions} is added
   * @param keyVariable the environment variable that holds the API key; null: no key is sent
   * @param maxTokens tokens an answer may have
   * @param concurrency questions asked at the same time
   * @param attempts how often a question is put in any case before it is given up
   * @param patienceSeconds how long the endpoint may leave every question unanswered
   */
  public record Endpoint(
      @Nullable String url,
      @Nullable String model,
      @Nullable String keyVariable,
      int maxTokens,
      int concurrency,
      int attempts,
      int patienceSeconds) {
    public Endpoint {
      // Who puts the key itself here does not want to see it in a message or a file.
      require(
          keyVariable == null || keyVariable.matches("[A-Za-z_][A-Za-z0-9_]*|\\s*"),
          "endpoint.keyVariable",
          "not shown",
          "the name of an environment variable that holds the API key");
      require(maxTokens >= 1 && maxTokens <= 65_536, "endpoint.maxTokens", maxTokens, "1 to 65536");
      require(
          concurrency >= 1 && concurrency <= 256, "endpoint.concurrency", concurrency, "1 to 256");
      require(attempts >= 1, "endpoint.attempts", attempts, ">= 1");
      require(patienceSeconds >= 0, "endpoint.patienceSeconds", patienceSeconds, ">= 0");
    }

    private Endpoint decisive() {
      return new Endpoint(
          url,
          model,
          /* keyVariable= */ null,
          maxTokens,
          /* concurrency= */ 1,
          /* attempts= */ 1,
          /* patienceSeconds= */ 0);
    }
  }

  private static final String SYSTEM = "Answer with one digit, 1 or 2, and nothing else.";
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  /** So many refusals without an answer between them are not the questions' fault. */
  private static final int REFUSALS = 20;

  /** Of an answer with its log-probabilities: a frame, and so much for each of its tokens. */
  private static final int BYTES = 1 << 18;

  private static final int BYTES_PER_TOKEN = 1 << 13;

  private final ChatClient client;
  private final JudgePrompt<Question> prompt;
  private final String model;
  private final int maxTokens;
  private final String hash;
  private final KeptAnswers kept;
  private final ExecutorService pool;
  private final AtomicInteger refusedInARow = new AtomicInteger();
  private volatile RequestWords asking = RequestWords.FIRST;

  /** Why nothing more is sent. */
  private volatile @Nullable UserError givenUp;

  private EndpointJudge(
      ChatClient client,
      JudgePrompt<Question> prompt,
      Endpoint endpoint,
      String model,
      String hash,
      @Nullable Path answers) {
    this.client = client;
    this.prompt = prompt;
    this.model = model;
    this.maxTokens = endpoint.maxTokens();
    this.hash = hash;
    this.kept = answers == null ? KeptAnswers.nowhere() : KeptAnswers.open(answers, hash);
    this.pool =
        Executors.newFixedThreadPool(
            endpoint.concurrency(),
            task -> {
              Thread thread = new Thread(task, "judge-endpoint");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Opens a judge; nothing is sent before the first question.
   *
   * @param timeout for one request and its answer
   * @param environment where the variables of key and proxies are looked up: {@code System::getenv}
   * @param answers the file in which answers are kept; null: they are not
   * @param firstWait before a question is put again
   */
  static EndpointJudge open(
      Endpoint endpoint,
      JudgePrompt<Question> prompt,
      Duration timeout,
      Function<String, @Nullable String> environment,
      @Nullable Path answers,
      Duration firstWait) {
    String expectation = "a base URL such as http://localhost:8000/v1";
    URI uri = chatCompletions(UserError.given("endpoint.url", endpoint.url(), expectation));
    String model = UserError.given("endpoint.model", endpoint.model(), "the model's name there");
    ApiKey key = ApiKey.from(endpoint.keyVariable(), environment);
    var patience =
        new Patience(Duration.ofSeconds(endpoint.patienceSeconds()), endpoint.attempts());
    int longestBody = BYTES + BYTES_PER_TOKEN * endpoint.maxTokens();
    var target =
        new ChatClient.Target(
            uri, model, key, new Proxies(environment), timeout, firstWait, longestBody);
    String hash =
        ConfigFiles.hash(
            Map.of(
                "url", uri.toString(),
                "model", model,
                "system", SYSTEM,
                "maxTokens", endpoint.maxTokens(),
                "prompt", prompt.parts()));
    var client = new ChatClient(target, patience);
    return new EndpointJudge(client, prompt, endpoint, model, hash, answers);
  }

  private static URI chatCompletions(String base) {
    URI uri;
    try {
      uri = new URI(base.replaceAll("/+$", "") + "/chat/completions");
    } catch (URISyntaxException e) {
      throw new UserError("endpoint.url: " + e.getReason() + " (expected: a base URL)", e);
    }
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null) {
      throw UserError.expected(
          "endpoint.url", "one with a user, a password or a query", "only scheme, host and path");
    }
    require(
        web && uri.getHost() != null,
        "endpoint.url",
        base,
        "http:// or https://, a host and a path such as /v1");
    return uri;
  }

  @Override
  public Answer ask(Question question) {
    Answer known = kept.find(question);
    if (known != null) {
      return known;
    }
    UserError over = givenUp;
    if (over != null) {
      throw over;
    }
    try {
      return put(question);
    } catch (UserError e) {
      givenUp = e;
      throw e;
    }
  }

  private Answer put(Question question) {
    RequestWords words = asking;
    ChatClient.Reply reply = client.post(request(question, words));
    while (reply instanceof ChatClient.Reply.Refused refused) {
      RequestWords others = words.after(refused.complaint());
      if (others == null) {
        break;
      }
      words = others;
      reply = client.post(request(question, words));
    }
    if (reply instanceof ChatClient.Reply.Body body) {
      refusedInARow.set(0);
      asking = words;
      Answer answer = ChatAnswer.read(body.json());
      kept.keep(question, answer);
      return answer;
    }
    String why = ((ChatClient.Reply.Refused) reply).why();
    if (refusedInARow.incrementAndGet() >= REFUSALS) {
      throw client.wrong(why, "an answer to one of the last " + REFUSALS + " questions");
    }
    return Answer.none(why); // not kept: asked another day, it may be answered
  }

  @Override
  public int answeredBefore(List<Question> questions) {
    return (int) questions.stream().filter(each -> kept.find(each) != null).count();
  }

  @Override
  public List<Answer> askAll(List<Question> questions) {
    List<Future<Answer>> pending = new ArrayList<>(questions.size());
    for (Question question : questions) {
      pending.add(pool.submit(() -> ask(question)));
    }
    try {
      List<Answer> answers = new ArrayList<>(pending.size());
      for (Future<Answer> each : pending) {
        answers.add(each.get());
      }
      return answers;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UserError mistake) {
        throw new UserError(mistake.getMessage() + kept.toGoOn(), mistake);
      }
      throw new IllegalStateException("the judge " + name() + " failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + name(), e);
    } finally {
      pending.forEach(each -> each.cancel(true)); // after a failure there is no need for the rest
    }
  }

  private String request(Question question, RequestWords words) {
    ObjectNode request = Json.MAPPER.createObjectNode();
    request.put("model", model);
    ArrayNode messages = request.putArray("messages");
    messages.addObject().put("role", "system").put("content", SYSTEM);
    messages.addObject().put("role", "user").put("content", prompt.render(question));
    words.write(request, maxTokens);
    return request.toString();
  }

  @Override
  public List<String> remarks() {
    return asking.remarks();
  }

  @Override
  public String name() {
    return "endpoint:" + model;
  }

  @Override
  public String hash() {
    return hash;
  }

  @Override
  public String toString() {
    return name();
  }

  @Override
  public void close() {
    pool.shutdownNow();
    try {
      // What is being written down now is written down.
      pool.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kept.close();
  }
}
