package org.rlaif.training.report;

import java.util.List;

/**
 * Prompts with completions side by side.
 *
 * @param note what the numbers are
 */
public record Examples(String note, List<Example> rows) {
  /** For a run that has none yet. */
  public static final Examples NONE = new Examples("", List.of());

  /** One prompt. */
  public record Example(String id, String prompt, List<Completion> completions) {}

  /**
   * One completion.
   *
   * @param by who wrote it
   * @param best whether it is marked as the better one
   * @param even whether it is marked as equally good
   */
  public record Completion(String by, String text, String score, boolean best, boolean even) {}
}
