package org.rlaif.judge.report;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Outcome;
import org.rlaif.judge.Verdict;
import org.rlaif.kit.MayBeAbsent;
import org.rlaif.kit.Preference.Authors;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;

/**
 * What somebody thinks of a pair: a row of {@code judge label}'s preferences, of any other's, or of
 * people's. Keys that are not known here are not read.
 *
 * @param prompt may be absent with both completions: then the id says which pair is meant
 * @param probabilityFirst that the first is better; people say 1, 0 or, for a tie, 0.5
 * @param annotator who of several people it was; null: the provenance's source, if there is one
 * @param confidence how sure the person was, on whatever scale
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Opinion(
    String id,
    @MayBeAbsent @Nullable Prompt prompt,
    @MayBeAbsent @Nullable String first,
    @MayBeAbsent @Nullable String second,
    double probabilityFirst,
    @MayBeAbsent @Nullable Provenance provenance,
    @MayBeAbsent @Nullable String annotator,
    @MayBeAbsent @Nullable Double confidence,
    @MayBeAbsent @Nullable Authors authors) {
  /** Ends the source of a label of which a text alone is known. */
  private static final String HARD = " (hard)";

  public Opinion {
    require(
        probabilityFirst >= 0 && probabilityFirst <= 1,
        "probabilityFirst",
        probabilityFirst,
        "from 0 to 1, of " + id);
    boolean texts = prompt != null && first != null && second != null;
    boolean none = prompt == null && first == null && second == null;
    require(
        texts || none,
        "prompt, first, second",
        "not all three",
        "all, or none of them and an id that says which pair is meant, of " + id);
  }

  boolean hasTexts() {
    return prompt != null;
  }

  String promptText() {
    return prompt == null ? "" : prompt.transcript();
  }

  String firstText() {
    return first == null ? "" : first;
  }

  String secondText() {
    return second == null ? "" : second;
  }

  String source() {
    return provenance == null ? "unknown" : provenance.source();
  }

  String rater() {
    return annotator == null ? source() : annotator;
  }

  /** The same opinion with both completions in the other order. */
  Opinion swapped() {
    Provenance swapped =
        provenance == null
            ? null
            : new Provenance(
                provenance.source(),
                provenance.hash(),
                complement(provenance.forward()),
                complement(provenance.reversed()));
    return new Opinion(
        id,
        prompt,
        second,
        first,
        1 - probabilityFirst,
        swapped,
        annotator,
        confidence,
        authors == null ? null : new Authors(authors.second(), authors.first()));
  }

  private static @Nullable Double complement(@Nullable Double probability) {
    return probability == null ? null : Double.valueOf(1 - probability);
  }

  Verdict verdict() {
    return new Verdict(
        probabilityFirst,
        provenance == null ? null : provenance.forward(),
        provenance == null ? null : provenance.reversed(),
        source().endsWith(HARD),
        null);
  }

  /** 1 for the first, 0.5 for a tie, 0 for the second. */
  double side() {
    return side(probabilityFirst);
  }

  static double side(double probabilityFirst) {
    return Math.abs(probabilityFirst - 0.5) <= Outcome.EVEN ? 0.5 : probabilityFirst > 0.5 ? 1 : 0;
  }

  /** How far from even it is, from 0 to 0.5. */
  double margin() {
    return Math.abs(probabilityFirst - 0.5);
  }

  /** Length of the first less that of the second, in characters. */
  double lengthDifference() {
    return firstText().length() - (double) secondText().length();
  }
}
