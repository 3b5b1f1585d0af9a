package org.rlaif.model;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT32;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT64;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT8;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.UINT8;
import static java.util.stream.Collectors.toMap;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Map;

/**
 * GPT-2 (Radford et al. 2019) as an ONNX graph for ONNX Runtime: the twin of {@code Network} in the
 * torch room, in the same order. One graph serves prefill, decode, scoring and probes.
 *
 * <p>A run has two parts, either of which may be empty: R rows of one token each, which decode, and
 * a chunk of a prompt, P rows of S tokens. All T = R + P S tokens go through the layers together,
 * in that order, so that the weights are read once; only attention takes the parts one after the
 * other. Further sizes: N hidden states that go to the head, M tokens that a row of the KV cache
 * can hold, H heads of D numbers, W = H D the width, V the vocabulary.
 *
 * <pre>
 * input_ids             (T)    int64
 * position_ids          (T)    int64
 * parts                 (2)    int64  R and P S
 * rows.lengths          (R)    int32  tokens of the row in the cache after this run, minus 1
 * rows.longest          (1)    int32  tokens of the longest row after this run
 * rows.past.L.key, .value      (R, H, RM, D)  float, or int8 times a scale
 * chunk.shape           (3)    int64  P, S and 3 W
 * chunk.lengths         (P)    int32  as rows.lengths
 * chunk.longest         (1)    int32  as rows.longest
 * chunk.past.L.key, .value     (P, H, PM, D)
 * chosen                (N)    int64  which of the T hidden states go to the head
 * temperature           (N, 1) float  language model only; logits are divided by it
 * targets               (N, 1) int64  language model only; the token to give the logprob of
 *
 * logprobs              (N, V) float  language model
 * chosen_logprobs       (N, 1) float  language model
 * chosen_scaled_logits  (N, 1) float  language model; logits / temperature, not normalised
 * scores                (N)    float  score head
 * rows.present.L.key, .value   (R, H, RM, D)  to be bound to the buffers of rows.past.L
 * chunk.present.L.key, .value  (P, H, PM, D)  to be bound to the buffers of chunk.past.L
 * </pre>
 *
 * <p>Attention is causal and keeps its own cache: {@code GroupQueryAttention} writes the keys and
 * values of this run behind those of the past, in place when past and present are one buffer. A
 * chunk with a past has one row (P = 1); a chunk of beginnings may have several, padded on the
 * right.
 */
public final class OnnxDecoder {
  /** The language-model head's matrix, where it is kept beside the embedding. */
  static final String HEAD = "lm_head.weight";

  /**
   * The accuracy level that quantises the inputs to int8 too, block by block, and multiplies whole
   * numbers by whole numbers. The others take 2 to 30 times as long for log-probabilities that are
   * no closer with 4 bits and half as far off with 8.
   */
  private static final int INT8_INPUTS = 4;

  private final DecoderConfig config;
  private final Quantization quantization;
  private final Map<String, BlockMatrix> matrices;
  private final OnnxGraph graph = new OnnxGraph("decoder");

  private OnnxDecoder(DecoderConfig config, Quantization quantization) {
    this.config = config;
    this.quantization = quantization;
    this.matrices =
        quantization.matrices(config).stream().collect(toMap(BlockMatrix::name, each -> each));
  }

  /**
   * The serialised {@code ModelProto}. Every tensor that the quantisation lists is an initializer
   * that refers to {@code externalDataFile}; whoever builds a session supplies the numbers. Without
   * quantisation these are the parameters of the configuration.
   */
  public static byte[] graph(
      DecoderConfig config, Quantization quantization, String externalDataFile) {
    var decoder = new OnnxDecoder(config, quantization);
    decoder.initializers(externalDataFile);
    decoder.inputs();
    String hidden = decoder.trunk(); // (T, W)
    String chosen = decoder.choose(hidden); // (N, W)
    switch (config.head()) {
      case LANGUAGE_MODEL -> decoder.languageModelHead(chosen);
      case SCORE -> decoder.scoreHead(chosen);
    }
    return decoder.graph.toBytes();
  }

