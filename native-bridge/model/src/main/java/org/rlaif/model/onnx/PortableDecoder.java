package org.rlaif.model.onnx;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.BOOL;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT64;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.Attention;
import org.rlaif.model.Block;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Linear;
import org.rlaif.model.Norm;
import org.rlaif.model.Rotary;
import org.rlaif.model.TensorSpec;

/**
 * A decoder as an ONNX graph for other people's tools: the network of {@link OnnxDecoder}, in the
 * same order, in operators of the standard alone and with the inputs and outputs that clients of
 * Hugging Face's exports expect. Numbers are fp32. B rows of S new tokens stand behind P tokens of
 * the past, T = P + S columns in all; further sizes as in {@link OnnxDecoder}.
 *
 * <pre>
 * input_ids                         (B, S)  int64
 * attention_mask                    (B, T)  int64  1: a token, 0: padding, wherever it stands
 * position_ids                      (B, S)  int64  language model only
 * past_key_values.L.key, .value     (B, K, P, D)   language model only; P may be 0
 *
 * logits                            (B, S, V)      language model
 * present.L.key, .value             (B, K, T, D)   language model
 * logits                            (B, 1)         score head, where {@link DecoderConfig#scored} tells
 * </pre>
 *
 * <p>What a token sees, a sliding window included, is counted in columns, as transformers counts
 * it. A score model counts a row's positions itself, from its first token: clients of such models
 * send none.
 */
final class PortableDecoder {
  /** Stands for minus infinity: where a row sees nothing at all, that would give NaN. */
  private static final float HIDDEN = -Float.MAX_VALUE;

  private static final String BATCH = "batch_size";
  private static final String TOKENS = "sequence_length";
  private static final String PAST = "past_sequence_length";
  private static final String COLUMNS = "past_sequence_length + sequence_length";

  private final DecoderConfig config;
  private final Attention attention;

  /** Whether there is a past: scores are computed in one go. */
  private final boolean cached;

  /** Whether several heads of queries share one of keys and values. */
  private final boolean grouped;

  private final OnnxGraph graph = new OnnxGraph("decoder");

  private PortableDecoder(DecoderConfig config) {
    this.config = config;
    this.attention = config.attention();
    this.cached = config.head() == Head.LANGUAGE_MODEL;
    this.grouped = attention.heads() != attention.kvHeads();
  }

  /** The graph; its weights, {@link DecoderConfig#parameters()}, are still to be added. */
  static OnnxGraph graph(DecoderConfig config) {
    var decoder = new PortableDecoder(config);
    decoder.inputs();
    String hidden = decoder.trunk(); // (B, S, W)
    switch (config.head()) {
      case LANGUAGE_MODEL -> decoder.languageModelHead(hidden);
      case SCORE -> decoder.scoreHead(hidden);
    }
    return decoder.graph;
  }

  private void inputs() {
    graph.input("input_ids", INT64, BATCH, TOKENS);
    graph.input("attention_mask", INT64, BATCH, cached ? COLUMNS : TOKENS);
    if (cached) {
      graph.input("position_ids", INT64, BATCH, TOKENS);
    }
    graph.constant("second", 1);
    graph.scalar("zero", 0);
    graph.scalar("one", 1);
  }

  /** Tokens to hidden states after the last norm, (B, S, W). */
  private String trunk() {
    String positions = cached ? "position_ids" : countedPositions();
    mask();
    rotations(positions);
    String stream = first(positions);
    List<Block> blocks = config.blocks();
    for (int layer = 0; layer < blocks.size(); layer++) {
      Block block = blocks.get(layer);
      String attended = // (B, S, W)
          attention(layer, block, norm(block.attentionNorm(), stream));
      if (config.parallel()) {
        String fed = feedForward(block, norm(block.mlpNorm(), stream));
        attended = graph.node("Add", attended, fed).to(block.name() + "both");
        stream = graph.node("Add", stream, attended).to(block.name() + "stream");
      } else {
        stream = graph.node("Add", stream, attended).to(block.name() + "attended");
        String fed = feedForward(block, norm(block.mlpNorm(), stream));
        stream = graph.node("Add", stream, fed).to(block.name() + "stream");
      }
    }
    return norm(config.finalNorm(), stream);
  }

