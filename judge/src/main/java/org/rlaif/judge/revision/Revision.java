package org.rlaif.judge.revision;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has become of a first answer.
 *
 * @param first the answer; written here if nobody had
 * @param rounds in their order
 * @param why there is no revision; null: there is one
 */
public record Revision(FirstAnswer first, List<Round> rounds, @Nullable String why) {
  /**
   * A critique and what was made of it.
   *
   * @param principle that was drawn
   * @param asked the question that the critique answers
   * @param completion the revision
   */
  public record Round(String principle, String asked, String critique, String completion) {}

  public Revision {
    rounds = List.copyOf(rounds);
  }

  static Revision none(FirstAnswer first, String why) {
    return new Revision(first, List.of(), why);
  }

  public boolean isDone() {
    return why == null;
  }

  /** The last revision; the first answer if there is none. */
  public String last() {
    return rounds.isEmpty() ? first.completion() : rounds.get(rounds.size() - 1).completion();
  }

  /** Whether it says what the first answer said, white space around it aside. */
  public boolean isUnchanged() {
    return last().strip().equals(first.completion().strip());
  }

  /** Drawn in the first rounds, as many. */
  List<String> principles(int count) {
    return rounds.stream().limit(count).map(Round::principle).toList();
  }
}
