package org.rlaif.training.data;

import com.fasterxml.jackson.core.type.TypeReference;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.DataConfig;

/**
 * Turns a row into a prompt with what was written about it. These kinds of rows are understood: a
 * conversation; prompt and completion; prompt, chosen and rejected; chosen and rejected alone, as
 * whole transcripts; and, where nothing is learned from completions, a prompt alone. Prompts and
 * answers are text or lists of messages.
 *
 * <p>An answer that is a list ends with a message of the assistant's. Messages before that are the
 * prompt, and then a text in the prompt column counts for nothing.
 */
final class RowReader {
  private final DataConfig.Columns columns;
  private final @Nullable Template promptTemplate;
  private final String completionPrefix;
  private final Asking asking;
  private final boolean promptsAlone;

  /** The answers of a row, by their columns. */
  private record Answers(
      @Nullable Cell conversation,
      @Nullable Cell completion,
      @Nullable Cell chosen,
      @Nullable Cell rejected) {
    List<Cell> all() {
      return Stream.of(conversation, completion, chosen, rejected)
          .filter(Objects::nonNull)
          .toList();
    }

    /** To learn. */
    @Nullable Cell learned() {
      return conversation == null ? completion : conversation;
    }
  }

  /**
   * @param promptsAlone whether a row may have a prompt and nothing else, as nothing is learned
   *     from completions
   */
  RowReader(DataConfig config, boolean promptsAlone) {
    this.promptsAlone = promptsAlone;
    this.columns = config.columns();
    this.promptTemplate =
        config.promptTemplate().isEmpty() ? null : compile(config.promptTemplate());
    this.completionPrefix = config.completionPrefix();
    this.asking = Asking.of(config);
  }

  Written read(Row row) {
    Answers answers =
        new Answers(
            answer(row, columns.messages()),
            answer(row, columns.completion()),
            answer(row, columns.chosen()),
            answer(row, columns.rejected()));
    check(row, answers);
    Cell learned = answers.learned();
    if (learned != null && learned.answer().isEmpty()) {
      throw row.error("column " + learned.column(), "\"\"", "text that can be learned");
    }
    Prompt prompt = prompt(row, answers);
    return prompt == null
        ? transcripts(row, answers)
        : new Written(
            row.id(),
            prompt,
            prefixed(learned),
            prefixed(answers.chosen()),
            prefixed(answers.rejected()),
            answers.conversation() != null && hasEarlierTurns(prompt));
  }

  private static boolean hasEarlierTurns(Prompt prompt) {
    return prompt instanceof Prompt.Chat chat
        && chat.messages().stream().anyMatch(message -> message.isBy(Message.ASSISTANT));
  }

  private static @Nullable Cell answer(Row row, String column) {
    Cell cell = row.cell(column);
    if (cell != null && cell.isChat() && !cell.last().isBy(Message.ASSISTANT)) {
      throw row.error(
          "column " + column,
          "the last message is by " + cell.last().role(),
          "one by assistant: the answer");
    }
    return cell;
  }

  private void check(Row row, Answers answers) {
    Cell conversation = answers.conversation();
    boolean asks = promptTemplate != null || row.cell(columns.prompt()) != null;
    if (answers.all().isEmpty() && !(promptsAlone && asks)) {
      throw row.error(
          "columns",
          row.names(),
          "a conversation in "
              + columns.messages()
              + ", a completion in "
              + columns.completion()
              + ", or a preference in "
              + columns.chosen()
              + " and "
              + columns.rejected()
              + "; data.columns says what yours are called");
    }
    if (conversation != null && conversation.asked().isEmpty()) {
      throw row.error(
          "column " + columns.messages(),
          conversation.isChat() ? "one message" : "a text",
          "a list of messages, the last one by assistant");
    }
    if (conversation != null && answers.completion() != null) {
      throw row.error(
          "columns " + columns.messages() + " and " + columns.completion(),
          "both",
          "one of them to learn; data.columns says what yours are called");
    }
    if ((answers.chosen() == null) != (answers.rejected() == null)) {
      String missing = answers.chosen() == null ? columns.chosen() : columns.rejected();
      String present = answers.chosen() == null ? columns.rejected() : columns.chosen();
      throw row.error("column " + missing, "missing", "an answer, since there is " + present);
    }
  }

