package org.rlaif.torch;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.Attention;
import org.rlaif.model.Block;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Family.Projections;
import org.rlaif.model.Linear;
import org.rlaif.model.Mlp.Activation;
import org.rlaif.model.Norm;
import org.rlaif.model.Rotary;
import org.rlaif.model.TensorSpec;
import org.rlaif.torch.Layers.Rotation;

/**
 * A decoder's mathematics in LibTorch: the twin of {@code OnnxDecoder} in the model room, in the
 * same order. No dropout.
 *
 * <p>Sizes: B rows, T tokens in the longest, R tokens of all rows, N completion tokens of all rows,
 * H heads of D numbers for queries and K for keys and values, Q = (H + 2 K) D, W the width, M the
 * width inside the feed-forward part, V the vocabulary. Rows travel through the network one behind
 * the other, (R, W); only attention needs them side by side, and pads them on the right for that.
 *
 * <p>What its device multiplies in bf16 comes back to the residual stream, which is fp32.
 *
 * @param parameters all of the configuration's
 * @param adapter what is added to them; null: nothing
 * @param recomputation of the blocks when gradients pass them; null: all is kept
 */
record Decoder(
    DecoderConfig config,
    Device device,
    Map<String, Tensor> parameters,
    @Nullable Factors adapter,
    @Nullable Recomputation recomputation) {

  /**
   * Tokens to hidden states after the last norm, of the tokens that somebody asks about: (N, W). In
   * the last block all others are there to be attended to, and end with it.
   *
   * @param positions in the packed rows
   */
  private Tensor trunk(Sequences sequences, long[] positions) {
    check(sequences);
    if (recomputation != null && GradMode.is_enabled()) {
      Tensor x = recomputation.forward(() -> new Stack(sequences, positions)); // (N, W)
      return norm(config.finalNorm(), x);
    }
    Stack stack = new Stack(sequences, positions);
    Tensor x = stack.bottom(); // (R, W)
    for (int i = 0; i < stack.size(); i++) {
      x = stack.through(i, x);
    }
    return norm(config.finalNorm(), x); // (N, W)
  }

  /** All blocks, of which the last gives the tokens that somebody asks about. */
  private final class Stack implements Recomputation.Stack {
    private final Sequences sequences;
    private final long[] positions;
    private final Attending attending;

    Stack(Sequences sequences, long[] positions) {
      this.sequences = sequences;
      this.positions = positions;
      this.attending = attending(sequences);
    }

    @Override
    public int size() {
      return config.blocks().size();
    }

    @Override
    public Tensor bottom() {
      return embedded(sequences);
    }

    @Override
    public Tensor through(int number, Tensor x) {
      @Nullable Tensor chosen = number == size() - 1 ? indices(positions) : null;
      return Decoder.this.through(config.blocks().get(number), x, attending, chosen);
    }
  }

  /**
   * One block: (R, W) to (R, W).
   *
   * @param chosen which of the tokens come out of it, (N); null: all
   */
  private Tensor through(Block block, Tensor x, Attending attending, @Nullable Tensor chosen) {
    try (Scope scope = Scope.open()) {
      Tensor seen = norm(block.attentionNorm(), x); // (R, W)
      Tensor attended = attention(block, seen, attending, chosen); // (R or N, W)
      Tensor own = chosen == null ? x : Layers.rows(x, chosen);
      Tensor between = own.plus(attended);
      Tensor read = config.parallel() ? own : between;
      return scope.keep(between.plus(feedForward(block, norm(block.mlpNorm(), read))));
    }
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
   * @param rows how many there are, B
   * @param places where each token stands once all rows are as long as the longest, (R); null: they
   *     are, and stand as they should
   * @param occupants which token stands at each place, (B T); null with the former
   * @param mask which tokens a token sees, (T, T); null: all up to its own
   */
  private record Attending(
      int rows,
      @Nullable Tensor places,
      @Nullable Tensor occupants,
      @Nullable Rotation rotation,
      @Nullable Tensor mask) {}

  private Attending attending(Sequences sequences) {
    int longest = sequences.longest();
    int window = config.attention().window();
    boolean padded = Arrays.stream(sequences.tokens()).anyMatch(row -> row.length < longest);
    return new Attending(
        sequences.size(),
        padded ? indices(sequences.places()) : null,
        padded ? indices(sequences.occupants()) : null,
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

  /** Causal self-attention of each row with itself: (R, W) to (R, W), or (N, W) of the chosen. */
  private Tensor attention(Block block, Tensor x, Attending attending, @Nullable Tensor chosen) {
    Tensor[] qkv = projections(block, x); // (R, H, D) and twice (R, K, D)
    Rotation rotation = attending.rotation();
    for (int i = 0; i < qkv.length; i++) {
      if (rotation != null && i < 2) {
        qkv[i] = Layers.rotate(qkv[i], rotation);
      }
      qkv[i] =
          Layers.sideBySide(qkv[i], attending.rows(), attending.occupants()); // (B, H or K, T, D)
    }
    Tensor attended =
        Layers.attention(
            qkv[0], qkv[1], qkv[2], attending.mask(), device.attention()); // (B T, H D)
    Tensor places = attending.places(); // (R)
    if (chosen != null) {
      places = places == null ? chosen : places.indexSelect(chosen); // (N)
    }
    return linear(
        block.attentionOutput(), places == null ? attended : Layers.rows(attended, places));
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
    return config.projections() == Projections.PER_HEAD
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

  /** What predicts the completion tokens, (N, W). */
  Tensor predicting(Sequences sequences) {
    return trunk(sequences, sequences.predictors());
  }

  /** The language-model head: (N, W) to (N, V). */
  Tensor logits(Tensor hidden) {
    require(Head.LANGUAGE_MODEL);
    return Layers.project(hidden, weight(config.languageModelHead()));
  }

  /** Natural log-probabilities of the vocabulary before each completion token, (N, V). */
  Tensor vocabularyLogprobs(Sequences sequences, double temperature) {
    UserError.require(temperature > 0, "temperature", temperature, "> 0");
    Tensor logits = logits(predicting(sequences)); // (N, V)
    return (temperature == 1 ? logits : logits.div(temperature)).logSoftmax(); // (N, V)
  }

  /** The score head at these positions of the packed rows, (N); of several scores (N scores). */
  Tensor scores(Sequences sequences, long[] positions) {
    require(Head.SCORE);
    try (Scope scope = Scope.open()) {
      Tensor hidden = trunk(sequences, positions); // (N, W)
      return scope.keep(Layers.project(hidden, weight(config.scoreHead())).reshape(-1));
    }
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

  Tensor weight(TensorSpec spec) {
    Tensor tensor = parameters.get(spec.name());
    if (tensor == null) {
      throw new IllegalStateException("no parameter " + spec.name());
    }
    return tensor;
  }

  /** The completion tokens, (N). */
  Tensor targets(Sequences sequences) {
    return indices(sequences.targets());
  }

  private Tensor indices(long[] numbers) {
    return Tensor.call(() -> torch.tensor(numbers).to(there(), torch.ScalarType.Long));
  }

  private org.bytedeco.pytorch.Device there() {
    return new org.bytedeco.pytorch.Device(device.name());
  }
}
