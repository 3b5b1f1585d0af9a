package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.training.onpolicy.ToyLoop.toy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.learning.Clockless;
import org.rlaif.training.rewards.RewardSource;
import org.rlaif.training.rewards.SampledCompletion;

/** A batch that is sampled beside the update before it comes of older weights, always the same. */
class OverlapTest {
  @TempDir private Path out;

  @ParameterizedTest
  @ValueSource(strings = {"ppo", "reinforce", "grpo", "gspo", "cispo", "dapo", "rloo"})
  void learnsFromWhatOlderWeightsHaveWritten(String algorithm) {
    OnPolicyFigures figures =
        ToyLoop.run(toy("algorithm=" + algorithm, "onPolicy.overlap=true"), 0, out);
    assertTrue(figures.score() > figures.start().score() + 0.3, figures.toString());
    List<JsonNode> rows = ToyLoop.metrics(out);
    for (int update = 0; update < 12; update++) {
      JsonNode row = rows.get(update);
      // The first two batches are the first weights'; then each comes of those before last.
      long version = rows.get(0).get("weightsVersion").asLong() - 1;
      if (update >= 2) {
        version = rows.get(update - 2).get("weightsVersion").asLong();
      }
      for (RolloutRow each :
          JsonLines.read(out.resolve(RolloutRow.name(update)), RolloutRow.class)) {
        assertEquals(version, each.weightsVersion());
      }
      // To the trainer's own probabilities there is no ratio before the first step.
      assertEquals(1, row.get("firstRatioMax").asDouble(), 1e-5, row.toString());
      assertEquals(update > 0, row.path("parity").isMissingNode(), row.toString());
      assertEquals(update > 0, row.get("correctionMax").asDouble() > 1.001, row.toString());
      assertTrue(row.get("correctionTruncated").asDouble() < 0.5, row.toString());
      assertEquals(update < 11, row.at("/seconds/rolloutBeside").isNumber(), row.toString());
    }
    assertEquals(0, figures.parity().maxAbsLogprobDifference(), 1e-4);
  }

  /** Whether the rollouts or the updates are slow: the same seed, the same bytes. */
  @Test
  void itDoesNotMatterWhoIsFaster() throws Exception {
    for (String name : List.of("fast", "slow")) {
      Slow.millis = name.equals("fast") ? 0 : 300;
      ToyLoop.run(slow("onPolicy.updates=5"), 1, out.resolve(name));
    }
    assertEquals(clockless("fast"), clockless("slow"));
    for (String file : List.of("model/model.safetensors", "rollouts/0004.jsonl")) {
      assertEquals(
          -1, Files.mismatch(out.resolve("fast/" + file), out.resolve("slow/" + file)), file);
    }
  }

  /** What fails beside an update fails as it does where nothing is beside it. */
  @Test
  void whatFailsBesideAnUpdateEndsTheRunInTheSameWords() {
    String rewards =
        "onPolicy.rewards=[{kind: class, weight: 1, type: '" + SilentLater.class.getName() + "'}]";
    SilentLater.asked = 0;
    UserError alone =
        assertThrows(UserError.class, () -> ToyLoop.run(toy(rewards), 0, out.resolve("alone")));
    SilentLater.asked = 0;
    UserError beside =
        assertThrows(
            UserError.class,
            () -> ToyLoop.run(toy(rewards, "onPolicy.overlap=true"), 0, out.resolve("beside")));
    assertEquals(alone.getMessage(), beside.getMessage());
    assertTrue(beside.getMessage().contains("NaN (expected: a finite number)"));
  }

  /** An update that fails does not wait for what is sampled beside it, nor leave it behind. */
  @Test
  @Timeout(50)
  void anUpdateThatFailsEndsWhatIsBesideIt() {
    Slow.millis = 60_000;
    UserError error =
        assertThrows(
            UserError.class,
            () -> ToyLoop.run(slow("onPolicy.learningRate=1e30", "onPolicy.epochs=40"), 0, out));
    assertTrue(error.getMessage().startsWith("ppo, update 0, "), error.getMessage());
    assertEquals(
        List.of(),
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter("ppo-rollouts"::equals)
            .toList());
  }

  @Test
  void whatIsWaitedForTooLongIsNamed() throws Exception {
    var ended = new CountDownLatch(1);
    try (Beside beside = new Beside("ppo-rollouts", Duration.ofMillis(50))) {
      var batch =
          beside.begin(
              "ppo, update 3: the batch of the update behind it",
              () -> {
                try {
                  return new CountDownLatch(1).await(1, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                  ended.countDown();
                  return false;
                }
              });
      assertEquals(
          "ppo, update 3: the batch of the update behind it is not there after 0.05 s",
          assertThrows(UserError.class, batch::get).getMessage());
    }
    assertEquals(0, ended.getCount(), "closing it ends what is at work");
  }

  private List<JsonNode> clockless(String name) {
    List<JsonNode> rows = new ArrayList<>();
    ToyLoop.metrics(out.resolve(name)).forEach(row -> rows.add(Clockless.of(row)));
    return rows;
  }

  private static RunConfig slow(String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("onPolicy.overlap=true");
    all.add(
        "onPolicy.rewards=[{kind: model, weight: 1}, {kind: class, weight: 1, type: '"
            + Slow.class.getName()
            + "'}]");
    return toy(all.toArray(String[]::new));
  }

  /** Thinks for a while about what is not the first batch. */
  public static final class Slow implements RewardSource {
    private static long millis;
    private int asked;

    @Override
    public double[] score(List<SampledCompletion> completions) {
      try {
        Thread.sleep(++asked > 1 ? millis : 0);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return completions.stream().mapToDouble(each -> each.completion().length() % 3).toArray();
    }
  }

  /** Knows nothing of the third batch. */
  public static final class SilentLater implements RewardSource {
    private static int asked;

    @Override
    public double[] score(List<SampledCompletion> completions) {
      double score = ++asked == 3 ? Double.NaN : 0;
      return completions.stream()
          .mapToDouble(each -> score + each.completion().length() % 3)
          .toArray();
    }
  }
}
