package org.rlaif.serving.queue;

/**
 * Hears what one model does, for figures. Called by threads that everyone waits for, above all the
 * one that decodes: count, and return. Times are in nanoseconds.
 */
public interface ModelObserver {
  /** Hears nothing. */
  ModelObserver NONE = cause -> {};

  /** The decode loop ended by an error; the model answers no more. */
  void broken(Throwable cause);

  /**
   * The graph was run for sequences that are sampled.
   *
   * @param rows live sequences that it gave a token each
   * @param promptTokens that it computed, before the sequences of their prompt are live
   */
  default void ran(int rows, int promptTokens) {}

  /**
   * A sequence has its first token.
   *
   * @param queue from its request to the start of its prompt; to its slot, if other samples of the
   *     same prompt came before
   * @param total from its request to this token
   */
  default void firstToken(long queue, long total) {}

  /** A sequence has a token that is not its first, so long after the one before. */
  default void nextToken(long gap) {}

  /** A sequence has come to its end, so long after its request. */
  default void finished(Completion.Reason reason, long total) {}

  /** A sequence will not come to its end. */
  default void failed(Throwable cause) {}

  /**
   * New weights serve.
   *
   * @param total from the commit: checks, session and probes
   * @param flip of that, what keeps decode steps from their weights
   */
  default void swapped(long total, long flip) {}

  /** New weights did not pass their checks; the old ones stay. */
  default void updateRefused(Throwable cause) {}
}
