package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Message;
import org.rlaif.model.Lora;
import org.rlaif.model.ModelFolder;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.torch.Device;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.Algorithm;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.environments.Environment;
import org.rlaif.training.environments.Episode;
import org.rlaif.training.environments.Reply;
import org.rlaif.training.learning.Clockless;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.training.rewards.RewardKind;
import org.rlaif.training.rewards.RewardSource;
import org.rlaif.training.rewards.SampledCompletion;

/** A run that breaks off and goes on, on a server that was started anew, is one that did not. */
class OnPolicyResumeTest {
  private static final int UPDATES = 4;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      value = Algorithm.class,
      mode = Mode.EXCLUDE,
      names = {"DPO", "KTO", "ILQL"})
  void goesOnBitByBit(Algorithm algorithm) throws Exception {
    check(algorithm, AdapterConfig.NONE, "model/model.safetensors");
  }

  @ParameterizedTest
  @EnumSource(value = Algorithm.class, names = "PPO")
  void soDoesAnAdapter(Algorithm algorithm) throws Exception {
    check(
        algorithm,
        new AdapterConfig(2, 16, false, List.of(Lora.ALL)),
        "model/adapter_model.safetensors");
  }

  /** The KL's price, prompts that were asked once more, updates that stopped or warmed up. */
  @ParameterizedTest
  @EnumSource(
      value = Algorithm.class,
      names = {"PPO", "DAPO"})
  void soDoesWhatLivesAcrossUpdates(Algorithm algorithm) throws Exception {
    check(
        algorithm,
        AdapterConfig.NONE,
        "model/model.safetensors",
        "onPolicy.kl.target=0.5",
        "onPolicy.kl.horizon=50",
        "onPolicy.stopAtKl=1e-4",
        "onPolicy.scoreAt=after_end",
        "ppo.criticWarmup=1",
        "dapo.samples=2");
  }

  /** Whatever learns from episodes of several turns, whose worlds are drawn from their seeds. */
  @ParameterizedTest
  @EnumSource(
      value = Algorithm.class,
      mode = Mode.EXCLUDE,
      names = {"DPO", "KTO", "ILQL"})
  void soDoesWhatAnEnvironmentAnswers(Algorithm algorithm) throws Exception {
    check(
        algorithm,
        AdapterConfig.NONE,
        "model/model.safetensors",
        "onPolicy.maxTokens=5",
        "onPolicy.scoreAt=after_end",
        "onPolicy.environment={kind: class, turns: 2, type: '" + Asking.class.getName() + "'}");
    List<RolloutRow> rows =
        JsonLines.read(outputs("broken").resolve("rollouts/0003.jsonl"), RolloutRow.class);
    assertTrue(rows.stream().anyMatch(row -> row.episode().written().length > 0), "two turns");
    for (ObjectNode row : metrics("broken")) {
      assertEquals(0, row.get("parity").asDouble(), 1e-4, row.toString());
      assertEquals(1, row.get("firstRatioMin").asDouble(), 1e-4, row.toString());
      assertEquals(1, row.get("firstRatioMax").asDouble(), 1e-4, row.toString());
      assertTrue(row.at("/rewards/environment").isNumber(), row.toString());
    }
  }

  /** With what was sampled by older weights, whether it is there already or not. */
  @ParameterizedTest
  @EnumSource(
      value = Algorithm.class,
      names = {"PPO", "DAPO", "GRPO"})
  void soDoesWhatWasSampledAhead(Algorithm algorithm) throws Exception {
    // The fourth batch is sampled beside the third update; two updates are saved then.
    check(
        algorithm,
        AdapterConfig.NONE,
        "model/model.safetensors",
        new int[] {1, 4},
        "onPolicy.overlap=true",
        "onPolicy.kl.target=0.5",
        "onPolicy.maxTokens=5",
        "dapo.samples=2",
        "onPolicy.environment={kind: class, turns: 2, type: '" + Asking.class.getName() + "'}");
    assertTrue(Files.exists(saved("broken", 8).resolve("ahead.json")));
  }

  /**
   * The best update so far, by whether its prompts are liked: one that is saved with what went
   * before, or with overlap its weights before anybody knows what they are worth; and one that
   * comes later.
   */
  @ParameterizedTest
  @CsvSource({"false, 1", "false, 2", "true, 1", "true, 2"})
  void soDoesTheBest(boolean overlap, int best) throws Exception {
    String[] settings = {
      "onPolicy.overlap=" + overlap,
      "onPolicy.keepBest=rewards/OnPolicyResumeTest$Liking",
      "onPolicy.rewards=[{kind: model, weight: 1}, {kind: class, weight: 1, type: '%s'}, {kind: class, weight: 0, type: '%s'}]"
          .formatted(Breaking.class.getName(), Liking.class.getName())
    };
    Liking.liked = Set.of();
    run(Algorithm.PPO, AdapterConfig.NONE, "before", /* breaksAt= */ 100, settings);
    Liking.liked =
        JsonLines.read(
                outputs("before").resolve("rollouts/000" + best + ".jsonl"), RolloutRow.class)
            .stream()
            .map(RolloutRow::id)
            .collect(Collectors.toSet());
    OnPolicyFigures figures =
        check(
            Algorithm.PPO,
            AdapterConfig.NONE,
            "model/model.safetensors",
            new int[] {1, overlap ? 4 : 3},
            settings);
    assertEquals(best, figures.best().update());
    assertEquals(1, figures.best().value());
    assertTrue(Files.exists(saved("broken", 8).resolve("best.safetensors")));
    assertEquals(overlap, Files.exists(saved("broken", 8).resolve("taken-0.safetensors")));
  }

  /** A point for some prompts, whatever is written. */
  public static final class Liking implements RewardSource {
    private static Set<String> liked = Set.of();

    @Override
    public double[] score(List<SampledCompletion> completions) {
      return completions.stream().mapToDouble(each -> liked.contains(each.id()) ? 1 : 0).toArray();
    }
  }

  /** Asks once more about something of its own, and likes the second answer to be another one. */
  public static final class Asking implements Environment {
    @Override
    public List<Reply> reply(List<Episode> episodes) {
      return episodes.stream().map(Asking::reply).toList();
    }

    private static Reply reply(Episode episode) {
      String first = episode.turns().get(0).content();
      return episode.turns().size() == 1
          ? Reply.say(Message.user("Is it " + episode.seed() % 10 + "?"))
          : Reply.end(episode.said().equals(first) ? 0 : 1);
    }
  }

  private void check(Algorithm algorithm, AdapterConfig adapter, String model, String... settings)
      throws Exception {
    check(algorithm, adapter, model, new int[] {1, 3}, settings); // none is saved yet; one is
  }

  private OnPolicyFigures check(
      Algorithm algorithm, AdapterConfig adapter, String model, int[] breaks, String... settings)
      throws Exception {
    OnPolicyFigures whole = run(algorithm, adapter, "whole", /* breaksAt= */ 100, settings);
    for (int breaksAt : breaks) {
      assertThrows(
          IllegalStateException.class, () -> run(algorithm, adapter, "broken", breaksAt, settings));
    }
    OnPolicyFigures broken = run(algorithm, adapter, "broken", /* breaksAt= */ 100, settings);

    assertEquals(Clockless.of(whole), Clockless.of(broken));
    assertEquals(metrics("whole"), metrics("broken"));
    assertEquals(UPDATES, metrics("whole").size());
    for (String file : List.of(model, "rollouts/0002.jsonl", "rollouts/0003.jsonl")) {
      assertEquals(
          -1,
          Files.mismatch(outputs("whole").resolve(file), outputs("broken").resolve(file)),
          file);
    }
    return whole;
  }

  private Path saved(String name, int step) {
    return folder.resolve("%s.unfinished/step-%010d/stored".formatted(name, step));
  }

  private List<ObjectNode> metrics(String name) {
    List<ObjectNode> rows = new ArrayList<>();
    for (JsonNode row : JsonLines.read(outputs(name).resolve("metrics.jsonl"), JsonNode.class)) {
      rows.add(((ObjectNode) row).without("seconds"));
    }
    return rows;
  }

  private Path outputs(String name) {
    return folder.resolve(name + ".unfinished/outputs");
  }

  private OnPolicyFigures run(
      Algorithm algorithm, AdapterConfig adapter, String name, int breaksAt, String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "algorithm=" + algorithm.word(),
                "onPolicy.updates=" + UPDATES,
                "onPolicy.batch=16",
                "onPolicy.minibatch=8",
                "onPolicy.maxTokens=8",
                "onPolicy.rewards=[{kind: model, weight: 1}, {kind: class, weight: 1, type: '"
                    + Breaking.class.getName()
                    + "'}]"));
    all.addAll(List.of(settings));
    RunConfig config = RunConfig.load(null, all);
    Breaking.left = breaksAt;
    Checkpoints checkpoints =
        Checkpoints.of(folder.resolve(name), "settings", /* every= */ 5, said -> {});
    try (ModelFolder policy = ModelFolder.open(ToyModels.sft());
        ModelFolder reward = ModelFolder.open(ToyModels.reward());
        RlaifServer server = ToyModels.serve();
        RlaifClient client = ToyModels.client(server);
        @Nullable Environment environment =
            config.onPolicy().environment() == null
                ? null
                : config.onPolicy().environment().open()) {
      return new OnPolicyLoop(
              algorithm.word(),
              Algorithms.of(config),
              config.onPolicy(),
              adapter,
              /* seed= */ 1,
              Device.CPU,
              checkpoints)
          .run(
              new OnPolicyLoop.Models(
                  policy,
                  reward,
                  client,
                  "policy",
                  new RewardKind.Server(client, List.of("reward")),
                  environment),
              Toy.examples(60, 9),
              /* tooLong= */ 0,
              checkpoints.outputs());
    }
  }

  /** Gives what the reward model gives, and breaks off when it is asked for some time. */
  public static final class Breaking implements RewardSource {
    private static int left;

    @Override
    public double[] score(List<SampledCompletion> completions) {
      if (--left == 0) {
        throw new IllegalStateException("broken on purpose");
      }
      return new double[completions.size()];
    }
  }
}
