package org.rlaif.training.data;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rlaif.kit.Prompt;
import org.rlaif.training.rows.Row;

/**
 * A text by itself, for language modelling. All of it is learned but its first token, before which
 * there is nothing. Its first sentence, or line, is the prompt, which the policy is asked to go on
 * with where it is watched and compared; a text of one sentence is asked from its first word on,
 * and one of one word is left out.
 */
record TextLayout(RowParts parts) implements Layout {
  private static final Pattern SENTENCE = Pattern.compile("\\S.*?(?=\\n|(?<=[.!?][\"')\\]]?)\\s)");
  private static final Pattern WORD = Pattern.compile("\\S+(?=\\s)");

  @Override
  public String expects() {
    return "a text in " + parts.columns().text();
  }

  /** Beside a prompt or an answer it may mean anything. */
  @Override
  public boolean fits(Row row) {
    return row.columns().path(parts.columns().text()).isTextual()
        && !parts.hasPrompt(row)
        && !parts.hasPair(row)
        && !row.has(parts.columns().completion())
        && !row.has(parts.columns().messages());
  }

  @Override
  public Reading read(Row row) {
    String text = Part.of(row).text(parts.columns().text());
    int end = beginning(text);
    if (end == 0) {
      return Reading.leftOut("oneWord");
    }
    if (parts.asking().chat()) {
      throw row.error(
          "column " + parts.columns().text(), "a text", "messages, since data.chat is true");
    }
    return Reading.of(
        new Lesson(
            row.id(),
            Prompt.of(text.substring(0, end)),
            text.substring(end),
            List.of(),
            /* everyTurn= */ true));
  }

  /** How many characters of a text are its prompt; 0 if it has one word, or none. */
  private static int beginning(String text) {
    Matcher sentence = SENTENCE.matcher(text);
    if (sentence.find() && !text.substring(sentence.end()).isBlank()) {
      return sentence.end();
    }
    Matcher word = WORD.matcher(text);
    return word.find() && !text.substring(word.end()).isBlank() ? word.end() : 0;
  }
}
