package org.rlaif.serving.engine;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.graph.CacheScales;
import org.rlaif.serving.graph.OnnxRuntime;
import org.rlaif.serving.os.Futures;
import org.rlaif.serving.queue.ModelObserver;
import org.rlaif.serving.score.Scorer;
import org.rlaif.serving.score.ScoringCounts;
import org.rlaif.serving.score.ScoringItem;
import org.rlaif.serving.score.ScoringRequest;
import org.rlaif.serving.update.ScoreGate;
import org.rlaif.serving.update.WeightUpdates;
import org.rlaif.serving.weights.LiveWeights;
import org.rlaif.serving.weights.WeightLayout;

/**
 * A reward model in service. Whatever is asked at the same time shares runs of the graph; a score
 * is the same bits whoever shares them.
 */
public final class RewardEngine implements ServedModel {
  /** One score per item, less the model's mean and divided by its standard deviation. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Scores(float[] scores, long weightsVersion) {}

  private final Loaded loaded;
  private final OnnxRuntime runtime;
  private final ModelFolder folder;
  private final LiveWeights weights;
  private final Scorer scorer;
  private final WeightUpdates updates;

  RewardEngine(
      String name,
      ModelFolder folder,
      OnnxRuntime runtime,
      EngineConfig settings,
      LoadingMemory.Share memory,
      Clock clock,
      ModelObserver observer) {
    DecoderConfig config = folder.config().withContext(settings.context());
    memory.take(name, MemoryEstimate.of(config, Quantization.NONE, 0, settings.scoring().tokens()));
    this.loaded = Loaded.of(name, folder, config, Quantization.NONE, settings.bytesPerToken());
    this.runtime = runtime;
    this.folder = folder;
    this.weights =
        new LiveWeights(
            runtime,
            new WeightLayout(config, Quantization.NONE),
            CacheScales.NONE,
            folder.weights());
    this.scorer =
        new Scorer(
            name,
            runtime,
            config,
            Precision.FP32,
            weights,
            settings.queue(),
            settings.scoring(),
            observer::broken);
    var gate = new ScoreGate(loaded.rules(), config, folder.scoreScale(), scorer);
    this.updates =
        new WeightUpdates(name, weights, folder.base().weights(), gate, null, clock, observer);
  }

  /** Scores all items, in their order; waits for them. */
  public Scores score(List<ScoringItem> items, BooleanSupplier cancelled) {
    return Futures.await(score(items, cancelled, ""));
  }

  /**
   * The same for one of several clients, who take turns, without waiting. All items are queued, or
   * none.
   *
   * @param cancelled asked now and then; what is left is not computed then, and the answer a {@link
   *     Refusal}
   */
  public CompletableFuture<Scores> score(
      List<ScoringItem> items, BooleanSupplier cancelled, String client) {
    UserError.require(!items.isEmpty(), "items", 0, "at least one");
    for (int i = 0; i < items.size(); i++) {
      ScoringItem item = items.get(i);
      loaded.rules().prompt("items[" + i + "].prompt", item.prompt());
      loaded.rules().completion("items[" + i + "].completion", item.prompt(), item.completion());
    }
    var request = new ScoringRequest(client, cancelled);
    var scores = new float[items.size()];
    for (int i = 0; i < scores.length; i++) {
      int index = i;
      request.add(
          List.of(
              items
                  .get(i)
                  .span(
                      loaded.config(),
                      raw -> scores[index] = (float) folder.scoreScale().apply(raw))),
          1);
    }
    scorer.submit(request);
    return request.answer().thenApply(version -> new Scores(scores, version));
  }

  /**
   * The probability that the first of two completions is the better one (Bradley and Terry 1952):
   * the logistic function of the difference of their raw scores.
   */
  public double probabilityFirst(double firstScore, double secondScore) {
    double raw = (firstScore - secondScore) * folder.scoreScale().standardDeviation();
    return 1 / (1 + Math.exp(-raw));
  }

  OnnxRuntime runtime() {
    return runtime;
  }

  /** The weights that serve now. */
  LiveWeights.Lease lease() {
    return weights.lease();
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
  public Loaded loaded() {
    return loaded;
  }

  @Override
  public WeightUpdates updates() {
    return updates;
  }

  @Override
  public void stopWaiting() {
    weights.stopWaiting();
  }

  @Override
  public ScoringCounts scoring() {
    return scorer.counts();
  }

  @Override
  public void close(Duration patience) {
    weights.stopWaiting();
    updates.close();
    scorer.close(patience);
    weights.close();
  }
}
