package org.rlaif.model.onnx;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT32;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT64;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT8;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.UINT8;
import static java.util.stream.Collectors.toMap;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.Attention;
import org.rlaif.model.Block;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.Linear;
import org.rlaif.model.Norm;
import org.rlaif.model.Rotary;
import org.rlaif.model.TensorSpec;

/**
 * A decoder as an ONNX graph for ONNX Runtime: the twin of {@code Decoder} in the torch room, in
 * the same order. One graph serves prefill, decode, scoring and probes.
 *
 * <p>A run has two parts, either of which may be empty: R rows of one token each, which decode, and
 * a chunk of a prompt, P rows of S tokens. All T = R + P S tokens go through the layers together,
 * in that order, so that the weights are read once; only attention takes the parts one after the
 * other. Further sizes: N hidden states that go to the head, M tokens that a row of the KV cache
 * can hold, H heads of D numbers for queries and K for keys and values, Q = (H + 2 K) D, W the
 * width, V the vocabulary. In Q and in the cache D is {@link Attention#cacheWidth}.
 *
 * <pre>
 * input_ids             (T)    int64
 * position_ids          (T)    int64
 * parts                 (2)    int64  R and P S
 * rows.lengths          (R)    int32  tokens of the row in the cache after this run, minus 1
 * rows.longest          (1)    int32  tokens of the longest row after this run
 * rows.past.L.key, .value      (R, K, RM, D)  float, or int8 times a scale
 * chunk.shape           (3)    int64  P, S and Q
 * chunk.lengths         (P)    int32  as rows.lengths
 * chunk.longest         (1)    int32  as rows.longest
 * chunk.past.L.key, .value     (P, K, PM, D)
 * chosen                (N)    int64  which of the T hidden states go to the head
 * temperature           (N, 1) float  language model only; logits are divided by it
 * targets               (N, 1) int64  language model only; the token to give the logprob of
 *
 * logprobs              (N, V) float  language model
 * chosen_logprobs       (N, 1) float  language model
 * chosen_scaled_logits  (N, 1) float  language model; logits / temperature, not normalised
 * scores                (N)    float  score head
 * rows.present.L.key, .value   (R, K, RM, D)  to be bound to the buffers of rows.past.L
 * chunk.present.L.key, .value  (P, K, PM, D)  to be bound to the buffers of chunk.past.L
 * </pre>
 *
 * <p>Attention is causal and keeps its own cache: {@code GroupQueryAttention} writes the keys and
 * values of this run behind those of the past, in place when past and present are one buffer. A
 * chunk with a past has one row (P = 1); a chunk of beginnings may have several, padded on the
 * right.
 */
public final class OnnxDecoder {
  private static final String SINK = "sink";

  /**
   * The accuracy level that quantises the inputs to int8 too, block by block, and multiplies whole
   * numbers by whole numbers. The others take 2 to 30 times as long for log-probabilities that are
   * no closer with 4 bits and half as far off with 8.
   */
  private static final int INT8_INPUTS = 4;

  private final DecoderConfig config;
  private final Quantization quantization;
  private final Attention attention;
  private final Map<String, BlockMatrix> matrices;
  private final OnnxGraph graph = new OnnxGraph("decoder");

  private OnnxDecoder(DecoderConfig config, Quantization quantization) {
    this.config = config;
    this.attention = config.attention();
    this.quantization = quantization;
    this.matrices =
        quantization.matrices(config).stream().collect(toMap(BlockMatrix::name, each -> each));
  }

  /**
   * The serialised {@code ModelProto}. Every tensor that the quantisation lists is an initializer
   * that refers to {@code externalDataFile}, and so are the {@link #rotations}; whoever builds a
   * session supplies the numbers. Without quantisation these are the parameters of the
   * configuration.
   */
  public static byte[] graph(
      DecoderConfig config, Quantization quantization, String externalDataFile) {
    var decoder = new OnnxDecoder(config, quantization);
    decoder.initializers(externalDataFile);
    decoder.inputs();
    String hidden = decoder.trunk(); // (T, W)
    String chosen = decoder.graph.node("Gather", hidden, "chosen").to("heads"); // (N, W)
    switch (config.head()) {
      case LANGUAGE_MODEL -> decoder.languageModelHead(chosen);
      case SCORE -> decoder.scoreHead(chosen);
    }
    return decoder.graph.toBytes();
  }

