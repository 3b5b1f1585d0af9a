package org.rlaif.training.checkpoint;

/** The process was told to end, and all that it needs to go on is saved. */
public final class Stopped extends RuntimeException {
  private static final long serialVersionUID = 1;

  Stopped(String where) {
    super(where);
  }
}
