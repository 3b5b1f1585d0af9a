package org.rlaif.torch;

import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.Attention;
import org.rlaif.model.Block;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Linear;
import org.rlaif.model.Lora;
import org.rlaif.model.Mlp.Activation;
import org.rlaif.model.Norm;
import org.rlaif.model.Rotary;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.torch.Layers.Rotation;

/**
 * A decoder in LibTorch: the twin of {@code OnnxDecoder} in the model room, in the same order. No
 * dropout.
 *
 * <p>Sizes: B rows, T tokens in the longest, R tokens of all rows, N completion tokens of all rows,
 * H heads of D numbers for queries and K for keys and values, Q = (H + 2 K) D, W the width, M the
 * width inside the feed-forward part, V the vocabulary. Rows travel through the network one behind
 * the other, (R, W); only attention needs them side by side, and pads them on the right for that.
 *
 * <p>What its device multiplies in bf16 comes back to the residual stream, which is fp32.
 *
 * <p>With an adapter the weights are the base's and stay as they are; networks over the same base
 * share its memory, and each frees it when it is the last one. What is trained is the adapter.
 *
 * <p>A row longer than the context or a token outside the vocabulary is a {@link UserError}.
 */
public final class Network implements AutoCloseable {
  private final DecoderConfig config;
  private final Device device;

  /** All of the configuration's. */
  private final Map<String, Tensor> parameters;

  private final @Nullable Factors adapter;

  private Network(
      DecoderConfig config,
      Device device,
      Map<String, Tensor> parameters,
      @Nullable Factors adapter) {
    this.config = config;
    this.device = device;
    this.parameters = parameters;
    this.adapter = adapter;
    tensors().forEach(tensor -> tensor.pointer().retainReference());
  }

  /** Each once; a score head is a parameter and an adapter's tensor. */
  private Stream<Tensor> tensors() {
    return Stream.concat(parameters.values().stream(), parameters().values().stream()).distinct();
  }

  private static Network filled(
      DecoderConfig config, Device device, BiConsumer<TensorSpec, FloatBuffer> filler) {
    try (Scope scope = Scope.open()) {
      return new Network(config, device, filled(config.parameters(), device, filler), null);
    }
  }

  private static Map<String, Tensor> filled(
      List<TensorSpec> specs, Device device, BiConsumer<TensorSpec, FloatBuffer> filler) {
    var parameters = new LinkedHashMap<String, Tensor>();
    specs.forEach(spec -> parameters.put(spec.name(), parameter(spec, device, filler)));
    return parameters;
  }

  private static Tensor parameter(
      TensorSpec spec, Device device, BiConsumer<TensorSpec, FloatBuffer> filler) {
    Tensor constant = constant(spec, device, filler);
    return Tensor.call(() -> constant.pointer().requires_grad_(true));
  }

  private static Tensor constant(
      TensorSpec spec, Device device, BiConsumer<TensorSpec, FloatBuffer> filler) {
    long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
    return Tensor.call(
        () -> {
          var numbers = torch.empty(shape);
          filler.accept(spec, Tensor.buffer(numbers));
          return numbers.to(new org.bytedeco.pytorch.Device(device.name()), torch.ScalarType.Float);
        });
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
    check(config, weights);
    return filled(config, device, (spec, numbers) -> weights.copyTo(spec.name(), numbers));
  }

  /**
   * Like {@link #load}, to be asked, or to carry adapters, and not to be trained. Matrices that its
   * device multiplies in bf16 are kept in bf16 alone, in half the memory; then its {@link #weights}
   * cannot be had.
   */
  public static Network frozen(DecoderConfig config, Weights weights, Device device) {
    check(config, weights);
    Set<TensorSpec> multiplied =
        config.blocks().stream()
            .flatMap(Block::linears)
            .flatMap(Linear::parameters)
            .collect(Collectors.toSet());
    try (Scope scope = Scope.open()) {
      var parameters = new LinkedHashMap<String, Tensor>();
      for (TensorSpec spec : config.parameters()) {
        try (Scope passing = Scope.open()) {
          Tensor exact = constant(spec, device, (any, into) -> weights.copyTo(spec.name(), into));
          parameters.put(
              spec.name(),
              passing.keep(
                  multiplied.contains(spec) ? Layers.rounded(exact, device.compute()) : exact));
        }
      }
      return new Network(config, device, parameters, null);
    }
  }

