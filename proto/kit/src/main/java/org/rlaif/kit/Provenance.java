package org.rlaif.kit;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Where a preference comes from.
 *
 * @param source who gave it: {@code human}, or a judge's name such as {@code rubric:tldr}
 * @param hash of everything that decides the judge's answers; empty for people
 * @param forward the judge's probability for the first completion, shown first
 * @param reversed the judge's probability for the first completion, shown second
 * @param proof what a judge was asked; null, and in JSON absent: nobody has noted it
 */
public record Provenance(
    String source,
    String hash,
    @Nullable Double forward,
    @Nullable Double reversed,
    @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Proof proof) {

  /**
   * How to find out whether a judge has said so.
   *
   * @param question SHA-256 of the question as it was put, the first completion shown first
   * @param rationale why the judge answered so; null: it did not tell
   * @param link SHA-256 of the link before it and of the row without its own, so that no row can be
   *     changed by itself; null: the row is in no file yet
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Proof(
      String question,
      @MayBeAbsent @Nullable String rationale,
      @MayBeAbsent @Nullable String link) {}

  public Provenance(
      String source, String hash, @Nullable Double forward, @Nullable Double reversed) {
    this(source, hash, forward, reversed, null);
  }

  public static Provenance human() {
    return new Provenance("human", "", null, null);
  }
}
