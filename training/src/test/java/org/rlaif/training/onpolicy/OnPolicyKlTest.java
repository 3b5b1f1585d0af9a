package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.training.onpolicy.ToyLoop.toy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.training.config.RunConfig;

/** How far the policy goes from where it began, and in an update from what wrote its batch. */
class OnPolicyKlTest {
  @TempDir private Path out;

  /** A small KL stops the epochs of an update; a large one does not. */
  @Test
  void anUpdateStopsAtItsKl() throws Exception {
    OnPolicyFigures stopped =
        run(toy("onPolicy.updates=3", "onPolicy.epochs=6", "onPolicy.stopAtKl=1e-4"), "stopped");
    assertEquals(3, stopped.leftOut().stoppedUpdates());
    JsonNode row = metrics("stopped").get(1);
    int skipped = row.get("skippedSteps").asInt();
    assertTrue(skipped > 0 && skipped < 12, row.toString());
    assertTrue(row.get("approximateKl").asDouble() <= 1e-4, row.toString());
    assertEquals(
        0,
        run(toy("onPolicy.updates=1", "onPolicy.stopAtKl=1e9"), "free").leftOut().stoppedUpdates());
  }

  /** A controller makes the KL dearer while it is beyond its target, and holds the policy back. */
  @Test
  void theControllerHoldsTheKl() throws Exception {
    run(toy("onPolicy.updates=20"), "free");
    run(toy("onPolicy.updates=20", "onPolicy.kl.target=0.5", "onPolicy.kl.horizon=8"), "held");
    List<JsonNode> rows = metrics("held");
    double coefficient = 0.05;
    for (JsonNode row : rows) {
      assertEquals(coefficient, row.get("klCoefficient").asDouble(), 1e-9);
      double error = Math.max(-0.2, Math.min(0.2, row.get("kl").asDouble() / 0.5 - 1));
      coefficient *= 1 + error * 16 / 8;
    }
    double held = meanKl(rows.subList(15, 20));
    double free = meanKl(metrics("free").subList(15, 20));
    assertTrue(held < 0.75 * free, held + " and " + free);
  }

  private static double meanKl(List<JsonNode> rows) {
    return rows.stream().mapToDouble(row -> row.get("kl").asDouble()).average().orElseThrow();
  }

  /** A high price holds the policy back, in the reward and in the loss. */
  @Test
  void theKlIsPaidWhereItIsSaid() throws Exception {
    for (String[] paid :
        new String[][] {
          {"ppo", "loss", "k2"},
          {"ppo", "loss", "k3"},
          {"ppo", "reward", "k1"},
          {"grpo", "reward", "k1"},
          {"grpo", "loss", "k2"},
          {"rejection", "loss", "k2"}
        }) {
      String name = String.join("-", paid);
      double free = run(klToy(paid, 0), name + "-free").kl();
      double held = run(klToy(paid, 5), name).kl();
      assertTrue(held < 0.8 * free, name + ": " + held + " and " + free);
    }
  }

  private static RunConfig klToy(String[] paid, double price) {
    return toy(
        "algorithm=" + paid[0],
        "onPolicy.updates=6",
        "onPolicy.kl.in=" + paid[1],
        "onPolicy.kl.estimator=" + paid[2],
        "onPolicy.kl.coefficient=" + price);
  }

  private OnPolicyFigures run(RunConfig config, String name) {
    return ToyLoop.run(config, 0, out.resolve(name));
  }

  private List<JsonNode> metrics(String name) {
    return ToyLoop.metrics(out.resolve(name));
  }
}
