package org.rlaif.serving.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.engine.TestModels;

class SamplerTest {
  /**
   * Of ids 0 (pad), 1 (end), 2 (beginning), then 3 to 7. Without pad and beginning 0.8 is left: 1:
   * 0.04, 3: 0.4, 4: 0.2, 5: 0.08, 6: 0.08.
   */
  private static final double[] PROBABILITIES = {0.1, 0.04, 0.1, 0.4, 0.2, 0.08, 0.08, 0};

  private final Sampler sampler = new Sampler(TestModels.vocabulary(8, 8));

  @Test
  void everythingIsKeptByDefault() {
    assertEquals(Set.of(1, 3, 4, 5, 6), drawn(0, 1));
  }

  @Test
  void topKKeepsTheMostLikely() {
    assertEquals(Set.of(3), drawn(1, 1));
    assertEquals(Set.of(3, 4), drawn(2, 1));
    assertEquals(Set.of(3, 4, 5), drawn(3, 1)); // 5 and 6 are as likely: the lower id
    assertEquals(Set.of(1, 3, 4, 5, 6), drawn(8, 1));
  }

  /** Shares of 0.8: 3 has 0.5, 3 and 4 have 0.75, with 5 it is 0.85, with 6 0.95. */
  @Test
  void topPKeepsTheShare() {
    assertEquals(Set.of(3), drawn(0, 0.49));
    assertEquals(Set.of(3, 4), drawn(0, 0.51));
    assertEquals(Set.of(3, 4), drawn(0, 0.74));
    assertEquals(Set.of(3, 4, 5), drawn(0, 0.84));
    assertEquals(Set.of(3, 4, 5, 6), drawn(0, 0.86));
    assertEquals(Set.of(1, 3, 4, 5, 6), drawn(0, 0.96));
  }

  /** Of 3 and 4 alone, 3 has two thirds: 0.6 is reached without 4, 0.7 is not. */
  @Test
  void topPIsAShareOfWhatTopKLeft() {
    assertEquals(Set.of(3), drawn(2, 0.6));
    assertEquals(Set.of(3, 4), drawn(2, 0.7));
  }

  /** The most likely has 0.4: half of it is 0.2. */
  @Test
  void minPKeepsAShareOfTheMostLikely() {
    assertEquals(Set.of(3), drawn(Sampling.of(1, 1, 3).withMinP(0.51)));
    assertEquals(Set.of(3, 4), drawn(Sampling.of(1, 1, 3).withMinP(0.49)));
    assertEquals(Set.of(3, 4), drawn(Sampling.of(1, 1, 3).withMinP(0.21)));
    assertEquals(Set.of(3, 4, 5, 6), drawn(Sampling.of(1, 1, 3).withMinP(0.19)));
    assertEquals(Set.of(1, 3, 4, 5, 6), drawn(Sampling.of(1, 1, 3).withMinP(0.09)));
  }

  /** Of 3 and 4 alone, 3 has two thirds; of all it has half. */
  @Test
  void topPIsAShareOfWhatMinPLeft() {
    assertEquals(Set.of(3), drawn(new Sampling(1, 0, 0.6, 1, 3).withMinP(0.49)));
    assertEquals(Set.of(3, 4), drawn(new Sampling(1, 0, 0.6, 1, 3)));
  }

  /** 0.4, 0.2, 0.08 of 0.68 are kept. */
  @Test
  void theShareOfTheKeptIsTold() {
    Sampling sampling = new Sampling(1, 3, 1, 1, 3).with(new DetailOptions(true, 0, true));
    double[] shares = {0, 0, 0, 0.4 / 0.68, 0.2 / 0.68, 0.08 / 0.68};
    for (int i = 0; i < 50; i++) {
      int token = sampler.choose(logprobs(), sampling, new SequenceId(i, 0), 0);
      TokenDetails details = sampler.details(logprobs(), token, sampling);
      assertEquals(Math.log(shares[token]), details.sampledLogprob(), 1e-6);
      assertArrayEquals(new int[] {3, 4, 5}, details.support());
      assertEquals(0, details.topIds().length);
    }
  }

  /** Padding and beginning are part of the full vocabulary and no part of what can be drawn. */
  @Test
  void theMostLikelyAreTold() {
    Sampling sampling = Sampling.of(1, 1, 3).with(new DetailOptions(true, 4, true));
    int token = sampler.choose(logprobs(), sampling, new SequenceId(0, 0), 0);
    TokenDetails details = sampler.details(logprobs(), token, sampling);
    assertArrayEquals(new int[] {3, 4, 0, 2}, details.topIds());
    assertArrayEquals(
        new float[] {logprobs()[3], logprobs()[4], logprobs()[0], logprobs()[2]},
        details.topLogprobs());
    assertArrayEquals(new int[] {1, 3, 4, 5, 6}, details.support());
    assertEquals(logprobs()[token] - Math.log(0.8), details.sampledLogprob(), 1e-6);
  }

