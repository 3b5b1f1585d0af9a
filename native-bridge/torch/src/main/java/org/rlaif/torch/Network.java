package org.rlaif.torch;

import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Linear;
import org.rlaif.model.Lora;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;

/**
 * A decoder in LibTorch that owns its weights: made, read, shared under adapters, asked, written.
 * What is computed with them, and what the letters of sizes stand for, is in {@link Decoder}.
 *
 * <p>With an adapter the weights are the base's and stay as they are; networks over the same base
 * share its memory, and each frees it when it is the last one. What is trained is the adapter.
 *
 * <p>A row longer than the context or a token outside the vocabulary is a {@link UserError}.
 */
public final class Network implements Trainable, AutoCloseable {
  private final DecoderConfig config;
  private final Device device;

  /** All of the configuration's. */
  private final Map<String, Tensor> parameters;

  private final @Nullable Factors adapter;
  private final @Nullable Recomputation recomputation;
  private final Decoder decoder;

  private Network(
      DecoderConfig config,
      Device device,
      Map<String, Tensor> parameters,
      @Nullable Factors adapter) {
    this.config = config;
    this.device = device;
    this.parameters = parameters;
    this.adapter = adapter;
    this.recomputation = device.recomputes() ? new Recomputation() : null;
    this.decoder = new Decoder(config, device, parameters, adapter, recomputation);
    tensors().forEach(tensor -> tensor.pointer().retainReference());
  }

  /** Each once; a score head is a parameter and an adapter's tensor. */
  private Stream<Tensor> tensors() {
    return Stream.concat(parameters.values().stream(), parameters().values().stream()).distinct();
  }

  private static Network filled(
      DecoderConfig config, Device device, BiConsumer<TensorSpec, FloatBuffer> filler) {
    try (Scope scope = Scope.open()) {
      return new Network(
          config, device, Parameters.trained(config.parameters(), device, filler), null);
    }
  }

  /**
   * A network before training.
   *
   * @param seed decides every weight
   * @param initStd standard deviation of the matrices, 0.02 in GPT-2
   */
  public static Network create(DecoderConfig config, long seed, double initStd) {
    return create(config, seed, initStd, Device.CPU);
  }

  public static Network create(DecoderConfig config, long seed, double initStd, Device device) {
    UserError.require(initStd > 0, "initStd", initStd, "> 0");
    return filled(config, device, new Initial(seed, initStd, config)::fill);
  }

  /** A network with a copy of these weights, which must be the configuration's. */
  public static Network load(DecoderConfig config, Weights weights) {
    return load(config, weights, Device.CPU);
  }

  public static Network load(DecoderConfig config, Weights weights, Device device) {
    weights.require("weights", config.parameters());
    return filled(config, device, (spec, numbers) -> weights.copyTo(spec.name(), numbers));
  }

  /**
   * Like {@link #load}, to be asked, or to carry adapters, and not to be trained. Matrices that its
   * device multiplies in bf16 are kept in bf16 alone, in half the memory; then its {@link #weights}
   * cannot be had.
   */
  public static Network frozen(DecoderConfig config, Weights weights, Device device) {
    weights.require("weights", config.parameters());
    try (Scope scope = Scope.open()) {
      return new Network(config, device, Parameters.frozen(config, weights, device), null);
    }
  }

  /** A network of its own with the same weights; what is under an adapter is shared. */
  public Network copy() {
    return adapter == null
        ? load(config, weights(), device)
        : withAdapter(adapter.lora(), config.head(), trainedWeights());
  }

  /**
   * A network of its own with a copy of this one's trunk, or of its adapter, and a fresh score
   * head, as a reward model begins: N(0, 1/√(W + 1)).
   */
  public Network withScoreHead(long seed) {
    return withScoreHead(/* scores= */ 1, seed);
  }

  /** Like {@link #withScoreHead(long)}, under a head of so many scores. */
  public Network withScoreHead(int scores, long seed) {
    return withScoreHead(
        scores, numbers -> Initial.scoreHead(numbers, config.width(), new SplittableRandom(seed)));
  }

