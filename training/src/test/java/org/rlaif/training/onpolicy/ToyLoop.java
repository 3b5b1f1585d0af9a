package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.JsonLines;
import org.rlaif.model.ModelFolder;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.torch.Device;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.training.rewards.RewardKind;

/** The loop on the toy task, with its policy and its reward model on a server of their own. */
final class ToyLoop {
  private ToyLoop() {}

  /** The defaults, in sizes for the toy task. */
  static RunConfig toy(String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "onPolicy.updates=12",
                "onPolicy.batch=16",
                "onPolicy.minibatch=8",
                "onPolicy.learningRate=3e-3",
                "onPolicy.maxTokens=8",
                "ppo.valueLearningRate=3e-3",
                "reinforce.valueLearningRate=3e-3",
                "rloo.samples=4",
                "grpo.samples=4",
                "gspo.samples=4",
                "gspo.clipLow=0.1",
                "gspo.clipHigh=0.1",
                "cispo.samples=4",
                "dapo.samples=4",
                "rrhf.learningRate=3e-3"));
    all.addAll(List.of(settings));
    return RunConfig.load(null, all);
  }

  /** PPO in all that is said, but for these. */
  static RunConfig toy(int updates, double learningRate) {
    return toy("onPolicy.updates=" + updates, "onPolicy.learningRate=" + learningRate);
  }

  static OnPolicyFigures run(RunConfig config, long seed, Path folder) {
    try (RlaifServer server = ToyModels.serve();
        RlaifClient client = ToyModels.client(server)) {
      return run(config, seed, folder, client);
    }
  }

  /** The same against a server that is there before and afterwards. */
  static OnPolicyFigures run(RunConfig config, long seed, Path folder, RlaifClient client) {
    try (ModelFolder policy = ModelFolder.open(ToyModels.sft());
        ModelFolder reward = ModelFolder.open(ToyModels.reward())) {
      return new OnPolicyLoop(
              "ppo",
              Algorithms.of(config),
              config.onPolicy(),
              AdapterConfig.NONE,
              seed,
              Device.CPU,
              Checkpoints.none())
          .run(
              new OnPolicyLoop.Models(
                  policy,
                  reward,
                  client,
                  "policy",
                  new RewardKind.Server(client, List.of("reward"))),
              Toy.examples(60, 9),
              /* tooLong= */ 0,
              Files.createDirectories(folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<JsonNode> metrics(Path folder) {
    return JsonLines.read(folder.resolve("metrics.jsonl"), JsonNode.class);
  }

  /** What was published is far nearer to what was expected than what it replaced. */
  static void assertProved(JsonNode row) {
    assertTrue(row.path("publishUndetermined").isMissingNode(), row.toString());
    double old = row.get("publishOldDifference").asDouble();
    assertTrue(row.get("publishDifference").asDouble() <= old / 4, row.toString());
  }
}
