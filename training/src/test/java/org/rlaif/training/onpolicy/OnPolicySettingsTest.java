package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.training.onpolicy.ToyLoop.toy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.JsonLines;
import org.rlaif.training.config.RunConfig;

/**
 * What an algorithm leaves open: the critic's beginning, the score's place, entropy, correction.
 */
class OnPolicySettingsTest {
  @TempDir private Path out;

  /** The policy is what it was until the value network has warmed up. */
  @Test
  void theCriticWarmsUpAlone() throws Exception {
    run(toy("onPolicy.updates=3", "ppo.criticWarmup=2", "ppo.critic=policy"), "warm");
    List<JsonNode> rows = metrics("warm");
    for (int update = 0; update < 3; update++) {
      JsonNode row = rows.get(update);
      assertEquals(0, row.get("kl").asDouble(), 1e-4, row.toString());
      assertEquals(update < 2, row.path("policyGradientNorm").isMissingNode());
      assertEquals(update < 2, row.path("publishParity").isMissingNode());
      assertEquals(update < 2, row.get("ratioMax").asDouble() < 1.0001);
      assertTrue(row.get("valueGradientNorm").asDouble() > 0);
    }
    long version = rows.get(0).get("weightsVersion").asLong();
    assertEquals(version, rows.get(1).get("weightsVersion").asLong());
    assertEquals(version + 1, rows.get(2).get("weightsVersion").asLong());
    assertTrue(
        rows.get(1).get("valueLoss").asDouble() < rows.get(0).get("valueLoss").asDouble(),
        rows.toString());
  }

  /** With a place of its own behind the end, rewards add up to the same. */
  @Test
  void theScoreMayStandBehindTheEnd() throws Exception {
    String[] settings = {"onPolicy.updates=6", "onPolicy.scoreAt=after_end"};
    OnPolicyFigures figures = run(toy(settings), "behind");
    assertTrue(figures.score() > figures.start().score() + 0.2, figures.toString());
    for (RolloutRow row :
        JsonLines.read(out.resolve("behind/rollouts/0003.jsonl"), RolloutRow.class)) {
      assertEquals(row.tokens().length, row.logprobs().length);
      if (row.ended()) {
        assertEquals(row.score() - 0.05 * row.kl(), row.reward(), 1e-4);
      }
    }
  }

  @Test
  void entropyIsKeptWhereItIsWorthSomething() throws Exception {
    double without = run(toy(), "without").entropy();
    double with = run(toy("onPolicy.entropyCoefficient=0.5"), "with").entropy();
    assertTrue(with > without + 0.05, with + " and " + without);
  }

  /** With the same weights on both sides every weight is nearly 1, and the steps are the same. */
  @Test
  void aCorrectionThatHasNothingToDoChangesNothing() throws Exception {
    run(toy("onPolicy.updates=2"), "plain");
    run(toy("onPolicy.updates=2", "onPolicy.correction.cap=2"), "corrected");
    JsonNode plain = metrics("plain").get(0);
    JsonNode corrected = metrics("corrected").get(0);
    assertEquals(1, corrected.get("correctionMean").asDouble(), 1e-4);
    assertEquals(1, corrected.get("correctionMax").asDouble(), 1e-4);
    assertEquals(0, corrected.get("correctionTruncated").asDouble());
    assertTrue(plain.path("correctionMean").isMissingNode());
    assertEquals(
        plain.get("policyGradientNorm").asDouble(),
        corrected.get("policyGradientNorm").asDouble(),
        1e-3);
    assertEquals(1, corrected.get("firstRatioMax").asDouble(), 1e-6);
  }

  private OnPolicyFigures run(RunConfig config, String name) {
    return ToyLoop.run(config, 0, out.resolve(name));
  }

  private List<JsonNode> metrics(String name) {
    return ToyLoop.metrics(out.resolve(name));
  }
}
