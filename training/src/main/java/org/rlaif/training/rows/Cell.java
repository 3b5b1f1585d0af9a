package org.rlaif.training.rows;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Message;

/**
 * What a column of a row has: text, or else messages.
 *
 * @param messages at least one if there is no text
 */
public record Cell(String column, @Nullable String text, List<Message> messages) {

  public boolean isChat() {
    return text == null;
  }

  public Message last() {
    return messages.get(messages.size() - 1);
  }

  /** The text of an answer: all of it, or the last message's. */
  public String answer() {
    return isChat() ? last().content() : Objects.requireNonNull(text);
  }

  /** What an answer answers, as far as it says that itself; empty if it does not. */
  public List<Message> asked() {
    return isChat() ? messages.subList(0, messages.size() - 1) : List.of();
  }
}