  /**
   * The tables that positions are turned by, cosines and sines, (C, rotary width / 2) each; none
   * where positions are learned. {@link Rotary#fill} has the numbers.
   */
  public static List<TensorSpec> rotations(DecoderConfig config) {
    Rotary rotary = config.rotary();
    if (rotary == null) {
      return List.of();
    }
    int pairs = rotary.width() / 2;
    return List.of(
        TensorSpec.of("rotary.cosines", config.contextLength(), pairs),
        TensorSpec.of("rotary.sines", config.contextLength(), pairs));
  }

  private void initializers(String file) {
    quantization.plain(config).forEach(spec -> graph.weight(spec, FLOAT, file));
    rotations(config).forEach(spec -> graph.weight(spec, FLOAT, file));
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
    sink();
    if (config.rotary() != null) {
      graph.node("Unsqueeze", "position_ids", "second").to("places"); // (T, 1)
    }
    List<Block> blocks = config.blocks();
    Stream stream = first(blocks.get(0).attentionNorm());
    for (int layer = 0; layer < blocks.size(); layer++) {
      Block block = blocks.get(layer);
      Norm next =
          layer + 1 < blocks.size() ? blocks.get(layer + 1).attentionNorm() : config.finalNorm();
      // (T, W) without its bias, which the next norm adds
      String attended = attention(layer, block, stream.normed());
      Linear output = block.attentionOutput();
      if (config.parallel()) {
        String fed = feedForward(block, norm(block.mlpNorm(), stream.residual()));
        String both =
            graph
                .node("Add", graph.biased(attended, output), fed)
                .to(block.name() + "both"); // (T, W) without the MLP's bias
        stream = norm(next, both, stream.residual(), block.down().bias());
      } else {
        stream = norm(block.mlpNorm(), attended, stream.residual(), output.bias());
        String fed = feedForward(block, stream.normed());
        stream = norm(next, fed, stream.residual(), block.down().bias());
      }
    }
    return stream.normed();
  }

  /** The residual stream and its normed copy, both (T, W). */
  private record Stream(String normed, String residual) {}

  /** Tokens, and positions where those are learned. */
  private Stream first(Norm norm) {
    String tokens = graph.node("Gather", config.embedding().name(), "input_ids").to("tokens");
    TensorSpec table = config.positions();
    if (table == null) {
      return new Stream(norm(norm, tokens), tokens);
    }
    String positions = graph.node("Gather", table.name(), "position_ids").to("positions");
    return norm(norm, tokens, positions, null);
  }

  /** residual = added + residual + bias; normed = norm of it. */
  private Stream norm(Norm norm, String added, String residual, @Nullable TensorSpec bias) {
    String name = norm.weight().name() + "/normed";
    String sum = norm.weight().name() + "/residual";
    String last = bias == null ? "" : bias.name();
    OnnxGraph.Node node =
        norm.bias() == null
            ? graph.node(
                "SkipSimplifiedLayerNormalization", added, residual, norm.weight().name(), last)
            : graph.node(
                "SkipLayerNormalization",
                added,
                residual,
                norm.weight().name(),
                norm.bias().name(),
                last);
    String normed = node.with("epsilon", (float) config.normEpsilon()).to(name, "", "", sum);
    return new Stream(normed, sum);
  }

  /** The norm of each vector in the last dimension. */
  private String norm(Norm norm, String input) {
    OnnxGraph.Node node =
        norm.bias() == null
            ? graph.node("SimplifiedLayerNormalization", input, norm.weight().name())
            : graph.node("LayerNormalization", input, norm.weight().name(), norm.bias().name());
    return node.with("axis", -1)
        .with("epsilon", (float) config.normEpsilon())
        .to(norm.weight().name() + "/normed");
  }

  /** Causal self-attention over cache and run: (T, W) to (T, W). */
  private String attention(int layer, Block block, String normed) {
    String name = block.name() + "attention.";
    String qkv = widened(projections(block, normed)); // (T, Q)
    String ofRows = name + "rows"; // (R, Q)
    String ofChunk = name + "chunk"; // (P S, Q)
    graph.node("Split", qkv, "parts").with("axis", 0).to(ofRows, ofChunk);
    String rows = // (R, 1, Q)
        graph.node("Unsqueeze", ofRows, "second").to(ofRows + "/each");
    String chunk = // (P, S, Q)
        graph.node("Reshape", ofChunk, "chunk.shape").with("allowzero", 1).to(ofChunk + "/each");
    graph.declare(chunk, FLOAT, "P", "S", attention.cachePackedWidth());
    String attended = // (T, H D), heads side by side
        graph
            .node("Concat", attention("rows", layer, rows), attention("chunk", layer, chunk))
            .with("axis", 0)
            .to(name + "heads");
    return product(narrowed(attended), block.attentionOutput());
  }

