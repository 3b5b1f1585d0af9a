package org.rlaif.judge.language;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.kit.Proxies;
import org.rlaif.kit.UserError;

/**
 * A language model behind any OpenAI-compatible endpoint: chat completions at temperature 0, with
 * the 20 most likely tokens at each position asked for. {@link ChatAnswer} tells how an answer is
 * read. What an endpoint refuses to be asked is asked in {@linkplain RequestWords other words} or
 * left out, from the first time on that this gets an answer.
 *
 * <p>The API key comes from an environment variable, never from a file, and is in no message.
 */
public final class EndpointModel implements LanguageModel {
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

    /** The same with nothing in it that decides no answer. */
    public Endpoint decisive() {
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

  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  /** So many refusals without an answer between them are not the questions' fault. */
  private static final int REFUSALS = 20;

  /** Of an answer with its log-probabilities: a frame, and so much for each of its tokens. */
  private static final int BYTES = 1 << 18;

  private static final int BYTES_PER_TOKEN = 1 << 13;

  private final ChatClient client;
  private final URI uri;
  private final String model;
  private final Endpoint endpoint;
  private final AtomicInteger refusedInARow = new AtomicInteger();
  private volatile RequestWords asking = RequestWords.FIRST;

  /** Why nothing more is sent. */
  private volatile @Nullable UserError givenUp;

  private EndpointModel(ChatClient client, URI uri, String model, Endpoint endpoint) {
    this.client = client;
    this.uri = uri;
    this.model = model;
    this.endpoint = endpoint;
  }

  /**
   * Opens one; nothing is sent before the first question.
   *
   * @param timeout for one request and its answer
   */
  public static EndpointModel open(Endpoint endpoint, Duration timeout) {
    return open(endpoint, timeout, System::getenv, FIRST_WAIT);
  }

  /**
   * The same.
   *
   * @param environment where the variables of key and proxies are looked up: {@code System::getenv}
   * @param firstWait before a question is put again
   */
  public static EndpointModel open(
      Endpoint endpoint,
      Duration timeout,
      Function<String, @Nullable String> environment,
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
    return new EndpointModel(new ChatClient(target, patience), uri, model, endpoint);
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
  public Choice choose(String question, Choices choices) {
    ChatClient.Reply reply =
        put(
            words -> {
              ObjectNode request = request(words, endpoint.maxTokens());
              words.writeColdest(request);
              ArrayNode messages = request.putArray("messages");
              messages.addObject().put("role", "system").put("content", choices.instruction());
              messages.addObject().put("role", "user").put("content", question);
              return request;
            });
    return reply instanceof ChatClient.Reply.Body body
        ? ChatAnswer.read(body.json(), choices)
        : Choice.refused(((ChatClient.Reply.Refused) reply).why());
  }

  @Override
  public Written write(String question, Writing how) {
    ChatClient.Reply reply =
        put(
            words -> {
              ObjectNode request = request(words, how.maxTokens());
              words.write(request, how);
              request.putArray("messages").addObject().put("role", "user").put("content", question);
              return request;
            });
    return reply instanceof ChatClient.Reply.Body body
        ? ChatAnswer.text(body.json())
        : Written.refused(((ChatClient.Reply.Refused) reply).why());
  }

  private ObjectNode request(RequestWords words, int maxTokens) {
    ObjectNode request = Json.MAPPER.createObjectNode().put("model", model);
    words.writeLength(request, maxTokens);
    return request;
  }

  /** Puts a question in the words that the endpoint takes; after it is given up, no more. */
  private ChatClient.Reply put(Function<RequestWords, ObjectNode> request) {
    UserError over = givenUp;
    if (over != null) {
      throw over;
    }
    try {
      return inItsWords(request);
    } catch (UserError e) {
      givenUp = e;
      throw e;
    }
  }

  private ChatClient.Reply inItsWords(Function<RequestWords, ObjectNode> request) {
    RequestWords words = asking;
    ChatClient.Reply reply = client.post(request.apply(words).toString());
    while (reply instanceof ChatClient.Reply.Refused refused) {
      RequestWords others = words.after(refused.complaint());
      if (others == null) {
        break;
      }
      words = others;
      reply = client.post(request.apply(words).toString());
    }
    if (reply instanceof ChatClient.Reply.Refused refused) {
      if (refusedInARow.incrementAndGet() >= REFUSALS) {
        throw client.wrong(
            refused.why(), "an answer to one of the last " + REFUSALS + " questions");
      }
    } else {
      refusedInARow.set(0);
      asking = words;
    }
    return reply;
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
  public Object identity() {
    return Map.of("url", uri.toString(), "model", model, "maxTokens", endpoint.maxTokens());
  }

  @Override
  public int atATime() {
    return endpoint.concurrency();
  }

  @Override
  public String toString() {
    return name();
  }

  @Override
  public void close() {}
}
