package org.rlaif.judge.language;

import org.jspecify.annotations.Nullable;

/**
 * What a language model has written.
 *
 * @param text as it stands; null: it wrote nothing
 * @param why it wrote nothing; null if it did
 * @param isFinal whether it would say the same when asked another day; if not, it is not kept
 */
public record Written(@Nullable String text, @Nullable String why, boolean isFinal) {
  static Written of(String text) {
    return new Written(text, null, true);
  }

  static Written none(String why) {
    return new Written(null, why, true);
  }

  /** The question was not answered: asked another day, it may be. */
  static Written refused(String why) {
    return new Written(null, why, false);
  }
}
