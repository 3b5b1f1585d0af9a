package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.training.onpolicy.ToyLoop.toy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.training.rewards.RewardSource;
import org.rlaif.training.rewards.SampledCompletion;
import org.rlaif.v1.LogprobsRequest;

/** The weights are left that wrote the batch with the highest figure, whatever came after it. */
class BestUpdateTest {
  /** A rate that does not depend on how many updates there are. */
  private static final List<String> CONSTANT =
      List.of("onPolicy.warmup=0", "onPolicy.finalFraction=1");

  @TempDir private Path out;

  /**
   * The fourth batch is worth the most. Three updates are behind the weights that write it; with
   * overlap they are two. A run that ends there leaves the same file.
   */
  @ParameterizedTest
  @CsvSource({"false, 3", "true, 2"})
  void whatFallsAtTheEndLeavesEarlierWeights(boolean overlap, int updates) throws Exception {
    String peak = "[{kind: class, weight: 1, type: '" + Peak.class.getName() + "'}]";
    Peak.asked = 0;
    OnPolicyFigures best =
        run(
            "best",
            "onPolicy.updates=6",
            "onPolicy.keepBest=score",
            "onPolicy.overlap=" + overlap,
            "onPolicy.rewards=" + peak);
    assertEquals(3, best.best().update());
    assertEquals("score", best.best().figure());
    List<JsonNode> rows = ToyLoop.metrics(out.resolve("best"));
    assertEquals(rows.get(3).get("score").asDouble(), best.best().value());
    assertTrue(best.score() < best.best().value() - 5, best.toString());
    assertEquals(6, rows.size());
    assertEquals(rows.get(5).get("weightsVersion").asLong() + 1, best.weightsVersion());

    Peak.asked = 0;
    OnPolicyFigures ended =
        run(
            "ended",
            "onPolicy.updates=" + updates,
            "onPolicy.overlap=" + overlap,
            "onPolicy.rewards=" + peak);
    assertNull(ended.best());
    assertEquals(
        -1,
        Files.mismatch(
            out.resolve("best/model/model.safetensors"),
            out.resolve("ended/model/model.safetensors")));
  }

  /** The server has what the folder has. */
  @Test
  void theBestIsServedInTheEnd() {
    Peak.asked = 0;
    try (RlaifServer server = ToyModels.serve();
        RlaifClient client = ToyModels.client(server)) {
      ToyLoop.run(
          toy(
              "onPolicy.updates=5",
              "onPolicy.keepBest=score",
              "onPolicy.rewards=[{kind: class, weight: 1, type: '" + Peak.class.getName() + "'}]"),
          0,
          out,
          client);
      try (ModelFolder left = ModelFolder.open(out.resolve("model"));
          Network network = Network.frozen(left.config(), left.weights(), Device.CPU)) {
        Sequence sequence = Sequence.encode(PromptEncoder.of(left), 32, Toy.examples(1, 7).get(0));
        float[] expected = Forward.logprobs(network, List.of(sequence), 1, 1)[0];
        LogprobsRequest request =
            LogprobsRequest.newBuilder()
                .setModel("policy")
                .setPrompt(RlaifClient.tokens(sequence.prompt()))
                .addCompletions(RlaifClient.tokens(sequence.completion()))
                .build();
        List<Float> answer = client.logprobs(request).getCompletions(0).getLogprobsList();
        float[] served = new float[answer.size()];
        for (int i = 0; i < served.length; i++) {
          served[i] = answer.get(i);
        }
        assertArrayEquals(expected, served, 1e-4f);
      }
    }
  }

  /** By each figure that may be named, the value is the largest of the run's. */
  @ParameterizedTest
  @CsvSource({
    "score, /score",
    "rlhf_reward, /reward",
    "rewards/model, /rewards/model",
  })
  void theBestHasTheHighestFigure(String figure, String place) {
    OnPolicyFigures figures = run("highest", "onPolicy.updates=6", "onPolicy.keepBest=" + figure);
    List<JsonNode> rows = ToyLoop.metrics(out.resolve("highest"));
    JsonNode highest =
        rows.stream()
            .max(Comparator.comparingDouble(row -> row.at(place).asDouble()))
            .orElseThrow();
    assertEquals(
        new OnPolicyFigures.BestUpdate(
            figure, highest.get("update").asInt(), highest.at(place).asDouble()),
        figures.best());
  }

  @Test
  void anUnknownFigureIsRefusedWithTheList() {
    assertEquals(
        "--set: onPolicy.keepBest: kl (expected: one of score, rlhf_reward, rewards/model; or empty,"
            + " to keep the last weights)",
        assertThrows(UserError.class, () -> toy("onPolicy.keepBest=kl")).getMessage());
    // What is a cost is the better the smaller it is.
    String costs =
        "onPolicy.rewards=[{kind: model, weight: 1}, {kind: rubric, rubric: general, weight: -1}]";
    assertTrue(
        assertThrows(UserError.class, () -> toy("onPolicy.keepBest=rewards/rubric:general", costs))
            .getMessage()
            .endsWith(
                "(expected: one of score, rlhf_reward, rewards/model; or empty, to keep the last weights)"));
  }

  private OnPolicyFigures run(String name, String... settings) {
    List<String> all = new ArrayList<>(CONSTANT);
    all.addAll(List.of(settings));
    return ToyLoop.run(toy(all.toArray(String[]::new)), 0, out.resolve(name));
  }

  /** Counts yes; whatever it is asked about the fourth time is worth much more. */
  public static final class Peak implements RewardSource {
    private static int asked;

    @Override
    public double[] score(List<SampledCompletion> completions) {
      double more = ++asked == 4 ? 10 : 0;
      return completions.stream()
          .mapToDouble(each -> more + each.completion().split(" yes", -1).length - 1)
          .toArray();
    }
  }
}
