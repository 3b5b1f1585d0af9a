package org.rlaif.training.data;

import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.UnpairedPreference;

/**
 * What a row has become: a prompt with a completion to learn, or with one that was preferred to
 * another, both, or nothing; or with a completion that is wanted or is not.
 *
 * @param everyTurn whether what the assistant has said in the prompt is to be learned as well
 * @param wanted whether the completion is; null if nobody has said that
 */
record Lesson(
    String id,
    Prompt prompt,
    @Nullable String completion,
    @Nullable String chosen,
    @Nullable String rejected,
    boolean everyTurn,
    @Nullable Boolean wanted) {

  Lesson(
      String id,
      Prompt prompt,
      @Nullable String completion,
      @Nullable String chosen,
      @Nullable String rejected,
      boolean everyTurn) {
    this(id, prompt, completion, chosen, rejected, everyTurn, null);
  }

  /** The same with a word on its completion. */
  Lesson labelled(boolean isWanted) {
    return new Lesson(id, prompt, completion, chosen, rejected, everyTurn, isWanted);
  }

  /**
   * To learn or to be compared with: the completion, else what was chosen; null if empty, or not
   * wanted. If nothing was written at all, the prompt alone.
   */
  @Nullable Example example() {
    if (Boolean.FALSE.equals(wanted)) {
      return null;
    }
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

  /** By people; null if they have not said whether the completion is wanted. */
  @Nullable UnpairedPreference unpaired() {
    return completion == null || wanted == null
        ? null
        : new UnpairedPreference(id, prompt, completion, wanted ? 1 : 0, Provenance.human());
  }
}
