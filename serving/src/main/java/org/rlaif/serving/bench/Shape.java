package org.rlaif.serving.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.BpeTrainer;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;

/**
 * Shapes of GPT-2 that a model with random weights can be made of. What such a model writes is
 * noise, and costs exactly what sense would.
 */
enum Shape {
  /** Two layers, 32 wide: for trying the commands. */
  TINY("tiny", 512, 2, 32, 2),
  /** The quickstart's policy. */
  SMALL("small", 768, 4, 96, 4),
  /** A quarter of the smallest GPT-2. */
  M31("31m", 16_384, 8, 512, 8),
  /** The smallest GPT-2. */
  M124("124m", 50_257, 12, 768, 12),
  /** The second smallest GPT-2. */
  M355("355m", 50_257, 24, 1024, 16);

  private static final int CONTEXT = 1024;

  /** Below the longest completion asked for, the end-of-text token must not be drawn. */
  private static final float END_LOGIT = -30;

  private static final float FINAL_BIAS = 10;

  /** The end-of-text token of a tokenizer that is made here. */
  private static final int END = 1;

  private final String label;
  private final int vocabulary;
  private final int layers;
  private final int width;
  private final int heads;

  Shape(String label, int vocabulary, int layers, int width, int heads) {
    this.label = label;
    this.vocabulary = vocabulary;
    this.layers = layers;
    this.width = width;
    this.heads = heads;
  }

  static List<String> labels() {
    return List.of(values()).stream().map(shape -> shape.label).toList();
  }

  /** The shape of that name; a {@link UserError} lists the others. */
  static Shape of(String label) {
    for (Shape shape : values()) {
      if (shape.label.equals(label)) {
        return shape;
      }
    }
    throw UserError.expected("shape", label, "one of " + labels());
  }

  DecoderConfig config() {
    return DecoderConfig.gpt2(vocabulary, CONTEXT, width, layers, heads, 4 * width);
  }

  /** Writes a policy's model folder; the same seed gives the same weights. */
  void save(Path folder, long seed) {
    save(folder, config(), seed);
  }

  /** The same for a reward model. */
  void saveReward(Path folder, long seed) {
    save(folder, config().withHead(Head.SCORE), seed);
  }

  private void save(Path folder, DecoderConfig config, long seed) {
    Path tokenizer = folder.resolveSibling(folder.getFileName() + "-tokenizer.json");
    try {
      tokenizer(tokenizer);
      ModelFolder.save(folder, config, ScoreScale.IDENTITY, tokenizer, weights(config, seed));
    } finally {
      AtomicFiles.deleteRecursively(tokenizer);
    }
  }

  /**
   * All bytes, then made-up words until every id of the network has a text: the sampler draws from
   * the whole vocabulary, as it does for a trained model.
   */
  private void tokenizer(Path file) {
    BpeTrainer.train(List.of("a"), vocabulary, file);
    ObjectNode json = Json.read(file, ObjectNode.class);
    var words = (ObjectNode) json.path("model").path("vocab");
    for (int id = words.size(); id < vocabulary; id++) {
      words.put(word(id), id);
    }
    Json.write(file, json);
  }

  /** Three lower-case letters and a capital: no two alike, and none a single byte. */
  private static String word(int number) {
    var word = new StringBuilder();
    for (int rest = number, i = 0; i < 4; i++, rest /= 26) {
      word.append((char) ((i == 3 ? 'A' : 'a') + rest % 26));
    }
    return word.toString();
  }

  /**
   * GPT-2's own initialisation, and an end that is never drawn: the final norm's bias points away
   * from the end-of-text token's row, so that completions are as long as they are asked to be.
   */
  private Weights weights(DecoderConfig config, long seed) {
    Weights weights = Weights.allocate(config.parameters());
    var random = new SplittableRandom(seed);
    for (TensorSpec spec : config.parameters()) {
      FloatBuffer numbers = weights.get(spec.name());
      boolean norm = spec.name().contains("ln_");
      boolean bias = spec.name().endsWith("bias");
      while (numbers.hasRemaining()) {
        numbers.put(norm && !bias ? 1 : bias ? 0 : 0.02f * (float) gaussian(random));
      }
    }
    float part = FINAL_BIAS / (float) Math.sqrt(width);
    FloatBuffer shift = weights.get("transformer.ln_f.bias");
    FloatBuffer embedding = weights.get("transformer.wte.weight");
    for (int i = 0; i < width; i++) {
      float sign = i % 2 == 0 ? 1 : -1;
      shift.put(i, sign * part);
      embedding.put(END * width + i, sign * END_LOGIT / (part * width));
    }
    return weights;
  }

  /** Twelve uniform numbers: near enough to normal, and quick for a hundred million of them. */
  private static double gaussian(SplittableRandom random) {
    double sum = -6;
    long bits = 0;
    for (int i = 0; i < 12; i++) {
      bits = i % 4 == 0 ? random.nextLong() : bits >>> 16;
      sum += (bits & 0xffff) / 65_536.0;
    }
    return sum;
  }
}
