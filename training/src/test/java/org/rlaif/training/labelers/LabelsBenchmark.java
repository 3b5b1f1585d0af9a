package org.rlaif.training.labelers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.rlaif.judge.Judge;
import org.rlaif.judge.JudgeConfig;
import org.rlaif.judge.Labeler;
import org.rlaif.judge.Question;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Json;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.pages.TextTable;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.torch.Network;
import org.rlaif.training.report.Computer;
import org.rlaif.training.tldr.Post;
import org.rlaif.training.tldr.ReferenceMix;
import org.rlaif.training.tldr.Split;
import org.rlaif.training.tldr.TldrWorld;

/**
 * How many pairs a second a judge labels whose model we serve, over loopback, beside what the
 * engine computes of the same questions by itself. Not a test; {@code benchmarks/judge/measure}
 * runs it.
 */
final class LabelsBenchmark {
  /** As many callers of the engine as questions that a served judge asks at a time. */
  private static final int CALLERS = 16;

  private static final int VOCABULARY = 768;
  private static final String MODEL = "judge";

  /**
   * @param pairs that are labelled in a round
   * @param spread of the random weights
   */
  private record Shape(DecoderConfig config, int pairs, double spread) {}

  private static final Map<String, Shape> SHAPES =
      Map.of(
          "small", new Shape(DecoderConfig.gpt2(VOCABULARY, 1024, 96, 4, 4, 384), 512, 0.06),
          "124m", new Shape(DecoderConfig.gpt2(50_257, 1024, 768, 12, 12, 3072), 32, 0.02));

  /** One round: questions a second, of which each label takes two. */
  private record Round(String shape, double engine, double judge) {}

  private LabelsBenchmark() {}

  /**
   * @param arguments the file to write, the number of rounds, and the shapes
   */
  public static void main(String[] arguments) throws Exception {
    int rounds = Integer.parseInt(arguments[1]);
    List<Round> found = new ArrayList<>();
    List<List<String>> table = new ArrayList<>();
    table.add(List.of("model", "engine, questions/s", "judge, labels/s", "ratio", "wanted"));
    for (String shape : Arrays.asList(arguments).subList(2, arguments.length)) {
      List<Round> own = measure(shape, rounds);
      found.addAll(own);
      double engine = median(own.stream().mapToDouble(Round::engine).toArray());
      double judge = median(own.stream().mapToDouble(Round::judge).toArray());
      table.add(
          List.of(
              shape,
              String.format(Locale.ROOT, "%.1f", engine),
              String.format(Locale.ROOT, "%.1f", judge / 2),
              String.format(Locale.ROOT, "%.2f", judge / engine),
              ">= 0.8"));
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("machine", Computer.facts());
    all.put("rounds", found);
    Json.write(Path.of(arguments[0]), all);
    TextTable.print(table, new PrintWriter(System.out, true, UTF_8));
  }

  private static List<Round> measure(String name, int rounds) throws Exception {
    Shape shape = SHAPES.get(name);
    List<Candidates> candidates = candidates(shape.pairs());
    Path temporary = Files.createTempDirectory("rlaif-labels-");
    List<Round> found = new ArrayList<>();
    try (RlaifServer server =
        RlaifServer.start(
            ServerConfig.inProcess(Map.of(MODEL, model(temporary, shape, candidates)))
                .listen(ServerConfig.LOOPBACK, 0))) {
      JudgeConfig config =
          JudgeConfig.load(
              null,
              List.of(
                  "kind=model",
                  "model=" + MODEL,
                  "address='" + ServerConfig.LOOPBACK + ":" + server.port() + "'"));
      ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
      try (Judge judge = config.open(0, /* ownServer= */ null, /* answers= */ null)) {
        var engine = (PolicyEngine) server.models().get(0);
        List<int[]> questions = questions(engine.loaded().tokenizer(), judge, candidates);
        for (int round = -1; round < rounds; round++) {
          double alone = questions.size() / seconds(() -> ask(engine, questions, callers));
          double judged = questions.size() / seconds(() -> new Labeler(judge).label(candidates));
          if (round >= 0) { // the first one is the compiler's
            found.add(new Round(name, alone, judged));
          }
        }
      } finally {
        callers.shutdownNow();
      }
    } finally {
      AtomicFiles.deleteRecursively(temporary);
    }
    return found;
  }

  /** Of each post two TL;DRs that differ. */
  private static List<Candidates> candidates(int count) {
    List<Post> some = new TldrWorld(0).posts(Split.TRAIN, 4 * count);
    List<Post> others = new TldrWorld(0, ReferenceMix.PERFECT).posts(Split.TRAIN, 4 * count);
    List<Candidates> candidates = new ArrayList<>();
    for (int i = 0; candidates.size() < count; i++) {
      Post post = some.get(i);
      String other = others.get(i).completion();
      if (!post.completion().equals(other)) {
        candidates.add(
            new Candidates(post.id(), Prompt.of(post.prompt()), List.of(post.completion(), other)));
      }
    }
    return candidates;
  }

  private static Path model(Path folder, Shape shape, List<Candidates> texts) {
    Path tokenizer = folder.resolve("tokenizer.json");
    BpeTrainer.train(
        texts.stream()
            .flatMap(
                each ->
                    Stream.concat(
                        Stream.of(each.prompt().transcript()), each.completions().stream()))
            .toList(),
        VOCABULARY,
        tokenizer);
    Path model = folder.resolve("model");
    try (Network network = Network.create(shape.config(), 1, shape.spread())) {
      ModelFolder.save(model, network.config(), ScoreScale.IDENTITY, tokenizer, network.weights());
    }
    return model;
  }

  private static List<int[]> questions(
      Tokenizer tokenizer, Judge judge, List<Candidates> candidates) {
    List<int[]> questions = new ArrayList<>();
    for (Candidates each : candidates) {
      var question =
          new Question(
              each.prompt().transcript(), each.completions().get(0), each.completions().get(1));
      questions.add(tokenizer.encodePrompt(judge.put(question)));
      questions.add(tokenizer.encodePrompt(judge.put(question.swapped())));
    }
    return questions;
  }

  private static void ask(PolicyEngine engine, List<int[]> questions, ExecutorService callers)
      throws Exception {
    Tokenizer tokenizer = engine.loaded().tokenizer();
    List<int[]> answers = List.of(tokenizer.encode("1"), tokenizer.encode("2"));
    List<Future<?>> pending = new ArrayList<>();
    for (int[] question : questions) {
      pending.add(callers.submit(() -> engine.logprobs(question, answers, 1, () -> false)));
    }
    for (Future<?> each : pending) {
      each.get();
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private static double seconds(Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
