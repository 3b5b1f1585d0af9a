package org.rlaif.kit;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One turn of a conversation; the role is "system", "user", "assistant" or "tool". */
public record Message(String role, String content) {
  public static final String SYSTEM = "system";
  public static final String USER = "user";
  public static final String ASSISTANT = "assistant";

  /** What a tool gives back to whoever has called it. */
  public static final String TOOL = "tool";

  private static final Set<String> KEYS = Set.of("role", "content");
  private static final String FORM = "{\"role\": …, \"content\": …}";

  public static Message system(String content) {
    return new Message(SYSTEM, content);
  }

  public static Message user(String content) {
    return new Message(USER, content);
  }

  public static Message assistant(String content) {
    return new Message(ASSISTANT, content);
  }

  public static Message tool(String content) {
    return new Message(TOOL, content);
  }

  /**
   * A conversation as Hugging Face and OpenAI write it: an array of objects with role and content.
   * Other keys may be there with nothing in them; what they would say must not get lost.
   *
   * @param name what the {@link UserError} begins with that says which message is not understood
   */
  public static List<Message> list(String name, JsonNode json) {
    require(
        json.isArray() && !json.isEmpty(),
        name,
        Json.excerpt(json),
        "a list of messages, each " + FORM);
    List<Message> messages = new ArrayList<>(json.size());
    for (JsonNode each : json) {
      messages.add(read(name + ", message " + (messages.size() + 1), each));
    }
    return List.copyOf(messages);
  }

  private static Message read(String name, JsonNode json) {
    String role = json.path("role").textValue();
    String content = json.path("content").textValue();
    if (role == null || role.isEmpty() || content == null) {
      throw UserError.expected(name, Json.excerpt(json), FORM + ", both text");
    }
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      require(
          KEYS.contains(entry.getKey()) || entry.getValue().isNull(),
          name + ", " + entry.getKey(),
          Json.excerpt(entry.getValue()),
          "null or nothing: a message is role and content");
    }
    return new Message(role, content);
  }

  public boolean isBy(String role) {
    return this.role.equals(role);
  }
}
