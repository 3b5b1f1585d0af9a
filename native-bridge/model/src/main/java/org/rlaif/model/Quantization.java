package org.rlaif.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;

/**
 * How the numbers of a network are kept while it serves, and with it which tensors its graph reads.
 *
 * @param weights of the matrices of attention, MLP and language-model head; embeddings, norms,
 *     biases and a score head stay fp32
 * @param kvCache of keys and values; fp32 or int8
 */
public record Quantization(Precision weights, Precision kvCache) {
  /** Everything as in the model folder. */
  public static final Quantization NONE = new Quantization(Precision.FP32, Precision.FP32);

  public Quantization {
    UserError.require(
        kvCache != Precision.INT4, "KV cache", kvCache.label(), "fp32 or int8 keys and values");
  }

  public boolean isNone() {
    return equals(NONE);
  }

  /** Both, for people. */
  public String label() {
    return weights.label() + " weights, " + kvCache.label() + " KV cache";
  }

  /**
   * The matrices that are kept in blocks, in the order of the network. The head's are the rows of
   * the token embedding once more: there tokens are still looked up in fp32.
   */
  public List<BlockMatrix> matrices(DecoderConfig config) {
    var matrices = new ArrayList<BlockMatrix>();
    if (weights == Precision.FP32) {
      return matrices;
    }
    int width = config.width();
    for (int layer = 0; layer < config.layers(); layer++) {
      String block = "transformer.h." + layer + ".";
      matrices.add(conv1d(block + "attn.c_attn.weight", width, 3 * width));
      matrices.add(conv1d(block + "attn.c_proj.weight", width, width));
      matrices.add(conv1d(block + "mlp.c_fc.weight", width, config.mlpWidth()));
      matrices.add(conv1d(block + "mlp.c_proj.weight", config.mlpWidth(), width));
    }
    if (config.head() == Head.LANGUAGE_MODEL) {
      matrices.add(
          new BlockMatrix(
              OnnxDecoder.HEAD,
              "transformer.wte.weight",
              config.vocabularySize(),
              width,
              /* outputsFirst= */ true,
              weights.bits()));
    }
    return matrices;
  }

  private BlockMatrix conv1d(String name, int inputs, int outputs) {
    return new BlockMatrix(name, name, outputs, inputs, /* outputsFirst= */ false, weights.bits());
  }

  /** The model's tensors that the graph reads as they are, fp32. */
  public List<TensorSpec> plain(DecoderConfig config) {
    Set<String> inBlocks =
        matrices(config).stream().map(BlockMatrix::name).collect(Collectors.toSet());
    return config.parameters().stream().filter(spec -> !inBlocks.contains(spec.name())).toList();
  }

  /**
   * The scales of a quantised KV cache, fp32: key of layer 0, value of layer 0, key of layer 1,
   * ..., one number per head and column of it, (1, heads, 1, head width).
   */
  public List<TensorSpec> cacheScales(DecoderConfig config) {
    var scales = new ArrayList<TensorSpec>();
    if (kvCache != Precision.FP32) {
      for (int layer = 0; layer < config.layers(); layer++) {
        for (String side : new String[] {"key", "value"}) {
          String name = "transformer.h." + layer + ".attn." + side + ".scale";
          scales.add(TensorSpec.of(name, 1, config.heads(), 1, config.headWidth()));
        }
      }
    }
    return scales;
  }
}
