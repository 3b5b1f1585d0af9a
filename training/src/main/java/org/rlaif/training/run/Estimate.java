package org.rlaif.training.run;

/**
 * What a stage would do and need.
 *
 * @param work in words
 * @param rollouts completions that are sampled
 * @param models in memory, in words
 * @param bytes beside the JVM's own
 */
public record Estimate(String work, long rollouts, String models, long bytes) {
  /** Nothing worth a word. */
  public static final Estimate NOTHING = new Estimate("", 0, "", 0);
}
