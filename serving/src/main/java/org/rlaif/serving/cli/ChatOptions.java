package org.rlaif.serving.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Json;
import org.rlaif.kit.Message;
import org.rlaif.v1.Input;
import picocli.CommandLine.Option;

/** Whether a prompt is a text as it stands, or what a user says in a conversation. */
final class ChatOptions {
  @Option(
      names = "--chat",
      description = "The prompt is what a user says; the model's chat template writes it down.")
  private boolean chat;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "The same, and the system says this first.")
  private @Nullable String system;

  @Option(
      names = "--messages",
      paramLabel = "FILE",
      description =
          "The same, after the messages of this file: a JSON array of {role, content}, as Hugging"
              + " Face and OpenAI write them. The prompt may be left out then.")
  private @Nullable Path file;

  private @Nullable List<Message> read;

  /** Of what was typed, if anything was. */
  Input prompt(@Nullable String typed) {
    return prompt(List.of(), typed);
  }

  /** Whether there is a prompt even if none is typed. */
  boolean haveMessages() {
    return file != null;
  }

  /**
   * Of one row among many.
   *
   * @param said before the prompt, in this row alone
   */
  Input prompt(List<Message> said, @Nullable String prompt) {
    List<Message> messages = new ArrayList<>();
    if (system != null) {
      messages.add(Message.system(system));
    }
    if (file != null) {
      if (read == null) {
        read = Message.list(file.toString(), Json.read(file, JsonNode.class));
      }
      messages.addAll(read);
    }
    messages.addAll(said);
    if (prompt != null && !chat && messages.isEmpty()) {
      return RlaifClient.text(prompt);
    }
    if (prompt != null) {
      messages.add(Message.user(prompt));
    }
    return RlaifClient.chat(
        messages.stream().map(ChatOptions::wire).toArray(org.rlaif.v1.Message[]::new));
  }

  private static org.rlaif.v1.Message wire(Message message) {
    return org.rlaif.v1.Message.newBuilder()
        .setRole(message.role())
        .setContent(message.content())
        .build();
  }
}
