package org.rlaif.serving.queue;

/** What becomes of a policy's sequences while it is paused. */
public enum PauseMode {
  /** Those that have a slot are finished, those that wait go on waiting. */
  DRAIN,
  /** Everything stays as it is. */
  KEEP,
  /** All fail. */
  ABORT
}
