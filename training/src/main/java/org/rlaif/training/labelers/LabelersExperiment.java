package org.rlaif.training.labelers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rlaif.judge.JudgeConfig;
import org.rlaif.judge.Teaching;
import org.rlaif.judge.Teaching.Lesson;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Example;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.torch.Device;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.offline.Sft;
import org.rlaif.training.run.Servers;
import org.rlaif.training.run.Servers.Serving;
import org.rlaif.training.tldr.Facts;

/**
 * Teaches language models of several sizes to judge, by what the gold judge says of some pairs, and
 * asks them about others in every way. What has been found is kept, and not found again.
 *
 * @param folder where the models go, each in a folder of its own
 */
public record LabelersExperiment(Servers servers, Device device, Path folder) {
  /** Shapes of the labelers by their names: layers, width, heads. */
  private static final Map<String, int[]> SIZES = sizes();

  private static final int VOCABULARY = 1024;
  private static final int CONTEXT = 768;

  /** Passes over the lessons. */
  private static final int EPOCHS = 2;

  private static final int BATCH = 32;

  /** Pairs that are asked about and not taught, at most; of fewer, a quarter. */
  private static final int HELD_OUT = 500;

  private static final String MODEL = "labeler";

  private static Map<String, int[]> sizes() {
    Map<String, int[]> sizes = new LinkedHashMap<>();
    sizes.put("small", new int[] {2, 64, 4});
    sizes.put("medium", new int[] {4, 96, 4});
    sizes.put("large", new int[] {6, 144, 6});
    return sizes;
  }

  /** The names of the labelers, from the smallest on. */
  public static List<String> labelers() {
    return List.copyOf(SIZES.keySet());
  }

  /**
   * Runs it with a seed, which decides the lessons and all training.
   *
   * @param labeler one of {@link #labelers}
   * @param candidates two completions of each post
   * @param facts of the posts, by their ids
   */
  public Findings run(
      String labeler, List<Candidates> candidates, Map<String, Facts> facts, long seed) {
    Path known = folder.resolve(labeler).resolve("findings.json");
    return Files.exists(known)
        ? Json.read(known, Findings.class)
        : find(labeler, GoldPair.of(candidates, facts), seed, known);
  }

  private Findings find(String labeler, List<GoldPair> pairs, long seed, Path known) {
    int heldOut = Math.min(HELD_OUT, pairs.size() / 4);
    UserError.require(
        heldOut > WayOfAsking.SHOTS,
        "candidates.prompts",
        "%d with completions that differ in worth".formatted(pairs.size()),
        "at least 12");
    List<GoldPair> taught = pairs.subList(WayOfAsking.SHOTS, pairs.size() - heldOut);
    List<GoldPair> asked = pairs.subList(pairs.size() - heldOut, pairs.size());
    Path own = made(labeler);
    for (WayOfAsking way : WayOfAsking.all()) {
      if (way.shots() > 0) {
        JsonLines.write(
            way.exemplars(own),
            pairs.subList(0, WayOfAsking.SHOTS).stream()
                .map(each -> each.exemplar(way.reasoned()))
                .toList());
      }
    }
    teach(Objects.requireNonNull(SIZES.get(labeler)), lessons(taught, own, seed), seed, own);
    try (Serving serving =
        servers.serve(Map.of(MODEL, own.resolve("model")), /* weights= */ null, List::of)) {
      Findings found = new Asking(asked, serving, MODEL, own).all(labeler, seed);
      Json.write(known, found);
      return found;
    }
  }

  /** Each pair in one of the ways, more rarely with exemplars, which are long; and one grade. */
  private static List<Lesson> lessons(List<GoldPair> taught, Path own, long seed) {
    List<WayOfAsking> ways = WayOfAsking.all();
    List<WayOfAsking> briefly = ways.stream().filter(way -> way.shots() == 0).toList();
    List<WayOfAsking> shown = ways.stream().filter(way -> way.shots() > 0).toList();
    Random random = new Random(seed);
    Teaching rating = Teaching.of(Asking.rating(own));
    List<Lesson> lessons = new ArrayList<>();
    for (int i = 0; i < taught.size(); i++) {
      GoldPair pair = random.nextBoolean() ? taught.get(i) : taught.get(i).swapped();
      List<WayOfAsking> some = i % 4 == 0 ? shown : briefly;
      WayOfAsking way = some.get((i / 4) % some.size());
      lessons.addAll(lessons(way, pair, own));
      lessons.addAll(lessons(briefly.get(i % briefly.size()), pair.swapped(), own));
      int side = random.nextInt(2);
      lessons.add(rating.rating(pair.rated().get(side), pair.grades().get(side)));
    }
    return lessons;
  }

  private static List<Lesson> lessons(WayOfAsking way, GoldPair pair, Path own) {
    JudgeConfig judge = way.judge(own);
    Teaching teaching = Teaching.of(judge);
    return way.reasoned()
        ? List.of(
            teaching.rationale(pair.question(), pair.why()),
            teaching.conclusion(pair.question(), pair.why(), pair.firstIsBetter()))
        : List.of(teaching.comparison(pair.question(), pair.firstIsBetter()));
  }

  private void teach(int[] shape, List<Lesson> lessons, long seed, Path own) {
    Path tokenizer = own.resolve("tokenizer.json");
    BpeTrainer.train(
        lessons.stream().flatMap(each -> Stream.of(each.question(), each.answer())).toList(),
        VOCABULARY,
        tokenizer);
    List<Example> examples =
        IntStream.range(0, lessons.size())
            .mapToObj(
                i ->
                    new Example(
                        "lesson-" + i,
                        Prompt.of(lessons.get(i).question()),
                        lessons.get(i).answer()))
            .toList();
    int watched = Math.min(200, examples.size() / 10);
    RunConfig config =
        RunConfig.load(
            null,
            List.of(
                "model.contextLength=" + CONTEXT,
                "model.layers=" + shape[0],
                "model.width=" + shape[1],
                "model.heads=" + shape[2],
                "sft.batch=" + BATCH,
                "sft.learningRate=2.0e-3",
                "sft.steps=" + Math.max(1, EPOCHS * examples.size() / BATCH)));
    Sft.run(
        Objects.requireNonNull(config.sft()),
        config.model(),
        tokenizer,
        new Sft.Examples(
            examples.subList(watched, examples.size()), examples.subList(0, watched), 0, 0),
        seed,
        device,
        Checkpoints.none(),
        own);
  }

  private Path made(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