  private static void check(DecoderConfig config, Weights weights) {
    if (!weights.specs().equals(config.parameters())) {
      throw new IllegalArgumentException(
          "weights " + weights.specs() + " (expected: " + config.parameters() + ")");
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
    if (adapter != null) {
      Weights factors = trainedWeights();
      return adapted(
          adapter.lora(),
          Head.SCORE,
          (spec, numbers) -> {
            if (factors.contains(spec.name())) {
              factors.copyTo(spec.name(), numbers);
            } else {
              Initial.scoreHead(numbers, new SplittableRandom(seed));
            }
          });
    }
    Weights trunk = weights();
    return filled(
        config.withHead(Head.SCORE),
        device,
        (spec, numbers) -> {
          if (spec.equals(config.scoreHead())) {
            Initial.scoreHead(numbers, new SplittableRandom(seed));
          } else {
            numbers.put(trunk.get(spec.name()));
          }
        });
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
        head,
        (spec, numbers) -> {
          if (!spec.name().equals(scoreHead)) {
            Initial.factor(spec, numbers, random);
          } else if (config.head() == Head.SCORE) {
            numbers.put(weight(config.scoreHead()).toFloats());
          } else {
            Initial.scoreHead(numbers, random);
          }
        });
  }

  /**
   * The same base under this adapter.
   *
   * @param weights a copy of which it takes, {@link Lora#parameters}
   */
  public Network withAdapter(Lora lora, Head head, Weights weights) {
    return adapted(lora, head, (spec, numbers) -> weights.copyTo(spec.name(), numbers));
  }

  /** The base alone, to be asked and not to be trained. */
  public Network withoutAdapter() {
    try (Scope scope = Scope.open()) {
      return new Network(config, device, shared(config), null);
    }
  }