  /** Zeros behind the numbers of each head, which change no product: (T, any D) to a wider D. */
  private String widened(String heads) {
    int zeros = attention.cacheWidth() - attention.headWidth();
    if (zeros == 0) {
      return heads;
    }
    int count = attention.heads() + 2 * attention.kvHeads();
    String each = graph.reshape(heads, heads + "/narrow", 0, count, attention.headWidth());
    String pads = graph.constant(heads + "/pads", 0, 0, 0, 0, 0, zeros);
    String wide = graph.node("Pad", each, pads).to(heads + "/padded");
    return graph.reshape(wide, heads + "/wide", 0, attention.cachePackedWidth());
  }

  /** Takes them away again: (T, H wider D) to (T, H D). */
  private String narrowed(String heads) {
    if (attention.cacheWidth() == attention.headWidth()) {
      return heads;
    }
    String each =
        graph.reshape(heads, heads + "/each", 0, attention.heads(), attention.cacheWidth());
    String own =
        graph
            .node(
                "Slice",
                each,
                graph.constant(heads + "/from", 0),
                graph.constant(heads + "/to", attention.headWidth()),
                graph.constant(heads + "/axis", 2))
            .to(heads + "/own");
    return graph.reshape(own, heads + "/narrow", 0, attention.queryWidth());
  }

  /** Query, key and value side by side: (T, W) to (T, Q). */
  private String projections(Block block, String normed) {
    String name = block.name() + "attention.";
    List<String> parts =
        block.projections().stream()
            .map(each -> graph.biased(product(normed, each), each))
            .toList();
    List<String> qkv =
        switch (config.projections()) {
          case STACKED -> parts;
          case PER_HEAD ->
              graph.split(
                  stacked(parts.get(0), name),
                  name,
                  1,
                  attention.queryWidth(),
                  attention.keyWidth(),
                  attention.keyWidth());
          case SEPARATE -> parts;
        };
    return qkv.size() == 1 ? qkv.get(0) : sideBySide(block, qkv.get(0), qkv.get(1), qkv.get(2));
  }

  private String sideBySide(Block block, String query, String key, String value) {
    String q = rotated(headNorm(block.queryNorm(), query, attention.heads()), attention.heads());
    String k = rotated(headNorm(block.keyNorm(), key, attention.kvHeads()), attention.kvHeads());
    return graph.node("Concat", q, k, value).with("axis", 1).to(block.name() + "attention.qkv");
  }

  /** From query, key and value of each head to those of all heads: (T, Q) to the same. */
  private String stacked(String perHead, String name) {
    String heads = // (T, H, 3, D)
        graph.reshape(perHead, name + "each", 0, attention.heads(), 3, attention.headWidth());
    String turned = // (T, 3, H, D)
        graph.node("Transpose", heads).withAll("perm", 0, 2, 1, 3).to(name + "stacked");
    return graph.reshape(turned, name + "packed", 0, attention.packedWidth());
  }

  /** Turns queries or keys by their positions: (T, heads D) to the same. */
  private String rotated(String input, int heads) {
    if (config.rotary() == null) {
      return input;
    }
    List<TensorSpec> tables = rotations(config);
    // A sequence of its own for each token: a longer one could not exceed the context.
    String each = graph.node("Unsqueeze", input, "second").to(input + "/each"); // (T, 1, heads D)
    String turned =
        graph
            .node("RotaryEmbedding", each, "places", tables.get(0).name(), tables.get(1).name())
            .with("num_heads", heads)
            .with("rotary_embedding_dim", config.rotary().width())
            .to(input + "/turned");
    return graph.reshape(turned, input + "/rotated", -1, (long) heads * attention.headWidth());
  }

  /** Norms each head by itself: (T, heads D) to the same. */
  private String headNorm(@Nullable Norm norm, String input, int heads) {
    if (norm == null) {
      return input;
    }
    String each = // (T, heads, D)
        graph.reshape(input, input + "/heads", 0, heads, attention.headWidth());
    return graph.reshape(
        norm(norm, each), input + "/headnorm", 0, (long) heads * attention.headWidth());
  }

