package org.rlaif.serving.queue;

import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.SequenceId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The samples of one prompt: it is computed once and copied for each of them. */
public final class PromptGroup {
  private static final Logger LOG = LoggerFactory.getLogger(PromptGroup.class);

  public final int[] prompt;
  final int promptIndex;
  final int samples;
  public final Sampling sampling;
  public final SequenceListener listener;
  public final Ticket ticket;

  /** Who asked; clients take turns. */
  final String client;

  /** When its prompt left the queue, by {@link System#nanoTime}; of the scheduler's thread. */
  private long begun;

  /** How many of the samples have got a row. */
  private int started;

  public PromptGroup(
      int[] prompt,
      int promptIndex,
      int samples,
      Sampling sampling,
      SequenceListener listener,
      Ticket ticket,
      String client) {
    this.prompt = prompt;
    this.promptIndex = promptIndex;
    this.samples = samples;
    this.sampling = sampling;
    this.listener = listener;
    this.ticket = ticket;
    this.client = client;
  }

  void begin() {
    begun = System.nanoTime();
  }

  public long begun() {
    return begun;
  }

  public boolean isStarted() {
    return started == samples;
  }

  public int waiting() {
    return samples - started;
  }

  public SequenceId next() {
    return new SequenceId(promptIndex, started++);
  }

  /** Fails the samples that have no row yet. */
  public void fail(Throwable cause) {
    while (!isStarted()) {
      tellFailed(next(), cause);
    }
  }

  /** A listener's own failure is its problem and nobody else's. */
  public void tellFailed(SequenceId id, Throwable cause) {
    ticket.observer.failed(cause);
    try {
      listener.onFailed(id, cause);
    } catch (RuntimeException e) {
      LOG.warn("the listener of sequence {} failed", id, e);
    }
  }
}
