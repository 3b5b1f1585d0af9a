package org.rlaif.judge;

import io.grpc.StatusRuntimeException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.CallFailure;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.UserError;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LogprobsResponse;

/**
 * A language model that is served here, asked how probable it finds some answers to a question.
 *
 * <p>The server tokenises the answers as plain text, without an end-of-text token after them; with
 * one, the question would be which answer is the more final, not which is the better.
 *
 * <p>A model that has a chat template is asked through it, as it was taught to be asked, unless it
 * is to be asked in plain text. The server writes the chat: a template that writes the date gets
 * that of the day.
 */
final class ServedModel implements AutoCloseable {
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
  ServedModel(RlaifClient client, String model, boolean chat) {
    this.client = client;
    this.model = model;
    this.chat = chat;
  }

  /**
   * What it says to a question.
   *
   * @param answers as many as were asked about, in their order; empty if it took no such question
   * @param whyNot why it did not; else empty
   */
  record Reply(List<AnswerLogprob> answers, String whyNot) {}

  Reply reply(String question, List<String> answers) {
    LogprobsRequest.Builder request =
        LogprobsRequest.newBuilder()
            .setModel(model)
            .setPrompt(
                asksInChats()
                    ? RlaifClient.chat(RlaifClient.user(question))
                    : RlaifClient.text(question));
    answers.forEach(answer -> request.addCompletions(RlaifClient.text(answer)));
    LogprobsResponse response;
    try {
      response = client.logprobs(request.build());
    } catch (StatusRuntimeException e) {
      return refused(e);
    }
    if (response.getCompletionsCount() != answers.size()) {
      throw new IllegalStateException(
          "log-probabilities from %s: %d completions (expected: %d)"
              .formatted(model, response.getCompletionsCount(), answers.size()));
    }
    return new Reply(
        response.getCompletionsList().stream()
            .map(each -> new AnswerLogprob(each.getTokenIdsList(), logprob(each)))
            .toList(),
        "");
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

  private static Reply refused(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case INVALID_ARGUMENT, OUT_OF_RANGE ->
          new Reply(List.of(), String.valueOf(e.getStatus().getDescription()));
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

  /** Its name, and how it is asked. */
  String name() {
    return model + (asksInChats() ? " (chat)" : "");
  }

  @Override
  public void close() {
    client.close();
  }
}
