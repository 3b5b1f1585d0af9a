package org.rlaif.model.text;

/**
 * Looks on while a text becomes tokens. It is asked before each piece of the text, and ends the
 * work by an exception: when there are too many tokens already, or nobody waits for them any more.
 */
@FunctionalInterface
public interface Watch {
  /** Lets every text become tokens to its end. */
  Watch NONE = soFar -> {};

  /**
   * Asked before each piece, and while one waits for its turn.
   *
   * @param soFar tokens of the pieces before
   */
  void tokens(int soFar);
}
