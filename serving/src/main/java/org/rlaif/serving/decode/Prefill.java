package org.rlaif.serving.decode;

import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.graph.DecoderSession;
import org.rlaif.serving.graph.KvCache;

/**
 * Feeds a sequence to a slot, chunk by chunk. Its numbers are the same bits however it is cut, as
 * long as no token is left alone: attention computes a single one with another kernel.
 */
public final class Prefill {
  /** Most tokens per run. */
  public static final int CHUNK = 128;

  /** Most tokens of several prompts in one run, padding included; {@link #together}. */
  static final int TOGETHER = 512;

  /** Numbers of attention in one run, at most, if several prompts share it. */
  private static final int MOST_ATTENTION = 1 << 24;

  /** Tokens per run where many wait for it: they cost about a third of a decode step of 32 rows. */
  public static final int PIECE = 48;

  private final int[] sequence;
  private final double temperature;
  private int done;
  private int next;
  private int output;

  public Prefill(int[] sequence, double temperature) {
    this.sequence = sequence;
    this.temperature = temperature;
  }

  /** Most tokens of several prompts of a model: fewer where long slots make attention large. */
  static int together(DecoderConfig config) {
    int each = config.attention().heads() * config.contextLength(); // of one token
    return Math.min(TOGETHER, MOST_ATTENTION / each);
  }

  public boolean isDone() {
    return done == sequence.length;
  }

  /**
   * Puts the next chunk into a pass, with a head at the sequence's end; {@link #ran} comes next.
   *
   * @param most tokens, from 3 to {@link #CHUNK}
   */
  public void put(ForwardPass pass, int slot, int most) {
    next = Math.min(done + most, sequence.length);
    if (sequence.length - next == 1) {
      next--; // leaves two
    }
    pass.chunk(slot, sequence, done, next);
    if (next == sequence.length) {
      output = pass.chunkHead(next - 1, 0, temperature);
    }
  }

  /**
   * All of it is put into a pass beside others; {@link #ran} comes next.
   *
   * @param output its number
   */
  void together(int output) {
    next = sequence.length;
    this.output = output;
  }

  /** Tokens that were put into the pass and have not run yet. */
  int underWay() {
    return next - done;
  }

  /** The pass has run. */
  public void ran() {
    done = next;
  }

  /** Number of the pass's output that belongs to the sequence's end, once it is done. */
  public int output() {
    return output;
  }

  /** Runs all of it with nothing else in the passes; the last one holds the output. */
  public void run(DecoderSession session, ForwardPass pass, KvCache cache, int slot) {
    while (!isDone()) {
      pass.clear();
      put(pass, slot, CHUNK);
      pass.run(session, cache);
      ran();
    }
  }
}
