package org.rlaif.serving.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlaif.model.text.TextBound;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.TokenRules;

/** New weights are nearer to what is expected than the old ones, by a factor; numbers by hand. */
class ParityGateTest {
  private static final int[] PROMPT = {2, 3};
  private static final int[] COMPLETION = {4, 5};

  /** Of sessions that are not asked, the first the new one. */
  private static final class Told extends ParityGate {
    private final float[][] arrived;
    private final float[][] serving;
    private int asked;

    Told(float[][] arrived, float[][] serving) {
      super(
          "limit",
          new TokenRules(
              "told", TestModels.TINY, new TextBound(TestModels.TINY.contextLength(), 64)));
      this.arrived = arrived;
      this.serving = serving;
    }

    @Override
    void check(String name, Probe probe) {}

    @Override
    float[][][] found(DecoderSession session, boolean exact, List<Probe> probes) {
      return new float[][][] {asked++ == 0 ? arrived : serving};
    }
  }

  @Test
  void rootMeanSquaresCountADistributionOnce() {
    float[][][] some = {{{1, 2}, {0, 0, 0, 0}}, {{3}}};
    float[][][] others = {{{1, 4}, {1, 1, -1, 3}}, {{3}}};
    // Squares 0, 4 and 0 of three numbers, and (1 + 1 + 1 + 9) / 4 of one distribution.
    assertEquals(Math.sqrt((0 + 4 + 0 + 3) / 4.0), Distance.rootMeanSquare(some, others), 1e-12);
    assertEquals(2, Distance.largest(some, others), "distributions have no threshold");
  }

  @Test
  void whatDidNotArriveIsRefusedHoweverSmallItIs() {
    Probe probe = TestUpdates.probe(PROMPT, COMPLETION, -1, -2);
    float[][] before = {{-1.01f, -2.02f}};
    assertEquals(
        "parity: the new weights are 0.016 from what the probes expect, the old ones 0.016, in root"
            + " mean square (expected: at most 0.0041); the old weights stay",
        refusal(before, before, probe, 0.1f));
    float[][] half = {{-1.005f, -2.01f}};
    assertNotNull(refusal(half, before, probe, 0.1f));
    float[][] most = {{-1.002f, -2.004f}};
    Parity parity = pass(most, before, false, probe, 0.1f);
    assertNull(parity.undetermined());
    assertEquals(0.016 / 5, parity.newDifference(), 1e-4);
    assertEquals(0.016, parity.oldDifference(), 2e-4);
    assertNotNull(refusal(new float[][] {{Float.NaN, -2}}, before, probe, 0.1f));
  }

  /** A distribution tells where the tokens of the completion do not. */
  @Test
  void aDistributionCounts() {
    float[][] expected = {{-1, -2}, {-1, -3, -4}};
    var probe = new Probe(PROMPT, COMPLETION, new int[] {1}, expected, null);
    float[][] before = {{-1, -2}, {-1, -3.3f, -4.1f}};
    assertNotNull(refusal(before, before, probe, 0.1f));
    assertNull(pass(expected, before, false, probe, 0.1f).undetermined());
  }

  @Test
  void whatChangesNothingIsUndetermined() {
    float[][] same = {{-1.00001f, -2}};
    Parity parity = pass(same, same, false, TestUpdates.probe(PROMPT, COMPLETION, -1, -2), 0.1f);
    assertEquals(
        "the new weights are 7.1e-06 from what the probes expect, the old ones 7.1e-06, in root"
            + " mean square; up to 0.00010 is rounding",
        parity.undetermined());
  }

  /** A trainer whose every number is 0.02 off sees an update of 0.06. */
  @Test
  void roundingOfTheTrainerIsTakenOff() {
    float[][] expected = {{-1.08f, -2.08f}};
    float[][] previous = {{-1.02f, -2.02f}};
    var probe = new Probe(PROMPT, COMPLETION, new int[0], expected, previous);
    float[][] before = {{-1, -2}};
    Parity parity = pass(new float[][] {{-1.06f, -2.06f}}, before, false, probe, 0.1f);
    assertNull(parity.undetermined());
    assertEquals(0.06, parity.oldDifference(), 1e-6);
    assertEquals(0, parity.newDifference(), 1e-6);
    assertNotNull(refusal(before, before, probe, 0.1f), "nothing arrived");
    assertNotNull(refusal(new float[][] {{-1.06f, -2}}, before, probe, 0.1f), "half arrived");
    var unchanged = new Probe(PROMPT, COMPLETION, new int[0], previous, previous);
    assertNotNull(pass(before, before, false, unchanged, 0.1f).undetermined());
  }

  /** What the trainer says of the old weights does not count if others serve. */
  @Test
  void otherWeightsServeThanTheTrainerBelieves() {
    float[][] expected = {{-1, -2}};
    var probe = new Probe(PROMPT, COMPLETION, new int[0], expected, expected);
    float[][] others = {{-1.5f, -2.5f}};
    assertNull(pass(expected, others, false, probe, 1e-4f).undetermined());
    assertNotNull(refusal(new float[][] {{-1.25f, -2.25f}}, others, probe, 0.3f));
  }

  @Test
  void quantisedWeightsCannotSayWhatTheyWereBefore() {
    float[][] before = {{-1.3f, -2.4f}}; // in 4 bits
    float[][] expected = {{-1.06f, -2.06f}};
    assertNotNull(
        pass(expected, before, true, TestUpdates.probe(PROMPT, COMPLETION, expected[0]), 1e-4f)
            .undetermined());
    float[][] previous = {{-1, -2}};
    var probe = new Probe(PROMPT, COMPLETION, new int[0], expected, previous);
    assertNull(pass(expected, before, true, probe, 1e-4f).undetermined());
    assertNotNull(refusal(previous, before, probe, 1e-4f));
    assertNotNull(
        pass(previous, before, true, probe, 0.1f).undetermined(), "exact to the threshold alone");
  }

  private static Parity pass(
      float[][] arrived, float[][] serving, boolean quantized, Probe probe, float threshold) {
    return new Told(arrived, serving).pass(null, null, quantized, List.of(probe), threshold);
  }

  private static String refusal(float[][] arrived, float[][] serving, Probe probe, float limit) {
    return assertThrows(Refusal.class, () -> pass(arrived, serving, false, probe, limit))
        .getMessage();
  }
}
