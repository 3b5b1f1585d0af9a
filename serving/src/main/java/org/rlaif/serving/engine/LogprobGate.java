package org.rlaif.serving.engine;

import java.util.List;
import org.rlaif.kit.UserError;

/** New weights of a policy must give the log-probabilities of the probes, at temperature 1. */
final class LogprobGate extends ParityGate {
  private final Scorer scorer;

  LogprobGate(TokenRules rules, Scorer scorer) {
    super("max_abs_logprob_difference", rules);
    this.scorer = scorer;
  }

  @Override
  void check(String name, Probe probe) {
    UserError.require(
        probe.logprobs().length == probe.completion().length,
        name + ".logprobs",
        probe.logprobs().length + " numbers",
        probe.completion().length + ", one for each token of the completion");
  }

  @Override
  float[] expected(Probe probe) {
    return probe.logprobs();
  }

  @Override
  float[][] found(DecoderSession session, List<Probe> probes) {
    var request = ScoringRequest.of(session);
    var found = new float[probes.size()][];
    for (int i = 0; i < found.length; i++) {
      List<int[]> completion = List.of(probes.get(i).completion());
      found[i] = LogprobPieces.add(request, probes.get(i).prompt(), completion, 1)[0];
    }
    scorer.ask(request);
    return found;
  }
}
