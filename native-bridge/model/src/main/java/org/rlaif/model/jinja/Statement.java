package org.rlaif.model.jinja;

/** Adds to the text, and may change the variables. */
interface Statement {
  /** How a statement ended: {@code break} and {@code continue} leave those around it, too. */
  enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  Flow run(Variables scope, Text.Builder out);
}
