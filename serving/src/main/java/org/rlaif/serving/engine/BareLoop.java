package org.rlaif.serving.engine;

import java.util.List;
import org.rlaif.serving.decode.ForwardPass;
import org.rlaif.serving.decode.Prefill;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.weights.LiveWeights.Lease;

/**
 * What the engine is measured against: a loop over its graph, its session and its kind of cache,
 * with nothing around it. Prompts are computed one after the other, then all rows decode together
 * until the longest is done; the next token is the most likely one. Used by one thread.
 */
public final class BareLoop implements AutoCloseable {
  /**
   * How long it took.
   *
   * @param steps decode steps; the first token of every row comes from its prompt
   */
  public record Timing(long prefillNanos, long decodeNanos, int steps) {}

  private final PolicyEngine engine;
  private final int batch;
  private final KvCache cache;
  private final ForwardPass pass;
  private final float[] distribution;

  /**
   * @param engine whose session is used; it should be idle meanwhile
   * @param batch most rows
   */
  public BareLoop(PolicyEngine engine, int batch) {
    this(engine, batch, engine.config().contextLength());
  }

  /** With room for {@code tokens} tokens per row. */
  public BareLoop(PolicyEngine engine, int batch, int tokens) {
    this.engine = engine;
    this.batch = batch;
    this.cache = new KvCache(engine.graph(), batch, tokens);
    this.pass = new ForwardPass(engine.graph(), batch, Prefill.CHUNK, batch);
    this.distribution = new float[engine.config().vocabularySize()];
  }

  /**
   * A static batch: every row is computed until the longest has its tokens.
   *
   * @param prompts at most the batch
   * @param newTokens of the longest row
   */
  public Timing run(List<int[]> prompts, int newTokens) {
    int rows = prompts.size();
    if (rows < 1 || rows > batch || newTokens < 1) {
      throw new IllegalArgumentException(rows + " rows of " + newTokens + ", batch " + batch);
    }
    var tokens = new int[rows];
    try (Lease lease = engine.lease()) {
      long start = System.nanoTime();
      for (int row = 0; row < rows; row++) {
        var prefill = new Prefill(prompts.get(row), 1);
        prefill.run(lease.session(), pass, cache, row);
        tokens[row] = mostLikely(prefill.output());
      }
      long decoding = System.nanoTime();
      for (int step = 0; step < newTokens - 1; step++) {
        pass.clear();
        for (int row = 0; row < rows; row++) {
          pass.row(tokens[row], prompts.get(row).length + step, 1);
        }
        pass.run(lease.session(), cache);
        for (int row = 0; row < rows; row++) {
          tokens[row] = mostLikely(row);
        }
      }
      return new Timing(decoding - start, System.nanoTime() - decoding, newTokens - 1);
    }
  }

  private int mostLikely(int output) {
    pass.logprobs(output, distribution);
    int best = 0;
    for (int id = 1; id < distribution.length; id++) {
      if (distribution[id] > distribution[best]) {
        best = id;
      }
    }
    return best;
  }

  @Override
  public void close() {
    pass.close();
    cache.close();
  }
}
