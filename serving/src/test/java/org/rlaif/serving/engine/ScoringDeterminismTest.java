package org.rlaif.serving.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.serving.engine.PolicyEngine.Logprobs;
import org.rlaif.serving.engine.RewardEngine.Scores;
import org.rlaif.serving.score.ScoringConfig;
import org.rlaif.serving.score.ScoringItem;

/** A score or log-probability is the same bits, whatever else was asked and however it was cut. */
class ScoringDeterminismTest {
  private static final int CONTEXT = 300;

  /** Sequences of all lengths up to here, and some longer ones. */
  private static final int DENSE = 70;

  private static final int[] LONG = {
    81, 97, 112, 113, 127, 128, 129, 130, 131, 145, 161, 193, 256, 257, 258, 259, 273, 289, 299, 300
  };

  /** Everything above 128 tokens goes chunk by chunk. */
  private static final ScoringConfig NARROW = new ScoringConfig(128, Duration.ZERO);

  /** A slow start, so that all callers share runs. */
  private static final ScoringConfig WIDE = new ScoringConfig(4096, Duration.ofMillis(200));

  @TempDir Path folder;

  @Test
  void width16() {
    promise(16, 2);
  }

  @Test
  void width32() {
    promise(32, 2);
  }

  @Test
  void width96() {
    promise(96, 4);
  }

  @Test
  void width768() {
    promise(768, 12);
  }

  private void promise(int width, int heads) {
    var config = DecoderConfig.gpt2(300, CONTEXT, width, 2, heads, 2 * width);
    var random = new Random(width);
    scores(config.withHead(Head.SCORE), random);
    logprobs(config, random);
    completionsOfOnePrompt(config, random);
  }

  private void scores(DecoderConfig config, Random random) {
    Path saved = TestModels.save(folder.resolve("reward"), config, 7);
    List<ScoringItem> items = items(config, random);
    var alone = new float[items.size()];
    try (Models models = TestModels.models(NARROW)) {
      models.load("reward", saved);
      RewardEngine engine = models.reward("reward");
      for (int i = 0; i < alone.length; i++) {
        alone[i] = engine.score(List.of(items.get(i)), () -> false).scores()[0];
      }
      assertArrayEquals(bits(alone), bits(engine.score(items, () -> false).scores()));
    }
    try (Models models = TestModels.models(WIDE)) {
      models.load("reward", saved);
      RewardEngine engine = models.reward("reward");
      assertArrayEquals(bits(alone), bits(engine.score(items, () -> false).scores()));
      List<CompletableFuture<Scores>> answers = new ArrayList<>();
      for (ScoringItem item : items) {
        answers.add(engine.score(List.of(item), () -> false, "client " + answers.size() % 7));
      }
      for (int i = 0; i < alone.length; i++) {
        assertArrayEquals(
            bits(alone[i]), bits(answers.get(i).join().scores()), length(items.get(i)));
      }
      assertTrue(engine.scoring().rows() > 4 * engine.scoring().runs(), "" + engine.scoring());
    }
  }

  private void logprobs(DecoderConfig config, Random random) {
    Path saved = TestModels.save(folder.resolve("policy"), config, 7);
    List<ScoringItem> items = items(config, random);
    List<float[]> alone = new ArrayList<>();
    try (Models models = TestModels.models(NARROW)) {
      models.load("policy", saved);
      for (ScoringItem item : items) {
        alone.add(logprobs(models, item, 0.7));
      }
    }
    try (Models models = TestModels.models(WIDE)) {
      models.load("policy", saved);
      PolicyEngine engine = models.policy("policy");
      List<CompletableFuture<Logprobs>> answers = new ArrayList<>();
      List<CompletableFuture<Logprobs>> others = new ArrayList<>();
      for (ScoringItem item : items) {
        List<int[]> completion = List.of(item.completion());
        answers.add(engine.logprobs(item.prompt(), completion, 0.7, () -> false, "us"));
        others.add(engine.logprobs(item.prompt(), completion, 1.3, () -> false, "others"));
      }
      for (int i = 0; i < items.size(); i++) {
        assertArrayEquals(
            bits(alone.get(i)), bits(answers.get(i).join().rows()[0]), length(items.get(i)));
      }
      others.forEach(CompletableFuture::join);
      assertTrue(engine.scoring().rows() > 4 * engine.scoring().runs(), "" + engine.scoring());
    }
  }

