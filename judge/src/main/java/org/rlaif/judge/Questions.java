package org.rlaif.judge;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;

/**
 * All that a language model may be asked as a judge, and how.
 *
 * @param thinking asks for a rationale
 */
record Questions(
    JudgePrompt<Question> comparing,
    JudgePrompt<Question> thinking,
    JudgePrompt<Rated> rating,
    JudgePrompt<Rated> critiquing,
    Reasoning reasoning,
    Critiquing critique) {

  /**
   * As it is set.
   *
   * @param preamble the principles, in words
   * @param template a Mustache file; null, as of the others: as shipped
   * @param exemplars JSON Lines of {@link Exemplar}s; null: none is shown
   * @param critique how critiques are written
   */
  static Questions of(
      String preamble,
      @Nullable String template,
      @Nullable String ratingTemplate,
      Reasoning reasoning,
      @Nullable String exemplars,
      Critiquing critique) {
    List<Exemplar> shown = exemplars == null ? List.of() : exemplars(Path.of(exemplars));
    return new Questions(
        JudgePrompt.comparing(template, preamble, shown, reasoning.isWanted()),
        JudgePrompt.thinking(reasoning.template(), preamble, shown),
        JudgePrompt.rating(ratingTemplate, preamble),
        JudgePrompt.critiquing(critique.template(), preamble),
        reasoning,
        critique);
  }

  /** The same with a principle of a constitution, drawn for each pair, as comparisons' preamble. */
  Questions under(Constitution constitution) {
    List<String> drawn =
        constitution.principles().stream().map(Constitution.Principle::question).toList();
    return new Questions(
        comparing.drawing(drawn), thinking.drawing(drawn), rating, critiquing, reasoning, critique);
  }

  private static List<Exemplar> exemplars(Path file) {
    UserError.require(
        Files.isRegularFile(file), "exemplars", file, "a file of JSON Lines that exists");
    List<Exemplar> exemplars = JsonLines.read(file, Exemplar.class);
    UserError.require(!exemplars.isEmpty(), "exemplars", file + ", which is empty", "at least 1");
    return exemplars;
  }

  /** What decides how all of it is put. */
  Map<String, Object> parts() {
    return Map.of(
        "prompt", comparing.parts(),
        "ratingPrompt", rating.parts(),
        "rationale", reasoning.isWanted() ? List.of(thinking.parts(), reasoning) : List.of());
  }
}
