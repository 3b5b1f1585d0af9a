package org.rlaif.serving.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlaif.model.GoldenFamilies;
import org.rlaif.model.GoldenFamilies.Case;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.score.ScoringItem;

/** Every family of decoders against what Hugging Face transformers computes in float64. */
public class FamiliesTest {
  private static final double TOLERANCE = 4e-5;

  @TempDir Path folder;

  public static List<String> policies() {
    return GoldenFamilies.names().stream().filter(name -> !name.endsWith("_score")).toList();
  }

  public static List<String> rewardModels() {
    return GoldenFamilies.names().stream().filter(name -> name.endsWith("_score")).toList();
  }

  @Test
  void allAreHere() {
    assertEquals(5, rewardModels().size());
    assertEquals(25, policies().size());
  }

  @ParameterizedTest
  @MethodSource("policies")
  void logprobsOfCompletions(String name) {
    try (Models models = TestModels.models(2)) {
      models.load("policy", GoldenFamilies.unpack(name, folder));
      PolicyEngine engine = models.policy("policy");
      for (Case golden : GoldenFamilies.cases(name)) {
        int[] tokens = golden.tokens();
        for (int split = 1; split < tokens.length; split += 5) {
          float[] found = logprobs(engine, Arrays.copyOf(tokens, split), tokens, 1);
          for (int t = 0; t < found.length; t++) {
            assertEquals(golden.chosen()[split - 1 + t], found[t], TOLERANCE, "token " + t);
          }
        }
      }
    }
  }

  /** What a decode step reports, token by token, is what the whole sequence gives. */
  @ParameterizedTest
  @MethodSource("policies")
  void cachedDecodingSaysWhatAFullPassSays(String name) {
    try (Models models = TestModels.models(4)) {
      models.load("policy", GoldenFamilies.unpack(name, folder));
      PolicyEngine engine = models.policy("policy");
      for (Case golden : GoldenFamilies.cases(name)) {
        var sampled =
            Collector.sample(engine, List.of(golden.tokens()), 3, Sampling.of(0.7, 30, 9));
        for (Completion completion : sampled.values()) {
          int[] whole =
              Arrays.copyOf(golden.tokens(), golden.tokens().length + completion.tokens().length);
          System.arraycopy(
              completion.tokens(), 0, whole, golden.tokens().length, completion.tokens().length);
          assertArrayEquals(
              logprobs(engine, golden.tokens(), whole, 0.7),
              completion.logprobs(),
              (float) TOLERANCE);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rewardModels")
  void scores(String name) {
    try (Models models = TestModels.models(1)) {
      models.load("reward", GoldenFamilies.unpack(name, folder));
      List<Case> cases =
          GoldenFamilies.cases(name).stream().filter(each -> each.tokens().length > 1).toList();
      List<ScoringItem> items =
          cases.stream()
              .map(Case::tokens)
              .map(
                  all ->
                      new ScoringItem(
                          Arrays.copyOf(all, 1), Arrays.copyOfRange(all, 1, all.length)))
              .toList();
      float[] scores = models.reward("reward").score(items, () -> false).scores();
      assertEquals(cases.size(), scores.length);
      for (int i = 0; i < scores.length; i++) {
        assertEquals(cases.get(i).score(), scores[i], TOLERANCE);
      }
    }
  }

  private static float[] logprobs(
      PolicyEngine engine, int[] prompt, int[] whole, double temperature) {
    int[] completion = Arrays.copyOfRange(whole, prompt.length, whole.length);
    return engine.logprobs(prompt, List.of(completion), temperature, () -> false).rows()[0];
  }
}
