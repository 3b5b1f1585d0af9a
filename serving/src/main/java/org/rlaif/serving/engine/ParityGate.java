package org.rlaif.serving.engine;

import java.util.List;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.Refusal.Reason;

/** Lets new weights pass if they give, for some probes, what the trainer's network gives. */
abstract class ParityGate {
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

  abstract float[] expected(Probe probe);

  /** What the new weights give for each probe. */
  abstract float[][] found(DecoderSession session, List<Probe> probes);

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
    }
  }

  /** The largest absolute difference over all probes; a {@link Refusal} if above the threshold. */
  final float pass(DecoderSession session, List<Probe> probes, float threshold) {
    float largest = 0;
    String worst = "";
    float[][] all = found(session, probes);
    for (int i = 0; i < probes.size(); i++) {
      float[] found = all[i];
      float[] expected = expected(probes.get(i));
      for (int t = 0; t < found.length; t++) {
        float difference = Math.abs(found[t] - expected[t]);
        if (Float.compare(difference, largest) > 0) { // NaN is the largest of all
          largest = difference;
          worst = "token %d of probe %d: %s (expected: %s)".formatted(t, i, found[t], expected[t]);
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
}