  /** The prompt once, or again with every completion: whatever is cheaper gives the same. */
  private void completionsOfOnePrompt(DecoderConfig config, Random random) {
    int[] completionTokens = {1, 1, 2, 3, 16, 17, 18, 33, 129, 140};
    for (ScoringConfig scoring : List.of(NARROW, WIDE)) {
      try (Models models = TestModels.models(scoring)) {
        models.load("policy", folder.resolve("policy"));
        for (int promptTokens : new int[] {1, 2, 17, 100, 128, 129, 151, 160}) {
          int[] prompt = TestModels.prompt(config, promptTokens, promptTokens);
          List<int[]> completions = new ArrayList<>();
          for (int tokens : completionTokens) {
            completions.add(random.ints(tokens, 3, config.vocabularySize()).toArray());
          }
          float[][] together =
              models.policy("policy").logprobs(prompt, completions, 1, () -> false).rows();
          for (int i = 0; i < together.length; i++) {
            assertArrayEquals(
                bits(logprobs(models, new ScoringItem(prompt, completions.get(i)), 1)),
                bits(together[i]),
                promptTokens + " + " + completionTokens[i] + " tokens");
          }
        }
      }
    }
  }

  /** More outputs than a run has: the probabilities of all tokens there are add up to 1. */
  @Test
  void allTokensThereAre() {
    DecoderConfig config = TestModels.TINY;
    Path saved = TestModels.save(folder.resolve("policy"), config, 7);
    List<int[]> completions =
        IntStream.range(0, config.vocabularySize()).mapToObj(id -> new int[] {id}).toList();
    List<float[][]> found = new ArrayList<>();
    for (ScoringConfig scoring : List.of(NARROW, WIDE)) {
      try (Models models = TestModels.models(scoring)) {
        models.load("policy", saved);
        int[] prompt = TestModels.prompt(config, 17, 1);
        found.add(models.policy("policy").logprobs(prompt, completions, 1, () -> false).rows());
      }
    }
    double sum = 0;
    for (int id = 0; id < completions.size(); id++) {
      assertArrayEquals(bits(found.get(0)[id]), bits(found.get(1)[id]), "token " + id);
      sum += Math.exp(found.get(0)[id][0]);
    }
    assertEquals(1, sum, 1e-5);
  }

  private static float[] logprobs(Models models, ScoringItem item, double temperature) {
    return models
        .policy("policy")
        .logprobs(item.prompt(), List.of(item.completion()), temperature, () -> false)
        .rows()[0];
  }

  /** In any order, cut anywhere into prompt and completion. */
  private static List<ScoringItem> items(DecoderConfig config, Random random) {
    List<Integer> lengths = new ArrayList<>();
    for (int length = 2; length <= DENSE; length++) {
      lengths.add(length);
    }
    Arrays.stream(LONG).forEach(lengths::add);
    Collections.shuffle(lengths, random);
    List<ScoringItem> items = new ArrayList<>();
    for (int length : lengths) {
      int[] tokens = TestModels.prompt(config, length, random.nextLong());
      int cut = 1 + random.nextInt(length - 1);
      items.add(
          new ScoringItem(Arrays.copyOf(tokens, cut), Arrays.copyOfRange(tokens, cut, length)));
    }
    return items;
  }

  private static String length(ScoringItem item) {
    return item.prompt().length + " + " + item.completion().length + " tokens";
  }

  private static int[] bits(float... numbers) {
    int[] bits = new int[numbers.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(numbers[i]);
    }
    return bits;
  }
}
