package org.rlaif.training.onpolicy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Example;
import org.rlaif.kit.Json;
import org.rlaif.kit.Prompt;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.torch.Compute;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.torch.Optimizer;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Torch;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdamConfig;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.learning.GradientSteps;
import org.rlaif.training.learning.LengthBatches;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.losses.NegativeLogLikelihood;
import org.rlaif.training.rewards.RewardKind;
import org.rlaif.training.tldr.Post;
import org.rlaif.training.tldr.Split;
import org.rlaif.training.tldr.TldrWorld;

/**
 * Our side of {@code benchmarks/training}: writes models and batches that both sides read, and
 * times one case. Not a test; {@code benchmarks/training/measure} runs it.
 */
final class TrainingBenchmark {
  private static final int UPDATES = Integer.getInteger("updates", 12);
  private static final int POSTS = 2000;
  private static final AdamConfig ADAM = new AdamConfig(0.9, 0.999, 1e-8, 0.01);
  private static final DecoderConfig SMALL = DecoderConfig.gpt2(768, 128, 256, 4, 4, 1024);
  private static final DecoderConfig LARGE = DecoderConfig.gpt2(50_257, 1024, 768, 12, 12, 3072);
  private static final DecoderConfig QUICKSTART = DecoderConfig.gpt2(768, 128, 96, 4, 4, 384);

  private TrainingBenchmark() {}

