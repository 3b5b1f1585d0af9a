package org.rlaif.training.data;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.UnpairedPreference;

/**
 * What a row has become: a prompt with a completion to learn, or with some that were compared,
 * both, or nothing; or with a completion that is wanted or is not, or is rated.
 *
 * @param everyTurn whether what the assistant has said in the prompt is to be learned as well
 * @param wanted whether the completion is; null if nobody has said that
 * @param ratings of the completion, by attribute; empty if nobody has rated it
 * @param side the text that decides which split it is in; rows with the same are in the same
 */
record Lesson(
    String id,
    Prompt prompt,
    @Nullable String completion,
    List<Comparison> compared,
    boolean everyTurn,
    @Nullable Boolean wanted,
    Map<String, Double> ratings,
    String side) {

  /** With a completion to learn, or none, and with comparisons, or none. */
  Lesson(
      String id,
      Prompt prompt,
      @Nullable String completion,
      List<Comparison> compared,
      boolean everyTurn) {
    this(id, prompt, completion, compared, everyTurn, null, Map.of(), prompt.transcript());
  }

  /** With one comparison, or none, if there is no chosen completion. */
  Lesson(
      String id,
      Prompt prompt,
      @Nullable String completion,
      @Nullable String chosen,
      @Nullable String rejected,
      boolean everyTurn) {
    this(
        id,
        prompt,
        completion,
        chosen == null || rejected == null ? List.of() : List.of(Comparison.sure(chosen, rejected)),
        everyTurn);
  }

  /** The same with a word on its completion. */
  Lesson labelled(boolean isWanted) {
    return new Lesson(id, prompt, completion, compared, everyTurn, isWanted, ratings, side);
  }

  /** The same with ratings of its completion. */
  Lesson rated(Map<String, Double> byAttribute) {
    return new Lesson(id, prompt, completion, compared, everyTurn, wanted, byAttribute, side);
  }

  /** The same as a part of something that is on one side. */
  Lesson partOf(String id, String side) {
    return new Lesson(id, prompt, completion, compared, everyTurn, wanted, ratings, side);
  }

  /** All that it says, wherever it stands. */
  Lesson content() {
    return new Lesson("", prompt, completion, compared, everyTurn, wanted, ratings, "");
  }

  /**
   * To learn or to be compared with: the completion, else what was chosen; null if empty, or not
   * wanted, or if nobody knows which is better. If nothing was written at all, the prompt alone.
   */
  @Nullable Example example() {
    if (Boolean.FALSE.equals(wanted)) {
      return null;
    }
    if (completion == null && compared.isEmpty()) {
      return new Example(id, prompt, "");
    }
    String text =
        completion != null
            ? completion
            : compared.get(0).isDecided() ? compared.get(0).chosen() : "";
    return text.isEmpty() ? null : new Example(id, prompt, text, everyTurn);
  }

  /** By people; none if the row has none. */
  Stream<Preference> preferences() {
    return IntStream.range(0, compared.size())
        .mapToObj(
            i -> {
              Comparison each = compared.get(i);
              return new Preference(
                  compared.size() == 1 ? id : id + "." + (i + 1),
                  prompt,
                  each.chosen(),
                  each.rejected(),
                  each.probability(),
                  Provenance.human(),
                  /* tokens= */ null,
                  /* authors= */ null,
                  each.confidence());
            });
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