  /** How many tokens stand before each, padding apart: (B, S). */
  private String countedPositions() {
    String counted = graph.node("CumSum", "attention_mask", "one").to("counted");
    String before = graph.node("Sub", counted, "one").to("before");
    return graph.node("Max", before, "zero").to("positions"); // padding in front is at -1
  }

  /** Which columns a token sees: (B, 1, S, T), or (B, 1, 1, S, T) where heads are grouped. */
  private void mask() {
    String tokens = size("input_ids");
    String all = size("attention_mask");
    String columns = graph.node("Range", "zero", all, "one").to("columns"); // (T)
    String past = graph.node("Sub", all, tokens).to("past");
    String own = graph.node("Range", past, all, "one").to("own"); // (S), their own columns
    String rows = graph.node("Unsqueeze", own, "second").to("rows"); // (S, 1)
    String seen = graph.node("LessOrEqual", columns, rows).to("seen"); // (S, T)
    if (attention.window() > 0) {
      String window = graph.scalar("window", attention.window());
      String left = graph.node("Sub", rows, window).to("left");
      String near = graph.node("Greater", columns, left).to("near");
      seen = graph.node("And", seen, near).to("seen.near");
    }
    String real = graph.node("Cast", "attention_mask").with("to", BOOL.getNumber()).to("real");
    String each = graph.node("Unsqueeze", real, "second").to("real.each"); // (B, 1, T)
    String both = graph.node("And", seen, each).to("visible"); // (B, S, T)
    long[] heads = grouped ? new long[] {1, 2} : new long[] {1};
    graph.node("Unsqueeze", both, graph.constant("head.axes", heads)).to("mask");
    graph.numbers("hidden", HIDDEN);
    graph.numbers("scale", (float) (1 / Math.sqrt(attention.headWidth())));
  }

  /** Of the second dimension, as a single number. */
  private String size(String input) {
    String shape = graph.node("Shape", input).to(input + "/shape");
    return graph.node("Gather", shape, "one").to(input + "/columns");
  }

  /** Cosines and sines of the tokens' angles: (B, 1, S, rotary width / 2). */
  private void rotations(String positions) {
    Rotary rotary = config.rotary();
    if (rotary == null) {
      return;
    }
    String turns = // (B, S)
        graph.node("Cast", positions).with("to", FLOAT.getNumber()).to("turns");
    String each = // (B, 1, S, 1)
        graph.node("Unsqueeze", turns, graph.constant("turn.axes", 1, 3)).to("turns.each");
    String frequencies = graph.numbers("frequencies", rotary.frequencies());
    String angles = graph.node("Mul", each, frequencies).to("angles");
    String magnitude = graph.numbers("magnitude", (float) rotary.magnitude());
    graph.node("Mul", graph.node("Cos", angles).to("cosines.unit"), magnitude).to("cosines");
    graph.node("Mul", graph.node("Sin", angles).to("sines.unit"), magnitude).to("sines");
  }

  /** Tokens, and positions where those are learned: (B, S, W). */
  private String first(String positions) {
    String tokens = graph.node("Gather", config.embedding().name(), "input_ids").to("tokens");
    TensorSpec table = config.positions();
    if (table == null) {
      return tokens;
    }
    String places = graph.node("Gather", table.name(), positions).to("places");
    return graph.node("Add", tokens, places).to("embedded");
  }

  /** The norm of each vector in the last dimension. */
  private String norm(Norm norm, String input) {
    String name = norm.weight().name();
    float epsilon = (float) config.normEpsilon();
    if (norm.bias() != null) {
      return graph
          .node("LayerNormalization", input, name, norm.bias().name())
          .with("axis", -1)
          .with("epsilon", epsilon)
          .to(name + "/normed");
    }
    String squares = graph.node("Mul", input, input).to(name + "/squares");
    String mean =
        graph
            .node("ReduceMean", squares)
            .withAll("axes", -1)
            .with("keepdims", 1)
            .to(name + "/mean");
    String more = graph.numbers(name + "/epsilon", epsilon);
    String size =
        graph.node("Sqrt", graph.node("Add", mean, more).to(name + "/more")).to(name + "/size");
    String unit = graph.node("Div", input, size).to(name + "/unit");
    return graph.node("Mul", unit, name).to(name + "/normed");
  }

