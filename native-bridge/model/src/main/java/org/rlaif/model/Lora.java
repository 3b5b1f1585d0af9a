package org.rlaif.model;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;

/**
 * A low-rank adapter (Hu et al. 2021, eq. 3): beside some of a decoder's matrices W two narrow
 * ones, A (r, in) and B (out, r), so that
 *
 * <pre>
 * y = x Wᵀ + s (x Aᵀ) Bᵀ = x (W + s B A)ᵀ,    s = alpha / r
 * </pre>
 *
 * or alpha / √r where the rank shall not weaken the gradients (Kalajdzievski 2023, eq. 4). Only A,
 * B and a score head are trained and kept; their tensors have the names of Hugging Face's PEFT.
 *
 * @param rank r
 * @param targets names of the matrices, or what these end in after a dot; {@value #ALL} for those
 *     of all blocks
 */
public record Lora(int rank, double alpha, boolean rankStabilised, List<String> targets) {
  public static final String ALL = "all-linear";

  static final String PREFIX = "base_model.model.";

  public Lora {
    targets = List.copyOf(targets);
    UserError.require(rank > 0, "adapter rank", rank, ">= 1");
    UserError.require(alpha > 0 && Double.isFinite(alpha), "adapter alpha", alpha, "> 0");
    UserError.require(!targets.isEmpty(), "adapter targets", targets, "at least one, or " + ALL);
  }

  /** s, what the product of both factors is multiplied by. */
  public double scale() {
    return alpha / (rankStabilised ? Math.sqrt(rank) : rank);
  }

  /** The matrices that it stands beside, in the order of the network; each target names some. */
  public List<Linear> adapted(DecoderConfig config) {
    List<Linear> all = config.blocks().stream().flatMap(Block::linears).toList();
    for (String target : targets) {
      if (all.stream().noneMatch(linear -> isTarget(linear, target))) {
        throw UserError.expected(
            "adapter target", target, ALL + ", or names such as " + suffixes(all));
      }
    }
    List<Linear> adapted =
        all.stream()
            .filter(linear -> targets.stream().anyMatch(target -> isTarget(linear, target)))
            .toList();
    long most =
        adapted.stream().mapToLong(each -> Math.max(each.inputs(), each.outputs())).max().orElse(0);
    UserError.require(
        rank <= most,
        "adapter rank",
        rank,
        "at most " + most + ", the longest side of its matrices");
    return adapted;
  }

  private static boolean isTarget(Linear linear, String target) {
    return target.equals(ALL)
        || linear.name().equals(target)
        || linear.name().endsWith("." + target);
  }

  /** What the names of matrices end in, each once. */
  static List<String> suffixes(List<Linear> linears) {
    return linears.stream()
        .map(linear -> linear.name().substring(linear.name().lastIndexOf('.') + 1))
        .distinct()
        .sorted()
        .toList();
  }

  /** A, (r, in): what an input is reduced to. */
  public TensorSpec a(Linear linear) {
    return TensorSpec.of(PREFIX + linear.name() + ".lora_A.weight", rank, linear.inputs());
  }

  /** B, (out, r): what is made of it. */
  public TensorSpec b(Linear linear) {
    return TensorSpec.of(PREFIX + linear.name() + ".lora_B.weight", linear.outputs(), rank);
  }

  /** The head of a model that scores; it belongs to the adapter, and not to the base. */
  public static TensorSpec scoreHead(DecoderConfig config) {
    TensorSpec head = config.scoreHead();
    return new TensorSpec(PREFIX + head.name(), head.shape());
  }

  /** Every tensor of the adapter on top of that model, in the order of the network. */
  public List<TensorSpec> parameters(DecoderConfig config) {
    return Stream.concat(
            adapted(config).stream().flatMap(linear -> Stream.of(a(linear), b(linear))),
            config.head() == Head.SCORE ? Stream.of(scoreHead(config)) : Stream.of())
        .toList();
  }

  /**
   * The weights of base and adapter in one: they share the base's memory, and each number is added
   * up when it is read.
   *
   * @param config of the result; its trunk is the base's
   * @param factors the adapter's {@link #parameters}
   */
  public Weights over(Weights base, DecoderConfig config, Weights factors) {
    factors.require("adapter", parameters(config));
    var adapted = new ArrayList<>(adapted(config));
    var merged = new Weights();
    for (TensorSpec spec : config.parameters()) {
      if (!adapted.isEmpty() && adapted.get(0).weight().equals(spec)) {
        merged.put(spec, base, spec.name(), added(adapted.remove(0), factors));
      } else if (spec.equals(config.scoreHead())) {
        merged.put(spec, factors, scoreHead(config).name());
      } else {
        merged.put(spec, base, spec.name());
      }
    }
    return merged;
  }

  /** s B A in the layout of the matrix. */
  private LowRank added(Linear linear, Weights factors) {
    float[] a = floats(factors.get(a(linear).name())); // (r, in)
    float[] b = floats(factors.get(b(linear).name())); // (out, r)
    return linear.inputsFirst()
        ? new LowRank(times(scale(), transposed(a, linear.inputs())), transposed(b, rank), rank)
        : new LowRank(times(scale(), b), a, rank);
  }

  private static float[] floats(FloatBuffer buffer) {
    var numbers = new float[buffer.remaining()];
    buffer.get(numbers);
    return numbers;
  }

  private static float[] times(double scale, float[] numbers) {
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] *= (float) scale;
    }
    return numbers;
  }

  private static float[] transposed(float[] matrix, int columns) {
    int rows = matrix.length / columns;
    var result = new float[matrix.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result[column * rows + row] = matrix[row * columns + column];
      }
    }
    return result;
  }
}
