package org.rlaif.serving.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.v1.Message;

/** Conversations as Hugging Face and OpenAI write them: JSON arrays of role and content. */
final class Messages {
  private Messages() {}

  static List<Message> read(Path file) {
    try {
      return parse(Json.MAPPER.readTree(file.toFile()), file.toString());
    } catch (JsonProcessingException e) {
      throw new UserError(file + ": not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** A {@link UserError} begins with the name and says which message is not understood. */
  static List<Message> parse(JsonNode json, String name) {
    UserError.require(
        json.isArray() && !json.isEmpty(), name, json, "a JSON array of {role, content}");
    List<Message> messages = new ArrayList<>(json.size());
    for (JsonNode each : json) {
      boolean understood =
          each.size() == 2 && each.path("role").isTextual() && each.path("content").isTextual();
      UserError.require(
          understood,
          name + ", message " + (messages.size() + 1),
          each,
          "{role, content}, both texts, and nothing else");
      messages.add(
          Message.newBuilder()
              .setRole(each.path("role").asText())
              .setContent(each.path("content").asText())
              .build());
    }
    return messages;
  }
}
