package org.rlaif.training.data;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.UnpairedPreference;

/**
 * What a row has become: a prompt with a completion to learn, or with one that was preferred to
 * another, both, or nothing; or with a completion that is wanted or is not, or is rated.
 *
 * @param everyTurn whether what the assistant has said in the prompt is to be learned as well
 * @param wanted whether the completion is; null if nobody has said that
 * @param ratings of the completion, by attribute; empty if nobody has rated it
 */
record Lesson(
    String id,
    Prompt prompt,
    @Nullable String completion,
    @Nullable String chosen,
    @Nullable String rejected,
    boolean everyTurn,
    @Nullable Boolean wanted,
    Map<String, Double> ratings) {

  Lesson(
      String id,
      Prompt prompt,
      @Nullable String completion,
      @Nullable String chosen,
      @Nullable String rejected,
      boolean everyTurn) {
    this(id, prompt, completion, chosen, rejected, everyTurn, null, Map.of());
  }

  /** The same with a word on its completion. */
  Lesson labelled(boolean isWanted) {
    return new Lesson(id, prompt, completion, chosen, rejected, everyTurn, isWanted, ratings);
  }

  /** The same with ratings of its completion. */
  Lesson rated(Map<String, Double> byAttribute) {
    return new Lesson(id, prompt, completion, chosen, rejected, everyTurn, wanted, byAttribute);
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

  /** By people; null if they have not rated the completion. */
  @Nullable RatedCompletion ratedCompletion() {
    return completion == null || ratings.isEmpty()
        ? null
        : new RatedCompletion(id, prompt, completion, ratings, Provenance.human());
  }
}