  /**
   * @param arguments the word {@code prepare} or a case, and the folder of models and batches
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[1]);
    Map<String, Object> found = new LinkedHashMap<>();
    switch (arguments[0]) {
      case "prepare" -> prepare(folder, found);
      case "sgemm" -> sgemm(found);
      case "step" -> steps(folder, "small", Compute.FP32, "step", 30, 60, found);
      case "equal-fp32" -> steps(folder, "124m", Compute.FP32, "equal", 1, 5, found);
      case "equal-bf16" -> steps(folder, "124m", Compute.BF16, "equal", 1, 5, found);
      case "mixed-fp32" -> mixed(folder, Compute.FP32, found);
      case "mixed-bf16" -> mixed(folder, Compute.BF16, found);
      case "ppo" -> ppo(folder, found);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    System.out.println(Json.MAPPER.writeValueAsString(found));
  }

  private static void prepare(Path folder, Map<String, Object> found) throws IOException {
    List<Post> posts = new TldrWorld(0).posts(Split.TRAIN, POSTS);
    Path tokenizer = folder.resolve("tokenizer.json");
    BpeTrainer.train(
        posts.stream().flatMap(post -> Stream.of(post.prompt(), post.completion())).toList(),
        QUICKSTART.vocabularySize(),
        tokenizer);
    save(folder.resolve("small"), Network.create(SMALL, 1, 0.04), tokenizer);
    save(folder.resolve("124m"), Network.create(LARGE, 2, 0.02), tokenizer);
    Network policy = Network.create(QUICKSTART, 3, 0.06);
    save(folder.resolve("reward"), policy.withScoreHead(4), tokenizer);
    save(folder.resolve("policy"), policy, tokenizer);
    var random = new Random(5);
    Json.write(folder.resolve("step.json"), rows(IntStream.generate(() -> 128), 16, 768, random));
    Json.write(
        folder.resolve("equal.json"), rows(IntStream.generate(() -> 256), 4, 50_257, random));
    Json.write(folder.resolve("mixed.json"), rows(random.ints(20, 251), 64, 50_257, random));
    try (ModelFolder model = ModelFolder.open(folder.resolve("policy"))) {
      PromptEncoder encoder = PromptEncoder.of(model);
      Json.write(
          folder.resolve("prompts.json"),
          posts.stream().map(post -> encoder.prompt(post.id(), Prompt.of(post.prompt()))).toList());
    }
    found.put("smallParameters", SMALL.parameterCount());
    found.put("steps", UPDATES);
  }

  private static void save(Path folder, Network network, Path tokenizer) {
    ModelFolder.save(folder, network.config(), ScoreScale.IDENTITY, tokenizer, network.weights());
  }

  private static List<int[]> rows(IntStream lengths, int count, int vocabulary, Random random) {
    return lengths
        .limit(count)
        .mapToObj(length -> random.ints(length, 0, vocabulary).toArray())
        .toList();
  }

  /** Best of ten products of two matrices of 2,048 rows and columns. */
  private static void sgemm(Map<String, Object> found) {
    double best = Double.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      try (var passing = new PointerScope();
          var noGrad = Torch.noGrad()) {
        var a = torch.rand(2048, 2048);
        var b = torch.rand(2048, 2048);
        long start = System.nanoTime();
        a.mm(b);
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      }
    }
    found.put("gflops", 2 * Math.pow(2048, 3) / best / 1e9);
  }

  /** Steps with the same batch, every token but the first of each row learned. */
  private static void steps(
      Path folder,
      String model,
      Compute compute,
      String batch,
      int before,
      int times,
      Map<String, Object> found) {
    List<Sequence> sequences = sequences(folder, batch);
    int[] all = IntStream.range(0, sequences.size()).toArray();
    try (Training training = Training.of(folder.resolve(model), compute)) {
      for (int i = 0; i < before; i++) {
        training.step(sequences, all);
      }
      double[] seconds = new double[times];
      for (int i = 0; i < times; i++) {
        long start = System.nanoTime();
        training.step(sequences, all);
        seconds[i] = (System.nanoTime() - start) / 1e9;
      }
      Arrays.sort(seconds);
      found.put("tokensPerSecond", tokens(sequences) / seconds[times / 2]);
    }
  }

  /** All rows once, in batches of 8 of similar length, as {@code rlaif sft} makes them. */
  private static void mixed(Path folder, Compute compute, Map<String, Object> found) {
    List<Sequence> sequences = sequences(folder, "mixed");
    var batches = new LengthBatches(sequences.size(), 8, 0, row -> sequences.get(row).length());
    try (Training training = Training.of(folder.resolve("124m"), compute)) {
      training.step(sequences, IntStream.range(0, 8).toArray());
      long start = System.nanoTime();
      for (int i = 0; i < sequences.size() / 8; i++) {
        training.step(sequences, batches.next());
      }
      found.put("tokensPerSecond", tokens(sequences) / ((System.nanoTime() - start) / 1e9));
    }
  }

  private static List<Sequence> sequences(Path folder, String name) {
    return Stream.of(Json.read(folder.resolve(name + ".json"), int[][].class))
        .map(row -> new Sequence(new int[] {row[0]}, Arrays.copyOfRange(row, 1, row.length)))
        .toList();
  }

  private static double tokens(List<Sequence> sequences) {
    return sequences.stream().mapToInt(Sequence::length).sum();
  }

  private record Training(Network network, Optimizer optimizer, GradientSteps steps)
      implements AutoCloseable {
    static Training of(Path model, Compute compute) {
      try (ModelFolder folder = ModelFolder.open(model)) {
        Network network =
            Network.load(folder.config(), folder.weights(), new Device("cpu", compute));
        Optimizer optimizer = GradientSteps.optimizer(network, 1e-5, ADAM);
        return new Training(network, optimizer, new GradientSteps(optimizer, 1));
      }
    }

    void step(List<Sequence> sequences, int[] rows) {
      steps.begin();
      try (Scope scope = Scope.open()) {
        var logprobs = network.logprobs(Sequence.batch(sequences, rows), /* temperature= */ 1);
        steps.add(NegativeLogLikelihood.of(logprobs), /* share= */ 1, "loss");
      }
      steps.step(1e-5, "loss");
    }

    @Override
    public void close() {
      optimizer.close();
      network.close();
    }
  }

  /** Updates of a whole loop beside a server in this process, after as many that warm up. */
  private static void ppo(Path folder, Map<String, Object> found) throws IOException {
    // Small steps and no penalty: completions stay as long as they are at first.
    RunConfig run =
        RunConfig.load(
            null,
            List.of(
                "onPolicy.updates=" + UPDATES,
                "onPolicy.learningRate=3e-5",
                "onPolicy.missingEnd=none"));
    List<Example> prompts =
        new TldrWorld(0)
            .posts(Split.TRAIN, POSTS).stream()
                .map(post -> new Example(post.id(), Prompt.of(post.prompt()), post.completion()))
                .toList();
    Map<String, Path> served =
        Map.of("policy", folder.resolve("policy"), "reward", folder.resolve("reward"));
    try (ModelFolder policy = ModelFolder.open(folder.resolve("policy"));
        ModelFolder reward = ModelFolder.open(folder.resolve("reward"));
        RlaifServer server = RlaifServer.start(ServerConfig.inProcess(served));
        RlaifClient client =
            RlaifClient.open("inprocess:" + server.inProcessName(), Duration.ofSeconds(60))) {
      var models =
          new OnPolicyLoop.Models(
              policy, reward, client, "policy", new RewardKind.Server(client, List.of("reward")));
      var loop =
          new OnPolicyLoop(
              "ppo",
              Algorithms.of(run),
              run.onPolicy(),
              AdapterConfig.NONE,
              0,
              Device.CPU,
              Checkpoints.none());
      loop.run(models, prompts, 0, Files.createTempDirectory(folder, "warm"));
      OnPolicyFigures figures =
          loop.run(models, prompts, 0, Files.createTempDirectory(folder, "ppo"));
      Map<String, Double> seconds = new LinkedHashMap<>();
      figures.seconds().forEach((part, each) -> seconds.put(part, each / UPDATES));
      found.put("seconds", seconds);
      found.put(
          "secondsPerUpdate", seconds.values().stream().mapToDouble(Double::doubleValue).sum());
      found.put("completionTokens", figures.length());
    }
  }
}
