package org.rlaif.training.data;

import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;

/**
 * What a row has become: a prompt with a completion to learn, or with one that was preferred to
 * another, both, or nothing.
 *
 * @param everyTurn whether what the assistant has said in the prompt is to be learned as well
 */
record Lesson(
    String id,
    Prompt prompt,
    @Nullable String completion,
    @Nullable String chosen,
    @Nullable String rejected,
    boolean everyTurn) {

  /**
   * To learn or to be compared with: the completion, else what was chosen; null if empty. If
   * nothing was written at all, the prompt alone.
   */
  @Nullable Example example() {
    if (completion == null && chosen == null && rejected == null) {
      return new Example(id, prompt, "");
    }
    String text = completion == null ? chosen : completion;
    return text == null || text.isEmpty() ? null : new Example(id, prompt, text, everyTurn);
  }

  /** By people; null if the row has none. */
  @Nullable Preference preference() {
    return chosen == null || rejected == null
        ? null
        : new Preference(id, prompt, chosen, rejected, 1, Provenance.human());
  }
}
