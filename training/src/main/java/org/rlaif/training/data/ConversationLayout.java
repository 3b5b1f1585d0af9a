package org.rlaif.training.data;

import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.training.rows.Cell;
import org.rlaif.training.rows.Row;

/**
 * A list of messages of which every turn of the assistant is learned. The last one is the answer,
 * what comes before it the prompt; answers to that prompt beside it are a preference.
 */
record ConversationLayout(RowParts parts) implements Layout {
  @Override
  public String expects() {
    return "a conversation in " + learns();
  }

  @Override
  public String learns() {
    return parts.columns().messages();
  }

  @Override
  public Reading read(Row row) {
    Cell conversation = parts.answer(row, learns());
    if (conversation.asked().isEmpty()) {
      throw row.error(
          "column " + learns(),
          conversation.isChat() ? "one message" : "a text",
          "a list of messages, the last one by assistant");
    }
    RowParts.Pair pair = parts.pairBeside(row);
    Prompt prompt = parts.prompt(row, conversation, pair);
    return Reading.of(parts.lesson(row, prompt, conversation, pair, hasEarlierTurns(prompt)));
  }

  private static boolean hasEarlierTurns(Prompt prompt) {
    return prompt instanceof Prompt.Chat chat
        && chat.messages().stream().anyMatch(message -> message.isBy(Message.ASSISTANT));
  }
}
