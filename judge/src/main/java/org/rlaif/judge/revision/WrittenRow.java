package org.rlaif.judge.revision;

import java.util.List;
import org.rlaif.kit.Prompt;

/** A prompt and a completion to learn, as the data layout {@code completion} reads it. */
public record WrittenRow(String id, Prompt prompt, String completion, Origin provenance) {
  /**
   * Where the completion comes from.
   *
   * @param source who wrote it, such as {@code model:judge}
   * @param hash of everything that decides what that writes
   * @param constitution its name
   * @param round from 1
   * @param principles drawn up to this round; the last one is the round's own
   */
  public record Origin(
      String source, String hash, String constitution, int round, List<String> principles) {
    public Origin {
      principles = List.copyOf(principles);
    }
  }
}
