package org.rlaif.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.Attention;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Dtype;
import org.rlaif.model.Family;
import org.rlaif.model.Mlp;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.Norm;
import org.rlaif.model.Rotary;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.model.text.BpeTrainer;

/**
 * Shapes that a model with random weights can be made of. What such a model writes is noise, and
 * costs exactly what sense would.
 */
public enum Shape {
  /** Two layers, 32 wide: for trying the commands. */
  TINY("tiny", gpt2(512, 2, 32, 2), Dtype.F32),
  /** The quickstart's policy. */
  SMALL("small", gpt2(768, 4, 96, 4), Dtype.F32),
  /** A quarter of the smallest GPT-2. */
  M31("31m", gpt2(16_384, 8, 512, 8), Dtype.F32),
  /** The smallest GPT-2. */
  M124("124m", gpt2(50_257, 12, 768, 12), Dtype.F32),
  /** The second smallest GPT-2. */
  M355("355m", gpt2(50_257, 24, 1024, 16), Dtype.F32),
  /** Llama 3.2's smallest, 1.24 B. */
  B1("1b", llama1b(), Dtype.BF16);

  private static final int CONTEXT = 1024;

  /** Below the longest completion asked for, the end-of-text token must not be drawn. */
  private static final float END_LOGIT = -30;

  private static final float FINAL_BIAS = 10;

  /** The end-of-text token of a tokenizer that is made here. */
  private static final int END = 1;

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // its lists are never changed
  private final DecoderConfig config;

  private final Dtype stored;

  Shape(String label, DecoderConfig config, Dtype stored) {
    this.label = label;
    this.config = config;
    this.stored = stored;
  }

  private static DecoderConfig gpt2(int vocabulary, int layers, int width, int heads) {
    return DecoderConfig.gpt2(vocabulary, CONTEXT, width, layers, heads, 4 * width);
  }

  private static DecoderConfig llama1b() {
    return new DecoderConfig(
        Family.LLAMA,
        128_256,
        131_072,
        2048,
        16,
        Norm.Kind.ROOT_MEAN_SQUARE,
        1e-5,
        new Attention(32, 8, 64, false, false, false, 0),
        new Rotary(64, 500_000, new Rotary.Llama3(32, 1, 4, 8192)),
        new Mlp(8192, Mlp.Activation.SILU, true, false),
        /* parallel= */ false,
        /* tied= */ true,
        Head.LANGUAGE_MODEL,
        DecoderConfig.NO_PADDING,
        /* scores= */ 1);
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
    return config;
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
      Weights weights = weights(config, seed);
      Map<String, Dtype> dtypes = weights.dtypes();
      dtypes.replaceAll((name, dtype) -> stored);
      ModelFolder.save(folder, config, ScoreScale.IDENTITY, tokenizer, weights.storedAs(dtypes));
    } finally {
      AtomicFiles.deleteRecursively(tokenizer);
    }
  }

  /**
   * All bytes, then made-up words until every id of the network has a text: the sampler draws from
   * the whole vocabulary, as it does for a trained model.
   */
  private void tokenizer(Path file) {
    BpeTrainer.train(List.of("a"), config.vocabularySize(), file);
    ObjectNode json = Json.read(file, ObjectNode.class);
    var words = (ObjectNode) json.path("model").path("vocab");
    for (int id = words.size(); id < config.vocabularySize(); id++) {
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
   * GPT-2's own initialisation, and an end that is never drawn, so that completions are as long as
   * they are asked to be: the final norm's bias, where it has one, points away from the end-of-text
   * token's row. Where it has none the vocabulary is so large that the end hardly ever is drawn.
   */
  private Weights weights(DecoderConfig config, long seed) {
    Weights weights = Weights.allocate(config.parameters());
    var random = new SplittableRandom(seed);
    for (TensorSpec spec : config.parameters()) {
      FloatBuffer numbers = weights.get(spec.name());
      boolean bias = spec.name().endsWith("bias");
      boolean gain = spec.shape().size() == 1 && !bias;
      while (numbers.hasRemaining()) {
        numbers.put(gain ? 1 : bias ? 0 : 0.02f * (float) gaussian(random));
      }
    }
    TensorSpec bias = config.finalNorm().bias();
    if (bias != null) {
      int width = config.width();
      float part = FINAL_BIAS / (float) Math.sqrt(width);
      FloatBuffer shift = weights.get(bias.name());
      FloatBuffer embedding = weights.get(config.embedding().name());
      for (int i = 0; i < width; i++) {
        float sign = i % 2 == 0 ? 1 : -1;
        shift.put(i, sign * part);
        embedding.put(END * width + i, sign * END_LOGIT / (part * width));
      }
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