  /** Causal self-attention over the past and the new tokens: (B, S, W) to the same. */
  private String attention(int layer, Block block, String normed) {
    String name = block.name() + "attention.";
    List<String> qkv = heads(block, normed);
    String query = // (B, H, S, D)
        rotated(turned(headNorm(block.queryNorm(), qkv.get(0))));
    String key = // (B, K, T, D)
        withPast(layer, ".key", rotated(turned(headNorm(block.keyNorm(), qkv.get(1)))));
    String value = withPast(layer, ".value", turned(qkv.get(2))); // (B, K, T, D)
    String scaled = graph.node("Mul", query, "scale").to(name + "scaled");
    String columns = graph.node("Transpose", key).withAll("perm", 0, 1, 3, 2).to(name + "columns");
    if (grouped) { // (B, K, H / K, S, D), (B, K, 1, D, T), (B, K, 1, T, D)
      int group = attention.heads() / attention.kvHeads();
      scaled =
          graph.reshape(
              scaled, name + "groups", 0, attention.kvHeads(), group, -1, attention.headWidth());
      String axis = graph.constant(name + "group", 2);
      columns = graph.node("Unsqueeze", columns, axis).to(name + "columns.each");
      value = graph.node("Unsqueeze", value, axis).to(name + "value.each");
    }
    String logits = graph.node("MatMul", scaled, columns).to(name + "logits"); // (B, H, S, T)
    String seen = graph.node("Where", "mask", logits, "hidden").to(name + "seen");
    String shares = graph.node("Softmax", seen).with("axis", -1).to(name + "shares");
    String attended = graph.node("MatMul", shares, value).to(name + "attended"); // (B, H, S, D)
    if (grouped) {
      attended =
          graph.reshape(attended, name + "heads", 0, attention.heads(), -1, attention.headWidth());
    }
    String tokens = graph.reshape(turned(attended), name + "tokens", 0, 0, attention.queryWidth());
    return linear(tokens, block.attentionOutput());
  }

  /** Query, key and value, (B, S, their heads, D) each. */
  private List<String> heads(Block block, String normed) {
    String name = block.name() + "attention.";
    int d = attention.headWidth();
    List<String> parts = block.projections().stream().map(each -> linear(normed, each)).toList();
    switch (config.projections()) {
      case SEPARATE -> {}
      case STACKED -> {
        parts =
            graph.split(
                parts.get(0),
                name,
                2,
                attention.queryWidth(),
                attention.keyWidth(),
                attention.keyWidth());
      }
      case PER_HEAD -> {
        String each = graph.reshape(parts.get(0), name + "each", 0, 0, attention.heads(), 3L * d);
        return graph.split(each, name, 3, d, d, d);
      }
    }
    return List.of(
        graph.reshape(parts.get(0), name + "query.heads", 0, 0, attention.heads(), d),
        graph.reshape(parts.get(1), name + "key.heads", 0, 0, attention.kvHeads(), d),
        graph.reshape(parts.get(2), name + "value.heads", 0, 0, attention.kvHeads(), d));
  }

  private String headNorm(@Nullable Norm norm, String heads) {
    return norm == null ? heads : norm(norm, heads);
  }

  /** (B, S, heads, D) to (B, heads, S, D), and back. */
  private String turned(String heads) {
    return graph.node("Transpose", heads).withAll("perm", 0, 2, 1, 3).to(heads + "/turned");
  }

  /** Turns number i and number i + width / 2 together: (B, heads, S, D) to the same. */
  private String rotated(String heads) {
    Rotary rotary = config.rotary();
    if (rotary == null) {
      return heads;
    }
    int half = rotary.width() / 2;
    int rest = attention.headWidth() - rotary.width();
    String a = heads + "/a";
    String b = heads + "/b";
    String still = heads + "/still";
    String[] parts = rest == 0 ? new String[] {a, b} : new String[] {a, b, still};
    long[] widths = rest == 0 ? new long[] {half, half} : new long[] {half, half, rest};
    String split = graph.constant(heads + "/widths", widths);
    graph.node("Split", heads, split).with("axis", 3).to(parts);
    String aCosine = graph.node("Mul", a, "cosines").to(a + ".cosine");
    String bSine = graph.node("Mul", b, "sines").to(b + ".sine");
    parts[0] = graph.node("Sub", aCosine, bSine).to(a + ".rotated");
    String bCosine = graph.node("Mul", b, "cosines").to(b + ".cosine");
    String aSine = graph.node("Mul", a, "sines").to(a + ".sine");
    parts[1] = graph.node("Add", bCosine, aSine).to(b + ".rotated");
    return graph.node("Concat", parts).with("axis", 3).to(heads + "/rotated");
  }

