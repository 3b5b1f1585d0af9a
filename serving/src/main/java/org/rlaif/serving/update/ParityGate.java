package org.rlaif.serving.update;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;
import org.rlaif.serving.queue.TokenRules;

/**
 * Lets new weights pass if they give, for some probes, what the trainer's network gives: no number
 * is further from that than a threshold, and all of them together are much nearer to it than those
 * of the weights that serve. An update that is smaller than the threshold and that did not arrive,
 * or not whole, does not pass.
 *
 * <p>A trainer's arithmetic can be less exact than the server's. If it says what it expected of the
 * weights that serve, then what they give shows its error, which is taken off what it expects of
 * the new ones: compared are the changes.
 */
public abstract class ParityGate {
  /** How much nearer than old weights new ones are, at least. */
  private static final double FACTOR = 4;

  /** How much nearer where it is known how exact the probes are: no layer must be missing. */
  private static final double SHARP_FACTOR = 32;

  /** Root mean square up to which two engines differ that compute in fp32, with some to spare. */
  private static final double ROUNDING = 1e-4;

  private final String limit;
  private final TokenRules rules;

  /**
   * @param limit the name of the threshold in messages
   */
  ParityGate(String limit, TokenRules rules) {
    this.limit = limit;
    this.rules = rules;
  }

  /** Refuses a probe that does not say what this gate needs; tokens are checked already. */
  abstract void check(String name, Probe probe);

  /**
   * What weights give for each probe, in its rows.
   *
   * @param exact whether the session is fp32 throughout, or the one that serves
   */
  abstract float[][][] found(DecoderSession session, boolean exact, List<Probe> probes);

  final void validate(List<Probe> probes, float threshold) {
    UserError.require(
        threshold >= 0 && Float.isFinite(threshold), limit, threshold, "a finite number >= 0");
    UserError.require(
        !probes.isEmpty(),
        "probes",
        0,
        "at least one; they are what the new weights are judged by");
    for (int i = 0; i < probes.size(); i++) {
      Probe probe = probes.get(i);
      String name = "probes[" + i + "]";
      rules.prompt(name + ".prompt_token_ids", probe.prompt());
      rules.completion(name + ".completion_token_ids", probe.prompt(), probe.completion());
      check(name, probe);
      UserError.require(
          (probe.previous() == null) == (probes.get(0).previous() == null),
          name,
          "with" + (probe.previous() == null ? "out" : "") + " previous numbers",
          "all probes with them, or none");
    }
  }

  /**
   * A {@link Refusal} if the new weights are not what is expected.
   *
   * @param arrived the new weights, in fp32 whatever serves
   * @param serving the old ones, as they serve
   * @param quantized whether these are not fp32 throughout
   */
  final Parity pass(
      DecoderSession arrived,
      DecoderSession serving,
      boolean quantized,
      List<Probe> probes,
      float threshold) {
    float[][][] expected = probes.stream().map(Probe::expected).toArray(float[][][]::new);
    float[][][] found = found(arrived, true, probes);
    float largest = withinThreshold(found, expected, threshold);
    float[][][] old = found(serving, !quantized, probes);
    float[][][] previous = previous(probes);
    if (quantized) {
      return served(largest, found, expected, old, previous, threshold);
    }
    if (previous == null || Distance.largest(old, previous) > threshold) {
      // Or other weights serve than the trainer believes, as when it begins.
      return judge(largest, found, expected, old, ROUNDING, FACTOR);
    }
    float[][][] due = Distance.moved(expected, previous, old);
    double rounding = Math.max(ROUNDING, 2 * Distance.rootMeanSquare(old, previous));
    return judge(largest, found, due, old, rounding, SHARP_FACTOR);
  }

  private static float @Nullable [][][] previous(List<Probe> probes) {
    var all = new float[probes.size()][][];
    for (int i = 0; i < all.length; i++) {
      float[][] previous = probes.get(i).previous();
      if (previous == null) {
        return null;
      }
      all[i] = previous;
    }
    return all;
  }

  private float withinThreshold(float[][][] found, float[][][] expected, float threshold) {
    float largest = 0;
    String worst = "";
    for (int i = 0; i < found.length; i++) {
      for (int t = 0; t < found[i][0].length; t++) {
        float difference = Math.abs(found[i][0][t] - expected[i][0][t]);
        if (Float.compare(difference, largest) > 0) { // NaN is the largest of all
          largest = difference;
          worst =
              "token %d of probe %d: %s (expected: %s)"
                  .formatted(t, i, found[i][0][t], expected[i][0][t]);
        }
      }
    }
    if (!(largest <= threshold)) {
      throw new Refusal(
          Reason.PRECONDITION,
          "%s: %s (expected: at most %s), at %s; the old weights stay"
              .formatted(limit, largest, threshold, worst));
    }
    return largest;
  }

  /** Quantising hides how far the old weights were: only their trainer can say. */
  private static Parity served(
      float largest,
      float[][][] found,
      float[][][] expected,
      float[][][] old,
      float @Nullable [][][] previous,
      float threshold) {
    if (previous != null) {
      double rounding = Math.max(ROUNDING, threshold);
      return judge(largest, found, expected, previous, rounding, SHARP_FACTOR);
    }
    return new Parity(
        largest,
        Distance.rootMeanSquare(found, expected),
        Distance.rootMeanSquare(old, expected),
        "the old weights serve quantised, and the probes do not say what was expected of them");
  }

  /**
   * @param rounding up to which a difference says nothing
   * @param factor how much nearer than the old weights the new ones must be
   */
  private static Parity judge(
      float largest,
      float[][][] found,
      float[][][] expected,
      float[][][] old,
      double rounding,
      double factor) {
    double mine = Distance.rootMeanSquare(found, expected);
    double theirs = Distance.rootMeanSquare(old, expected);
    double most = rounding + theirs / factor;
    String figures =
        String.format(
            Locale.ROOT,
            "the new weights are %.2g from what the probes expect, the old ones %.2g, in root mean"
                + " square",
            mine,
            theirs);
    if (!(mine <= most)) {
      throw new Refusal(
          Reason.PRECONDITION,
          String.format(
              Locale.ROOT,
              "parity: %s (expected: at most %.2g); the old weights stay",
              figures,
              most));
    }
    if (mine <= theirs / FACTOR && theirs > ROUNDING) {
      return new Parity(largest, mine, theirs, null);
    }
    String why = String.format(Locale.ROOT, "%s; up to %.2g is rounding", figures, rounding);
    return new Parity(largest, mine, theirs, why);
  }
}
