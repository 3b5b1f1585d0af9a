package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlarmsTest {
  private final List<String> said = new ArrayList<>();
  private final Alarms alarms = new Alarms("ppo", /* parity= */ 1e-4, said::add);
  private OnPolicyFigures figures = OnPolicyFigures.first(row(0, 1, 0.5, 1), 1e-4, 0);

  @Test
  void nothingIsSaidOfATrainingThatGoesWell() {
    look(row(2, 1.0005, 0.4, 0.9));
    look(row(90, 0.9995, 0.1, 0.21));
    assertEquals(List.of(), said);
  }

  @Test
  void everySignIsSaidOnce() {
    look(row(2, 1.2, 0.5, 1));
    look(row(101, 1.3, 0.5, 1));
    look(row(150, 1, 0.5, 0.1));
    look(row(150, 1, 0, 0.1));
    assertEquals(
        List.of(
            "warning: ppo, update 2: the first minibatch has ratios up to e^0.18 where they are to"
                + " be 1: trainer and server disagree about the policy",
            "warning: ppo, update 3: the policy is 101 nats per completion away from where it"
                + " began: a larger onPolicy.kl.coefficient, or a lower learning rate, may help",
            "warning: ppo, update 4: only 10 % of the completions still end:"
                + " onPolicy.missingEndPenalty is what they lose",
            "warning: ppo, update 5: all completions have the score 1.50: there is nothing to learn"
                + " from"),
        said);
  }

  private void look(UpdateRow row) {
    figures = figures.and(row);
    alarms.look(row, figures);
  }

  private static UpdateRow row(double kl, double ratio, double deviation, double ended) {
    return new UpdateRow(
        new UpdateRow.Seen(kl, 0, 1.5, deviation, 0, 10, ended, 1, null, 0.0),
        Map.of(),
        new Sampling.Asked(null, null, null, null),
        null,
        null,
        new Learner.Learned(1, ratio, 0, null, 1, 0, 0, 1.0, null, 1, ratio, 1e-3, null),
        new UpdateRow.Published(0, 0, 1, null),
        1,
        Map.of());
  }
}