  private void initializers(String file) {
    quantization.plain(config).forEach(spec -> graph.weight(spec, FLOAT, file));
    quantization.cacheScales(config).forEach(spec -> graph.weight(spec, FLOAT, file));
    for (BlockMatrix matrix : quantization.matrices(config)) {
      graph.weight(matrix.values(), UINT8, file);
      graph.weight(matrix.scales(), FLOAT, file);
      graph.weight(matrix.zeroPoints(), UINT8, file);
    }
  }

  private void inputs() {
    graph.input("input_ids", INT64, "T");
    graph.input("position_ids", INT64, "T");
    graph.input("parts", INT64, 2);
    graph.input("rows.lengths", INT32, "R");
    graph.input("rows.longest", INT32, 1);
    graph.input("chunk.shape", INT64, 3);
    graph.input("chunk.lengths", INT32, "P");
    graph.input("chunk.longest", INT32, 1);
    graph.input("chosen", INT64, "N");
  }

  /** Tokens to hidden states after the last norm, (T, W). */
  private String trunk() {
    graph.constant("second", 1);
    String tokens = graph.node("Gather", "transformer.wte.weight", "input_ids").to("tokens");
    String positions =
        graph.node("Gather", "transformer.wpe.weight", "position_ids").to("positions");
    // Each norm adds its two inputs, (T, W), first: the sum is the residual stream.
    Stream stream = norm("transformer.h.0.ln_1", tokens, positions, "");
    for (int layer = 0; layer < config.layers(); layer++) {
      String block = "transformer.h." + layer + ".";
      String attended = attention(layer, stream.normed()); // (T, W) without its bias
      stream = norm(block + "ln_2", attended, stream.residual(), block + "attn.c_proj.bias");
      String fed = feedForward(block, stream.normed()); // (T, W) without its bias
      String next =
          layer + 1 < config.layers()
              ? "transformer.h." + (layer + 1) + ".ln_1"
              : "transformer.ln_f";
      stream = norm(next, fed, stream.residual(), block + "mlp.c_proj.bias");
    }
    return stream.normed();
  }

  /** The residual stream and its normed copy, both (T, W). */
  private record Stream(String normed, String residual) {}

  /** residual = added + residual + bias; normed = layer norm of it. */
  private Stream norm(String name, String added, String residual, String bias) {
    String sum = name + "/residual";
    String normed =
        graph
            .node("SkipLayerNormalization", added, residual, name + ".weight", name + ".bias", bias)
            .with("epsilon", (float) config.normEpsilon())
            .to(name, "", "", sum);
    return new Stream(normed, sum);
  }

  /** Causal self-attention over cache and run: (T, W) to (T, W). */
  private String attention(int layer, String normed) {
    String name = "transformer.h." + layer + ".attn.";
    String product = product(normed, name + "c_attn.weight").to(name + "product");
    String qkv = graph.node("Add", product, name + "c_attn.bias").to(name + "qkv"); // (T, 3 W)
    String ofRows = name + "rows"; // (R, 3 W)
    String ofChunk = name + "chunk"; // (P S, 3 W)
    graph.node("Split", qkv, "parts").with("axis", 0).to(ofRows, ofChunk);
    String rows = // (R, 1, 3 W)
        graph.node("Unsqueeze", ofRows, "second").to(ofRows + "/each");
    String chunk = // (P, S, 3 W)
        graph.node("Reshape", ofChunk, "chunk.shape").with("allowzero", 1).to(ofChunk + "/each");
    graph.declare(chunk, FLOAT, "P", "S", 3L * config.width());
    String attended = // (T, W), heads side by side
        graph
            .node("Concat", attention("rows", layer, rows), attention("chunk", layer, chunk))
            .with("axis", 0)
            .to(name + "heads");
    return product(attended, name + "c_proj.weight").to(name + "c_proj");
  }

  /** Attention of one part: (rows, tokens, 3 W), query, key and value in one, to (tokens, W). */
  private String attention(String part, int layer, String qkv) {
    String past = part + ".past." + layer;
    String present = part + ".present." + layer;
    cache(past, present, part.equals("rows") ? "R" : "P");
    OnnxGraph.Node node =
        graph
            .node(
                "GroupQueryAttention",
                qkv,
                "",
                "",
                past + ".key",
                past + ".value",
                part + ".lengths",
                part + ".longest")
            .with("num_heads", config.heads())
            .with("kv_num_heads", config.heads());
    String attended =
        quantizedCache(node, layer).to(qkv + "/attended", present + ".key", present + ".value");
    return graph.node("Flatten", attended).with("axis", 2).to(qkv + "/flat");
  }

