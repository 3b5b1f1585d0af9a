package org.rlaif.serving.engine;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.rlaif.kit.UserError;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.graph.CacheScales;
import org.rlaif.serving.graph.GraphSpec;
import org.rlaif.serving.os.Futures;
import org.rlaif.serving.score.Scorer;
import org.rlaif.serving.score.ScoringItem;
import org.rlaif.serving.score.ScoringRequest;
import org.rlaif.serving.update.ScoreGate;
import org.rlaif.serving.weights.LiveWeights;

/**
 * A reward model in service. Whatever is asked at the same time shares runs of the graph; a score
 * is the same bits whoever shares them.
 */
public final class RewardEngine extends ServedModel {
  /** One score per item, less the model's mean and divided by its standard deviation. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Scores(float[] scores, long weightsVersion) {}

  private final ScoreScale scale;

  private RewardEngine(Parts parts, ScoreScale scale) {
    super(parts);
    this.scale = scale;
  }

  static RewardEngine load(Loading loading) {
    Loaded loaded = loading.loaded(Quantization.NONE, 0);
    ScoreScale scale = loading.folder().scoreScale();
    LiveWeights weights = loading.weights(Quantization.NONE, CacheScales.NONE);
    Scorer scorer =
        loading.scorer(new GraphSpec(loading.runtime(), loaded.config(), Precision.FP32), weights);
    var gate = new ScoreGate(loaded.rules(), scale, scorer);
    return new RewardEngine(
        new Parts(loaded, weights, scorer, loading.updates(weights, gate, null)), scale);
  }

  /** Scores all items, in their order; waits for them. */
  public Scores score(List<ScoringItem> items, BooleanSupplier cancelled) {
    return Futures.await(score(items, cancelled, ""));
  }

  /**
   * For one of several clients, who take turns, without waiting. All items are queued, or none.
   *
   * @param cancelled asked now and then; what is left is not computed then, and the answer a {@link
   *     Refusal}
   */
  public CompletableFuture<Scores> score(
      List<ScoringItem> items, BooleanSupplier cancelled, String client) {
    UserError.require(!items.isEmpty(), "items", 0, "at least one");
    for (int i = 0; i < items.size(); i++) {
      ScoringItem item = items.get(i);
      loaded().rules().prompt("items[" + i + "].prompt", item.prompt());
      loaded().rules().completion("items[" + i + "].completion", item.prompt(), item.completion());
    }
    var request = new ScoringRequest(client, cancelled);
    var scores = new float[items.size()];
    for (int i = 0; i < scores.length; i++) {
      int index = i;
      request.add(
          List.of(items.get(i).span(config(), raw -> scores[index] = (float) scale.apply(raw))), 1);
    }
    scorer().submit(request);
    return request.answer().thenApply(version -> new Scores(scores, version));
  }

  /**
   * The probability that the first of two completions is the better one (Bradley and Terry 1952):
   * the logistic function of the difference of their raw scores.
   */
  public double probabilityFirst(double firstScore, double secondScore) {
    double raw = (firstScore - secondScore) * scale.standardDeviation();
    return 1 / (1 + Math.exp(-raw));
  }

  @Override
  public Footprint footprint() {
    return Footprint.of(config(), quantization(), 0);
  }
}
