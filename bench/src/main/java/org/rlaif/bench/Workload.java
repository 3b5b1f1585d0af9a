package org.rlaif.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.rlaif.model.DecoderConfig;

/** Requests, drawn from a seed: the same seed gives the same requests. */
record Workload(List<Asked> requests) {
  /**
   * One request.
   *
   * @param seed of its sampling
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Asked(int[] prompt, int newTokens, long seed) {}

  /** Prompts are random ids, so no two share a beginning that a server could keep. */
  static Workload draw(
      DecoderConfig config, int requests, Lengths prompts, Lengths outputs, long seed) {
    var random = new SplittableRandom(seed);
    List<Asked> drawn = new ArrayList<>(requests);
    for (int i = 0; i < requests; i++) {
      int[] prompt = random.ints(prompts.draw(random), 3, config.vocabularySize()).toArray();
      drawn.add(new Asked(prompt, outputs.draw(random), random.nextLong()));
    }
    return new Workload(drawn);
  }

  List<int[]> prompts() {
    return requests.stream().map(Asked::prompt).toList();
  }

  int newTokens() {
    return requests.stream().mapToInt(Asked::newTokens).sum();
  }

  int longest() {
    return requests.stream().mapToInt(Asked::newTokens).max().orElse(0);
  }

  /** The same requests in groups of that size, in their order; the last may be smaller. */
  List<Workload> batches(int size) {
    List<Workload> batches = new ArrayList<>();
    for (int from = 0; from < requests.size(); from += size) {
      batches.add(new Workload(requests.subList(from, Math.min(from + size, requests.size()))));
    }
    return batches;
  }

  /** Requests of equal lengths; each use has a seed of its own. */
  static Workload equal(
      DecoderConfig config, int requests, int prompt, int output, long seed, long use) {
    return draw(
        config,
        requests,
        new Lengths(prompt, prompt),
        new Lengths(output, output),
        seed * 1_000_003 + use);
  }
}
