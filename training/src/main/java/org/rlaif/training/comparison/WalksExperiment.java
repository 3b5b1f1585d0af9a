package org.rlaif.training.comparison;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.rlaif.kit.Example;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.UnpairedPreference;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.torch.Device;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.config.SftConfig;
import org.rlaif.training.offline.Ilql;
import org.rlaif.training.offline.LabelledCompletions;
import org.rlaif.training.offline.LabelledPairs;
import org.rlaif.training.offline.Sft;
import org.rlaif.training.onpolicy.Algorithms;
import org.rlaif.training.onpolicy.OnPolicyLoop;
import org.rlaif.training.rewards.RewardKind;
import org.rlaif.training.rewards.RewardSource;
import org.rlaif.training.rollouts.Rollout;
import org.rlaif.training.rollouts.RolloutClient;
import org.rlaif.training.run.Servers;
import org.rlaif.training.run.Servers.Serving;
import org.rlaif.training.walks.Graph;
import org.rlaif.training.walks.Walk;

/**
 * Random walks on one graph, and what is made of them: by cloning all of them, by implicit
 * Q-learning from them and what each is worth, and by PPO, which begins as the clone, too.
 *
 * @param config sections of a run's settings: tokenizer, model, sft, ilql, onPolicy, ppo
 * @param folder where the models go, each in a folder of its own
 */
public record WalksExperiment(RunConfig config, Servers servers, Device device, Path folder) {
  /** What a run's defaults are too large for. As many passes over the walks for all. */
  public static final List<String> SETTINGS =
      List.of(
          "tokenizer.vocabularySize=280",
          "model.contextLength=16",
          "model.width=48",
          "model.layers=2",
          "sft.steps=312",
          "sft.batch=32",
          "sft.learningRate=2.0e-3",
          "ilql.epochs=10",
          "ilql.batch=32",
          "ilql.learningRate=2.0e-3",
          "onPolicy.updates=40",
          "onPolicy.learningRate=1.0e-3",
          "onPolicy.kl.coefficient=0.01",
          "onPolicy.missingEnd=none",
          "onPolicy.maxTokens=" + Graph.LONGEST);

  private static final int WALKS = 1000;
  private static final int HELD_OUT = 200;

  /** Walks of each policy from every node. */
  private static final int SAMPLES = 50;

  private static final String DATA = "data";
  private static final String CLONING = "cloning";
  private static final String ILQL = "ilql";
  private static final String PPO = "ppo";

  /** What a walk is worth on its graph. */
  private record Gold(Graph graph) implements RewardKind {
    @Override
    public double weight() {
      return 1;
    }

    @Override
    public String label() {
      return "optimality";
    }

    @Override
    public RewardSource open(Server server) {
      return completions ->
          completions.stream()
              .mapToDouble(
                  each -> graph.optimality(new Walk(each.prompt().transcript(), each.completion())))
              .toArray();
    }
  }

  /**
   * Runs it with a seed, which decides the graph, the walks and all training.
   *
   * @return the optimality of each walk of the data, and of those that each policy writes from
   *     everywhere, at temperature 1
   */
  public Map<String, double[]> run(long seed) {
    Graph graph = Graph.of(seed);
    List<Walk> walks = graph.walks(0, WALKS);
    Path tokenizer = made("").resolve("tokenizer.json");
    BpeTrainer.train(
        walks.stream().map(walk -> walk.start() + walk.steps()).toList(),
        config.tokenizer().vocabularySize(),
        tokenizer);
    clone(graph, walks, tokenizer, seed);
    List<UnpairedPreference> judged = judged(graph, walks);
    List<UnpairedPreference> heldOut = judged(graph, graph.walks(WALKS, HELD_OUT));
    try (ModelFolder start = ModelFolder.open(model(CLONING))) {
      Ilql.run(
          config.ilql(),
          start,
          new LabelledCompletions(
              new LabelledPairs(List.of(), List.of(), 0, 0), judged, heldOut, 0, 0),
          seed,
          device,
          Checkpoints.none(),
          made(ILQL));
      ppo(graph, walks, start, seed);
    }
    Map<String, double[]> all = new LinkedHashMap<>();
    all.put(DATA, walks.stream().mapToDouble(graph::optimality).toArray());
    all.putAll(written(graph, seed));
    return all;
  }

  private void clone(Graph graph, List<Walk> walks, Path tokenizer, long seed) {
    SftConfig sft = config.sft();
    if (sft == null) {
      throw UserError.expected("sft", "skip", "a section: the walks begin with it");
    }
    Sft.run(
        sft,
        config.model(),
        tokenizer,
        new Sft.Examples(examples(walks), examples(graph.walks(WALKS, HELD_OUT)), 0, 0),
        seed,
        device,
        Checkpoints.none(),
        made(CLONING));
  }

  private static List<Example> examples(List<Walk> walks) {
    return walks.stream()
        .map(walk -> new Example("walk", Prompt.of(walk.start()), walk.steps()))
        .toList();
  }

  private static List<UnpairedPreference> judged(Graph graph, List<Walk> walks) {
    return walks.stream()
        .map(
            walk ->
                new UnpairedPreference(
                    "walk",
                    Prompt.of(walk.start()),
                    walk.steps(),
                    graph.optimality(walk),
                    Provenance.human()))
        .toList();
  }

  private void ppo(Graph graph, List<Walk> walks, ModelFolder start, long seed) {
    var loop =
        new OnPolicyLoop(
            PPO,
            Algorithms.of(config),
            config.onPolicy().rewardedBy(new Gold(graph)),
            AdapterConfig.NONE,
            seed,
            device,
            Checkpoints.none());
    try (Serving serving =
        servers.serve(Map.of(PPO, start.path()), /* weights= */ null, List::of)) {
      loop.run(
          new OnPolicyLoop.Models(
              start,
              null,
              serving.client(),
              PPO,
              new RewardKind.Server(serving.client(), List.of())),
          examples(walks),
          0,
          made(PPO));
    }
  }

  /** What each policy's walks are worth. */
  private Map<String, double[]> written(Graph graph, long seed) {
    Map<String, Path> models = new LinkedHashMap<>();
    Stream.of(CLONING, ILQL, PPO).forEach(name -> models.put(name, model(name)));
    List<Example> starts =
        graph.starts().stream().map(start -> new Example(start, Prompt.of(start), "")).toList();
    Map<String, double[]> values = new LinkedHashMap<>();
    try (Serving serving = servers.serve(models, /* weights= */ null, List::of);
        ModelFolder clone = ModelFolder.open(model(CLONING))) {
      PromptEncoder encoder = PromptEncoder.of(clone);
      for (String name : models.keySet()) {
        Rollout rollout =
            RolloutClient.rollout(
                serving.client(),
                name,
                encoder,
                starts,
                SAMPLES,
                /* temperature= */ 1,
                Graph.LONGEST,
                seed);
        RewardSource gold =
            new Gold(graph).open(new RewardKind.Server(serving.client(), List.of()));
        values.put(name, gold.score(rollout.written()));
      }
    }
    return values;
  }

  private Path model(String name) {
    return folder.resolve(name).resolve("model");
  }

  private Path made(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
