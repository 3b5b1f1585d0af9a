package org.rlaif.serving.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.Collector;
import org.rlaif.serving.engine.Models;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.queue.Completion;

/** A policy with logits 2 for a, 1.5 for b and -5 for everything else, whatever came before. */
class SamplingTest {
  private static final SequenceId FIRST = new SequenceId(0, 0);
  private static final Sampling GREEDY = Sampling.of(0, 6, 0);
  private static final int A = TestModels.id('a');
  private static final int B = TestModels.id('b');

  @TempDir Path folder;

  /** a: 2, 1.7, 1.4 after two; b: 1.5, 1.2 after one; a: 1.1 after three; b: 0.9 after two. */
  @Test
  void frequencyPenaltyCounts() {
    assertEquals("aababa", text(GREEDY.with(new Penalties(1, 0, 0.3, Map.of())), '!'));
  }

  /** a: 2, then 1; b: 1.5, then 0.5; all later ones are as they were. */
  @Test
  void presencePenaltyIsTakenOnce() {
    assertEquals("abaaaa", text(GREEDY.with(new Penalties(1, 1, 0, Map.of())), '!'));
  }

  /** a: 2 / 2 after the first; b: 1.5 / 2. An a in the prompt counts too. */
  @Test
  void repetitionPenaltyDivides() {
    Penalties penalty = new Penalties(2, 0, 0, Map.of());
    assertEquals("abaaaa", text(GREEDY.with(penalty), '!'));
    assertEquals("baaaaa", text(GREEDY.with(penalty), 'a'));
    assertEquals("aaaaaa", text(GREEDY.with(new Penalties(1.3, 0, 0, Map.of())), '!'));
  }

  /** c has -5: 7.1 more is 2.1. Divided by 2, it and a's 1 are less than b's 1.5. */
  @Test
  void biasComesBeforeThePenalties() {
    var penalties = new Penalties(2, 0, 0, Map.of(TestModels.id('c'), 7.1));
    assertEquals("cabccc", text(GREEDY.with(penalties), '!'));
  }

  /** At temperature 0.5 the logits are 4 / 2 and 3 for a and b: the distribution is known. */
  @Test
  void theDistributionIsThatOfThePenalisedLogits() {
    Sampling sampling =
        new Sampling(0.5, 2, 1, 1, 3)
            .with(new Penalties(2, 0, 0, Map.of()))
            .with(new DetailOptions(true, 2, true));
    double whole = Math.exp(2) + Math.exp(3);
    try (Models models = open()) {
      Map<SequenceId, Completion> found =
          Collector.sample(models.policy("policy"), List.of(new int[] {2, A}), 40, sampling);
      var seen = found.values().stream().map(each -> each.tokens()[0]).collect(Collectors.toSet());
      assertEquals(Set.of(A, B), seen);
      for (Completion each : found.values()) {
        TokenDetails details = each.details().get(0);
        int token = each.tokens()[0];
        assertEquals((token == A ? 2 : 3) - Math.log(whole), details.sampledLogprob(), 1e-5);
        assertArrayEquals(new int[] {A, B}, details.support());
        assertArrayEquals(new int[] {A, B}, details.topIds(), "raw: before the penalty");
        double raw = Math.exp(4) + Math.exp(3) + 298 * Math.exp(-10);
        assertEquals(4 - Math.log(raw), details.topLogprobs()[0], 1e-5);
        assertEquals((token == A ? 4 : 3) - Math.log(raw), each.logprobs()[0], 1e-5);
      }
    }
  }

  @Test
  void stopStringsEndTheTextAndKeepTheTokens() {
    Sampling sampling = GREEDY.with(new Penalties(1, 0, 0.3, Map.of())); // aababa
    try (Models models = open()) {
      Completion found = one(models, sampling.with(new Stops(0, List.of("x", "ab"), Set.of())));
      assertEquals(Completion.Reason.STOP_STRING, found.reason());
      assertArrayEquals(new int[] {A, A, B}, found.tokens());
      assertEquals(new Completion.Stop("ab", "a"), found.stop());
      // The first three tokens end nothing: the second "ab" does.
      found = one(models, sampling.with(new Stops(3, List.of("ab"), Set.of())));
      assertArrayEquals(new int[] {A, A, B, A, B}, found.tokens());
      assertEquals(new Completion.Stop("ab", "aab"), found.stop());
      found = one(models, sampling.with(new Stops(0, List.of("bb"), Set.of())));
      assertEquals(Completion.Reason.LENGTH, found.reason());
      assertEquals(6, found.tokens().length);
      assertEquals(null, found.stop());
    }
  }

  @Test
  void stopTokensEndTheSequence() {
    Sampling sampling = GREEDY.with(new Penalties(1, 0, 0.3, Map.of()));
    try (Models models = open()) {
      Completion found = one(models, sampling.with(new Stops(0, List.of(), Set.of(B, 7))));
      assertEquals(Completion.Reason.STOP_TOKEN, found.reason());
      assertArrayEquals(new int[] {A, A, B}, found.tokens());
      // b cannot come among the first four; a is at 0.8 then, b still at 1.5.
      found = one(models, sampling.with(new Stops(4, List.of(), Set.of(B))));
      assertArrayEquals(new int[] {A, A, A, A, B}, found.tokens());
    }
  }

