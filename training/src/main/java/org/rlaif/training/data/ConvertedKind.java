package org.rlaif.training.data;

import java.util.Locale;

/** What rows are written as. */
public enum ConvertedKind {
  /** Two completions and which one is better. */
  PREFERENCE,
  /** A completion and whether it is wanted. */
  UNPAIRED,
  /** A completion and its ratings. */
  RATED,
  /** A prompt with a completion to learn, or alone. */
  COMPLETION;

  /** As it is typed. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
