package org.rlaif.serving.update;

import com.google.common.primitives.Ints;
import java.util.Arrays;
import java.util.List;
import org.rlaif.kit.UserError;
import org.rlaif.serving.decode.ForwardPass;
import org.rlaif.serving.decode.Prefill;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.GraphRun;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.queue.TokenRules;
import org.rlaif.serving.score.LogprobPieces;
import org.rlaif.serving.score.Scorer;
import org.rlaif.serving.score.ScoringRequest;

/** New weights of a policy must give the log-probabilities of the probes, at temperature 1. */
public final class LogprobGate extends ParityGate {
  private final Scorer scorer;
  private final Scorer exactScorer;

  /**
   * @param scorer asks sessions that serve
   * @param exactScorer asks sessions in fp32
   */
  public LogprobGate(TokenRules rules, Scorer scorer, Scorer exactScorer) {
    super("max_abs_logprob_difference", rules);
    this.scorer = scorer;
    this.exactScorer = exactScorer;
  }

  @Override
  void check(String name, Probe probe) {
    check(name, "", probe, probe.expected());
    if (probe.previous() != null) {
      check(name, "previous_", probe, probe.previous());
    }
  }

  private void check(String name, String which, Probe probe, float[][] rows) {
    UserError.require(
        rows[0].length == probe.completion().length,
        name + "." + which + "logprobs",
        rows[0].length + " numbers",
        probe.completion().length + ", one for each token of the completion");
    int vocabulary = scorer.graph().config().vocabularySize();
    for (int i = 0; i < probe.positions().length; i++) {
      String distribution = name + ".distributions[" + i + "].";
      int position = probe.positions()[i];
      UserError.require(
          position >= 0 && position < probe.completion().length,
          distribution + "token",
          position,
          "from 0 to " + (probe.completion().length - 1) + ", a token of the completion");
      UserError.require(
          rows[1 + i].length == vocabulary,
          distribution + which + "logprobs",
          rows[1 + i].length + " numbers",
          vocabulary + ", one for each token of the vocabulary");
    }
  }

  @Override
  float[][][] found(DecoderSession session, boolean exact, List<Probe> probes) {
    var request = ScoringRequest.of(session);
    var found = new float[probes.size()][][];
    for (int i = 0; i < found.length; i++) {
      Probe probe = probes.get(i);
      found[i] = new float[1 + probe.positions().length][];
      found[i][0] = LogprobPieces.add(request, probe.prompt(), List.of(probe.completion()), 1)[0];
    }
    Scorer asked = exact ? exactScorer : scorer;
    asked.ask(request);
    for (int i = 0; i < found.length; i++) {
      for (int index = 0; index < found[i].length - 1; index++) {
        found[i][1 + index] = distribution(session, asked.graph(), probes.get(i), index);
      }
    }
    return found;
  }

  /** Of the token at one of the probe's positions, from what stands before it. */
  private static float[] distribution(
      DecoderSession session, GraphSpec graph, Probe probe, int index) {
    int[] before = Arrays.copyOf(probe.completion(), probe.positions()[index]);
    int[] sequence = Ints.concat(probe.prompt(), before);
    var logprobs = new float[graph.config().vocabularySize()];
    int room = Math.min(sequence.length + GraphRun.MOST_FILLING, graph.config().contextLength());
    try (var cache = new KvCache(graph, 1, room);
        var pass = new ForwardPass(graph, 0, Prefill.CHUNK, 1)) {
      var prefill = new Prefill(sequence, 1);
      prefill.run(session, pass, cache, 0);
      pass.logprobs(prefill.output(), logprobs);
    }
    return logprobs;
  }
}
