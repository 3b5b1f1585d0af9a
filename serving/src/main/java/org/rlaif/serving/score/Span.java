package org.rlaif.serving.score;

/**
 * The tokens of a sequence from one of them to its end, those before being in the cache, and what
 * is to be read there.
 *
 * @param from where it begins; 0: nothing is in the cache
 * @param positions whose hidden states go to the head, ascending; the same one may come again
 * @param targets of each position the token to give the log-probability of; 0 for a score
 * @param temperature of the log-probabilities
 * @param reader hears what was found
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Span(
    int[] sequence, int from, int[] positions, int[] targets, double temperature, Reader reader) {
  /** Hears the number of each position, by its index in {@link #positions}. */
  interface Reader {
    void read(int index, float number);
  }

  /** Of the whole sequence. */
  int length() {
    return sequence.length;
  }

  int heads() {
    return positions.length;
  }
}
