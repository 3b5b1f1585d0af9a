package org.rlaif.serving.bench;

import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.TensorSpec;
import org.rlaif.serving.bench.Bench.Found;
import org.rlaif.serving.bench.Section.Row;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.engine.QuantizationLoss;
import org.rlaif.v1.CommitUpdateRequest.Probe;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LogprobsResponse.Completion;

/**
 * All weights are published again and again while streams are under way: what the streams notice.
 */
final class Swaps {
  private static final float THRESHOLD = 1e-3f;

  /** The gate judges in fp32, the probe comes from what serves: that many times the usual loss. */
  private static final double LOSSES = 10;

  private final Settings settings;
  private final PolicyEngine engine;
  private final Caller streams;
  private final Caller publisher;

  /**
   * @param streams asks for tokens
   * @param publisher hands over weights, in the same process
   */
  Swaps(Settings settings, PolicyEngine engine, Caller streams, Caller publisher) {
    this.settings = settings;
    this.engine = engine;
    this.streams = streams;
    this.publisher = publisher;
  }

  void measure(Found into) throws InterruptedException {
    Map<String, ByteBuffer> tensors = tensors();
    List<Probe> probes = List.of(probe());
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      List<Trace> alone = streams(500);
      Future<List<Trace>> under = pool.submit(() -> streams(600));
      var swaps = new Latency();
      int count = 0;
      double failedSwaps = 0;
      do {
        TimeUnit.NANOSECONDS.sleep((long) (settings.swapSeconds() * 1e9));
        long start = System.nanoTime();
        try {
          publisher.client().publish(publisher.model(), tensors, probes, threshold());
          swaps.record(System.nanoTime() - start);
        } catch (StatusRuntimeException e) {
          failedSwaps++;
        }
        count++;
      } while (!under.isDone());
      report(into, alone, under.get(), swaps, count, failedSwaps);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the streams failed: " + e.getCause(), e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private float threshold() {
    QuantizationLoss loss = engine.quantizationLoss();
    return loss == null ? THRESHOLD : THRESHOLD + (float) (LOSSES * loss.maxAbsDifference());
  }

  private List<Trace> streams(long use) throws InterruptedException {
    Workload rows =
        Bench.equal(
            engine.config(),
            settings.batch(),
            settings.mixedPrompt(),
            settings.steadyTokens(),
            settings.seed(),
            use);
    return LoadGenerator.closed(streams, rows, settings.batch());
  }

  private void report(
      Found into, List<Trace> alone, List<Trace> under, Latency swaps, int count, double failed) {
    Latency before = gaps(alone);
    Latency during = gaps(under);
    var quiet = figures(alone, before);
    var swapped = figures(under, during);
    swapped.put("swaps", (double) count);
    swapped.put("failedSwaps", failed);
    double lost = failed + swapped.getOrDefault("failed", 0.0);
    swaps.into(swapped, "swap");
    double pause = during.max() - before.percentile(50);
    quiet.put("pauseMs", before.max() - before.percentile(50));
    swapped.put("pauseMs", pause);
    into.sections()
        .add(
            new Section(
                "swaps",
                "%d streams of %d tokens; all weights published again every %s s"
                    .formatted(settings.batch(), settings.steadyTokens(), settings.swapSeconds()),
                List.of(new Row("without", quiet), new Row("with swaps", swapped))));
    into.targets().add(Target.atMost("failed requests and swaps during swaps", lost, 0));
    into.targets()
        .add(Target.atMost("longest pause beyond a decode step during swaps, ms", pause, 50));
  }

  private static Latency gaps(List<Trace> traces) {
    Failures.throwFirst(traces.stream().filter(trace -> trace.tokens() == 0).toList());
    return Figures.gaps(traces, Figures.allStarted(traces), Figures.firstDone(traces));
  }

  private static Map<String, Double> figures(List<Trace> traces, Latency gaps) {
    var figures = new LinkedHashMap<String, Double>();
    long failed = traces.stream().filter(trace -> trace.failure() != null).count();
    figures.put("failed", (double) failed);
    figures.put("tokensPerSecond", Figures.tokensPerSecond(traces));
    gaps.into(figures, "itl");
    figures.put("itlMsMax", gaps.max());
    return figures;
  }

  /** The served folder's weights once more. */
  private Map<String, ByteBuffer> tensors() {
    var tensors = new LinkedHashMap<String, ByteBuffer>();
    try (ModelFolder folder = ModelFolder.open(engine.folder())) {
      for (TensorSpec spec : folder.weights().specs()) {
        int bytes = Math.toIntExact(spec.elements() * Float.BYTES);
        ByteBuffer copy = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
        copy.asFloatBuffer().put(folder.weights().get(spec.name()));
        tensors.put(spec.name(), copy);
      }
    }
    return tensors;
  }

  private Probe probe() {
    List<int[]> drawn =
        new ArrayList<>(Bench.equal(engine.config(), 2, 8, 1, settings.seed(), 700).prompts());
    Completion found =
        publisher
            .client()
            .logprobs(
                LogprobsRequest.newBuilder()
                    .setModel(publisher.model())
                    .setPrompt(RlaifClient.tokens(drawn.get(0)))
                    .addCompletions(RlaifClient.tokens(drawn.get(1)))
                    .build())
            .getCompletions(0);
    UserError.require(found.getLogprobsCount() > 0, "probe", 0, "log-probabilities");
    Probe.Builder probe = Probe.newBuilder().addAllCompletionTokenIds(found.getTokenIdsList());
    for (int id : drawn.get(0)) {
      probe.addPromptTokenIds(id);
    }
    return probe.addAllLogprobs(found.getLogprobsList()).build();
  }
}
