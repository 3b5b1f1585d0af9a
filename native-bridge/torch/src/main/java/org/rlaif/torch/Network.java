package org.rlaif.torch;

import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.Attention;
import org.rlaif.model.Block;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Linear;
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
 * <p>A row longer than the context or a token outside the vocabulary is a {@link UserError}.
 */
public final class Network implements AutoCloseable {
  private final DecoderConfig config;
  private final Device device;
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();

  private Network(DecoderConfig config, Device device, BiConsumer<TensorSpec, FloatBuffer> filler) {
    this.config = config;
    this.device = device;
    try (Scope scope = Scope.open()) {
      for (TensorSpec spec : config.parameters()) {
        parameters.put(spec.name(), parameter(spec, device, filler));
      }
      parameters.values().forEach(parameter -> parameter.pointer().retainReference());
    }
  }

  private static Tensor parameter(
      TensorSpec spec, Device device, BiConsumer<TensorSpec, FloatBuffer> filler) {
    long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
    return Tensor.call(
        () -> {
          var numbers = torch.empty(shape);
          filler.accept(spec, Tensor.buffer(numbers));
          var there = new org.bytedeco.pytorch.Device(device.name());
          return numbers.to(there, torch.ScalarType.Float).requires_grad_(true);
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
    return new Network(config, device, new Initial(seed, initStd, config)::fill);
  }

  /** A network with a copy of these weights, which must be the configuration's. */
  public static Network load(DecoderConfig config, Weights weights) {
    return load(config, weights, Device.CPU);
  }

  public static Network load(DecoderConfig config, Weights weights, Device device) {
    if (!weights.specs().equals(config.parameters())) {
      throw new IllegalArgumentException(
          "weights " + weights.specs() + " (expected: " + config.parameters() + ")");
    }
    return new Network(config, device, (spec, numbers) -> weights.copyTo(spec.name(), numbers));
  }

  /** A network of its own with the same weights. */
  public Network copy() {
    return load(config, weights(), device);
  }

  /**
   * A network of its own with a copy of this one's trunk and a fresh score head, as a reward model
   * begins: N(0, 1/√(W + 1)).
   */
  public Network withScoreHead(long seed) {
    Weights trunk = weights();
    return new Network(
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
        Layers.attention(qkv[0], qkv[1], qkv[2], attending.mask(), device.compute()); // (B T, H D)
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
    return Layers.linear(
        x,
        weight(linear.weight()),
        linear.bias() == null ? null : weight(linear.bias()),
        linear.inputsFirst(),
        device.compute());
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

  /** A copy of all weights. */
  public Weights weights() {
    Weights copy = Weights.allocate(config.parameters());
    copyTo(copy);
    return copy;
  }

  /**
   * Writes all weights over those of the target, which has tensors of the same names and shapes.
   */
  public void copyTo(Weights target) {
    try (Scope scope = Scope.open()) {
      parameters.forEach(
          (name, tensor) -> target.get(name).put(Tensor.buffer(tensor.pointer().detach().cpu())));
    }
  }

  public DecoderConfig config() {
    return config;
  }

  public Device device() {
    return device;
  }

  /** By Hugging Face's names, in the order of the network. */
  Map<String, Tensor> parameters() {
    return Collections.unmodifiableMap(parameters);
  }

  private Tensor weight(TensorSpec spec) {
    Tensor tensor = parameters.get(spec.name());
    if (tensor == null) {
      throw new IllegalStateException("no parameter " + spec.name());
    }
    return tensor;
  }

  /** Frees the parameters; results that still need them for a backward pass hold on to them. */
  @Override
  public void close() {
    parameters.values().forEach(Tensor::close);
  }
}
