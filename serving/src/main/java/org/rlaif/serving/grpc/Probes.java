package org.rlaif.serving.grpc;

import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import java.util.List;
import org.rlaif.serving.update.Parity;
import org.rlaif.serving.update.Probe;
import org.rlaif.v1.CommitUpdateRequest;
import org.rlaif.v1.CommitUpdateRequest.Distribution;

/** What new weights are judged by, and the judgement, from messages and to them. */
final class Probes {
  private Probes() {}

  /**
   * @param policy whose log-probabilities are meant; else the score of a reward model
   */
  static Probe of(CommitUpdateRequest.Probe probe, boolean policy) {
    List<Distribution> distributions = probe.getDistributionsList();
    var expected = new float[1 + distributions.size()][];
    var previous = new float[1 + distributions.size()][];
    for (int i = 0; i < distributions.size(); i++) {
      expected[1 + i] = Floats.toArray(distributions.get(i).getLogprobsList());
      previous[1 + i] = Floats.toArray(distributions.get(i).getPreviousLogprobsList());
    }
    boolean hasPrevious = policy ? probe.getPreviousLogprobsCount() > 0 : probe.hasPreviousScore();
    if (policy) {
      expected[0] = Floats.toArray(probe.getLogprobsList());
      previous[0] = Floats.toArray(probe.getPreviousLogprobsList());
    } else {
      expected[0] = probe.hasScore() ? new float[] {probe.getScore()} : new float[0];
      previous[0] = new float[] {probe.getPreviousScore()};
    }
    return new Probe(
        Ints.toArray(probe.getPromptTokenIdsList()),
        Ints.toArray(probe.getCompletionTokenIdsList()),
        distributions.stream().mapToInt(Distribution::getToken).toArray(),
        expected,
        hasPrevious ? previous : null);
  }

  static org.rlaif.v1.Parity message(Parity parity) {
    String undetermined = parity.undetermined();
    return org.rlaif.v1.Parity.newBuilder()
        .setNewDifference((float) parity.newDifference())
        .setOldDifference((float) parity.oldDifference())
        .setUndetermined(undetermined == null ? "" : undetermined)
        .build();
  }
}