  /** Keys and values as whole numbers times a scale for each head and column of it. */
  private OnnxGraph.Node quantizedCache(OnnxGraph.Node attention, int layer) {
    if (quantization.kvCache() == Precision.FP32) {
      return attention;
    }
    String name = "transformer.h." + layer + ".attn.";
    return attention
        .inputs("", "", "", "", "", name + "key.scale", name + "value.scale")
        .with("k_quant_type", "PER_CHANNEL")
        .with("v_quant_type", "PER_CHANNEL")
        .with("kv_cache_bit_width", quantization.kvCache().bits());
  }

  /** Two layers with GELU (tanh form) between them: (T, W) to (T, W). */
  private String feedForward(String block, String normed) {
    String name = block + "mlp.";
    String wide = product(normed, name + "c_fc.weight").to(name + "c_fc"); // (T, M)
    String active = graph.node("FastGelu", wide, name + "c_fc.bias").to(name + "gelu"); // (T, M)
    return product(active, name + "c_proj.weight").to(name + "c_proj");
  }

  /** A matrix of the model applied to the last dimension. */
  private OnnxGraph.Node product(String input, String weight) {
    BlockMatrix matrix = matrices.get(weight);
    if (matrix == null) {
      return graph.node("MatMul", input, weight);
    }
    return graph
        .node(
            "MatMulNBits",
            input,
            matrix.values().name(),
            matrix.scales().name(),
            matrix.zeroPoints().name())
        .with("K", matrix.inputs())
        .with("N", matrix.outputs())
        .with("bits", matrix.bits())
        .with("block_size", BlockMatrix.BLOCK)
        .with("accuracy_level", INT8_INPUTS);
  }

  /** Picks the hidden states that predict something: (T, W) to (N, W). */
  private String choose(String hidden) {
    return graph.node("Gather", hidden, "chosen").to("heads");
  }

  /** Log-probabilities; the head's matrix is the token embedding. */
  private void languageModelHead(String chosen) {
    graph.input("temperature", FLOAT, "N", 1);
    graph.input("targets", INT64, "N", 1);
    // Dividing the hidden states is dividing their logits, and there are fewer of them.
    String cooled = graph.node("Div", chosen, "temperature").to("cooled"); // (N, W)
    OnnxGraph.Node head =
        matrices.containsKey(HEAD)
            ? product(cooled, HEAD)
            : graph.node("FusedMatMul", cooled, "transformer.wte.weight").with("transB", 1);
    String scaled = head.to("scaled"); // (N, V)
    graph.node("LogSoftmax", scaled).with("axis", -1).to("logprobs"); // (N, V)
    graph.node("GatherElements", "logprobs", "targets").with("axis", 1).to("chosen_logprobs");
    // Less the log-probability it is the normaliser, which gives every logit back.
    graph.node("GatherElements", scaled, "targets").with("axis", 1).to("chosen_scaled_logits");
    graph.output("logprobs", FLOAT, "N", config.vocabularySize());
    graph.output("chosen_logprobs", FLOAT, "N", 1);
    graph.output("chosen_scaled_logits", FLOAT, "N", 1);
  }

  /** One number per chosen hidden state. */
  private void scoreHead(String chosen) {
    String column = // (N, 1)
        graph.node("FusedMatMul", chosen, "score.weight").with("transB", 1).to("column");
    graph.node("Reshape", column, graph.constant("list", -1)).to("scores"); // (N)
    graph.output("scores", FLOAT, "N");
  }

  private void cache(String past, String present, String batch) {
    DataType type = quantization.kvCache() == Precision.FP32 ? FLOAT : INT8;
    for (String side : new String[] {".key", ".value"}) {
      graph.input(past + side, type, batch, config.heads(), batch + "M", config.headWidth());
      graph.output(present + side, type, batch, config.heads(), batch + "M", config.headWidth());
    }
  }
}
