package org.rlaif.torch;

import java.nio.FloatBuffer;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.TensorSpec;

/**
 * Weights before training, as GPT-2 has them (Radford et al. 2019, section 2.3): normal with one
 * deviation, except that what is added to the residual stream is scaled down by the square root of
 * the number of additions, 2 per layer; biases 0, norms 1.
 */
final class Initial {
  private final SplittableRandom random;
  private final double deviation;
  private final DecoderConfig config;

  /** Matrices whose product is added to the residual stream. */
  private final Set<TensorSpec> added;

  Initial(long seed, double deviation, DecoderConfig config) {
    this.random = new SplittableRandom(seed);
    this.deviation = deviation;
    this.config = config;
    this.added =
        config.blocks().stream()
            .flatMap(block -> Stream.of(block.attentionOutput().weight(), block.down().weight()))
            .collect(Collectors.toSet());
  }

  void fill(TensorSpec spec, FloatBuffer numbers) {
    if (spec.name().endsWith(".bias")) {
      fill(numbers, () -> 0);
    } else if (spec.shape().size() == 1) {
      fill(numbers, () -> 1); // the gain of a norm
    } else if (spec.equals(config.scoreHead())) {
      scoreHead(numbers, config.width(), random);
    } else if (added.contains(spec)) {
      normal(numbers, random, deviation / Math.sqrt(2.0 * config.layers()));
    } else {
      normal(numbers, random, deviation);
    }
  }

  /**
   * N(0, 1/√(width + 1)), so that first scores are of order 1 (Stiennon et al. 2020, appendix B.1).
   */
  static void scoreHead(FloatBuffer numbers, int width, SplittableRandom random) {
    normal(numbers, random, 1 / Math.sqrt(width + 1.0));
  }

  /** A uniform in ±1/√in, B zero. */
  static void factor(TensorSpec spec, FloatBuffer numbers, SplittableRandom random) {
    if (!spec.name().endsWith(".lora_A.weight")) {
      fill(numbers, () -> 0);
    }
    double most = 1 / Math.sqrt(spec.shape().get(1));
    fill(numbers, () -> random.nextDouble(-most, most));
  }

  static void normal(FloatBuffer numbers, SplittableRandom random, double deviation) {
    fill(numbers, () -> deviation * random.nextGaussian());
  }

  private static void fill(FloatBuffer numbers, DoubleSupplier next) {
    while (numbers.hasRemaining()) {
      numbers.put((float) next.getAsDouble());
    }
  }
}