  /** What all answers answer; null if the row does not say it. */
  private @Nullable Prompt prompt(Row row, Answers answers) {
    Cell column = promptTemplate == null ? row.cell(columns.prompt()) : null;
    Set<List<Message>> asked = new LinkedHashSet<>();
    if (column != null && column.isChat()) {
      asked.add(column.messages());
    }
    answers.all().stream().map(Cell::asked).filter(each -> !each.isEmpty()).forEach(asked::add);
    if (asked.isEmpty()) {
      return textPrompt(row, answers, column);
    }
    if (asked.size() > 1) {
      throw row.error(
          "prompt",
          asked.size() + " different conversations",
          "conversations that differ in their last message alone");
    }
    if (promptTemplate != null) {
      throw row.error(
          "promptTemplate", "text beside a conversation", "one of them to be the prompt");
    }
    List<Message> messages = asked.iterator().next();
    if (messages.get(messages.size() - 1).isBy(Message.ASSISTANT)) {
      throw row.error("prompt", "ends with what the assistant says", "a message to be answered");
    }
    return asking.messages(messages);
  }

  private @Nullable Prompt textPrompt(Row row, Answers answers, @Nullable Cell column) {
    String text = promptTemplate == null ? text(column) : rendered(row, promptTemplate);
    if (text == null) {
      return null;
    }
    if (text.isEmpty()) {
      throw row.error(
          promptTemplate == null ? "column " + columns.prompt() : "promptTemplate",
          "\"\"",
          "text for the prompt");
    }
    boolean chat = asking.chat() || answers.all().stream().anyMatch(Cell::isChat);
    if (!chat && !asking.system().isEmpty()) {
      throw row.error("prompt", "plain text", "data.chat: true, since there is a data.system");
    }
    return chat ? asking.messages(List.of(Message.user(text))) : Prompt.of(text);
  }

  private static @Nullable String text(@Nullable Cell cell) {
    return cell == null ? null : cell.text();
  }

  private static String rendered(Row row, Template template) {
    try {
      return template.execute(
          Json.MAPPER.convertValue(row.columns(), new TypeReference<Map<String, Object>>() {}));
    } catch (MustacheException.Context e) {
      throw row.error(
          "promptTemplate", "{{" + e.key + "}}", "one of its columns, which are " + row.names());
    }
  }

  /** Both texts begin with the prompt. */
  private Written transcripts(Row row, Answers answers) {
    String chosen = text(answers.chosen());
    String rejected = text(answers.rejected());
    if (chosen == null || rejected == null || answers.learned() != null || asking.chat()) {
      throw row.error(
          "column " + columns.prompt(),
          "missing",
          "text, or a list of messages; this row has " + row.names());
    }
    int end = Transcripts.promptLength(chosen, rejected, columns.turn());
    if (end <= 0) {
      throw row.error(
          "columns " + columns.chosen() + " and " + columns.rejected(),
          "they do not begin alike up to a " + Json.MAPPER.valueToTree(columns.turn()),
          "transcripts with a common beginning that holds data.columns.turn, or a prompt in "
              + columns.prompt());
    }
    return new Written(
        row.id(),
        Prompt.of(chosen.substring(0, end)),
        null,
        completionPrefix + chosen.substring(end),
        completionPrefix + rejected.substring(end),
        /* everyTurn= */ false);
  }

  private @Nullable String prefixed(@Nullable Cell answer) {
    return answer == null ? null : completionPrefix + answer.answer();
  }

  /** Absent columns are errors, empty ones are fine; {@code {{#input}}…{{/input}}} needs text. */
  private static Template compile(String template) {
    try {
      return Mustache.compiler()
          .escapeHTML(false)
          .emptyStringIsFalse(true)
          .nullValue("")
          .compile(template);
    } catch (MustacheException e) {
      throw new UserError(
          "data.promptTemplate: not whole, or a section that is not closed (expected: a Mustache"
              + " template)",
          e);
    }
  }
}
