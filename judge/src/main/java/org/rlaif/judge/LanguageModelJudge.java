package org.rlaif.judge;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.CallFailure;
import org.rlaif.client.Credentials;
import org.rlaif.client.RlaifClient;
import org.rlaif.client.Tls;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.UserError;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LogprobsResponse;

/**
 * Judges by a language model that is served here: how probable are the answers "1" and "2" after
 * the question? Softmax over exactly these two (Lee et al. 2023, arXiv 2309.00267, section 2.1);
 * nothing is sampled and nothing parsed. An answer of several tokens has the sum of their
 * log-probabilities.
 *
 * <p>The server tokenises the answers as plain text, without an end-of-text token after them; with
 * one, the question would be which answer is the more final, not which is the better.
 *
 * <p>A model that has a chat template is asked through it, as it was taught to be asked, unless it
 * is to be asked in plain text. The judge's name and hash say which. The server writes the chat: a
 * template that writes the date gets that of the day.
 *
 * <p>A question the server cannot take, such as one longer than the context, is not answered.
 */
public final class LanguageModelJudge implements Judge {
  /**
   * Its settings.
   *
   * @param template a Mustache file; null: as shipped
   * @param timeoutSeconds for one answer
   * @param address {@code host:port} of the server; null: the run's own
   * @param tls how {@code address} is known, and what it is shown; the token is the environment's
   * @param model its name on that server
   * @param chat whether one that has a chat template is asked through it
   */
  @JsonTypeName("model")
  public record Config(
      @Nullable String template,
      int timeoutSeconds,
      @Nullable String address,
      Tls tls,
      @Nullable String model,
      boolean chat)
      implements JudgeKind {
    public Config {
      UserError.require(timeoutSeconds >= 1, "timeoutSeconds", timeoutSeconds, ">= 1");
    }

    @Override
    public Judge open(Rubric rubric, Opening opening) {
      String name = UserError.given("model", model, "the name of a model that is served there");
      JudgePrompt prompt = JudgePrompt.of(template, rubric);
      return new LanguageModelJudge(client(opening.ownServer()), name, prompt, chat);
    }

    /** The token for another server is the environment's. */
    private RlaifClient client(@Nullable Function<Duration, RlaifClient> ownServer) {
      Duration timeout = Duration.ofSeconds(timeoutSeconds);
      if (address == null && ownServer != null) {
        return ownServer.apply(timeout);
      }
      String server = UserError.given("address", address, "host:port of a server");
      try {
        var credentials = new Credentials(tls, System.getenv(Credentials.TOKEN));
        return RlaifClient.open(server, timeout, credentials);
      } catch (IllegalArgumentException e) {
        throw new UserError("judge: " + server + ": " + e.getMessage(), e);
      }
    }

    @Override
    public Config decisive() {
      return new Config(template, /* timeoutSeconds= */ 1, address, Tls.NONE, model, chat);
    }

    @Override
    public boolean servedHere() {
      return address == null;
    }

    @Override
    public Config servedAs(String name) {
      return new Config(template, timeoutSeconds, /* address= */ null, Tls.NONE, name, chat);
    }
  }

  private static final List<String> ANSWERS = List.of("1", "2");

  private final RlaifClient client;
  private final String model;
  private final JudgePrompt prompt;
  private final boolean chat;

  /** Whether the model takes chats; null until the server was asked. */
  private volatile @Nullable Boolean takesChats;

  /**
   * The judge closes the client.
   *
   * @param chat whether the model is asked through its chat template, if it has one
   */
  public LanguageModelJudge(RlaifClient client, String model, JudgePrompt prompt, boolean chat) {
    this.client = client;
    this.model = model;
    this.prompt = prompt;
    this.chat = chat;
  }

  @Override
  public Answer ask(Question question) {
    String asked = prompt.render(question);
    LogprobsRequest.Builder request =
        LogprobsRequest.newBuilder()
            .setModel(model)
            .setPrompt(
                asksInChats()
                    ? RlaifClient.chat(RlaifClient.user(asked))
                    : RlaifClient.text(asked));
    ANSWERS.forEach(answer -> request.addCompletions(RlaifClient.text(answer)));
    LogprobsResponse response;
    try {
      response = client.logprobs(request.build());
    } catch (StatusRuntimeException e) {
      return failed(e);
    }
    if (response.getCompletionsCount() != ANSWERS.size()) {
      throw new IllegalStateException(
          "log-probabilities from "
              + model
              + ": "
              + response.getCompletionsCount()
              + " completions (expected: 2)");
    }
    double first = logprob(response.getCompletions(0));
    double second = logprob(response.getCompletions(1));
    double logit = first - second;
    return Double.isNaN(logit)
        ? Answer.none("no log-probabilities of 1 and 2: " + first + ", " + second)
        : Answer.of(Logistic.sigmoid(logit)); // softmax over two
  }

  /** The server is asked once what the model is. */
  private boolean asksInChats() {
    Boolean known = takesChats;
    if (known == null) {
      try {
        known =
            chat
                && client.models().stream()
                    .anyMatch(each -> each.getName().equals(model) && each.getChatTemplate());
      } catch (StatusRuntimeException e) {
        throw unusable(e);
      }
      takesChats = known;
    }
    return known;
  }

  private static Answer failed(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case INVALID_ARGUMENT, OUT_OF_RANGE ->
          Answer.none(String.valueOf(e.getStatus().getDescription()));
      default -> throw unusable(e);
    };
  }

  private static RuntimeException unusable(StatusRuntimeException e) {
    return CallFailure.explained(e, (why, cause) -> new UserError("judge: " + why, cause));
  }

  private static double logprob(LogprobsResponse.Completion completion) {
    if (completion.getLogprobsCount() == 0) {
      return Double.NaN;
    }
    double sum = 0;
    for (float logprob : completion.getLogprobsList()) {
      sum += logprob;
    }
    return sum;
  }

  @Override
  public String name() {
    return "model:" + model + (asksInChats() ? " (chat)" : "");
  }

  @Override
  public String hash() {
    Map<String, Object> parts = new HashMap<>(Map.of("model", model, "prompt", prompt.parts()));
    if (asksInChats()) {
      parts.put("chat", true);
    }
    return ConfigFiles.hash(parts);
  }

  @Override
  public void close() {
    client.close();
  }
}
