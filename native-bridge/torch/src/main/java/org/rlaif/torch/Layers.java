package org.rlaif.torch;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.Mlp.Activation;

/** What a decoder is made of, each as one call of LibTorch. Sizes as in {@link Decoder}. */
final class Layers {
  private Layers() {}

  /** These rows of a table: (V, W) and indices of any shape (...) give (..., W). */
  static Tensor rows(Tensor table, Tensor indices) {
    return Tensor.call(() -> torch.embedding(table.pointer(), indices.pointer()));
  }

  /** Layer norm (Ba et al. 2016) of each row: (n, W) gives (n, W). */
  static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon) {
    return Tensor.call(
        () ->
            torch.layer_norm(
                x.pointer(),
                weight.shape(),
                new TensorOptional(weight.pointer()),
                new TensorOptional(bias.pointer()),
                epsilon,
                true));
  }

  /** Root-mean-square norm (Zhang and Sennrich 2019, eq. 4) of the last dimension. */
  static Tensor rmsNorm(Tensor x, Tensor weight, double epsilon) {
    return Tensor.call(
        () ->
            torch.rms_norm(
                in(Compute.FP32, x),
                weight.shape(),
                new TensorOptional(weight.pointer()),
                new DoubleOptional(epsilon)));
  }

  /**
   * x weight + bias: (n, in) gives (n, out).
   *
   * @param weight (in, out), or (out, in)
   * @param bias (out); null: nothing is added
   */
  static Tensor linear(
      Tensor x, Tensor weight, @Nullable Tensor bias, boolean inputsFirst, Compute compute) {
    return Tensor.call(
        () -> {
          var input = in(compute, x);
          var matrix = inputsFirst ? in(compute, weight) : in(compute, weight).t();
          return bias == null ? input.mm(matrix) : torch.addmm(in(compute, bias), input, matrix);
        });
  }

  /** The same numbers, rounded if need be. */
  static Tensor rounded(Tensor x, Compute compute) {
    return Tensor.call(() -> in(compute, x));
  }

  private static org.bytedeco.pytorch.Tensor in(Compute compute, Tensor x) {
    return x.pointer()
        .to(
            switch (compute) {
              case FP32 -> torch.ScalarType.Float;
              case BF16 -> torch.ScalarType.BFloat16;
            });
  }

  /** x tableᵀ: (n, W) and (m, W) give (n, m). */
  static Tensor project(Tensor x, Tensor table) {
    return Tensor.call(() -> x.pointer().mm(table.pointer().t()));
  }

  static Tensor activate(Activation activation, Tensor x) {
    return Tensor.call(
        () ->
            switch (activation) {
              case GELU_TANH -> torch.gelu(x.pointer(), "tanh");
              case GELU -> torch.gelu(x.pointer(), "none");
              case SILU -> torch.silu(x.pointer());
            });
  }

  /** Cosines and sines of n tokens, (n, 1, width / 2) each. */
  record Rotation(Tensor cosines, Tensor sines) {}

  /** Turns the first numbers of every head, see {@code Rotary}: (n, heads, D) to the same. */
  static Tensor rotate(Tensor heads, Rotation rotation) {
    return Tensor.call(
        () -> {
          var x = heads.pointer();
          var cosines = rotation.cosines().pointer();
          var sines = rotation.sines().pointer();
          long half = cosines.size(2);
          var a = x.narrow(-1, 0, half);
          var b = x.narrow(-1, half, half);
          var turned =
              new TensorVector(
                  a.mul(cosines).sub(b.mul(sines)),
                  b.mul(cosines).add(a.mul(sines)),
                  x.narrow(-1, 2 * half, x.size(2) - 2 * half));
          return torch.cat(turned, -1);
        });
  }

  /** The entries along a dimension, which goes. */
  static Tensor[] split(Tensor x, int dimension) {
    var parts = new Tensor[Math.toIntExact(x.shape()[dimension])];
    for (int i = 0; i < parts.length; i++) {
      int index = i;
      parts[i] = Tensor.call(() -> x.pointer().select(dimension, index));
    }
    return parts;
  }

  /**
   * Heads of all rows, with tokens that stand in for padding: (R, H, D) to (B, H, T, D).
   *
   * @param rows B
   * @param occupants (B T); null: rows are equally long, and nothing has to move
   */
  static Tensor sideBySide(Tensor heads, int rows, @Nullable Tensor occupants) {
    return Tensor.call(
        () -> {
          var x = heads.pointer();
          long count = x.size(1);
          var flat = x.reshape(x.size(0), -1); // (R, H D)
          var padded =
              occupants == null ? flat : torch.embedding(flat, occupants.pointer()); // (B T, H D)
          return padded.reshape(rows, padded.size(0) / rows, count, -1).transpose(1, 2);
        });
  }

  /** Which of so many tokens a token sees: itself and those before it, at most so many. (T, T) */
  static Tensor window(int tokens, int window, Device device) {
    return Tensor.call(
        () -> {
          var there = new org.bytedeco.pytorch.Device(device.name());
          var all = torch.ones(tokens, tokens).to(there, torch.ScalarType.Bool);
          return all.tril().logical_and(all.triu(1L - window));
        });
  }

  /**
   * softmax(Q Kᵀ / √D) V (Vaswani et al. 2017, eq. 1): (B, H, T, D) and twice (B, K, T, D) give (B
   * T, H D); H / K queries share a key and a value.
   *
   * @param mask true where a token sees another, (T, T); null: each sees those up to its own
   */
  static Tensor attention(
      Tensor query, Tensor key, Tensor value, @Nullable Tensor mask, Compute compute) {
    return Tensor.call(
        () -> {
          var q = in(compute, query);
          long group = q.size(1) / key.pointer().size(1);
          var attended = // (B, H, T, D)
              torch.scaled_dot_product_attention(
                  q,
                  shared(in(compute, key), group),
                  shared(in(compute, value), group),
                  mask == null ? new TensorOptional() : new TensorOptional(mask.pointer()),
                  0.0, // dropout
                  mask == null, // causal
                  new DoubleOptional(), // 1 / √D
                  false);
          return attended.transpose(1, 2).reshape(q.size(0) * q.size(2), q.size(1) * q.size(3));
        });
  }

  private static org.bytedeco.pytorch.Tensor shared(org.bytedeco.pytorch.Tensor x, long group) {
    return group == 1 ? x : x.repeat_interleave(group, new LongOptional(1), new LongOptional());
  }

  /** -Σ p log p of each row of log-probabilities: (n, V) gives (n). */
  static Tensor entropy(Tensor logprobs) {
    return Tensor.call(() -> logprobs.pointer().exp().mul(logprobs.pointer()).sum(-1).neg());
  }
}
