package org.rlaif.training.data;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.training.rows.Row;

/**
 * Anthropic's HH-RLHF (Bai et al. 2022, arXiv 2204.05862; github.com/anthropics/hh-rlhf): {@code
 * chosen} and {@code rejected} are whole transcripts, whose last turn by the assistant is the
 * completion. A pair whose transcripts differ before that answers two prompts, and is left out.
 * With {@code data.chat} the turns are messages.
 */
record AnthropicHhLayout(RowParts parts) implements KnownLayout {
  private static final String HUMAN = "\n\nHuman:";
  private static final String ASSISTANT = "\n\nAssistant:";
  private static final Pattern TURN = Pattern.compile("\n\n(Human|Assistant):");

  @Override
  public List<String> columns() {
    return List.of(parts.columns().chosen(), parts.columns().rejected());
  }

  @Override
  public String expects() {
    return "transcripts that begin with \\n\\nHuman: in " + parts.pairColumns();
  }

  /** Not where the transcripts are divided otherwise. */
  @Override
  public boolean isGuessed() {
    return parts.template() == null && parts.columns().turn().equals(ASSISTANT);
  }

  @Override
  public boolean fits(Row row) {
    return columns().stream().allMatch(column -> isTranscript(text(row, column)));
  }

  private static boolean isTranscript(@Nullable String text) {
    return text != null && text.startsWith(HUMAN) && text.contains(ASSISTANT);
  }

  private static @Nullable String text(Row row, String column) {
    return row.columns().path(column).textValue();
  }

  @Override
  public Reading read(Row row) {
    RowParts.Pair pair = parts.pair(row);
    String chosen = pair.chosen().answer();
    String rejected = pair.rejected().answer();
    int end = end(chosen);
    if (end != end(rejected) || !rejected.startsWith(chosen.substring(0, end))) {
      return Reading.leftOut("promptsDiffer");
    }
    String transcript = chosen.substring(0, end);
    Prompt prompt =
        parts.asking().chat()
            ? parts.asking().messages(messages(transcript))
            : Prompt.of(transcript);
    return Reading.of(
        new Lesson(
            row.id(),
            prompt,
            null,
            parts.completion(chosen.substring(end)),
            parts.completion(rejected.substring(end)),
            /* everyTurn= */ false));
  }

  private static int end(String transcript) {
    return transcript.lastIndexOf(ASSISTANT) + ASSISTANT.length();
  }

  /** The turns of a transcript but the last, which is only announced. */
  private static List<Message> messages(String transcript) {
    List<Message> messages = new ArrayList<>();
    Matcher turn = TURN.matcher(transcript);
    boolean more = turn.find();
    while (more) {
      String speaker = turn.group(1);
      int start = turn.end();
      more = turn.find();
      if (more) {
        String said = transcript.substring(start, turn.start()).strip();
        messages.add(speaker.equals("Human") ? Message.user(said) : Message.assistant(said));
      }
    }
    return messages;
  }
}
