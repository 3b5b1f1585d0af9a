package org.rlaif.judge;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.Proxies;
import org.rlaif.kit.UserError;

/**
 * Judges by any OpenAI-compatible endpoint: chat completions at temperature 0, with the 20 most
 * likely tokens at each position asked for. {@link ChatAnswer} tells how the answer is read. An
 * endpoint that refuses to give log-probabilities is asked without them from then on.
 *
 * <p>The API key comes from an environment variable, never from a file, and is in no message.
 */
public final class EndpointJudge implements Judge {
  private static final String SYSTEM = "Answer with one digit, 1 or 2, and nothing else.";
  private static final int MOST_LIKELY = 20; // the most that the API allows
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  /** So many refusals without an answer between them are not the questions' fault. */
  private static final int REFUSALS = 20;

  private final ChatClient client;
  private final JudgePrompt prompt;
  private final String model;
  private final String host;
  private final int maxTokens;
  private final ExecutorService pool;
  private final AtomicInteger refusedInARow = new AtomicInteger();
  private volatile boolean asksForLogprobs = true;

  private EndpointJudge(
      ChatClient client,
      JudgePrompt prompt,
      String model,
      String host,
      int maxTokens,
      int concurrency) {
    this.client = client;
    this.prompt = prompt;
    this.model = model;
    this.host = host;
    this.maxTokens = maxTokens;
    this.pool =
        Executors.newFixedThreadPool(
            concurrency,
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
   */
  public static EndpointJudge open(
      JudgeConfig.Endpoint endpoint,
      JudgePrompt prompt,
      Duration timeout,
      Function<String, @Nullable String> environment) {
    return open(endpoint, prompt, timeout, environment, FIRST_WAIT);
  }

  static EndpointJudge open(
      JudgeConfig.Endpoint endpoint,
      JudgePrompt prompt,
      Duration timeout,
      Function<String, @Nullable String> environment,
      Duration firstWait) {
    String expectation = "a base URL such as http://localhost:8000/v1";
    URI uri = chatCompletions(JudgeFactory.given("endpoint.url", endpoint.url(), expectation));
    String model = JudgeFactory.given("endpoint.model", endpoint.model(), "the model's name there");
    ApiKey key = ApiKey.from(endpoint.keyVariable(), environment);
    var proxies = new Proxies(environment);
    ChatClient client =
        new ChatClient(uri, model, key, proxies, endpoint.attempts(), timeout, firstWait);
    return new EndpointJudge(
        client, prompt, model, uri.getHost(), endpoint.maxTokens(), endpoint.concurrency());
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
    UserError.require(
        web && uri.getHost() != null,
        "endpoint.url",
        base,
        "http:// or https://, a host and a path such as /v1");
    return uri;
  }

  @Override
  public Answer ask(Question question) {
    boolean withLogprobs = asksForLogprobs;
    ChatClient.Reply reply = client.post(request(question, withLogprobs));
    if (withLogprobs
        && reply instanceof ChatClient.Reply.Refused r
        && r.why().contains("logprobs")) {
      asksForLogprobs = false;
      reply = client.post(request(question, false));
    }
    if (reply instanceof ChatClient.Reply.Body body) {
      refusedInARow.set(0);
      return ChatAnswer.read(body.json());
    }
    String why = ((ChatClient.Reply.Refused) reply).why();
    if (refusedInARow.incrementAndGet() >= REFUSALS) {
      throw client.wrong(why, "an answer to one of the last " + REFUSALS + " questions");
    }
    return Answer.none(why);
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
        throw mistake;
      }
      throw new IllegalStateException("the judge " + name() + " failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + name(), e);
    } finally {
      pending.forEach(each -> each.cancel(true)); // after a failure there is no need for the rest
    }
  }

  private String request(Question question, boolean withLogprobs) {
    ObjectNode request = Json.MAPPER.createObjectNode();
    request.put("model", model);
    ArrayNode messages = request.putArray("messages");
    messages.addObject().put("role", "system").put("content", SYSTEM);
    messages.addObject().put("role", "user").put("content", prompt.render(question));
    request.put("temperature", 0);
    request.put("max_tokens", maxTokens);
    if (withLogprobs) {
      request.put("logprobs", true).put("top_logprobs", MOST_LIKELY);
    }
    return request.toString();
  }

  @Override
  public String name() {
    return "endpoint:" + model;
  }

  @Override
  public String hash() {
    return ConfigFiles.hash(
        Map.of(
            "host", host,
            "model", model,
            "system", SYSTEM,
            "maxTokens", maxTokens,
            "prompt", prompt.parts()));
  }

  @Override
  public String toString() {
    return name();
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