  /** Attention of one part: (rows, tokens, Q) to (tokens, H D). */
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
            .inputs("", "", "", "", SINK)
            .with("num_heads", attention.heads())
            .with("kv_num_heads", attention.kvHeads());
    if (attention.cacheWidth() != attention.headWidth()) {
      node.with("scale", (float) (1 / Math.sqrt(attention.headWidth())));
    }
    if (attention.window() > 0) {
      node.with("local_window_size", attention.window());
    }
    String attended =
        quantizedCache(node, layer).to(qkv + "/attended", present + ".key", present + ".value");
    return graph.node("Flatten", attended).with("axis", 2).to(qkv + "/flat");
  }

  /**
   * A further logit of each head, minus infinity: it changes no probability, but the way they are
   * computed. ONNX Runtime 1.28 has a kernel without such a logit, for which rows of different
   * lengths are a parallel section each instead of one for all (at 32 rows and 2 threads 4 ms of
   * 46), and which shares a long row out to threads that are idle, so that its bits depend on how
   * many rows there are.
   */
  private void sink() {
    var logits = new float[attention.heads()];
    Arrays.fill(logits, Float.NEGATIVE_INFINITY);
    graph.numbers(SINK, logits);
  }

  /** Keys and values as whole numbers times a scale for each head and column of it. */
  private OnnxGraph.Node quantizedCache(OnnxGraph.Node attention, int layer) {
    List<TensorSpec> scales = quantization.cacheScales(config);
    if (scales.isEmpty()) {
      return attention;
    }
    return attention
        .inputs(scales.get(2 * layer).name(), scales.get(2 * layer + 1).name())
        .with("k_quant_type", "PER_CHANNEL")
        .with("v_quant_type", "PER_CHANNEL")
        .with("kv_cache_bit_width", quantization.kvCache().bits());
  }

  /** The feed-forward part: (T, W) to (T, W), without its last bias. */
  private String feedForward(Block block, String normed) {
    Linear gate = block.gate();
    if (gate == null) {
      return product(active(block.up(), product(normed, block.up())), block.down());
    }
    String wide = // (T, M)
        graph
            .node(
                "Mul",
                active(gate, product(normed, gate)),
                graph.biased(product(normed, block.up()), block.up()))
            .to(block.name() + "mlp.gated");
    return product(wide, block.down());
  }

  /** The activation of a product and its bias. */
  private String active(Linear linear, String product) {
    String bias = linear.bias() == null ? "" : linear.bias().name();
    OnnxGraph.Node node =
        switch (config.mlp().activation()) {
          case GELU_TANH -> graph.node("FastGelu", product, bias);
          case GELU ->
              bias.isEmpty() ? graph.node("Gelu", product) : graph.node("BiasGelu", product, bias);
          // x times the logistic function of 1 x
          case SILU -> graph.node("QuickGelu", graph.biased(product, linear)).with("alpha", 1f);
        };
    return node.to(linear.name() + "/active");
  }

  private String product(String input, Linear linear) {
    return product(input, linear.weight().name(), linear.inputsFirst())
        .to(linear.name() + "/product");
  }

  /** A matrix of the model applied to the last dimension. */
  private OnnxGraph.Node product(String input, String weight, boolean inputsFirst) {
    BlockMatrix matrix = matrices.get(weight);
    if (matrix == null) {
      return inputsFirst
          ? graph.node("MatMul", input, weight)
          : graph.node("FusedMatMul", input, weight).with("transB", 1);
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

  /** Log-probabilities. */
  private void languageModelHead(String chosen) {
    graph.input("temperature", FLOAT, "N", 1);
    graph.input("targets", INT64, "N", 1);
    // Dividing the hidden states is dividing their logits, and there are fewer of them.
    String cooled = graph.node("Div", chosen, "temperature").to("cooled"); // (N, W)
    String matrix =
        matrices.containsKey(Quantization.TIED_HEAD)
            ? Quantization.TIED_HEAD
            : config.languageModelHead().name();
    String scaled = product(cooled, matrix, /* inputsFirst= */ false).to("scaled"); // (N, V)
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
        product(chosen, config.scoreHead().name(), /* inputsFirst= */ false).to("column");
    graph.node("Reshape", column, graph.constant("list", -1)).to("scores"); // (N)
    graph.output("scores", FLOAT, "N");
  }

  private void cache(String past, String present, String batch) {
    DataType type = quantization.kvCache() == Precision.FP32 ? FLOAT : INT8;
    int heads = attention.kvHeads();
    int columns = attention.cacheWidth();
    for (String side : new String[] {".key", ".value"}) {
      graph.input(past + side, type, batch, heads, batch + "M", columns);
      graph.output(present + side, type, batch, heads, batch + "M", columns);
    }
  }
}
