package org.rlaif.serving.sampling;

import static org.rlaif.serving.sampling.Exponential.exp;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a token from a distribution, in the order of operations that {@code policy.proto} states.
 * Padding, the beginning token and ids that the tokenizer does not know are never chosen; the
 * log-probability that is reported with a token is still the one over the full vocabulary, because
 * that is what a trainer can compute again. Used by one thread at a time.
 */
public final class Sampler {
  /** What was left to draw from. */
  private enum Kept {
    MOST_LIKELY,
    EVERYTHING,
    RANKED
  }

  /** Two ids, -1 where there is none. */
  private final int never;

  private final int neverEither;
  private final int known;
  private final float[] scores;
  private final Truncation ranking;

  // Of the last draw.
  private Kept kept = Kept.MOST_LIKELY;
  private float[] drawnFrom = {};
  private double mass;

  public Sampler(Vocabulary vocabulary) {
    this.known = vocabulary.known();
    List<Integer> never = vocabulary.never();
    this.never = never.isEmpty() ? -1 : never.get(0);
    this.neverEither = never.size() < 2 ? -1 : never.get(1);
    this.scores = new float[vocabulary.size()];
    this.ranking = new Truncation(vocabulary.size());
  }

  /**
   * The next token of a sequence whose logits no rule moves.
   *
   * @param logprobs over the full vocabulary, after temperature
   * @param position of the new token in its completion
   */
  public int choose(float[] logprobs, Sampling sampling, SequenceId id, int position) {
    return choose(logprobs, 0, null, sampling, id, position);
  }

  /**
   * The next token of a sequence.
   *
   * @param logprobs over the full vocabulary, after temperature; they stay as they are
   * @param normaliser of the log-probabilities, if the rules need it
   * @param rules what moves the logits of this sequence; null if nothing does
   * @param position of the new token in its completion
   */
  public int choose(
      float[] logprobs,
      double normaliser,
      @Nullable LogitRules rules,
      Sampling sampling,
      SequenceId id,
      int position) {
    drawnFrom = logprobs;
    if (rules != null) {
      System.arraycopy(logprobs, 0, scores, 0, scores.length);
      rules.apply(scores, sampling.graphTemperature(), normaliser, position);
      drawnFrom = scores;
    }
    if (sampling.isGreedy()) {
      kept = Kept.MOST_LIKELY;
      return mostLikely(drawnFrom);
    }
    double u = Philox.uniform(sampling.seed(), id.prompt(), id.sample(), position);
    if (rules != null) {
      shiftToZero(scores);
    }
    boolean all = sampling.topK() == 0 || sampling.topK() >= scores.length;
    if (all && sampling.topP() == 1 && sampling.minP() == 0) {
      kept = Kept.EVERYTHING;
      mass = rules == null ? massOfTheDistribution(logprobs) : sum(scores);
      return draw(drawnFrom, u * mass);
    }
    kept = Kept.RANKED;
    exponentiate(drawnFrom, ranking.probabilities());
    ranking.rank(sampling);
    return ranking.draw(u);
  }

  /** What is wanted of the token that was drawn last, from this distribution. */
  public TokenDetails details(float[] logprobs, int token, Sampling sampling) {
    DetailOptions wanted = sampling.details();
    int[] top = mostLikely(logprobs, wanted.topLogprobs());
    var topLogprobs = new float[top.length];
    for (int i = 0; i < top.length; i++) {
      topLogprobs[i] = logprobs[top[i]];
    }
    return new TokenDetails(
        wanted.sampledLogprobs() ? (float) logShare(token) : 0,
        top,
        topLogprobs,
        wanted.support() ? support(token) : new int[0]);
  }

  private double logShare(int token) {
    return switch (kept) {
      case MOST_LIKELY -> 0;
      case EVERYTHING -> StrictMath.log(exp(drawnFrom[token]) / mass);
      case RANKED -> ranking.logShare(token);
    };
  }

