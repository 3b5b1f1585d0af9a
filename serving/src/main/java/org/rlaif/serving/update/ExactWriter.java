package org.rlaif.serving.update;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.decode.ForwardPass;
import org.rlaif.serving.decode.Prefill;
import org.rlaif.serving.graph.CacheScales.Ranges;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.GraphRun;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.sampling.Sampler;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.SequenceId;
import org.rlaif.serving.sampling.Vocabulary;

/**
 * Lets a network in fp32 write and read, and sees what keys and values it caches for that.
 *
 * @param graph with a cache in fp32
 * @param exact the network
 * @param ranges hear of all that is cached
 */
record ExactWriter(GraphSpec graph, Vocabulary vocabulary, DecoderSession exact, Ranges ranges) {
  private static final long SEED = 1;

  /** Texts that begin without a prompt. */
  private static final int UNPROMPTED = 8;

  /** Of the longest text that is read; keys depend on their position. */
  private static final int MOST_TOKENS = 2048;

  /** Keys and values, in bytes. */
  static long bytes(DecoderConfig config) {
    long tokens = Math.max(MOST_TOKENS, Excerpt.ALL);
    return 2L * config.layers() * tokens * config.attention().cacheKeyWidth() * Float.BYTES;
  }

  /**
   * Samples a completion of each prompt, or of as many as a check can bear. Where there is no
   * prompt it samples whole texts, whose end is never drawn, so that they are equally long.
   */
  List<Excerpt> complete(List<int[]> prompts) {
    boolean unprompted = prompts.isEmpty();
    List<int[]> begun =
        unprompted
            ? Collections.nCopies(UNPROMPTED, new int[] {vocabulary.first()})
            : begun(prompts);
    int longest = begun.stream().mapToInt(each -> each.length).max().orElseThrow();
    int most = Math.min(Excerpt.COMPLETION, graph.config().contextLength() - longest);
    begun = Excerpt.spread(begun, longest + most);
    List<int[]> completions = sample(begun, longest, most, unprompted);
    List<Excerpt> excerpts = new ArrayList<>();
    for (int row = 0; row < begun.size(); row++) {
      excerpts.add(Excerpt.of(begun.get(row), completions.get(row)));
    }
    return excerpts;
  }

  private List<int[]> begun(List<int[]> prompts) {
    int most = Math.min(Excerpt.PROMPT, graph.config().contextLength() - 1);
    return prompts.stream()
        .map(prompt -> Arrays.copyOf(prompt, Math.min(prompt.length, most)))
        .toList();
  }

  /** All rows decode until the longest may be; what follows an end is cut off. */
  private List<int[]> sample(List<int[]> prompts, int longest, int most, boolean endless) {
    int count = prompts.size();
    var completions = new int[count][most];
    var lengths = new int[count];
    var sampler = new Sampler(vocabulary);
    var logprobs = new float[graph.config().vocabularySize()];
    Sampling sampling = Sampling.of(1, most, SEED);
    int room = Math.min(longest + most + GraphRun.MOST_FILLING, graph.config().contextLength());
    try (var cache = new KvCache(graph, count, room);
        var pass = new ForwardPass(graph, count, Prefill.CHUNK, count + 1)) {
      for (int t = 0; t < most; t++) {
        if (t > 0) {
          decode(prompts, completions, t, pass, cache);
        }
        for (int row = 0; row < count; row++) {
          int output = row;
          if (t == 0) {
            var prefill = new Prefill(prompts.get(row), 1);
            prefill.run(exact, pass, cache, row);
            output = prefill.output();
          }
          pass.logprobs(output, logprobs);
          if (endless) {
            vocabulary.ends().forEach(end -> logprobs[end] = Float.NEGATIVE_INFINITY);
          }
          int token = sampler.choose(logprobs, sampling, new SequenceId(row, 0), t);
          completions[row][t] = token;
          if (lengths[row] == 0 && (vocabulary.ends().contains(token) || t == most - 1)) {
            lengths[row] = t + 1;
          }
        }
      }
      for (int row = 0; row < count; row++) {
        ranges.add(cache, row, prompts.get(row).length + lengths[row] - 1);
        completions[row] = Arrays.copyOf(completions[row], lengths[row]);
      }
    }
    return List.of(completions);
  }

  /** One more token in each row. */
  private void decode(
      List<int[]> prompts, int[][] completions, int t, ForwardPass pass, KvCache cache) {
    pass.clear();
    for (int row = 0; row < prompts.size(); row++) {
      pass.row(completions[row][t - 1], prompts.get(row).length + t - 1, 1);
    }
    pass.run(exact, cache);
  }

  /** Reads excerpts one after the other, again and again, as one text as long as the context. */
  void readOn(List<Excerpt> excerpts) {
    int[] text =
        Stream.generate(() -> excerpts)
            .flatMap(List::stream)
            .flatMapToInt(each -> IntStream.of(each.tokens()))
            .limit(Math.min(graph.config().contextLength(), MOST_TOKENS))
            .toArray();
    try (var cache = new KvCache(graph, 1, text.length);
        var pass = new ForwardPass(graph, 0, Prefill.CHUNK, 1)) {
      new Prefill(text, 1).run(exact, pass, cache, 0);
      ranges.add(cache, 0, text.length);
    }
  }
}
