package org.rlaif.serving.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.model.Golden;
import org.rlaif.serving.engine.PolicyEngine.Logprobs;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.score.ScoringItem;

/** What is served is what Hugging Face transformers computes, in float64, with the same folder. */
class GoldenTest {
  private static final double TOLERANCE = 2e-5;

  @TempDir Path folder;

  @Test
  void logprobsOfEverySplitIntoPromptAndCompletion() {
    try (Models models = TestModels.models(2)) {
      models.load("policy", Golden.policy(folder));
      PolicyEngine engine = models.policy("policy");
      int compared = 0;
      for (Golden.Case golden : Golden.cases()) {
        int[] tokens = golden.tokens();
        for (int split = 1; split < tokens.length; split++) {
          for (Golden.Logprobs expected : golden.logprobs()) {
            int[] prompt = Arrays.copyOf(tokens, split);
            int[] completion = Arrays.copyOfRange(tokens, split, tokens.length);
            Logprobs found =
                engine.logprobs(prompt, List.of(completion), expected.temperature(), () -> false);
            for (int t = 0; t < completion.length; t++) {
              assertEquals(
                  expected.chosen()[split - 1 + t], found.rows()[0][t], TOLERANCE, "token " + t);
              compared++;
            }
          }
        }
      }
      assertTrue(compared > 100, "compared " + compared);
    }
  }

  /** What the decode step reports, token by token, is what the whole sequence gives. */
  @Test
  void sampledTokensCarryTheirLogprobs() {
    try (Models models = TestModels.models(4)) {
      models.load("policy", Golden.policy(folder));
      PolicyEngine engine = models.policy("policy");
      int[] prompt = Golden.cases().get(0).tokens();
      for (double temperature : new double[] {1, 0.7, 1.5}) {
        var sampled = Collector.sample(engine, List.of(prompt), 4, Sampling.of(temperature, 18, 9));
        for (Completion completion : sampled.values()) {
          float[] whole =
              engine.logprobs(prompt, List.of(completion.tokens()), temperature, () -> false)
                  .rows()[0];
          for (int t = 0; t < whole.length; t++) {
            assertEquals(whole[t], completion.logprobs()[t], TOLERANCE);
          }
        }
      }
    }
  }

  @Test
  void scores() {
    try (Models models = TestModels.models(1)) {
      models.load("reward", Golden.reward(folder));
      List<Golden.Case> cases =
          Golden.cases().stream().filter(each -> each.tokens().length > 1).toList();
      List<ScoringItem> items = cases.stream().map(each -> item(each.tokens())).toList();
      float[] scores = models.reward("reward").score(items, () -> false).scores();
      assertEquals(3, scores.length);
      for (int i = 0; i < scores.length; i++) {
        assertEquals(cases.get(i).score(), scores[i], TOLERANCE);
      }
    }
  }

  private static ScoringItem item(int[] tokens) {
    return new ScoringItem(Arrays.copyOf(tokens, 1), Arrays.copyOfRange(tokens, 1, tokens.length));
  }
}
