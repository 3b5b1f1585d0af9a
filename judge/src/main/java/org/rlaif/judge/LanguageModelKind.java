package org.rlaif.judge;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.language.LanguageModel;

/** What judges by a language model share, wherever it is: how it is asked. */
public interface LanguageModelKind extends JudgeKind {
  /** A Mustache file that asks which is better; null: as shipped. */
  @Nullable String template();

  /** One that asks how good a completion is; null: as shipped. */
  @Nullable String ratingTemplate();

  Reasoning rationale();

  /** A file of comparisons that are shown before each, JSON Lines of {@link Exemplar}s; or null. */
  @Nullable String exemplars();

  /** How critiques are written; no comparison depends on it. */
  Critiquing critique();

  /**
   * Of which each comparison draws a principle, in the place of the rubric's preamble: a shipped
   * {@link Constitution} or a YAML file; null: none.
   */
  @Nullable String constitution();

  /** How completions are revised; no comparison depends on it. */
  Revising revision();

  /** Opens the model that is asked. Nothing is sent before the first question. */
  LanguageModel openModel(Opening opening);

  @Override
  default Judge open(Rubric rubric, Opening opening) {
    Questions questions = questions(rubric); // what is wrong with a file is said first
    return new LanguageModelJudge(openModel(opening), questions);
  }

  /** All that it may be asked, with these principles. */
  default Questions questions(Rubric rubric) {
    Questions questions =
        Questions.of(
            rubric.preamble(), template(), ratingTemplate(), rationale(), exemplars(), critique());
    for (Constitution constitution : principles()) {
      questions = questions.under(constitution);
    }
    return questions;
  }

  @Override
  default List<Constitution> principles() {
    String named = constitution();
    return named == null ? List.of() : List.of(Constitution.load(named));
  }

  @Override
  default Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    put(files, "template", template());
    put(files, "ratingTemplate", ratingTemplate());
    put(files, "rationale.template", rationale().template());
    put(files, "exemplars", exemplars());
    String drawn = constitution();
    put(files, "constitution", drawn == null || Constitution.isShipped(drawn) ? null : drawn);
    return files;
  }

  private static void put(Map<String, String> files, String key, @Nullable String file) {
    if (file != null) {
      files.put(key, file);
    }
  }

  @Override
  default boolean rates() {
    return true;
  }

  @Override
  default boolean critiques() {
    return true;
  }
}
