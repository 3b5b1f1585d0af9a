package org.rlaif.training.data;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.training.config.DataConfig;
import org.rlaif.training.rows.Cell;
import org.rlaif.training.rows.Row;

/**
 * The parts of a row that layouts share: the prompt, answers, and two answers to choose between.
 * Each is text or a list of messages.
 *
 * <p>An answer that is a list ends with a message of the assistant's. Messages before that are the
 * prompt, and then a text in the prompt column counts for nothing.
 *
 * @param template that makes the prompt; null: the prompt column as it is
 * @param completionPrefix put before every completion
 */
record RowParts(
    DataConfig.Columns columns,
    @Nullable PromptTemplate template,
    String completionPrefix,
    Asking asking) {

  /** Answers to the same prompt, of which people preferred one. */
  record Pair(Cell chosen, Cell rejected) {
    /** What is left of two texts after their first characters. */
    Pair from(int start) {
      return new Pair(from(chosen, start), from(rejected, start));
    }

    private static Cell from(Cell cell, int start) {
      return new Cell(cell.column(), cell.answer().substring(start), List.of());
    }
  }

  RowParts(DataConfig config) {
    this(
        config.columns(),
        config.promptTemplate().isEmpty() ? null : PromptTemplate.compile(config.promptTemplate()),
        config.completionPrefix(),
        Asking.of(config));
  }

  /** In errors. */
  String pairColumns() {
    return columns.chosen() + " and " + columns.rejected();
  }

  /** Whether there is a column or a template to make a prompt of. */
  boolean hasPrompt(Row row) {
    return template != null || row.has(columns.prompt());
  }

  /** Whether there is at least one of the two. */
  boolean hasPair(Row row) {
    return row.has(columns.chosen()) || row.has(columns.rejected());
  }

  /** What was answered in a column: never missing, but perhaps empty. */
  Cell answer(Row row, String column) {
    Cell cell = row.cell(column);
    if (cell == null) {
      throw row.error("column " + column, "missing", "an answer");
    }
    if (cell.isChat() && !cell.last().isBy(Message.ASSISTANT)) {
      throw row.error(
          "column " + column,
          "the last message is by " + cell.last().role(),
          "one by assistant: the answer");
    }
    return cell;
  }

  /** Both answers. */
  Pair pair(Row row) {
    boolean chosen = row.has(columns.chosen());
    if (chosen != row.has(columns.rejected())) {
      throw row.error(
          "column " + (chosen ? columns.rejected() : columns.chosen()),
          "missing",
          "an answer, since there is " + (chosen ? columns.chosen() : columns.rejected()));
    }
    return new Pair(answer(row, columns.chosen()), answer(row, columns.rejected()));
  }

  /** Both answers, or null if there is neither. */
  @Nullable Pair pairBeside(Row row) {
    return hasPair(row) ? pair(row) : null;
  }

  /** What all answers that there are answer. */
  Prompt prompt(Row row, @Nullable Cell learned, @Nullable Pair pair) {
    List<Cell> answers =
        Stream.concat(
                Stream.ofNullable(learned),
                Stream.ofNullable(pair).flatMap(both -> Stream.of(both.chosen(), both.rejected())))
            .toList();
    Cell column = template == null ? row.cell(columns.prompt()) : null;
    Set<List<Message>> asked = new LinkedHashSet<>();
    if (column != null && column.isChat()) {
      asked.add(column.messages());
    }
    answers.stream().map(Cell::asked).filter(each -> !each.isEmpty()).forEach(asked::add);
    if (asked.isEmpty()) {
      return asking.text(row, text(row, column), answers.stream().anyMatch(Cell::isChat));
    }
    if (asked.size() > 1) {
      throw row.error(
          "prompt",
          asked.size() + " different conversations",
          "conversations that differ in their last message alone");
    }
    if (template != null) {
      throw row.error(
          "promptTemplate", "text beside a conversation", "one of them to be the prompt");
    }
    List<Message> messages = asked.iterator().next();
    if (messages.get(messages.size() - 1).isBy(Message.ASSISTANT)) {
      throw row.error("prompt", "ends with what the assistant says", "a message to be answered");
    }
    return asking.messages(messages);
  }

  /** The prompt of a known layout: its text, unless there is a template. */
  Prompt prompt(Row row, String text) {
    return asking.text(row, template == null ? text : template.rendered(row), false);
  }

  /**
   * A completion of a known layout, with the prefix. In a conversation it has a turn of its own,
   * without the white space that parts it from a prompt.
   */
  String completion(String text) {
    return completionPrefix + (asking.chat() ? text.strip() : text);
  }

  private String text(Row row, @Nullable Cell column) {
    if (template == null && column == null) {
      throw row.error(
          "column " + columns.prompt(),
          "missing",
          "text, or a list of messages; this row has " + row.names());
    }
    String text =
        template == null ? Objects.requireNonNull(column).answer() : template.rendered(row);
    if (text.isEmpty()) {
      throw row.error(
          template == null ? "column " + columns.prompt() : "promptTemplate",
          "\"\"",
          "text for the prompt");
    }
    return text;
  }

  /** With the prefix before every completion; what is to be learned has text. */
  Lesson lesson(
      Row row, Prompt prompt, @Nullable Cell learned, @Nullable Pair pair, boolean everyTurn) {
    if (learned != null && learned.answer().isEmpty()) {
      throw row.error("column " + learned.column(), "\"\"", "text that can be learned");
    }
    return new Lesson(
        row.id(),
        prompt,
        learned == null ? null : completionPrefix + learned.answer(),
        pair == null ? null : completionPrefix + pair.chosen().answer(),
        pair == null ? null : completionPrefix + pair.rejected().answer(),
        everyTurn);
  }
}
