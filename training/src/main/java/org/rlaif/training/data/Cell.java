package org.rlaif.training.data;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Message;

/**
 * What a column of a row has: text, or else messages.
 *
 * @param messages at least one if there is no text
 */
record Cell(String column, @Nullable String text, List<Message> messages) {

  boolean isChat() {
    return text == null;
  }

  Message last() {
    return messages.get(messages.size() - 1);
  }

  /** The text of an answer: all of it, or the last message's. */
  String answer() {
    return isChat() ? last().content() : Objects.requireNonNull(text);
  }

  /** What an answer answers, as far as it says that itself; empty if it does not. */
  List<Message> asked() {
    return isChat() ? messages.subList(0, messages.size() - 1) : List.of();
  }
}
