package org.rlaif.serving.decode;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.google.common.util.concurrent.Uninterruptibles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.sampling.LogitRules;
import org.rlaif.serving.sampling.Sampler;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.TokenDetails;
import org.rlaif.serving.sampling.Vocabulary;

/**
 * Draws the next tokens of many rows, side by side while the graph's threads have nothing to do. A
 * draw depends on its row alone, so that it does not matter who makes it.
 */
final class Samplers implements AutoCloseable {
  /** Numbers below which waking another thread takes longer than it saves. */
  private static final int WORTH_SHARING = 1 << 18;

  /** Where the distribution of every row is read. */
  interface Distributions {
    void logprobs(int row, float[] into);

    /** See {@link ForwardPass#normaliser}; asked for only where the rules of a row need it. */
    double normaliser(int row, float[] logprobs);
  }

  /**
   * A row's next token, or why there is none.
   *
   * @param details what was wanted beyond the log-probability; null if nothing was
   */
  record Draw(
      int token,
      float logprob,
      @Nullable TokenDetails details,
      @Nullable RuntimeException failure) {}

  /** One thread's memory. */
  @SuppressWarnings("ArrayRecordComponent") // written, never compared
  private record Worker(Sampler sampler, float[] distribution) {}

  private final int vocabularySize;
  private final List<Worker> workers = new ArrayList<>();
  private final ExecutorService helpers;

  Samplers(String model, Vocabulary vocabulary, int threads) {
    this.vocabularySize = vocabulary.size();
    for (int i = 0; i < threads; i++) {
      workers.add(new Worker(new Sampler(vocabulary), new float[vocabulary.size()]));
    }
    this.helpers =
        Executors.newFixedThreadPool(
            Math.max(1, threads - 1),
            new ThreadFactoryBuilder()
                .setNameFormat("rlaif-sample-" + model)
                .setDaemon(true)
                .build());
  }

  /** One token for each of these rows. */
  Draw[] draw(List<Row> rows, Distributions distributions) {
    var draws = new Draw[rows.size()];
    var next = new AtomicInteger();
    int crew = rows.size() * vocabularySize < WORTH_SHARING ? 1 : workers.size();
    List<Future<?>> others = new ArrayList<>();
    for (Worker worker : workers.subList(1, crew)) {
      others.add(helpers.submit(() -> drawSome(worker, rows, distributions, next, draws)));
    }
    drawSome(workers.get(0), rows, distributions, next, draws);
    others.forEach(Samplers::join);
    return draws;
  }

  private static void drawSome(
      Worker worker,
      List<Row> rows,
      Distributions distributions,
      AtomicInteger next,
      Draw[] draws) {
    for (int row = next.getAndIncrement(); row < draws.length; row = next.getAndIncrement()) {
      draws[row] = draw(worker, rows.get(row), row, distributions);
    }
  }

  private static Draw draw(Worker worker, Row row, int index, Distributions distributions) {
    Sampling sampling = row.group.sampling;
    float[] logprobs = worker.distribution();
    try {
      distributions.logprobs(index, logprobs);
      double normaliser =
          LogitRules.needNormaliser(sampling) ? distributions.normaliser(index, logprobs) : 0;
      int token =
          worker
              .sampler()
              .choose(logprobs, normaliser, row.rules, sampling, row.id, row.position());
      TokenDetails details =
          sampling.details().isNothing()
              ? null
              : worker.sampler().details(logprobs, token, sampling);
      return new Draw(token, logprobs[token], details, null);
    } catch (RuntimeException e) {
      return new Draw(-1, Float.NaN, null, e);
    }
  }

  /** Returns when the helper has made its draws, which takes no more than the caller's own. */
  private static void join(Future<?> helper) {
    try {
      Uninterruptibles.getUninterruptibly(helper); // rows must not go on while a helper reads them
    } catch (ExecutionException e) {
      throw new IllegalStateException("a draw failed: " + e.getCause(), e.getCause());
    }
  }

  @Override
  public void close() {
    helpers.shutdownNow();
  }
}