  private Network adapted(Lora lora, Head head, BiConsumer<TensorSpec, FloatBuffer> filler) {
    DecoderConfig adapted = config.withHead(head);
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> own = filled(lora.parameters(adapted), device, filler);
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
        all.put(spec.name(), weight(spec).detach());
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
      Tensor logprobs = vocabularyLogprobs(sequences, temperature); // (N, V)
      return scope.keep(logprobs.gather(targets(sequences)));
    }
  }

  /** {@link #logprobs} and the entropy at the same positions, from one pass. */
  public TokenDistribution distribution(Sequences sequences, double temperature) {
    try (Scope scope = Scope.open()) {
      Tensor logprobs = vocabularyLogprobs(sequences, temperature); // (N, V)
      return new TokenDistribution(
          scope.keep(logprobs.gather(targets(sequences))), scope.keep(Layers.entropy(logprobs)));
    }
  }

  /** The score head at the positions that predict the completion tokens: V(s). (N) */
  public Tensor values(Sequences sequences) {
    return scoreHead(sequences, sequences.predictors());
  }

  /** The score head at the last token of each row. (B) */
  public Tensor scores(Sequences sequences) {
    return scoreHead(sequences, sequences.ends());
  }

  private Tensor vocabularyLogprobs(Sequences sequences, double temperature) {
    require(Head.LANGUAGE_MODEL);
    UserError.require(temperature > 0, "temperature", temperature, "> 0");
    Tensor hidden = choose(trunk(sequences), sequences.predictors()); // (N, W)
    Tensor logits = Layers.project(hidden, weight(config.languageModelHead())); // (N, V)
    return logits.div(temperature).logSoftmax(); // (N, V)
  }

  private Tensor scoreHead(Sequences sequences, long[] positions) {
    require(Head.SCORE);
    try (Scope scope = Scope.open()) {
      Tensor hidden = choose(trunk(sequences), positions); // (N, W)
      return scope.keep(Layers.project(hidden, weight(config.scoreHead())).reshape(-1)); // (N)
    }
  }

  /** Tokens to hidden states after the last norm, (R, W). */
  private Tensor trunk(Sequences sequences) {
    check(sequences);
    Tensor x = embedded(sequences); // (R, W)
    Attending attending = attending(sequences);
    for (Block block : config.blocks()) {
      try (Scope scope = Scope.open()) {
        Tensor attended = attention(block, norm(block.attentionNorm(), x), attending); // (R, W)
        Tensor between = x.plus(attended); // (R, W)
        Tensor read = config.parallel() ? x : between;
        x = scope.keep(between.plus(feedForward(block, norm(block.mlpNorm(), read)))); // (R, W)
      }
    }
    return norm(config.finalNorm(), x);
  }

  /** Tokens, and positions where those are learned: (R, W). */
  private Tensor embedded(Sequences sequences) {
    Tensor tokens = Layers.rows(weight(config.embedding()), indices(sequences.packed()));
    TensorSpec table = config.positions();
    return table == null
        ? tokens
        : tokens.plus(Layers.rows(weight(table), indices(sequences.positions())));
  }

  /**
   * What attention needs to know of the rows.
   *
   * @param places where each token stands once all rows are as long as the longest, (R)
   * @param occupants which token stands at each place, (B, T)
   * @param mask which tokens a token sees, (T, T); null: all up to its own
   */
  private record Attending(
      Tensor places, Tensor occupants, @Nullable Rotation rotation, @Nullable Tensor mask) {}

  private Attending attending(Sequences sequences) {
    int longest = sequences.longest();
    int window = config.attention().window();
    return new Attending(
        indices(sequences.places()),
        indices(sequences.occupants()).reshape(sequences.size(), longest),
        config.rotary() == null ? null : rotation(config.rotary(), sequences),
        window == 0 || window >= longest ? null : Layers.window(longest, window, device));
  }

  /** Cosines and sines at the position of every token, (R, 1, rotary width / 2). */
  private Rotation rotation(Rotary rotary, Sequences sequences) {
    int pairs = rotary.width() / 2;
    FloatBuffer cosines = FloatBuffer.allocate(sequences.longest() * pairs);
    FloatBuffer sines = FloatBuffer.allocate(sequences.longest() * pairs);
    rotary.fill(cosines, sines, sequences.longest());
    Tensor positions = indices(sequences.positions()); // (R)
    return new Rotation(
        Layers.rows(table(cosines, pairs), positions).reshape(-1, 1, pairs),
        Layers.rows(table(sines, pairs), positions).reshape(-1, 1, pairs));
  }

  private Tensor table(FloatBuffer numbers, int pairs) {
    return Tensor.call(
        () -> torch.tensor(numbers.array()).reshape(-1, pairs).to(there(), torch.ScalarType.Float));
  }

  private Tensor norm(Norm norm, Tensor x) {
    return norm.bias() == null
        ? Layers.rmsNorm(x, weight(norm.weight()), config.normEpsilon())
        : Layers.layerNorm(x, weight(norm.weight()), weight(norm.bias()), config.normEpsilon());
  }

  /** Causal self-attention of each row with itself: (R, W) to (R, W). */
  private Tensor attention(Block block, Tensor x, Attending attending) {
    Tensor[] qkv = projections(block, x); // (R, H, D) and twice (R, K, D)
    Rotation rotation = attending.rotation();
    for (int i = 0; i < qkv.length; i++) {
      if (rotation != null && i < 2) {
        qkv[i] = Layers.rotate(qkv[i], rotation);
      }
      qkv[i] = Layers.sideBySide(qkv[i], attending.occupants()); // (B, H or K, T, D)
    }
    Tensor attended =
        Layers.attention(
            qkv[0], qkv[1], qkv[2], attending.mask(), device.attention()); // (B T, H D)
    return linear(block.attentionOutput(), Layers.rows(attended, attending.places())); // (R, W)
  }

  /** Query, key and value by heads: (R, H, D) and twice (R, K, D). */
  private Tensor[] projections(Block block, Tensor x) {
    Attention attention = config.attention();
    int heads = attention.heads();
    int columns = attention.headWidth();
    Tensor first = linear(block.projections().get(0), x);
    if (block.projections().size() == 3) {
      return new Tensor[] {
        headNorm(block.queryNorm(), first.reshape(-1, heads, columns)),
        headNorm(
            block.keyNorm(),
            linear(block.projections().get(1), x).reshape(-1, attention.kvHeads(), columns)),
        linear(block.projections().get(2), x).reshape(-1, attention.kvHeads(), columns)
      };
    }
    return config.projectionsPerHead()
        ? Layers.split(first.reshape(-1, heads, 3, columns), 2)
        : Layers.split(first.reshape(-1, 3, heads, columns), 1);
  }

  private Tensor headNorm(@Nullable Norm norm, Tensor heads) {
    return norm == null ? heads : norm(norm, heads);
  }

  /** The feed-forward part: (R, W) to (R, W). */
  private Tensor feedForward(Block block, Tensor x) {
    Activation activation = config.mlp().activation();
    Tensor up = linear(block.up(), x); // (R, M)
    Tensor wide =
        block.gate() == null
            ? Layers.activate(activation, up)
            : Layers.activate(activation, linear(block.gate(), x)).times(up);
    return linear(block.down(), wide);
  }

  private Tensor linear(Linear linear, Tensor x) {
    Tensor product =
        Layers.linear(
            x,
            weight(linear.weight()),
            linear.bias() == null ? null : weight(linear.bias()),
            linear.inputsFirst(),
            device.compute());
    return adapter != null && adapter.adapt(linear) ? adapter.added(linear, x, product) : product;
  }

  /** Picks the hidden states that predict something: (R, W) to (N, W). */
  private Tensor choose(Tensor hidden, long[] positions) {
    return Layers.rows(hidden, indices(positions));
  }

  private Tensor targets(Sequences sequences) {
    return indices(sequences.targets());
  }

  private Tensor indices(long[] numbers) {
    return Tensor.call(() -> torch.tensor(numbers).to(there(), torch.ScalarType.Long));
  }

  private org.bytedeco.pytorch.Device there() {
    return new org.bytedeco.pytorch.Device(device.name());
  }

  private void require(Head head) {
    if (config.head() != head) {
      throw new IllegalStateException("head: " + config.head() + " (expected: " + head + ")");
    }
  }

  private void check(Sequences sequences) {
    int[][] tokens = sequences.tokens();
    for (int row = 0; row < tokens.length; row++) {
      UserError.require(
          tokens[row].length <= config.contextLength(),
          "tokens in row " + row,
          tokens[row].length,
          "<= " + config.contextLength() + ", the context of the model");
      for (int id : tokens[row]) {
        UserError.require(
            id >= 0 && id < config.vocabularySize(),
            "token in row " + row,
            id,
            "0 to " + (config.vocabularySize() - 1) + ", the vocabulary of the model");
      }
    }
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
          if (tensor.pointer().scalar_type().intern() != torch.ScalarType.Float) {
            throw new IllegalStateException(name + " is kept in bf16 alone");
          }
          try (Scope scope = Scope.open()) {
            Linear linear = adapted.get(name);
            write(
                adapter == null || linear == null ? tensor : adapter.merged(linear, tensor),
                target.get(name));
          }
        });
  }

  /** A copy of the adapter's tensors, or {@link #weights} of a network without one. */
  public Weights trainedWeights() {
    if (adapter == null) {
      return weights();
    }
    Weights copy = Weights.allocate(adapter.lora().parameters(config));
    copyTrainedTo(copy);
    return copy;
  }

  /** Writes {@link #trainedWeights} over those of the target. */
  public void copyTrainedTo(Weights target) {
    try (Scope scope = Scope.open()) {
      parameters().forEach((name, tensor) -> write(tensor, target.get(name)));
    }
  }

  private static void write(Tensor tensor, FloatBuffer target) {
    target.put(Tensor.buffer(tensor.pointer().detach().cpu()));
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

  /** What is trained, by Hugging Face's names, in the order of the network. */
  Map<String, Tensor> parameters() {
    return Collections.unmodifiableMap(adapter == null ? parameters : adapter.tensors());
  }

  private Tensor weight(TensorSpec spec) {
    Tensor tensor = parameters.get(spec.name());
    if (tensor == null) {
      throw new IllegalStateException("no parameter " + spec.name());
    }
    return tensor;
  }

  /** Whether both have their embedding, and so their base, in the same memory. */
  public boolean sharesBaseWith(Network other) {
    return address() == other.address();
  }

  private long address() {
    try (Scope scope = Scope.open()) {
      return weight(config.embedding()).pointer().data_ptr_float().address();
    }
  }

  /** Frees the parameters; results that still need them for a backward pass hold on to them. */
  @Override
  public void close() {
    tensors().forEach(Tensor::close);
  }
}
