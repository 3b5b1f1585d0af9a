package org.rlaif.serving.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.decode.Scheduler;
import org.rlaif.serving.graph.CacheScales;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.graph.KvCache;
import org.rlaif.serving.os.Futures;
import org.rlaif.serving.queue.ModelObserver;
import org.rlaif.serving.queue.PauseMode;
import org.rlaif.serving.queue.PromptGroup;
import org.rlaif.serving.queue.RequestQueue;
import org.rlaif.serving.queue.SequenceListener;
import org.rlaif.serving.queue.Ticket;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.Vocabulary;
import org.rlaif.serving.score.LogprobPieces;
import org.rlaif.serving.score.Scorer;
import org.rlaif.serving.score.ScoringRequest;
import org.rlaif.serving.update.LogprobGate;
import org.rlaif.serving.update.QuantizationCheck;
import org.rlaif.serving.update.QuantizationLoss;
import org.rlaif.serving.weights.LiveWeights;
import org.rlaif.serving.weights.LiveWeights.Lease;
import org.rlaif.serving.weights.WeightLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A policy in service: it samples, tells log-probabilities, and takes new weights. */
public final class PolicyEngine extends ServedModel {
  /** Log-probabilities of completions, one row each, and the weights that gave them. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Logprobs(float[][] rows, long weightsVersion) {}

  private static final Logger LOG = LoggerFactory.getLogger(PolicyEngine.class);

  private final Scheduler scheduler;
  private final int slots;

  /** Asks sessions with fp32 caches: the scorer itself where those serve. */
  private final Scorer exactScorer;

  private final @Nullable QuantizationCheck check;
  private final ModelObserver observer;

  private PolicyEngine(
      Parts parts,
      Scheduler scheduler,
      int slots,
      Scorer exactScorer,
      @Nullable QuantizationCheck check,
      ModelObserver observer) {
    super(parts);
    this.scheduler = scheduler;
    this.slots = slots;
    this.exactScorer = exactScorer;
    this.check = check;
    this.observer = observer;
  }

  static PolicyEngine load(Loading loading, Quantization quantization, Calibration calibration) {
    DecoderConfig config = loading.config();
    var graph = new GraphSpec(loading.runtime(), config, quantization.kvCache());
    int slots = slots(loading, graph);
    Loaded loaded = loading.loaded(quantization, slots);
    QuantizationCheck check =
        quantization.isNone()
            ? null
            : QuantizationCheck.start(
                loading.runtime(),
                new WeightLayout(config, quantization),
                Vocabulary.of(config, loaded.tokenizer()),
                calibration.prompts(loaded),
                loading.folder().weights()::get);
    LiveWeights weights =
        loading.weights(quantization, check == null ? CacheScales.NONE : check.scales());
    if (check != null) {
      measureLoss(loading, check, weights);
    }
    Scorer scorer = loading.scorer(graph, weights);
    Scorer exact = graph.equals(graph.exact()) ? scorer : loading.scorer(graph.exact(), weights);
    var gate = new LogprobGate(loaded.rules(), scorer, exact);
    var scheduler =
        new Scheduler(
            graph,
            loaded.tokenizer(),
            weights,
            slots,
            new RequestQueue(loading.quota()),
            loading.observer(),
            check == null ? (prompt, completion) -> {} : check::served);
    var parts = new Parts(loaded, weights, scorer, loading.updates(weights, gate, check));
    return new PolicyEngine(parts, scheduler, slots, exact, check, loading.observer());
  }

  private static int slots(Loading loading, GraphSpec graph) {
    int asked = loading.settings().slots();
    int slots = asked == 0 ? MemoryEstimate.defaultSlots(graph.config(), graph.kvCache()) : asked;
    int most = KvCache.mostSlots(graph.config(), graph.kvCache()) - 1; // one is for staging
    UserError.require(
        slots <= most, "slots", slots, "at most " + most + " for a model like " + loading.name());
    return slots;
  }

  private static void measureLoss(Loading loading, QuantizationCheck check, LiveWeights weights) {
    QuantizationLoss loss;
    try (Lease lease = weights.lease()) {
      loss = check.measure(loading.folder().weights()::get, lease.session());
    }
    if (!loss.isFinite()) {
      weights.close();
      throw UserError.expected(loading.name(), loss, "finite numbers; serve it in fp32");
    }
    LOG.info("{}: {}", loading.name(), loss);
  }

  /** What the weights that serve lose by being quantised; null: they are not. */
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
   * For one of several clients, who take turns: prompt by prompt, however many each of them has
   * waiting.
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
      loaded()
          .rules()
          .prompt(prompts.size() == 1 ? "prompt" : "prompts[" + i + "]", prompts.get(i));
    }
    loaded().rules().sampling(sampling);
    var ticket = new Ticket(observer);
    var groups = new ArrayList<PromptGroup>(prompts.size());
    for (int i = 0; i < prompts.size(); i++) {
      groups.add(new PromptGroup(prompts.get(i), i, samples, sampling, listener, ticket, client));
    }
    scheduler.queue().add(groups);
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
   * For one of several clients, who take turns, without waiting. All completions are queued, or
   * none.
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
    loaded().rules().prompt("prompt", prompt);
    for (int i = 0; i < completions.size(); i++) {
      loaded().rules().completion("completions[" + i + "]", prompt, completions.get(i));
    }
    var request = new ScoringRequest(client, cancelled);
    float[][] rows = LogprobPieces.add(request, prompt, completions, temperature);
    scorer().submit(request);
    return request.answer().thenApply(version -> new Logprobs(rows, version));
  }

  /** What computes. */
  public ComputeConfig compute() {
    return graph().runtime().compute();
  }

  /** Sequences that decode at the same time. */
  public int slots() {
    return slots;
  }

  @Override
  public Footprint footprint() {
    return Footprint.of(config(), quantization(), slots);
  }

  /**
   * Stops sampling until {@link #resume}; returns when it has stopped as the mode says. Requests
   * are still taken and wait; log-probabilities and weight updates go on.
   */
  public void pause(PauseMode mode, BooleanSupplier cancelled) {
    scheduler.queue().pause(mode, cancelled);
  }

  /** Samples again; without effect if it was not paused. */
  public void resume() {
    scheduler.queue().resume();
  }

  /** Sequences that are sampled now. */
  public int liveSequences() {
    return scheduler.queue().load().live();
  }

  /** Tokens that the slots of live sequences hold. */
  public int cachedTokens() {
    return scheduler.queue().load().cached();
  }

  /** Sequences that wait for a slot. */
  public int waitingSequences() {
    return scheduler.queue().load().waiting();
  }

  /** Null: it is not paused. */
  public @Nullable PauseMode paused() {
    return scheduler.queue().paused();
  }

  @Override
  public void stopWaiting() {
    super.stopWaiting();
    scheduler.queue().stopPaused();
  }

  @Override
  public void close(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    super.stopWaiting();
    try {
      scheduler.queue().awaitIdle(patience.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    scheduler.close();
    super.close(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
  }

  @Override
  void closeRest() {
    if (exactScorer != scorer()) {
      exactScorer.close(Duration.ZERO);
    }
    if (check != null) {
      check.close();
    }
  }
}
