package org.rlaif.training.data;

import java.util.ArrayList;
import java.util.List;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.training.config.DataConfig;
import org.rlaif.training.rows.Row;

/** How the policy is asked: {@code data.chat} and {@code data.system}. */
record Asking(boolean chat, String system) {

  static Asking of(DataConfig config) {
    return new Asking(config.chat(), config.system());
  }

  /** A text as it is, or as a user's message. */
  Prompt text(String text) {
    return chat ? messages(List.of(Message.user(text))) : Prompt.of(text);
  }

  /**
   * A row's text as it is, or as a user's message.
   *
   * @param answered whether it is answered with messages, so that it must be one
   */
  Prompt text(Row row, String text, boolean answered) {
    if (answered) {
      return messages(List.of(Message.user(text)));
    }
    if (!chat && !system.isEmpty()) {
      throw row.error("prompt", "plain text", "data.chat: true, since there is a data.system");
    }
    return text(text);
  }

  /** A conversation, after what the system says unless it has a message of its own. */
  Prompt messages(List<Message> messages) {
    if (system.isEmpty() || messages.get(0).isBy(Message.SYSTEM)) {
      return Prompt.of(messages);
    }
    List<Message> all = new ArrayList<>(messages);
    all.add(0, Message.system(system));
    return Prompt.of(all);
  }
}
