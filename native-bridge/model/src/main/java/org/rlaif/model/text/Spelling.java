package org.rlaif.model.text;

/** What each token of a vocabulary adds to a text. */
public interface Spelling {
  /**
   * In UTF-8, of which it may be half a character; to be read only.
   *
   * @param begins whether it is the first of the text
   */
  byte[] bytes(int id, boolean begins);

  /** Whether a token leaves no text, whatever its name; those that only a network knows do not. */
  boolean isSilent(int id);
}