  /** The past, and behind it what is new: (B, K, T, D). */
  private String withPast(int layer, String side, String added) {
    if (!cached) {
      return added;
    }
    String past = "past_key_values." + layer + side;
    String present = "present." + layer + side;
    int heads = attention.kvHeads();
    int columns = attention.headWidth();
    graph.input(past, FLOAT, BATCH, heads, PAST, columns);
    graph.output(present, FLOAT, BATCH, heads, COLUMNS, columns);
    return graph.node("Concat", past, added).with("axis", 2).to(present);
  }

  private String feedForward(Block block, String normed) {
    Linear gate = block.gate();
    String up = linear(normed, block.up());
    if (gate == null) {
      return linear(active(up), block.down());
    }
    String wide = // (B, S, M)
        graph.node("Mul", active(linear(normed, gate)), up).to(block.name() + "mlp.gated");
    return linear(wide, block.down());
  }

  private String active(String x) {
    return switch (config.mlp().activation()) {
      case GELU_TANH -> { // x / 2 (1 + tanh(√(2 / π) (x + 0.044715 x³)))
        String square = graph.node("Mul", x, x).to(x + "/square");
        String cube = graph.node("Mul", square, x).to(x + "/cube");
        String sum = graph.node("Add", x, times(cube, 0.044715, x + "/bent")).to(x + "/sum");
        String tanh =
            graph.node("Tanh", times(sum, Math.sqrt(2 / Math.PI), x + "/z")).to(x + "/tanh");
        yield half(x, tanh);
      }
      case GELU -> // x / 2 (1 + erf(x / √2))
          half(x, graph.node("Erf", times(x, Math.sqrt(0.5), x + "/z")).to(x + "/erf"));
      case SILU -> graph.node("Mul", x, graph.node("Sigmoid", x).to(x + "/gate")).to(x + "/active");
    };
  }

  private String times(String x, double factor, String name) {
    return graph.node("Mul", x, graph.numbers(name + "/factor", (float) factor)).to(name);
  }

  /** x / 2 (1 + f) */
  private String half(String x, String f) {
    String one = graph.numbers(x + "/one", 1);
    String more = graph.node("Add", f, one).to(x + "/more");
    return times(graph.node("Mul", x, more).to(x + "/twice"), 0.5, x + "/active");
  }

  private String linear(String input, Linear linear) {
    return graph.biased(
        product(input, linear.weight(), linear.inputsFirst(), linear.name() + "/product"), linear);
  }

  /** A matrix of the model applied to the last dimension. */
  private String product(String input, TensorSpec weight, boolean inputsFirst, String name) {
    String matrix =
        inputsFirst
            ? weight.name()
            : graph.node("Transpose", weight.name()).withAll("perm", 1, 0).to(name + "/matrix");
    return graph.node("MatMul", input, matrix).to(name);
  }

  private void languageModelHead(String hidden) {
    product(hidden, config.languageModelHead(), /* inputsFirst= */ false, "logits"); // (B, S, V)
    graph.output("logits", FLOAT, BATCH, TOKENS, config.vocabularySize());
  }

  /** One number per row, at its last token or the last that is not the padding. */
  private void scoreHead(String hidden) {
    String last = // (B, 1)
        graph
            .node("ArgMax", config.scorePadding() < 0 ? "attention_mask" : unpadded())
            .with("axis", 1)
            .with("select_last_index", config.scorePadding() < 0 ? 1 : 0)
            .to("last");
    String chosen = // (B, W)
        graph.node("GatherND", hidden, last).with("batch_dims", 1).to("chosen");
    product(chosen, config.scoreHead(), /* inputsFirst= */ false, "logits");
    graph.output("logits", FLOAT, BATCH, 1);
  }

  /** The column of every token that is not the padding, or 0: (B, S). */
  private String unpadded() {
    String padding = graph.scalar("score.padding", config.scorePadding());
    String same = graph.node("Equal", "input_ids", padding).to("same");
    String other = graph.node("Not", same).to("other");
    String others = graph.node("Cast", other).with("to", INT64.getNumber()).to("others");
    String real = graph.node("Mul", "attention_mask", others).to("scorable");
    return graph.node("Mul", real, "columns").to("scorable.columns");
  }
}
