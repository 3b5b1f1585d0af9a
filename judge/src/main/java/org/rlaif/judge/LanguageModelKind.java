package org.rlaif.judge;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What judges by a language model share, wherever it is: how it is asked. */
interface LanguageModelKind extends JudgeKind {
  /** A Mustache file that asks which is better; null: as shipped. */
  @Nullable String template();

  /** One that asks how good a completion is; null: as shipped. */
  @Nullable String ratingTemplate();

  Reasoning rationale();

  /** A file of comparisons that are shown before each, JSON Lines of {@link Exemplar}s; or null. */
  @Nullable String exemplars();

  /** How critiques are written; no comparison depends on it. */
  Critiquing critique();

  /** All that it may be asked, with these principles. */
  default Questions questions(Rubric rubric) {
    return Questions.of(
        rubric.preamble(), template(), ratingTemplate(), rationale(), exemplars(), critique());
  }

  @Override
  default Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    put(files, "template", template());
    put(files, "ratingTemplate", ratingTemplate());
    put(files, "rationale.template", rationale().template());
    put(files, "exemplars", exemplars());
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
