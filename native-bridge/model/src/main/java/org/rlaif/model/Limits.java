package org.rlaif.model;

import org.rlaif.model.text.Tokenizer;

/** Sizes far above those of any network there is; what is larger is a mistake, or means harm. */
final class Limits {
  /** Numbers of a hidden state, and of all heads' queries. */
  static final int WIDTH = 1 << 20;

  /** Numbers between the two halves of an MLP. */
  static final int MLP_WIDTH = 8 * WIDTH;

  static final int LAYERS = 1 << 13;
  static final int VOCABULARY = Tokenizer.MOST_IDS;

  private Limits() {}
}
