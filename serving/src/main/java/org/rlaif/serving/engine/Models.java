package org.rlaif.serving.engine;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.rlaif.serving.graph.OnnxRuntime;
import org.rlaif.serving.os.CLibrary;
import org.rlaif.serving.queue.ModelObserver;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The models in service, by name. */
public final class Models implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Models.class);

  private final OnnxRuntime runtime;
  private final EngineConfig settings;
  private final Clock clock;
  private final Function<String, ModelObserver> observers;
  private final Map<String, ServedModel> byName = new ConcurrentSkipListMap<>();

  /** Names of models that are not in service yet. */
  private final Set<String> loading = ConcurrentHashMap.newKeySet();

  private final LoadingMemory memory = new LoadingMemory();
  private final Leases leases;

  /**
   * @param observers gives the one that hears what the model of that name does
   */
  public Models(EngineConfig settings, Clock clock, Function<String, ModelObserver> observers) {
    this.settings = settings;
    this.runtime = OnnxRuntime.shared(settings.compute());
    this.clock = clock;
    this.leases = new Leases(clock);
    this.observers = observers;
  }

  /** Name and version of what computes. */
  public String engine() {
    return runtime.description();
  }

  /** That compute; they belong to the process. */
  public int threads() {
    return runtime.compute().threads();
  }

  public EngineConfig settings() {
    return settings;
  }

  /** Puts a model folder into service under a name that is free, quantised as the settings say. */
  public ServedModel load(String name, Path folder) {
    return load(name, folder, null, null);
  }

  /** Quantised in that way; null: as the settings say. */
  public ServedModel load(
      String name, Path folder, @Nullable Precision weights, @Nullable Precision kvCache) {
    return load(name, folder, weights, kvCache, null, null);
  }

  /**
   * Puts a model folder into service under a name that is free. Several may be loaded at the same
   * time.
   *
   * @param weights of a policy; null: as the settings say. Reward models serve in fp32.
   * @param kvCache the same
   * @param calibration prompts for one that is quantised; null: those of the settings
   * @param hold whose it is: for everybody else the name is taken until the lease is over, and then
   *     {@link #unloadLapsed} unloads it; null: nobody's, it stays
   */
  public ServedModel load(
      String name,
      Path folder,
      @Nullable Precision weights,
      @Nullable Precision kvCache,
      @Nullable Calibration calibration,
      @Nullable Hold hold) {
    Hold.requireName("name", name);
    if (!loading.add(name)) {
      throw taken(name + ", which is being loaded");
    }
    try {
      ServedModel there = byName.get(name);
      if (there != null) {
        leases.require(there, hold == null ? "" : hold.holder());
        throw taken(name);
      }
      ModelFolder opened = ModelFolder.open(folder);
      try (LoadingMemory.Share share = memory.share()) {
        ServedModel model = engine(name, opened, weights, kvCache, calibration, share);
        if (hold != null) {
          leases.begin(model, hold);
        }
        byName.put(name, model);
        LOG.info("{}: {}{}", name, model.footprint(), scored(model.config()));
        return model;
      } catch (RuntimeException | Error e) {
        opened.close();
        throw e;
      }
    } finally {
      loading.remove(name);
    }
  }

  private static Refusal taken(String name) {
    return new Refusal(
        Reason.ALREADY_EXISTS, "name: " + name + " (expected: the name of no loaded model)");
  }

  private ServedModel engine(
      String name,
      ModelFolder folder,
      @Nullable Precision weights,
      @Nullable Precision kvCache,
      @Nullable Calibration calibration,
      LoadingMemory.Share share) {
    var loading = new Loading(name, folder, runtime, settings, share, clock, observers.apply(name));
    if (folder.config().head() == Head.SCORE) {
      fullPrecision("weights", weights);
      fullPrecision("KV cache", kvCache);
      return RewardEngine.load(loading);
    }
    var quantization =
        new Quantization(
            weights == null ? settings.quantization().weights() : weights,
            kvCache == null ? settings.quantization().kvCache() : kvCache);
    return PolicyEngine.load(
        loading, quantization, calibration == null ? settings.calibration() : calibration);
  }

  private static String scored(DecoderConfig config) {
    if (config.head() != Head.SCORE) {
      return "";
    }
    return config.scorePadding() == DecoderConfig.NO_PADDING
        ? ", scores are read at the last token"
        : ", scores are read at the last token that is not %d, its pad_token_id, as transformers does"
            .formatted(config.scorePadding());
  }

  private static void fullPrecision(String what, @Nullable Precision precision) {
    if (precision != null && precision != Precision.FP32) {
      throw UserError.expected(what, precision.label(), "fp32 for a reward model");
    }
  }

  /**
   * Takes a model out of service; sequences under way get that long to finish. When this returns,
   * its memory has gone back to the system.
   */
  public void unload(String name, Duration patience) {
    unload(name, "", patience);
  }

  /** For who may hold it; a {@link Refusal} if somebody else does. */
  public void unload(String name, String holder, Duration patience) {
    ServedModel model = find(name);
    leases.require(model, holder);
    close(model, patience);
    giveBack();
  }

  /** Takes models out of service whose leases are over. */
  public void unloadLapsed(Duration patience) {
    Map<ServedModel, Lease> lapsed = leases.takeLapsed();
    lapsed.forEach(
        (model, lease) -> {
          LOG.warn("{} is unloaded: the lease of {} has lapsed", model.name(), lease.holder());
          close(model, patience);
        });
    if (!lapsed.isEmpty()) {
      giveBack();
    }
  }

  /**
   * Begins all leases of a holder anew.
   *
   * @return the names of the models that it holds
   */
  public List<String> renew(String holder) {
    Hold.requireName("holder", holder);
    return leases.renew(holder);
  }

  /** Of a model that somebody holds; null: nobody does. */
  public @Nullable Lease lease(ServedModel model) {
    return leases.of(model);
  }

  private void close(ServedModel model, Duration patience) {
    if (byName.remove(model.name(), model)) { // else somebody else unloads it
      leases.end(model);
      model.close(patience);
      model.tokenizer().closeWhenUnused(); // its last texts may still be on their way
    }
  }

  /**
   * Weights and caches are memory that goes back with the last Java object that knows it. There may
   * be gigabytes behind a few objects, so nobody would look for these soon.
   */
  private static void giveBack() {
    System.gc();
    CLibrary.giveBack();
  }

  public List<ServedModel> list() {
    return List.copyOf(byName.values());
  }

  public PolicyEngine policy(String name) {
    if (find(name) instanceof PolicyEngine policy) {
      return policy;
    }
    throw UserError.expected("model", name, "a policy; it is a reward model");
  }

  public RewardEngine reward(String name) {
    if (find(name) instanceof RewardEngine reward) {
      return reward;
    }
    throw UserError.expected("model", name, "a reward model; it is a policy");
  }

  /** A policy or a reward model. */
  public ServedModel find(String name) {
    ServedModel model = byName.get(name);
    if (model == null) {
      throw new Refusal(
          Reason.NOT_FOUND,
          "model: %s (expected: one of %s)"
              .formatted(name.isEmpty() ? "\"\"" : name, byName.keySet()));
    }
    return model;
  }

  /** The model that an update id belongs to. */
  public ServedModel updated(String updateId) {
    int slash = updateId.lastIndexOf('/');
    if (slash < 0) {
      throw UserError.expected(
          "update_id", updateId.isEmpty() ? "\"\"" : updateId, "the id that BeginUpdate gave");
    }
    return find(updateId.substring(0, slash));
  }

  /** No call will come any more that resumes a model or brings weights: who waits is told so. */
  public void stopWaiting() {
    list().forEach(ServedModel::stopWaiting);
  }

  /** Unloads all models at once; what is under way fails. */
  @Override
  public void close() {
    list().forEach(model -> close(model, Duration.ZERO));
  }
}