  /** Three times 0.2 is more than 0.4, and half of the 1.2 that there is then. */
  @Test
  void biasMovesTheChoice() {
    var bias = new Penalties(1, 0, 0, Map.of(4, Math.log(3)));
    DetailOptions all = new DetailOptions(true, 1, true);
    for (double temperature : new double[] {0, 1}) {
      Sampling sampling = Sampling.of(temperature, 1, 3).with(bias).with(all);
      var rules = new LogitRules(sampling, new int[] {2}, Set.of(1));
      for (int i = 0; i < 50; i++) {
        int token = sampler.choose(logprobs(), 0, rules, sampling, new SequenceId(i, 0), 0);
        TokenDetails details = sampler.details(logprobs(), token, sampling);
        assertEquals(3, details.topIds()[0], "before bias");
        if (temperature == 0) {
          assertEquals(4, token);
          assertEquals(0, details.sampledLogprob());
          assertArrayEquals(new int[] {4}, details.support());
        } else if (token == 4) {
          assertEquals(Math.log(0.5), details.sampledLogprob(), 1e-6);
        }
      }
    }
  }

  @Test
  void theEndWaitsForTheMinimum() {
    Sampling sampling =
        Sampling.of(1, 9, 3)
            .with(new Stops(2, List.of(), Set.of(5)))
            .with(new DetailOptions(false, 0, true));
    var rules = new LogitRules(sampling, new int[] {2}, Set.of(1));
    for (int position = 0; position < 4; position++) {
      int token = sampler.choose(logprobs(), 0, rules, sampling, new SequenceId(0, 0), position);
      assertArrayEquals(
          position < 2 ? new int[] {3, 4, 6} : new int[] {1, 3, 4, 5, 6},
          sampler.details(logprobs(), token, sampling).support());
    }
  }

  /** Far beyond what a float can exponentiate. */
  @Test
  void theLargestBiasIsDrawn() {
    Sampling sampling =
        Sampling.of(0.01, 1, 3).with(new Penalties(1, 0, 0, Map.of(1, 100.0, 3, -100.0)));
    var rules = new LogitRules(sampling, new int[] {2}, Set.of(1));
    assertEquals(1, sampler.choose(logprobs(), 0, rules, sampling, new SequenceId(0, 0), 0));
  }

  @Test
  void frequenciesAreTheProbabilities() {
    var sampling = new Sampling(1, 0, 1, 1, 11);
    int n = 20_000;
    var counts = new int[8];
    for (int i = 0; i < n; i++) {
      counts[sampler.choose(logprobs(), sampling, new SequenceId(i, 0), 0)]++;
    }
    assertEquals(0, counts[0]);
    assertEquals(0, counts[2]);
    double chiSquare = 0;
    for (int id : new int[] {1, 3, 4, 5, 6}) {
      double expected = n * PROBABILITIES[id] / 0.8;
      chiSquare += Math.pow(counts[id] - expected, 2) / expected;
    }
    // 4 degrees of freedom: above 18.5 once in a thousand times.
    assertTrue(chiSquare < 18.5, "seed 11: chi-square " + chiSquare);
  }

  @Test
  void aHugeTopKChangesNothing() {
    for (int i = 0; i < 200; i++) {
      var id = new SequenceId(i, 0);
      assertEquals(
          sampler.choose(logprobs(), new Sampling(1, 0, 1, 1, 5), id, 0),
          sampler.choose(logprobs(), new Sampling(1, 8, 1, 1, 5), id, 0));
    }
  }

  /** Whoever is drawn has fewer than k tokens above it, and the k-th is drawn sometimes. */
  @Test
  void topKOfManyTokens() {
    var config = DecoderConfig.gpt2(5000, 16, 8, 1, 1, 8);
    var random = new Random(4);
    var logprobs = new float[5000];
    double sum = 0;
    for (int id = 0; id < logprobs.length; id++) {
      logprobs[id] = (float) random.nextGaussian();
      sum += Math.exp(logprobs[id]);
    }
    for (int id = 0; id < logprobs.length; id++) {
      logprobs[id] -= (float) Math.log(sum);
    }
    var many = new Sampler(TestModels.vocabulary(config.vocabularySize(), 5000));
    int deepest = 0;
    for (int i = 0; i < 2000; i++) {
      float drawn =
          logprobs[many.choose(logprobs, new Sampling(1, 20, 1, 1, 6), new SequenceId(i, 0), 0)];
      int above = 0;
      for (int id = 0; id < logprobs.length; id++) {
        above += id != 0 && id != 2 && logprobs[id] > drawn ? 1 : 0;
      }
      deepest = Math.max(deepest, above);
    }
    assertEquals(19, deepest);
  }