  @Test
  void theEndOfTextWaits() {
    Penalties end = new Penalties(1, 0, 0, Map.of(TestModels.END, 50.0));
    try (Models models = open()) {
      assertArrayEquals(new int[] {1}, one(models, GREEDY.with(end)).tokens());
      Completion later = one(models, GREEDY.with(end).with(new Stops(2, List.of(), Set.of())));
      assertArrayEquals(new int[] {A, A, 1}, later.tokens());
      assertEquals(Completion.Reason.END_OF_TEXT, later.reason());
    }
  }

  /** Everything at once, beside requests that want nothing: who shares the batch is no matter. */
  @Test
  void theBatchDoesNotMatter() {
    Sampling rich =
        new Sampling(0.9, 50, 0.95, 40, 5)
            .withMinP(0.01)
            .with(new Penalties(1.2, 0.3, 0.2, Map.of(9, 1.5)))
            .with(new Stops(3, List.of("e", "qu"), Set.of(20, 21)))
            .with(new DetailOptions(true, 5, true));
    Sampling plain = Sampling.of(1, 40, 6);
    Path saved = TestModels.save(folder.resolve("random"), TestModels.TINY, 7);
    List<int[]> prompts =
        List.of(TestModels.prompt(TestModels.TINY, 9, 1), TestModels.prompt(TestModels.TINY, 5, 2));
    Map<SequenceId, Completion> alone;
    Map<SequenceId, Completion> plainAlone;
    try (Models models = TestModels.models(1)) {
      models.load("policy", saved);
      alone = Collector.sample(models.policy("policy"), prompts, 6, rich);
      plainAlone = Collector.sample(models.policy("policy"), prompts, 6, plain);
    }
    assertTrue(alone.values().stream().map(Completion::reason).distinct().count() > 1);
    try (Models models = TestModels.models(7)) {
      models.load("policy", saved);
      var others = new Collector(12);
      models.policy("policy").sample(prompts, 6, plain, others);
      Map<SequenceId, Completion> together =
          Collector.sample(models.policy("policy"), prompts, 6, rich);
      alone.forEach((id, expected) -> same(expected, together.get(id)));
      plainAlone.forEach((id, expected) -> same(expected, others.completions().get(id)));
    }
  }

  @Test
  void idsAreCheckedAgainstTheVocabulary() {
    try (Models models = open()) {
      PolicyEngine engine = models.policy("policy");
      assertSentence(
          "logit_bias: token id 300 (expected: from 0 to 299)",
          engine,
          GREEDY.with(new Penalties(1, 0, 0, Map.of(300, 1.0))));
      assertSentence(
          "stop_token_ids: token id -1 (expected: from 0 to 299)",
          engine,
          GREEDY.with(new Stops(0, List.of(), Set.of(-1))));
    }
  }

  private static void assertSentence(String sentence, PolicyEngine engine, Sampling sampling) {
    UserError error =
        assertThrows(
            UserError.class,
            () -> engine.sample(List.of(new int[] {2}), 1, sampling, new Collector(0)));
    assertEquals(sentence, error.getMessage());
  }

  private static void same(Completion expected, Completion found) {
    assertArrayEquals(expected.tokens(), found.tokens());
    assertArrayEquals(expected.logprobs(), found.logprobs());
    assertEquals(expected.reason(), found.reason());
    assertEquals(expected.stop(), found.stop());
    assertEquals(expected.details().size(), found.details().size());
    for (int t = 0; t < expected.details().size(); t++) {
      TokenDetails one = expected.details().get(t);
      TokenDetails other = found.details().get(t);
      assertEquals(one.sampledLogprob(), other.sampledLogprob());
      assertArrayEquals(one.topIds(), other.topIds());
      assertArrayEquals(one.topLogprobs(), other.topLogprobs());
      assertArrayEquals(one.support(), other.support());
      assertTrue(Arrays.binarySearch(other.support(), found.tokens()[t]) >= 0);
    }
  }

  private String text(Sampling sampling, char prompt) {
    try (Models models = open()) {
      PolicyEngine engine = models.policy("policy");
      int[] ids = {2, TestModels.id(prompt)};
      return engine
          .tokenizer()
          .decode(Collector.sample(engine, List.of(ids), 1, sampling).get(FIRST).tokens());
    }
  }

  private static Completion one(Models models, Sampling sampling) {
    return Collector.sample(models.policy("policy"), List.of(new int[] {2, 9}), 1, sampling)
        .get(FIRST);
  }

  private Models open() {
    Models models = TestModels.models(4);
    models.load(
        "policy", TestModels.saveConstant(folder.resolve("policy"), Map.of('a', 2.0, 'b', 1.5)));
    return models;
  }
}
