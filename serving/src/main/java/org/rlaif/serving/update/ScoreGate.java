package org.rlaif.serving.update;

import java.util.List;
import org.rlaif.kit.UserError;
import org.rlaif.model.ScoreScale;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.queue.TokenRules;
import org.rlaif.serving.score.Scorer;
import org.rlaif.serving.score.ScoringItem;
import org.rlaif.serving.score.ScoringRequest;

/** New weights of a reward model must give the scores of the probes. */
public final class ScoreGate extends ParityGate {
  private final ScoreScale scale;
  private final Scorer scorer;

  public ScoreGate(TokenRules rules, ScoreScale scale, Scorer scorer) {
    super("max_abs_score_difference", rules);
    this.scale = scale;
    this.scorer = scorer;
  }

  @Override
  void check(String name, Probe probe) {
    UserError.require(
        probe.expected()[0].length == 1,
        name + ".score",
        "missing",
        "what the new weights must give");
    UserError.require(
        probe.positions().length == 0, name + ".distributions", "given", "none of a reward model");
  }

  @Override
  float[][][] found(DecoderSession session, boolean exact, List<Probe> probes) {
    var request = ScoringRequest.of(session);
    var found = new float[probes.size()][1][1];
    for (int i = 0; i < found.length; i++) {
      float[] into = found[i][0];
      var item = new ScoringItem(probes.get(i).prompt(), probes.get(i).completion());
      request.add(
          List.of(
              item.span(scorer.graph().config(), number -> into[0] = (float) scale.apply(number))),
          1);
    }
    scorer.ask(request);
    return found;
  }
}
