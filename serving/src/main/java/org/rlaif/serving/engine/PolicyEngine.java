package org.rlaif.serving.engine;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.Weights;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.decode.Scheduler;
import org.rlaif.serving.graph.CacheScales;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.graph.OnnxRuntime;
import org.rlaif.serving.os.Futures;
import org.rlaif.serving.queue.ModelObserver;
import org.rlaif.serving.queue.PauseMode;
import org.rlaif.serving.queue.PromptGroup;
import org.rlaif.serving.queue.Quota;
import org.rlaif.serving.queue.RequestQueue;
import org.rlaif.serving.queue.SequenceListener;
import org.rlaif.serving.queue.Ticket;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.Vocabulary;
import org.rlaif.serving.score.LogprobPieces;
import org.rlaif.serving.score.Scorer;
import org.rlaif.serving.score.ScoringCounts;
import org.rlaif.serving.score.ScoringRequest;
import org.rlaif.serving.update.LogprobGate;
import org.rlaif.serving.update.QuantizationCheck;
import org.rlaif.serving.update.QuantizationLoss;
import org.rlaif.serving.update.WeightUpdates;
import org.rlaif.serving.weights.LiveWeights;
import org.rlaif.serving.weights.LiveWeights.Lease;
import org.rlaif.serving.weights.WeightLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A policy in service: it samples, tells log-probabilities, and takes new weights. */
public final class PolicyEngine implements ServedModel {
  /** Log-probabilities of completions, one row each, and the weights that gave them. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Logprobs(float[][] rows, long weightsVersion) {}

  private static final Logger LOG = LoggerFactory.getLogger(PolicyEngine.class);

  private final Loaded loaded;
  private final ModelObserver observer;
  private final OnnxRuntime runtime;
  private final int slots;
  private final LiveWeights weights;
  private final Scorer scorer;

  /** Asks sessions with fp32 caches; the same as the other where those serve. */
  private final Scorer exactScorer;

  private final @Nullable QuantizationCheck check;
  private final WeightUpdates updates;
  private final Scheduler scheduler;

  PolicyEngine(
      String name,
      ModelFolder folder,
      OnnxRuntime runtime,
      EngineConfig settings,
      Quantization quantization,
      Calibration calibration,
      LoadingMemory.Share memory,
      Clock clock,
      ModelObserver observer) {
    DecoderConfig config = folder.config().withContext(settings.context());
    int wanted =
        settings.slots() == 0
            ? MemoryEstimate.defaultSlots(config, quantization.kvCache())
            : settings.slots();
    int most = KvCache.mostSlots(config, quantization.kvCache()) - 1; // one is for staging
    UserError.require(
        wanted <= most, "slots", wanted, "at most " + most + " for a model like " + name);
    memory.take(name, MemoryEstimate.of(config, quantization, wanted, settings.scoring().tokens()));
    this.loaded = Loaded.of(name, folder, config, quantization, settings.bytesPerToken());
    this.observer = observer;
    this.runtime = runtime;
    this.slots = wanted;
    var layout = new WeightLayout(config, quantization);
    Weights exact = folder.weights();
    this.check =
        quantization.isNone()
            ? null
            : QuantizationCheck.start(
                runtime,
                layout,
                Vocabulary.of(config, folder.tokenizer()),
                calibration.prompts(loaded),
                exact::get);
    CacheScales scales = check == null ? CacheScales.NONE : check.scales();
    this.weights = new LiveWeights(runtime, layout, scales, exact);
    measureLoss(exact);
    this.scorer = scorer(settings, quantization.kvCache());
    this.exactScorer =
        quantization.kvCache() == Precision.FP32 ? scorer : scorer(settings, Precision.FP32);
    var gate =
        new LogprobGate(
            loaded.rules(), runtime, config, quantization.kvCache(), scorer, exactScorer);
    this.updates =
        new WeightUpdates(name, weights, folder.base().weights(), gate, check, clock, observer);
    this.scheduler =
        new Scheduler(
            name,
            runtime,
            config,
            folder.tokenizer(),
            weights,
            quantization.kvCache(),
            slots,
            new RequestQueue(name, new Quota(name, settings.queue())),
            observer,
            check == null ? (prompt, completion) -> {} : check::served);
  }

  private Scorer scorer(EngineConfig settings, Precision kvCache) {
    return new Scorer(
        loaded.name(),
        runtime,
        config(),
        kvCache,
        weights,
        settings.queue(),
        settings.scoring(),
        observer::broken);
  }

  private void measureLoss(Weights exact) {
    if (check == null) {
      return;
    }
    QuantizationLoss loss;
    try (Lease lease = weights.lease()) {
      loss = check.measure(exact::get, lease.session());
    }
    if (!loss.isFinite()) {
      weights.close();
      throw UserError.expected(loaded.name(), loss, "finite numbers; serve it in fp32");
    }
    LOG.info("{}: {}", loaded.name(), loss);
  }

