package org.rlaif.serving.engine;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.engine.Pass.Output;

/**
 * Log-probabilities of given completions. The prompt is computed once; every completion is then run
 * behind it, over the one before. Used by one thread at a time.
 */
final class LogprobScorer implements AutoCloseable {
  private static final int SLOT = 0;

  private final DecoderConfig config;
  private final KvCache cache;
  private final Pass promptPass;
  private final Pass completionPass;

  LogprobScorer(OnnxRuntime runtime, DecoderConfig config) {
    this.config = config;
    this.cache = new KvCache(runtime, config, 1);
    this.promptPass = new Pass(runtime, config, 0, Prefill.CHUNK, 1, Output.LOGPROBS);
    this.completionPass = new Pass(runtime, config, 0, Prefill.CHUNK, Prefill.CHUNK, Output.CHOSEN);
  }

  /** One row per completion, one number per token, at this temperature. */
  float[][] score(
      DecoderSession session,
      int[] prompt,
      List<int[]> completions,
      double temperature,
      BooleanSupplier cancelled) {
    var prefill = new Prefill(prompt, temperature);
    prefill.run(session, promptPass, cache, SLOT, () -> Refusal.ifCancelled(cancelled));
    var first = new float[config.vocabularySize()]; // after the prompt
    promptPass.logprobs(prefill.output(), first);
    var logprobs = new float[completions.size()][];
    for (int i = 0; i < logprobs.length; i++) {
      int[] completion = completions.get(i);
      logprobs[i] = new float[completion.length];
      logprobs[i][0] = first[completion[0]];
      for (int from = 0; from < completion.length - 1; from += Prefill.CHUNK) {
        Refusal.ifCancelled(cancelled);
        int to = Math.min(from + Prefill.CHUNK, completion.length - 1);
        behind(session, prompt, completion, from, to, temperature, logprobs[i]);
      }
    }
    return logprobs;
  }

  /** Runs tokens from..to - 1 of a completion, which predict from + 1..to. */
  private void behind(
      DecoderSession session,
      int[] prompt,
      int[] completion,
      int from,
      int to,
      double temperature,
      float[] logprobs) {
    var sequence = new int[prompt.length + to];
    System.arraycopy(completion, 0, sequence, prompt.length, to);
    completionPass.clear();
    completionPass.chunk(SLOT, sequence, prompt.length + from, prompt.length + to);
    for (int t = from; t < to; t++) {
      completionPass.chunkHead(prompt.length + t, completion[t + 1], temperature);
    }
    completionPass.run(session, cache);
    for (int t = from; t < to; t++) {
      logprobs[t + 1] = completionPass.number(t - from);
    }
  }

  static long bytes(DecoderConfig config) {
    return KvCache.bytes(config, 1) + Pass.bytes(config, 1, Output.LOGPROBS);
  }

  @Override
  public void close() {
    promptPass.close();
    completionPass.close();
    cache.close();
  }
}
