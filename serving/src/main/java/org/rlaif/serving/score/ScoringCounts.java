package org.rlaif.serving.score;

/**
 * What became of completions that were to be scored, or told the log-probabilities of, since the
 * model was loaded.
 *
 * @param waiting completions that no run has begun on
 * @param runs of the graph
 * @param rows of all runs: sequences, or parts of one
 * @param tokens of all rows
 * @param padding tokens without meaning, behind rows shorter than others of their run
 */
public record ScoringCounts(int waiting, long runs, long rows, long tokens, long padding) {
  public static final ScoringCounts NONE = new ScoringCounts(0, 0, 0, 0, 0);

  ScoringCounts run(int moreRows, int moreTokens, int morePadding) {
    return new ScoringCounts(
        waiting, runs + 1, rows + moreRows, tokens + moreTokens, padding + morePadding);
  }

  ScoringCounts waiting(int now) {
    return new ScoringCounts(now, runs, rows, tokens, padding);
  }
}