  @Override
  public @Nullable QuantizationLoss quantizationLoss() {
    return check == null ? null : check.loss();
  }

  /**
   * Samples completions. All sequences are queued, or none; the listener hears of each token, and
   * once of every sequence's end.
   *
   * @param prompts token ids; a prompt's index here is part of its sequences' random streams
   * @param samples completions per prompt
   */
  public Ticket sample(
      List<int[]> prompts, int samples, Sampling sampling, SequenceListener listener) {
    return sample(prompts, samples, sampling, listener, "");
  }

  /**
   * The same for one of several clients, who take turns: prompt by prompt, however many each of
   * them has waiting.
   */
  public Ticket sample(
      List<int[]> prompts,
      int samples,
      Sampling sampling,
      SequenceListener listener,
      String client) {
    UserError.require(!prompts.isEmpty(), "prompts", 0, "at least one");
    UserError.require(samples >= 1, "samples", samples, ">= 1");
    for (int i = 0; i < prompts.size(); i++) {
      loaded.rules().prompt(prompts.size() == 1 ? "prompt" : "prompts[" + i + "]", prompts.get(i));
    }
    loaded.rules().sampling(sampling);
    var ticket = new Ticket(observer);
    var groups = new ArrayList<PromptGroup>(prompts.size());
    for (int i = 0; i < prompts.size(); i++) {
      groups.add(new PromptGroup(prompts.get(i), i, samples, sampling, listener, ticket, client));
    }
    scheduler.line().add(groups);
    return ticket;
  }

  /**
   * Log-probabilities of given completions of one prompt, at a temperature, over the full
   * vocabulary; waits for them.
   */
  public Logprobs logprobs(
      int[] prompt, List<int[]> completions, double temperature, BooleanSupplier cancelled) {
    return Futures.await(logprobs(prompt, completions, temperature, cancelled, ""));
  }

  /**
   * The same for one of several clients, who take turns, without waiting. All completions are
   * queued, or none.
   *
   * @param cancelled asked now and then; what is left is not computed then, and the answer a {@link
   *     Refusal}
   */
  public CompletableFuture<Logprobs> logprobs(
      int[] prompt,
      List<int[]> completions,
      double temperature,
      BooleanSupplier cancelled,
      String client) {
    UserError.require(
        temperature >= 0.01 && temperature <= 100, "temperature", temperature, "from 0.01 to 100");
    UserError.require(!completions.isEmpty(), "completions", 0, "at least one");
    loaded.rules().prompt("prompt", prompt);
    for (int i = 0; i < completions.size(); i++) {
      loaded.rules().completion("completions[" + i + "]", prompt, completions.get(i));
    }
    var request = new ScoringRequest(client, cancelled);
    float[][] rows = LogprobPieces.add(request, prompt, completions, temperature);
    scorer.submit(request);
    return request.answer().thenApply(version -> new Logprobs(rows, version));
  }

  /** What computes. */
  public ComputeConfig compute() {
    return runtime.compute();
  }

  OnnxRuntime runtime() {
    return runtime;
  }

  /** The weights that serve now. */
  Lease lease() {
    return weights.lease();
  }

  @Override
  public Loaded loaded() {
    return loaded;
  }

  @Override
  public WeightUpdates updates() {
    return updates;
  }

  @Override
  public long weightsVersion() {
    return weights.version();
  }

  @Override
  public void awaitWeights(long minimum, Duration patience, BooleanSupplier cancelled) {
    weights.await(loaded.name(), minimum, patience, cancelled);
  }

  @Override
  public int slots() {
    return slots;
  }

  /**
   * Stops sampling until {@link #resume}; returns when it has stopped as the mode says. Requests
   * are still taken and wait; log-probabilities and weight updates go on.
   */
  public void pause(PauseMode mode, BooleanSupplier cancelled) {
    scheduler.line().pause(mode, cancelled);
  }

  /** Samples again; without effect if it was not paused. */
  public void resume() {
    scheduler.line().resume();
  }

  @Override
  public int liveSequences() {
    return scheduler.line().load().live();
  }

  @Override
  public int cachedTokens() {
    return scheduler.line().load().cached();
  }

  @Override
  public int waitingSequences() {
    return scheduler.line().load().waiting();
  }

  @Override
  public @Nullable PauseMode paused() {
    return scheduler.line().paused();
  }

  @Override
  public void stopWaiting() {
    weights.stopWaiting();
    scheduler.line().stopPaused();
  }

  @Override
  public ScoringCounts scoring() {
    return scorer.counts();
  }

  @Override
  public void close(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    weights.stopWaiting();
    try {
      scheduler.line().awaitIdle(patience.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    scheduler.close();
    updates.close();
    scorer.close(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    if (exactScorer != scorer) {
      exactScorer.close(Duration.ZERO);
    }
    if (check != null) {
      check.close();
    }
    weights.close();
  }
}
