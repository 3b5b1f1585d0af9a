package org.rlaif.serving.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.queue.ModelObserver;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;
import org.rlaif.serving.queue.Ticket;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.SequenceId;
import org.rlaif.serving.sampling.TokenDetails;

class PolicyEngineTest {
  /** Long enough that prompts take three chunks. */
  private static final DecoderConfig LONG = DecoderConfig.gpt2(300, 400, 16, 2, 2, 32);

  private static final SequenceId FIRST = new SequenceId(0, 0);

  @TempDir Path folder;

  @Test
  void greedyIsTheMostLikelyTokenOfLogprobs() {
    try (Models models = open(TestModels.TINY, 4)) {
      PolicyEngine engine = models.policy("policy");
      int[] prompt = TestModels.prompt(TestModels.TINY, 9, 1);
      Completion greedy =
          Collector.sample(engine, List.of(prompt), 1, Sampling.of(0, 20, 0)).get(FIRST);
      int known = engine.tokenizer().vocabularySize(); // the embedding may have more rows
      List<int[]> everyToken = new ArrayList<>();
      for (int id = 0; id < known; id++) {
        everyToken.add(new int[] {id});
      }
      for (int t = 0; t < greedy.tokens().length; t++) {
        int[] before = Arrays.copyOf(prompt, prompt.length + t);
        System.arraycopy(greedy.tokens(), 0, before, prompt.length, t);
        float[][] rows = engine.logprobs(before, everyToken, 1, () -> false).rows();
        int best = 1; // neither padding (0) nor beginning (2)
        for (int id = 3; id < known; id++) {
          best = rows[id][0] > rows[best][0] ? id : best;
        }
        assertEquals(best, greedy.tokens()[t], "token " + t);
        assertEquals(rows[best][0], greedy.logprobs()[t], 1e-5);
      }
    }
  }

  @Test
  void samplesOfAPromptDiffer() {
    try (Models models = open(TestModels.TINY, 3)) {
      int[] prompt = TestModels.prompt(TestModels.TINY, 5, 1);
      Map<SequenceId, Completion> found =
          Collector.sample(models.policy("policy"), List.of(prompt), 8, Sampling.of(1, 20, 3));
      Set<List<Integer>> distinct =
          found.values().stream()
              .map(each -> Arrays.stream(each.tokens()).boxed().toList())
              .collect(Collectors.toCollection(HashSet::new));
      assertEquals(8, distinct.size());
    }
  }

  /** The slots are filled to the last one: each prompt lies where rows come to lie later. */
  @Test
  void severalPromptsOfSeveralSamplesBeginInOneRun() {
    Path saved = TestModels.save(folder.resolve("policy"), TestModels.TINY, 7);
    List<int[]> prompts = new ArrayList<>();
    for (int length : new int[] {7, 9, 8, 6, 5}) {
      prompts.add(TestModels.prompt(TestModels.TINY, length, length));
    }
    List<Integer> computed = Collections.synchronizedList(new ArrayList<>());
    var observer =
        new ModelObserver() {
          @Override
          public void broken(Throwable cause) {}

          @Override
          public void ran(int rows, int promptTokens) {
            if (promptTokens > 0) {
              computed.add(promptTokens);
            }
          }
        };
    var settings = new EngineConfig(12, ComputeConfig.threads(2), 100);
    Map<SequenceId, Completion> together;
    try (Models models = new Models(settings, Clock.systemUTC(), name -> observer)) {
      models.load("policy", saved);
      computed.clear(); // what the model was warmed up with
      together = Collector.sample(models.policy("policy"), prompts, 3, Sampling.of(1, 20, 3));
    }
    assertEquals(List.of(7 + 9 + 8 + 6, 5), computed);
    try (Models models = TestModels.models(1)) {
      models.load("policy", saved);
      Map<SequenceId, Completion> alone =
          Collector.sample(models.policy("policy"), prompts, 3, Sampling.of(1, 20, 3));
      assertEquals(alone.keySet(), together.keySet());
      alone.forEach(
          (id, completion) ->
              assertArrayEquals(completion.tokens(), together.get(id).tokens(), id.toString()));
    }
  }

