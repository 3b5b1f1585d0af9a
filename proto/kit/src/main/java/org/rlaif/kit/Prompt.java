package org.rlaif.kit;

import static java.util.stream.Collectors.joining;
import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a policy is asked: a text to go on with, or a conversation to answer. In JSON the first is a
 * string, the second an array of {@code {"role": …, "content": …}}.
 */
public sealed interface Prompt {

  /** A text to go on with. */
  record Text(@JsonValue String text) implements Prompt {
    @Override
    public String transcript() {
      return text;
    }
  }

  /** A conversation to answer. */
  record Chat(@JsonValue List<Message> messages) implements Prompt {
    public Chat {
      require(!messages.isEmpty(), "prompt", "[]", "at least one message");
      messages = List.copyOf(messages);
    }

    @Override
    public String transcript() {
      return messages.size() == 1 && messages.get(0).isBy(Message.USER)
          ? messages.get(0).content()
          : messages.stream().map(Chat::turn).collect(joining("\n\n"));
    }

    private static String turn(Message message) {
      String role = message.role();
      return role.substring(0, 1).toUpperCase(Locale.ROOT)
          + role.substring(1)
          + ": "
          + message.content();
    }
  }

  static Prompt of(String text) {
    return new Text(text);
  }

  static Prompt of(List<Message> messages) {
    return new Chat(messages);
  }

  /** Reads either form. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Prompt read(JsonNode json) {
    if (json.isTextual()) {
      return of(json.textValue());
    }
    require(json.isArray(), "prompt", Json.excerpt(json), "a text, or a list of messages");
    return of(Message.list("prompt", json));
  }

  /** This one with more turns behind it; a text goes on with what they say, whoever says it. */
  default Prompt followedBy(List<Message> turns) {
    return this instanceof Chat chat
        ? of(Stream.concat(chat.messages.stream(), turns.stream()).toList())
        : of(transcript() + turns.stream().map(Message::content).collect(joining()));
  }

  /**
   * Text for whoever has to read it: judges, reports, splits. A text is its own; so is what a user
   * asks alone. Longer conversations are {@code User: …}, {@code Assistant: …} and so on, with an
   * empty line between them.
   */
  String transcript();
}
