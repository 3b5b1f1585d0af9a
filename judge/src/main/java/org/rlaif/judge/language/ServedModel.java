package org.rlaif.judge.language;

import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.CallFailure;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.UserError;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.Input;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LogprobsResponse;
import org.rlaif.v1.Sampling;

/**
 * A language model that is served here: how probable are the answers after the question? Nothing is
 * sampled and nothing parsed; an answer of several tokens has the sum of their log-probabilities.
 *
 * <p>The server tokenises the answers as plain text, without an end-of-text token after them; with
 * one, the question would be which answer is the more final, not which is the better.
 *
 * <p>A model that has a chat template is asked through it, as it was taught to be asked, unless it
 * is to be asked in plain text. The server writes the chat: a template that writes the date gets
 * that of the day.
 */
public final class ServedModel implements LanguageModel {
  /** The engine computes them together; more in a line would only wait. */
  private static final int AT_A_TIME = 16;

  private final RlaifClient client;
  private final String model;
  private final boolean chat;

  /** Whether the model takes chats; null until the server was asked. */
  private volatile @Nullable Boolean takesChats;

  /**
   * Closes the client when it is closed.
   *
   * @param chat whether the model is asked through its chat template, if it has one
   */
  public ServedModel(RlaifClient client, String model, boolean chat) {
    this.client = client;
    this.model = model;
    this.chat = chat;
  }

  @Override
  public Choice choose(String question, Choices choices) {
    LogprobsRequest.Builder request =
        LogprobsRequest.newBuilder().setModel(model).setPrompt(asked(question));
    choices.answers().forEach(answer -> request.addCompletions(RlaifClient.text(answer)));
    LogprobsResponse response;
    try {
      response = client.logprobs(request.build());
    } catch (StatusRuntimeException e) {
      return Choice.none(refused(e));
    }
    if (response.getCompletionsCount() != choices.answers().size()) {
      throw new IllegalStateException(
          "log-probabilities from %s: %d completions (expected: %d)"
              .formatted(model, response.getCompletionsCount(), choices.answers().size()));
    }
    return Choice.ofLogprobs(
        response.getCompletionsList().stream()
            .map(each -> new AnswerLogprob(each.getTokenIdsList(), logprob(each)))
            .toList());
  }

  @Override
  public Written write(String question, Writing how) {
    Sampling sampling =
        Sampling.newBuilder()
            .setMaxTokens(how.maxTokens())
            .setTemperature((float) how.temperature())
            .setSeed(how.seed())
            .build();
    GenerateRequest request =
        GenerateRequest.newBuilder()
            .setModel(model)
            .setPrompt(asked(question))
            .setSampling(sampling)
            .build();
    try {
      return Written.of(client.generate(request).getText());
    } catch (StatusRuntimeException e) {
      return Written.none(refused(e));
    }
  }

  private Input asked(String question) {
    return asksInChats()
        ? RlaifClient.chat(RlaifClient.user(question))
        : RlaifClient.text(question);
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

  /** Why this question was not taken; any other failure is everybody's. */
  private static String refused(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> String.valueOf(e.getStatus().getDescription());
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

  /** And how it is asked. */
  @Override
  public String name() {
    return "model:" + model + (asksInChats() ? " (chat)" : "");
  }

  @Override
  public Object identity() {
    return name();
  }

  @Override
  public int atATime() {
    return AT_A_TIME;
  }

  @Override
  public void close() {
    client.close();
  }
}
