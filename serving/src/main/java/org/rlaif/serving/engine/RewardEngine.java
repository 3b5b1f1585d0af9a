package org.rlaif.serving.engine;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.ModelFolder;
import org.rlaif.serving.engine.LiveWeights.Lease;
import org.rlaif.serving.engine.Pass.Output;

/**
 * A reward model in service. Sequences are scored one after the other, chunk by chunk, so that a
 * score is the same bits whatever else was asked.
 */
public final class RewardEngine implements ServedModel {
  /** A prompt and a completion of it; the score is read at the completion's last token. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Item(int[] prompt, int[] completion) {}

  /** One score per item, less the model's mean and divided by its standard deviation. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Scores(float[] scores, long weightsVersion) {}

  private final Loaded loaded;
  private final ModelFolder folder;
  private final LiveWeights weights;
  private final Turnstile turnstile;
  private final KvCache cache;
  private final Pass pass;
  private final WeightUpdates updates;

  RewardEngine(
      String name,
      ModelFolder folder,
      OnnxRuntime runtime,
      EngineConfig settings,
      Clock clock,
      ModelObserver observer) {
    DecoderConfig config = folder.config();
    MemoryNeed.of(config, 0).check(name);
    this.loaded = Loaded.of(name, folder);
    this.folder = folder;
    this.weights = new LiveWeights(runtime, config, folder.weights());
    this.turnstile = new Turnstile(name, settings.maxQueue());
    this.cache = new KvCache(runtime, config, 1);
    this.pass = new Pass(runtime, config, 0, Prefill.CHUNK, 1, Output.SCORES);
    this.updates =
        new WeightUpdates(
            name, weights, new ScoreGate(loaded.rules(), this::probe), clock, observer);
  }

  /** Scores all items, in their order. */
  public Scores score(List<Item> items, BooleanSupplier cancelled) {
    UserError.require(!items.isEmpty(), "items", 0, "at least one");
    for (int i = 0; i < items.size(); i++) {
      Item item = items.get(i);
      loaded.rules().prompt("items[" + i + "].prompt", item.prompt());
      loaded.rules().completion("items[" + i + "].completion", item.prompt(), item.completion());
    }
    return turnstile.pass(
        cancelled,
        () -> {
          var scores = new float[items.size()];
          try (Lease lease = weights.lease()) {
            for (int i = 0; i < scores.length; i++) {
              double raw = raw(lease.session(), items.get(i), cancelled);
              scores[i] = (float) folder.scoreScale().apply(raw);
            }
            return new Scores(scores, lease.version());
          }
        });
  }

  /**
   * The probability that the first of two completions is the better one (Bradley and Terry 1952):
   * the logistic function of the difference of their raw scores.
   */
  public double probabilityFirst(double firstScore, double secondScore) {
    double raw = (firstScore - secondScore) * folder.scoreScale().standardDeviation();
    return 1 / (1 + Math.exp(-raw));
  }

  private float probe(DecoderSession session, Probe probe) {
    var item = new Item(probe.prompt(), probe.completion());
    return turnstile.pass(
        () -> false, () -> (float) folder.scoreScale().apply(raw(session, item, () -> false)));
  }

  private double raw(DecoderSession session, Item item, BooleanSupplier cancelled) {
    int[] sequence = new int[item.prompt().length + item.completion().length];
    System.arraycopy(item.prompt(), 0, sequence, 0, item.prompt().length);
    System.arraycopy(
        item.completion(), 0, sequence, item.prompt().length, item.completion().length);
    var prefill = new Prefill(sequence, 1);
    prefill.run(session, pass, cache, 0, () -> Refusal.ifCancelled(cancelled));
    return pass.number(prefill.output());
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
  public void close(Duration patience) {
    weights.stopWaiting();
    updates.close();
    turnstile.close(); // waits for whoever is inside
    pass.close();
    cache.close();
    weights.close();
  }
}