  private int[] support(int token) {
    return switch (kept) {
      case MOST_LIKELY -> new int[] {token};
      case EVERYTHING -> possible();
      case RANKED -> ranking.support();
    };
  }

  /** Whatever could have been drawn. */
  private int[] possible() {
    var ids = new int[known];
    int count = 0;
    for (int id = 0; id < known; id++) {
      if (mayBeChosen(id) && exp(drawnFrom[id]) > 0) {
        ids[count++] = id;
      }
    }
    return Arrays.copyOf(ids, count);
  }

  private boolean mayBeChosen(int id) {
    return id != never && id != neverEither;
  }

  /** The n most likely of all tokens, most likely first, equals by their ids. */
  private static int[] mostLikely(float[] logprobs, int n) {
    var best = new int[Math.min(n, logprobs.length)];
    int count = 0;
    for (int id = 0; id < logprobs.length && best.length > 0; id++) {
      if (count == best.length && !(logprobs[id] > logprobs[best[count - 1]])) {
        continue;
      }
      int place = count < best.length ? count++ : count - 1;
      while (place > 0 && logprobs[id] > logprobs[best[place - 1]]) {
        best[place] = best[place - 1];
        place--;
      }
      best[place] = id;
    }
    return best;
  }

  /** The most likely token; among equals the one with the lowest id. */
  private int mostLikely(float[] logprobs) {
    int best = -1;
    for (int id = 0; id < known; id++) {
      if (mayBeChosen(id) && (best < 0 || logprobs[id] > logprobs[best])) {
        best = id;
      }
    }
    if (best < 0 || Float.isNaN(logprobs[best])) {
      throw new ArithmeticException("the policy's log-probabilities are not numbers");
    }
    return best;
  }

  /** Puts the largest score of what may be chosen to 0: bias may have made it any number. */
  private void shiftToZero(float[] scores) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < known; id++) {
      if (mayBeChosen(id)) {
        largest = Math.max(largest, scores[id]);
      }
    }
    for (int id = 0; id < known; id++) {
      scores[id] -= largest;
    }
  }

  /**
   * How much of a distribution may be chosen: all of it is 1, so that only what may not be chosen
   * has to be looked at, unless that is the greater part.
   */
  private double massOfTheDistribution(float[] logprobs) {
    if (logprobs.length - known < known) {
      double mass = 1 - probability(logprobs, never) - probability(logprobs, neverEither);
      for (int id = known; id < logprobs.length; id++) {
        mass -= exp(logprobs[id]);
      }
      if (mass > 0.5) { // else rounding would be a larger part of it
        return mass;
      }
    }
    return sum(logprobs);
  }

  private static double probability(float[] logprobs, int id) {
    return id < 0 ? 0 : exp(logprobs[id]);
  }

  private double sum(float[] logprobs) {
    double sum = 0;
    for (int id = 0; id < known; id++) {
      sum += mayBeChosen(id) ? exp(logprobs[id]) : 0;
    }
    return sum;
  }

  /** Inverse of the cumulative distribution, tokens in the order of their ids. */
  private int draw(float[] logprobs, double threshold) {
    double sum = 0;
    int last = -1;
    for (int id = 0; id < known; id++) {
      float probability = mayBeChosen(id) ? exp(logprobs[id]) : 0;
      sum += probability;
      if (sum > threshold) {
        return id;
      }
      last = probability > 0 ? id : last;
    }
    if (last < 0 || !(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
      throw new ArithmeticException("the policy's probabilities sum to " + sum);
    }
    return last; // rounding left the threshold a hair above the sum
  }

  /** Fills the probabilities, 0 for what is never chosen. */
  private void exponentiate(float[] logprobs, float[] probabilities) {
    for (int id = 0; id < known; id++) {
      probabilities[id] = exp(logprobs[id]);
    }
    for (int id : new int[] {never, neverEither}) {
      if (id >= 0) {
        probabilities[id] = 0;
      }
    }
  }
}