  /**
   * A network of its own with a copy of this one's trunk, or of its adapter, whose one score is a
   * weighted sum of this one's scores: heads are linear, so that the sum of theirs is a head.
   *
   * @param weights of each score
   */
  public Network withSumOfScores(double... weights) {
    if (weights.length != config.scores()) {
      throw new IllegalArgumentException(
          weights.length + " weights (expected: " + config.scores() + ", one of each score)");
    }
    float[] heads = scoreHead(); // (scores, W)
    int width = config.width();
    return withScoreHead(
        /* scores= */ 1,
        numbers -> {
          for (int column = 0; column < width; column++) {
            double sum = 0;
            for (int row = 0; row < weights.length; row++) {
              sum += weights[row] * heads[row * width + column];
            }
            numbers.put((float) sum);
          }
        });
  }

  private Network withScoreHead(int scores, Consumer<FloatBuffer> head) {
    DecoderConfig scored = config.withScores(scores);
    Weights own = trainedWeights();
    String name = adapter == null ? scored.scoreHead().name() : Lora.scoreHead(scored).name();
    BiConsumer<TensorSpec, FloatBuffer> filler =
        (spec, numbers) -> {
          if (spec.name().equals(name)) {
            head.accept(numbers);
          } else {
            own.copyTo(spec.name(), numbers);
          }
        };
    return adapter == null
        ? filled(scored, device, filler)
        : adapted(adapter.lora(), scored, filler);
  }

  private float[] scoreHead() {
    return decoder.weight(config.scoreHead()).toFloats();
  }

  /**
   * The same base under a fresh adapter, as PEFT begins one: A uniform in ±1/√in (He et al. 2015
   * with a = √5), B zero, so that at first nothing changes. A score head is a copy of this one's,
   * or fresh.
   */
  public Network withAdapter(Lora lora, Head head, long seed) {
    var random = new SplittableRandom(seed);
    String scoreHead = Lora.scoreHead(config).name();
    return adapted(
        lora,
        config.withHead(head),
        (spec, numbers) -> {
          if (!spec.name().equals(scoreHead)) {
            Initial.factor(spec, numbers, random);
          } else if (config.head() == Head.SCORE) {
            numbers.put(scoreHead());
          } else {
            Initial.scoreHead(numbers, config.width(), random);
          }
        });
  }

  /**
   * The same base under this adapter.
   *
   * @param weights a copy of which it takes, {@link Lora#parameters}
   */
  public Network withAdapter(Lora lora, Head head, Weights weights) {
    return adapted(
        lora, config.withHead(head), (spec, numbers) -> weights.copyTo(spec.name(), numbers));
  }

  /** The base alone, to be asked and not to be trained. */
  public Network withoutAdapter() {
    try (Scope scope = Scope.open()) {
      return new Network(config, device, shared(config), null);
    }
  }

  /**
   * The same weights in the same memory, to be asked in fp32 throughout, whatever its device
   * multiplies in: what is kept in bf16 alone stays rounded, see {@link #isRounded}.
   */
  public Network exact() {
    try (Scope scope = Scope.open()) {
      return new Network(config, new Device(device.name(), Compute.FP32), parameters, adapter);
    }
  }

  /** Whether some of its weights are kept in bf16 alone, see {@link #frozen}. */
  public boolean isRounded() {
    return parameters.values().stream().anyMatch(Parameters::isRounded);
  }