  @Test
  void sequencesEndWithTheEndTokenTheLimitOrTheContext() {
    try (Models models = open(TestModels.TINY, 16)) {
      PolicyEngine engine = models.policy("policy");
      int[] prompt = TestModels.prompt(TestModels.TINY, 60, 1);
      var seen = new HashSet<Completion.Reason>();
      var collector = new Collector(400);
      engine.sample(List.of(prompt), 400, Sampling.of(5, Integer.MAX_VALUE, 3), collector);
      collector
          .completions()
          .forEach(
              (id, completion) -> {
                int[] tokens = completion.tokens();
                boolean ended = tokens[tokens.length - 1] == TestModels.END;
                assertEquals(
                    ended ? Completion.Reason.END_OF_TEXT : Completion.Reason.LENGTH,
                    completion.reason());
                assertTrue(ended || tokens.length == 4, "context 64, prompt 60");
                assertEquals(tokens.length, completion.logprobs().length);
                assertEquals(Arrays.stream(tokens).boxed().toList(), collector.told(id));
                seen.add(completion.reason());
              });
      assertEquals(2, seen.size(), "seed 3 shows both reasons");
      Completion one =
          Collector.sample(engine, List.of(prompt), 1, Sampling.of(0, 1, 0)).get(FIRST);
      assertEquals(1, one.tokens().length);
    }
  }

  /** 300 tokens are three chunks; the same tokens as prompt or as completion give the same. */
  @Test
  void longPromptsComeInChunks() {
    try (Models models = open(LONG, 2)) {
      PolicyEngine engine = models.policy("policy");
      int[] tokens = TestModels.prompt(LONG, 310, 1);
      int[] prompt = Arrays.copyOf(tokens, 300);
      int[] tail = Arrays.copyOfRange(tokens, 300, 310);
      float[] behind = engine.logprobs(prompt, List.of(tail), 1, () -> false).rows()[0];
      int[] most = Arrays.copyOfRange(tokens, 2, 310);
      float[] whole =
          engine.logprobs(Arrays.copyOf(tokens, 2), List.of(most), 1, () -> false).rows()[0];
      for (int t = 0; t < 10; t++) {
        assertEquals(whole[298 + t], behind[t], 1e-5);
      }
      Completion sampled =
          Collector.sample(engine, List.of(prompt), 1, Sampling.of(1, 10, 0)).get(FIRST);
      float[] again = engine.logprobs(prompt, List.of(sampled.tokens()), 1, () -> false).rows()[0];
      assertArrayEquals(again, sampled.logprobs(), 1e-5f);
    }
  }

  @Test
  void cancelFreesTheSlot() throws InterruptedException {
    try (Models models = open(LONG, 1)) {
      PolicyEngine engine = models.policy("policy");
      int[] prompt = TestModels.prompt(LONG, 4, 1);
      var started = new CountDownLatch(1);
      var cancelled = new CountDownLatch(1);
      var collector =
          new Collector(2) {
            @Override
            public void onToken(
                SequenceId id, int token, float logprob, @Nullable TokenDetails details) {
              super.onToken(id, token, logprob, details);
              started.countDown();
              await(cancelled);
            }
          };
      Ticket ticket = engine.sample(List.of(prompt), 2, Sampling.of(1, 300, 1), collector);
      assertTrue(started.await(10, TimeUnit.SECONDS));
      ticket.cancel();
      cancelled.countDown();
      collector
          .failures()
          .values()
          .forEach(cause -> assertInstanceOf(CancellationException.class, cause));
      assertEquals(2, collector.failures().size(), "the live one and the waiting one");
      assertTrue(collector.told(FIRST).size() <= 2, "at most the step under way");
      assertEquals(
          5,
          Collector.sample(engine, List.of(prompt), 1, Sampling.of(0, 5, 0))
              .get(FIRST)
              .tokens()
              .length);
    }
  }

  @Test
  void aFailingListenerHarmsNobodyElse() {
    try (Models models = open(TestModels.TINY, 4)) {
      PolicyEngine engine = models.policy("policy");
      int[] prompt = TestModels.prompt(TestModels.TINY, 6, 1);
      Map<SequenceId, Completion> expected =
          Collector.sample(engine, List.of(prompt), 3, Sampling.of(1, 30, 1));
      var failing =
          new Collector(3) {
            @Override
            public void onToken(
                SequenceId id, int token, float logprob, @Nullable TokenDetails details) {
              if (id.sample() == 1) {
                throw new IllegalStateException("listener of sample 1");
              }
            }
          };
      var healthy = new Collector(3);
      engine.sample(List.of(prompt), 3, Sampling.of(1, 30, 1), failing);
      engine.sample(List.of(prompt), 3, Sampling.of(1, 30, 1), healthy);
      assertEquals(Set.of(new SequenceId(0, 1)), failing.failures().keySet());
      assertEquals(
          "listener of sample 1", failing.failures().get(new SequenceId(0, 1)).getMessage());
      expected.forEach(
          (id, completion) ->
              assertArrayEquals(completion.tokens(), healthy.completions().get(id).tokens()));
    }
  }

