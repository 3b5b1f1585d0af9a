package org.rlaif.judge.language;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.rlaif.kit.UserError;

/** Threads that ask a language model, as many at a time as is worth it. */
public final class Askers implements AutoCloseable {
  /** For answers that are under way, and perhaps paid for, when a question beside them fails. */
  private static final long CLOSING_SECONDS = 10;

  private final LanguageModel model;
  private final ExecutorService pool;

  /** They do not close the model. */
  public Askers(LanguageModel model) {
    this.model = model;
    this.pool =
        Executors.newFixedThreadPool(
            model.atATime(),
            task -> {
              Thread thread = new Thread(task, "judge");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * What comes of each, in their order.
   *
   * @throws UserError that one of them has ended with, and how to go on
   */
  public <Q, A> List<A> all(List<Q> questions, Function<Q, A> asking) {
    List<Future<A>> pending = new ArrayList<>(questions.size());
    for (Q question : questions) {
      pending.add(pool.submit(() -> asking.apply(question)));
    }
    try {
      List<A> answers = new ArrayList<>(pending.size());
      for (Future<A> each : pending) {
        answers.add(each.get());
      }
      return answers;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UserError mistake) {
        throw new UserError(mistake.getMessage() + model.toGoOn(), mistake);
      }
      throw new IllegalStateException("the judge " + model.name() + " failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + model.name(), e);
    } finally {
      pending.forEach(each -> each.cancel(false)); // after a failure there is no need for the rest
    }
  }

  /** Waits a little for what is under way, so that an answer that comes is kept. */
  @Override
  public void close() {
    pool.shutdown();
    try {
      pool.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pool.shutdownNow();
  }
}
