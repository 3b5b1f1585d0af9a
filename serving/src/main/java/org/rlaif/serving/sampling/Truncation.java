package org.rlaif.serving.sampling;

import java.util.Arrays;

/**
 * The tokens that survive min-p, top-k and top-p, most likely first, equals by their ids. Used by
 * one thread at a time.
 */
final class Truncation {
  /** Probabilities in a bucket differ by less than one part in 128. */
  private static final int BUCKET_BITS = 16;

  private final float[] probabilities;
  private final long[] ranked;

  /** How many tokens have a probability whose bits begin with this number. */
  private final int[] buckets = new int[(Float.floatToIntBits(2) >>> BUCKET_BITS) + 1];

  private int kept;
  private double mass;

  Truncation(int vocabularySize) {
    this.probabilities = new float[vocabularySize];
    this.ranked = new long[vocabularySize];
  }

  /** The probability of every token, up to a common factor; to be filled before the ranking. */
  float[] probabilities() {
    return probabilities;
  }

  /** Keeps what the filters keep. */
  void rank(Sampling sampling) {
    double all = sampling.minP() > 0 ? dropBelow(sampling.minP()) : sum();
    if (!(all > 0 && all < Double.POSITIVE_INFINITY)) {
      throw new ArithmeticException("the policy's probabilities sum to " + all);
    }
    kept = keep(sampling.topK(), sampling.topP(), all);
    mass = sum(kept);
  }

  /** The inverse of the cumulative distribution, in the order of the ranks, for u in [0, 1). */
  int draw(double u) {
    double threshold = u * mass;
    double sum = 0;
    for (int rank = 0; rank < kept; rank++) {
      sum += probabilities[(int) ranked[rank]];
      if (sum > threshold) {
        return (int) ranked[rank];
      }
    }
    return (int) ranked[kept - 1]; // rounding left the threshold a hair above the sum
  }

  /** Natural log of a token's share of what was kept. */
  double logShare(int token) {
    return StrictMath.log(probabilities[token] / mass); // StrictMath: the same bits everywhere
  }

  /** Ids of what was kept, ascending. */
  int[] support() {
    var ids = new int[kept];
    for (int rank = 0; rank < kept; rank++) {
      ids[rank] = (int) ranked[rank];
    }
    Arrays.sort(ids);
    return ids;
  }

  /** Min-p: what is less probable than this share of the most probable goes; returns the sum. */
  private double dropBelow(double minP) {
    float largest = 0;
    for (float probability : probabilities) {
      largest = Math.max(largest, probability);
    }
    for (int id = 0; id < probabilities.length; id++) {
      if (probabilities[id] < minP * largest) {
        probabilities[id] = 0;
      }
    }
    return sum();
  }

  /** Ranks what may survive top-k and top-p; returns how many do. */
  private int keep(int topK, double topP, double all) {
    // Neither floor cuts off anything that is kept; they leave less to sort. Tokens below the one
    // of top-p together hold less than 1 - p. (With top-k, p is a share of what top-k left.)
    float floor =
        topK > 0 ? floorOfTopK(topK) : (float) ((1 - topP) * all / probabilities.length * 0.999);
    int count = 0;
    for (int id = 0; id < probabilities.length; id++) {
      if (probabilities[id] > 0 && probabilities[id] >= floor) {
        // Bits of positive floats order like the floats; ~ puts the largest first.
        ranked[count++] = ((long) ~Float.floatToIntBits(probabilities[id]) << 32) | id;
      }
    }
    Arrays.sort(ranked, 0, count);
    int most = topK == 0 ? count : Math.min(topK, count);
    if (topP == 1) {
      return most;
    }
    double whole = topK == 0 ? all : sum(most);
    double sum = 0;
    for (int rank = 0; rank < most; rank++) {
      sum += probabilities[(int) ranked[rank]];
      if (sum >= topP * whole) {
        return rank + 1;
      }
    }
    return most;
  }

  /** At least k tokens are as likely as this, if there are that many. */
  private float floorOfTopK(int k) {
    Arrays.fill(buckets, 0);
    for (float probability : probabilities) {
      if (probability > 0) { // at most 1, give or take rounding
        buckets[Float.floatToIntBits(probability) >>> BUCKET_BITS]++;
      }
    }
    int above = 0;
    for (int bucket = buckets.length - 1; bucket >= 0; bucket--) {
      above += buckets[bucket];
      if (above >= k) {
        return Float.intBitsToFloat(bucket << BUCKET_BITS);
      }
    }
    return 0;
  }

  private double sum() {
    double sum = 0;
    for (float probability : probabilities) {
      sum += probability;
    }
    return sum;
  }

  private double sum(int ranks) {
    double sum = 0;
    for (int rank = 0; rank < ranks; rank++) {
      sum += probabilities[(int) ranked[rank]];
    }
    return sum;
  }
}