  /** Not an exception of one request but an error: nobody is left waiting for an answer. */
  @Test
  void aBrokenLoopTellsEveryone() {
    Path saved = TestModels.save(folder.resolve("policy"), TestModels.TINY, 7);
    var heard = new CompletableFuture<Throwable>();
    var settings = new EngineConfig(1, ComputeConfig.threads(2), 10);
    try (Models models = new Models(settings, Clock.systemUTC(), name -> heard::complete)) {
      models.load("policy", saved);
      PolicyEngine engine = models.policy("policy");
      var breaking =
          new Collector(3) {
            @Override
            public void onToken(
                SequenceId id, int token, float logprob, @Nullable TokenDetails details) {
              throw new StackOverflowError("on purpose");
            }
          };
      engine.sample(List.of(new int[] {2, 9}), 3, Sampling.of(1, 5, 1), breaking);
      assertEquals(3, breaking.failures().size());
      breaking
          .failures()
          .values()
          .forEach(cause -> assertInstanceOf(StackOverflowError.class, cause.getCause()));
      assertEquals("on purpose", heard.join().getMessage());
      Refusal later =
          assertThrows(
              Refusal.class,
              () ->
                  engine.sample(List.of(new int[] {2}), 1, Sampling.of(1, 5, 1), new Collector(1)));
      assertEquals(Reason.UNAVAILABLE, later.reason());
      assertInstanceOf(StackOverflowError.class, later.getCause());
    }
  }

  @Test
  void aFullQueueTakesAllOrNothing() {
    Path saved = TestModels.save(folder.resolve("policy"), TestModels.TINY, 7);
    var settings = new EngineConfig(1, ComputeConfig.threads(2), 10);
    try (Models models = new Models(settings, Clock.systemUTC(), name -> ModelObserver.NONE)) {
      models.load("policy", saved);
      PolicyEngine engine = models.policy("policy");
      int[] prompt = TestModels.prompt(TestModels.TINY, 6, 1);
      var collector = new Collector(0);
      Refusal refusal =
          assertThrows(
              Refusal.class,
              () -> engine.sample(List.of(prompt), 11, Sampling.of(1, 3, 1), collector));
      assertEquals(Reason.QUEUE_FULL, refusal.reason());
      assertEquals(
          "model: policy has 0 sequences waiting and was sent 11 more"
              + " (expected: at most 10 waiting)",
          refusal.getMessage());
      assertEquals(10, Collector.sample(engine, List.of(prompt), 10, Sampling.of(1, 3, 1)).size());
    }
  }

  @Test
  void requestsAreChecked() {
    try (Models models = open(TestModels.TINY, 1)) {
      PolicyEngine engine = models.policy("policy");
      Sampling sampling = Sampling.of(1, 3, 1);
      var nobody = new Collector(0);
      int[] good = {2, 5};
      assertSentence(
          "prompt: 64 tokens (expected: from 1 to 63; the context of policy is 64)",
          () -> engine.sample(List.of(new int[64]), 1, sampling, nobody));
      assertSentence(
          "prompts[1]: token id 300 (expected: from 0 to 299)",
          () -> engine.sample(List.of(good, new int[] {300}), 1, sampling, nobody));
      assertSentence(
          "prompts: 0 (expected: at least one)",
          () -> engine.sample(List.of(), 1, sampling, nobody));
      assertSentence(
          "samples: 0 (expected: >= 1)", () -> engine.sample(List.of(good), 0, sampling, nobody));
      assertSentence(
          "completions[0]: 63 tokens (expected: from 1 to 62 after a prompt of 2;"
              + " the context of policy is 64)",
          () -> engine.logprobs(good, List.of(new int[63]), 1, () -> false));
      assertSentence(
          "temperature: 0.0 (expected: from 0.01 to 100)",
          () -> engine.logprobs(good, List.of(good), 0, () -> false));
    }
  }

  @Test
  void closingFailsWhatIsUnderWay() throws InterruptedException {
    Collector collector;
    var started = new CountDownLatch(1);
    try (Models models = open(LONG, 1)) {
      collector =
          new Collector(2) {
            @Override
            public void onToken(
                SequenceId id, int token, float logprob, @Nullable TokenDetails details) {
              started.countDown();
            }
          };
      models
          .policy("policy")
          .sample(List.of(new int[] {2, 9}), 2, Sampling.of(1, 398, 1), collector);
      assertTrue(started.await(10, TimeUnit.SECONDS));
    }
    collector
        .failures()
        .forEach((id, cause) -> assertEquals("model: policy is closing", cause.getMessage()));
    assertTrue(collector.failures().containsKey(new SequenceId(0, 1)));
  }

  private Models open(DecoderConfig config, int slots) {
    Models models = TestModels.models(slots);
    models.load("policy", TestModels.save(folder.resolve("policy"), config, 7));
    return models;
  }

  private static void assertSentence(String sentence, Runnable request) {
    assertEquals(sentence, assertThrows(UserError.class, request::run).getMessage());
  }
}
