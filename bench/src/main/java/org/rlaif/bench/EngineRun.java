package org.rlaif.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.rlaif.bench.Workload.Asked;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.queue.SequenceListener;
import org.rlaif.serving.queue.Ticket;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.SequenceId;
import org.rlaif.serving.sampling.TokenDetails;

/** Requests that are handed to the engine itself, without any transport. */
final class EngineRun {
  /** Traces of one request's samples. Called by the engine's thread alone. */
  private record Listener(List<Trace> samples, CountDownLatch open, boolean followsTokens)
      implements SequenceListener {
    @Override
    public void onToken(SequenceId id, int token, float logprob, @Nullable TokenDetails details) {
      samples.get(id.sample()).token(System.nanoTime());
    }

    @Override
    public void onFinished(SequenceId id, Completion completion) {
      samples.get(id.sample()).end(System.nanoTime());
      open.countDown();
    }

    @Override
    public void onFailed(SequenceId id, Throwable cause) {
      samples.get(id.sample()).fail(cause, System.nanoTime());
      open.countDown();
    }
  }

  private final List<Trace> traces = new ArrayList<>();
  private final List<Ticket> tickets = new ArrayList<>();
  private final CountDownLatch open;

  private EngineRun(int sequences) {
    this.open = new CountDownLatch(sequences);
  }

  /** Hands over all requests at once, as streams that are followed token by token. */
  static EngineRun start(PolicyEngine engine, Workload workload, int samples, double temperature) {
    return start(engine, workload, samples, temperature, true);
  }

  private static EngineRun start(
      PolicyEngine engine, Workload workload, int samples, double temperature, boolean followed) {
    var run = new EngineRun(workload.requests().size() * samples);
    long sent = System.nanoTime();
    for (Asked asked : workload.requests()) {
      List<Trace> mine = new ArrayList<>(samples);
      for (int i = 0; i < samples; i++) {
        mine.add(new Trace(sent, asked.newTokens()));
      }
      run.traces.addAll(mine);
      Sampling sampling = Sampling.of(temperature, asked.newTokens(), asked.seed());
      run.tickets.add(
          engine.sample(
              List.of(asked.prompt()), samples, sampling, new Listener(mine, run.open, followed)));
    }
    return run;
  }

  /** Hands over all requests as a batch of rollouts and waits; a failure of one is thrown. */
  static List<Trace> whole(PolicyEngine engine, Workload workload, int samples, double temperature)
      throws InterruptedException {
    List<Trace> traces = start(engine, workload, samples, temperature, false).await();
    Failures.throwFirst(traces);
    return traces;
  }

  /** Waits until every sequence has ended, one way or the other. */
  List<Trace> await() throws InterruptedException {
    open.await();
    return traces;
  }

  void awaitAllStarted() throws InterruptedException {
    for (Trace trace : traces) {
      trace.awaitFirst();
    }
  }

  /** Waits until the first sequence has that many more tokens; false if it ends before. */
  boolean awaitTokens(int more) throws InterruptedException {
    Trace first = traces.get(0);
    int wanted = first.tokens() + more;
    while (first.tokens() < wanted) {
      if (open.getCount() < traces.size()) {
        return false;
      }
      Thread.sleep(1);
    }
    return true;
  }

  Trace trace(int sequence) {
    return traces.get(sequence);
  }

  void cancel(int request) {
    tickets.get(request).cancel();
  }

  void cancelAll() {
    tickets.forEach(Ticket::cancel);
  }
}
