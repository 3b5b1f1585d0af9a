package org.rlaif.model.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.rlaif.kit.UserError;
import org.rlaif.model.Attention;
import org.rlaif.model.Block;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Linear;
import org.rlaif.model.TensorSpec;

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

  /** The language-model head's blocks, where its matrix is the embedding, which stays as it is. */
  static final String TIED_HEAD = "lm_head.weight";

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
   * The matrices that are kept in blocks, in the order of the network. A tied head's are the rows
   * of the token embedding once more: there tokens are still looked up in fp32.
   */
  public List<BlockMatrix> matrices(DecoderConfig config) {
    var matrices = new ArrayList<BlockMatrix>();
    if (weights == Precision.FP32) {
      return matrices;
    }
    for (Block block : config.blocks()) {
      block.linears().map(this::blocks).forEach(matrices::add);
    }
    if (config.head() == Head.LANGUAGE_MODEL) {
      String source = config.languageModelHead().name();
      matrices.add(
          new BlockMatrix(
              config.tied() ? TIED_HEAD : source,
              source,
              config.vocabularySize(),
              config.width(),
              /* outputsFirst= */ true,
              weights.bits()));
    }
    return matrices;
  }

  private BlockMatrix blocks(Linear linear) {
    String name = linear.weight().name();
    return new BlockMatrix(
        name, name, linear.outputs(), linear.inputs(), !linear.inputsFirst(), weights.bits());
  }

  /** The model's tensors that the graph reads as they are, fp32. */
  public List<TensorSpec> plain(DecoderConfig config) {
    Set<String> inBlocks =
        matrices(config).stream().map(BlockMatrix::name).collect(Collectors.toSet());
    return config.parameters().stream().filter(spec -> !inBlocks.contains(spec.name())).toList();
  }

  /**
   * The scales of a quantised KV cache, fp32: key of layer 0, value of layer 0, key of layer 1,
   * ..., one number per head and column of it, (1, heads, 1, {@link Attention#cacheWidth}).
   */
  public List<TensorSpec> cacheScales(DecoderConfig config) {
    var scales = new ArrayList<TensorSpec>();
    if (kvCache != Precision.FP32) {
      Attention attention = config.attention();
      for (Block block : config.blocks()) {
        for (String side : new String[] {"key", "value"}) {
          String name = block.name() + "attention." + side + ".scale";
          scales.add(TensorSpec.of(name, 1, attention.kvHeads(), 1, attention.cacheWidth()));
        }
      }
    }
    return scales;
  }
}