  @Test
  void greedyTakesTheLowestOfEquals() {
    Sampling greedy = Sampling.of(0, 1, 0);
    assertEquals(3, sampler.choose(logprobs(), greedy, new SequenceId(0, 0), 0));
    float[] equal = {-1, -3, -1, -3, -2, -2, -2, -2}; // pad and beginning would be first
    assertEquals(4, sampler.choose(equal, greedy, new SequenceId(0, 0), 0));
  }

  @Test
  void idsWithoutTextAreNeverChosen() {
    var narrow =
        new Sampler(TestModels.vocabulary(8, 4)); // 4 to 7 are rows of the embedding, not tokens
    var seen = new TreeSet<Integer>();
    for (int i = 0; i < 500; i++) {
      seen.add(narrow.choose(logprobs(), Sampling.of(1, 1, 0), new SequenceId(i, 0), 0));
    }
    assertEquals(Set.of(1, 3), seen);
  }

  @Test
  void whatIsNoDistributionIsRefused() {
    var broken = new float[8]; // one logit that is no number makes all of them so
    Arrays.fill(broken, Float.NaN);
    var id = new SequenceId(0, 0);
    assertThrows(
        ArithmeticException.class, () -> sampler.choose(broken, Sampling.of(1, 1, 0), id, 0));
  }

  @Test
  void exponentialIsExact() {
    for (float x = -87; x <= 0; x += 0.0371f) {
      double exact = Math.exp(x);
      assertEquals(1, Exponential.exp(x) / exact, 3e-7, "x = " + x);
    }
    assertEquals(1, Exponential.exp(0));
    assertEquals(0, Exponential.exp(Float.NEGATIVE_INFINITY));
  }

  @Test
  void settingsAreChecked() {
    assertSentence("temperature: -1.0 (expected: 0, or from 0.01 to 100)", -1, 0, 1, 1);
    assertSentence("temperature: NaN (expected: 0, or from 0.01 to 100)", Double.NaN, 0, 1, 1);
    assertSentence("top_k: -1 (expected: >= 0; 0 keeps all tokens)", 1, -1, 1, 1);
    assertSentence("top_p: 0.0 (expected: above 0 and at most 1)", 1, 0, 0, 1);
    assertSentence("max_tokens: 0 (expected: >= 1)", 1, 0, 1, 0);
    Sampling plain = Sampling.of(1, 5, 0);
    assertSentence("min_p: 1.5 (expected: from 0 to 1)", () -> plain.withMinP(1.5));
    assertSentence(
        "repetition_penalty: 0.0 (expected: from 0.01 to 100; 1 changes nothing)",
        () -> new Penalties(0, 0, 0, Map.of()));
    assertSentence(
        "presence_penalty: 2.5 (expected: from -2 to 2)", () -> new Penalties(1, 2.5, 0, Map.of()));
    assertSentence(
        "frequency_penalty: NaN (expected: from -2 to 2)",
        () -> new Penalties(1, 0, Double.NaN, Map.of()));
    assertSentence(
        "logit_bias[7]: 101.0 (expected: from -100 to 100)",
        () -> new Penalties(1, 0, 0, Map.of(7, 101.0)));
    assertSentence(
        "min_tokens: 6 (expected: at most max_tokens, 5)",
        () -> plain.with(new Stops(6, List.of(), Set.of())));
    assertSentence("min_tokens: -1 (expected: >= 0)", () -> new Stops(-1, List.of(), Set.of()));
    assertSentence(
        "stop_strings[1]: 0 characters (expected: from 1 to 256)",
        () -> new Stops(0, List.of("a", ""), Set.of()));
    assertSentence(
        "stop_strings: 17 strings (expected: at most 16)",
        () -> new Stops(0, Collections.nCopies(17, "a"), Set.of()));
    assertSentence(
        "top_logprobs: 129 (expected: from 0 to 128)", () -> new DetailOptions(false, 129, false));
  }

  private static void assertSentence(
      String sentence, double temperature, int topK, double topP, int maxTokens) {
    assertSentence(sentence, () -> new Sampling(temperature, topK, topP, maxTokens, 0));
  }

  private static void assertSentence(String sentence, Supplier<?> settings) {
    assertEquals(sentence, assertThrows(UserError.class, settings::get).getMessage());
  }

  /** All tokens that come up in many draws. */
  private Set<Integer> drawn(int topK, double topP) {
    return drawn(new Sampling(1, topK, topP, 1, 3));
  }

  private Set<Integer> drawn(Sampling sampling) {
    var seen = new TreeSet<Integer>();
    for (int i = 0; i < 2000; i++) {
      seen.add(sampler.choose(logprobs(), sampling, new SequenceId(0, i), 0));
    }
    return seen;
  }

  private static float[] logprobs() {
    var logprobs = new float[PROBABILITIES.length];
    for (int i = 0; i < logprobs.length; i++) {
      logprobs[i] = (float) Math.log(PROBABILITIES[i]);
    }
    return logprobs;
  }
}
