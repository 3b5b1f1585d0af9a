package org.rlaif.torch;

import java.util.SplittableRandom;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;

/** A network of 2 layers, 16 wide, and rows for it. */
final class Tiny {
  static final DecoderConfig CONFIG = DecoderConfig.gpt2(48, 24, 16, 2, 2, 32);

  /** Weights large enough that every part of the network matters. */
  static Network network(long seed) {
    return Network.create(CONFIG, seed, 0.3);
  }

  /** Rows of 2 to 20 tokens. */
  static Sequences sequences(long seed, int rows) {
    var random = new SplittableRandom(seed);
    int[][] tokens = new int[rows][];
    int[] prompts = new int[rows];
    for (int row = 0; row < rows; row++) {
      prompts[row] = random.nextInt(1, 11);
      int length = prompts[row] + random.nextInt(1, 11);
      tokens[row] = random.ints(length, 0, CONFIG.vocabularySize()).toArray();
    }
    return new Sequences(tokens, prompts);
  }

  /** One step towards writing these completions. */
  static float step(Network network, Optimizer optimizer, Sequences sequences) {
    try (Scope scope = Scope.open()) {
      optimizer.zeroGrad();
      Tensor loss = network.logprobs(sequences, 1.0).mean().neg();
      loss.backward();
      optimizer.clipGradients(1.0);
      optimizer.step();
      return loss.item();
    }
  }

  /** Tells networks apart: the checksums of all weights. */
  static int[] checksums(Network network) {
    Weights weights = network.weights();
    return weights.specs().stream().map(TensorSpec::name).mapToInt(weights::crc32c).toArray();
  }

  private Tiny() {}
}