  private Network adapted(
      Lora lora, DecoderConfig adapted, BiConsumer<TensorSpec, FloatBuffer> filler) {
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> own = Parameters.trained(lora.parameters(adapted), device, filler);
      Map<String, Tensor> all = shared(adapted);
      Tensor scoreHead = own.get(Lora.scoreHead(adapted).name());
      if (scoreHead != null) {
        all.put(adapted.scoreHead().name(), scoreHead);
      }
      return new Network(adapted, device, all, new Factors(lora, own));
    }
  }

  /** The same memory as constants; a score head that is not here is left to others. */
  private Map<String, Tensor> shared(DecoderConfig other) {
    var all = new LinkedHashMap<String, Tensor>();
    for (TensorSpec spec : other.parameters()) {
      if (parameters.containsKey(spec.name())) {
        all.put(spec.name(), decoder.weight(spec).detach());
      }
    }
    return all;
  }

  /**
   * Natural log-probability of each completion token, over the full vocabulary, of logits divided
   * by the temperature. (N), row after row
   */
  public Tensor logprobs(Sequences sequences, double temperature) {
    try (Scope scope = Scope.open()) {
      Tensor logprobs = decoder.vocabularyLogprobs(sequences, temperature); // (N, V)
      return scope.keep(logprobs.gather(decoder.targets(sequences)));
    }
  }

  /** Natural log-probabilities of the whole vocabulary before each completion token, (N, V). */
  public Tensor vocabularyLogprobs(Sequences sequences, double temperature) {
    try (Scope scope = Scope.open()) {
      return scope.keep(decoder.vocabularyLogprobs(sequences, temperature));
    }
  }

  /** {@link #logprobs} and the entropy at the same positions, from one pass. */
  public TokenDistribution distribution(Sequences sequences, double temperature) {
    try (Scope scope = Scope.open()) {
      Tensor logprobs = decoder.vocabularyLogprobs(sequences, temperature); // (N, V)
      return new TokenDistribution(
          scope.keep(logprobs.gather(decoder.targets(sequences))),
          scope.keep(Layers.entropy(logprobs)));
    }
  }

  /** The score head at the positions that predict the completion tokens: V(s). (N) */
  public Tensor values(Sequences sequences) {
    return decoder.scores(sequences, sequences.predictors());
  }

  /**
   * The score head where the score of each row is read, {@link DecoderConfig#scored}: (B), or of a
   * head of several scores (B scores), row after row.
   */
  public Tensor scores(Sequences sequences) {
    return decoder.scores(sequences, sequences.chosen(config::scored));
  }

  /** A copy of all weights, with what an adapter adds to them. */
  public Weights weights() {
    Weights copy = Weights.allocate(config.parameters());
    copyTo(copy);
    return copy;
  }

  /**
   * Writes all weights over those of the target, which has tensors of the same names and shapes;
   * what an adapter adds to them is in it. An {@link IllegalStateException} says that they were
   * rounded, see {@link #frozen}.
   */
  public void copyTo(Weights target) {
    Map<String, Linear> adapted =
        adapter == null
            ? Map.of()
            : adapter.lora().adapted(config).stream()
                .collect(Collectors.toMap(linear -> linear.weight().name(), linear -> linear));
    parameters.forEach(
        (name, tensor) -> {
          Parameters.requireExact(name, tensor);
          try (Scope scope = Scope.open()) {
            Linear linear = adapted.get(name);
            Parameters.write(
                adapter == null || linear == null ? tensor : adapter.merged(linear, tensor),
                target.get(name));
          }
        });
  }

  /** A copy of the adapter's tensors, or {@link #weights} of a network without one. */
  @Override
  public Weights trainedWeights() {
    if (adapter == null) {
      return weights();
    }
    Weights copy = Weights.allocate(adapter.lora().parameters(config));
    copyTrainedTo(copy);
    return copy;
  }

  @Override
  public void copyTrainedTo(Weights target) {
    try (Scope scope = Scope.open()) {
      parameters().forEach((name, tensor) -> Parameters.write(tensor, target.get(name)));
    }
  }

  @Override
  public void loadTrained(Weights weights) {
    try (Torch.NoGrad constant = Torch.noGrad();
        Scope scope = Scope.open()) {
      parameters().forEach((name, tensor) -> Parameters.read(weights, name, tensor));
    }
  }

  /** The adapter that is trained; null: all weights are. */
  public @Nullable Lora adapter() {
    return adapter == null ? null : adapter.lora();
  }

  public DecoderConfig config() {
    return config;
  }

  public Device device() {
    return device;
  }

  /** Its mathematics. */
  Decoder decoder() {
    return decoder;
  }

  /** What is trained, by Hugging Face's names, in the order of the network. */
  @Override
  public Map<String, Tensor> parameters() {
    return Collections.unmodifiableMap(adapter == null ? parameters : adapter.tensors());
  }

  @Override
  public @Nullable Recomputation recomputation() {
    return recomputation;
  }

  /** Whether both have their embedding, and so their base, in the same memory. */
  public boolean sharesBaseWith(Network other) {
    return address() == other.address();
  }

  private long address() {
    try (Scope scope = Scope.open()) {
      return decoder.weight(config.embedding()).pointer().data_ptr_float().address();
    }
  }

  /** Frees the parameters; results that still need them for a backward pass hold on to them. */
  @Override
  public void close() {
    if (recomputation != null) {
      recomputation.forget();
    }
    tensors().forEach(Tensor::close);
  }
}
