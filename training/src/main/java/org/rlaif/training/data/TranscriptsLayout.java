package org.rlaif.training.data;

import org.rlaif.kit.Json;
import org.rlaif.kit.Prompt;
import org.rlaif.training.rows.Row;

/**
 * Two texts that both begin with the prompt: what they have in common up to the last {@code
 * data.columns.turn}.
 */
record TranscriptsLayout(RowParts parts) implements Layout {
  @Override
  public String expects() {
    return "transcripts in " + parts.pairColumns();
  }

  @Override
  public boolean fits(Row row) {
    return parts.hasPair(row);
  }

  @Override
  public Reading read(Row row) {
    RowParts.Pair pair = parts.pair(row);
    String chosen = pair.chosen().text();
    String rejected = pair.rejected().text();
    if (chosen == null || rejected == null || parts.asking().chat()) {
      throw row.error(
          "columns " + parts.pairColumns(),
          parts.asking().chat() ? "no prompt, and data.chat is true" : "messages",
          "transcripts in plain text, without data.chat, or a prompt in "
              + parts.columns().prompt());
    }
    String turn = parts.columns().turn();
    int end = promptLength(chosen, rejected, turn);
    if (end <= 0) {
      throw row.error(
          "columns " + parts.pairColumns(),
          "they do not begin alike up to a " + Json.MAPPER.valueToTree(turn),
          "transcripts with a common beginning that holds data.columns.turn, or a prompt in "
              + parts.columns().prompt());
    }
    return Reading.of(
        parts.lesson(
            row,
            Prompt.of(chosen.substring(0, end)),
            null,
            pair.from(end),
            /* everyTurn= */ false));
  }

  /**
   * How many characters of both are the prompt: the common beginning, cut back to the end of the
   * last turn marker that lies wholly inside it. Without a marker it is the common beginning
   * itself, which never ends inside a surrogate pair.
   *
   * @param turn what the completion's speaker is announced with; may be empty
   * @return 0 if the texts have no such beginning
   */
  static int promptLength(String one, String other, String turn) {
    int common = 0;
    int shorter = Math.min(one.length(), other.length());
    while (common < shorter && one.charAt(common) == other.charAt(common)) {
      common++;
    }
    if (turn.isEmpty()) {
      boolean inside = common > 0 && Character.isHighSurrogate(one.charAt(common - 1));
      return inside ? common - 1 : common;
    }
    int last = one.lastIndexOf(turn, common - turn.length());
    return last < 0 ? 0 : last + turn.length();
  }
}
