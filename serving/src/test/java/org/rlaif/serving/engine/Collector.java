package org.rlaif.serving.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.queue.SequenceListener;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.SequenceId;
import org.rlaif.serving.sampling.TokenDetails;

/** Gathers what a request's sequences become. */
public class Collector implements SequenceListener {
  private final CountDownLatch open;
  private final Map<SequenceId, Completion> finished = new ConcurrentHashMap<>();
  private final Map<SequenceId, Throwable> failed = new ConcurrentHashMap<>();
  private final Map<SequenceId, List<Integer>> told = new ConcurrentHashMap<>();

  public Collector(int sequences) {
    open = new CountDownLatch(sequences);
  }

  /** Samples and waits. */
  public static Map<SequenceId, Completion> sample(
      PolicyEngine engine, List<int[]> prompts, int samples, Sampling sampling) {
    var collector = new Collector(prompts.size() * samples);
    engine.sample(prompts, samples, sampling, collector);
    return collector.completions();
  }

  @Override
  public void onToken(SequenceId id, int token, float logprob, @Nullable TokenDetails details) {
    told.computeIfAbsent(id, key -> new ArrayList<>()).add(token);
  }

  @Override
  public void onFinished(SequenceId id, Completion completion) {
    finished.put(id, completion);
    open.countDown();
  }

  @Override
  public void onFailed(SequenceId id, Throwable cause) {
    failed.put(id, cause);
    open.countDown();
  }

  public List<Integer> told(SequenceId id) {
    return told.getOrDefault(id, List.of());
  }

  private void await() {
    await(open);
  }

  static void await(CountDownLatch latch) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new AssertionError(latch.getCount() + " still missing after 60 s");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  Map<SequenceId, Throwable> failures() {
    await();
    return failed;
  }

  public Map<SequenceId, Completion> completions() {
    await();
    if (!failed.isEmpty()) {
      throw new AssertionError("failed: " + failed, failed.values().iterator().next());
    }
    return finished;
  }
}
