package org.rlaif.model.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.GoldenFamilies;
import org.rlaif.model.ModelFolder;

/** The portable graph's structure; the serving room runs it against the golden numbers. */
final class PortableDecoderTest {
  private static final String NEW = "batch_size, sequence_length";
  private static final String ALL = "past_sequence_length + sequence_length";

  @TempDir Path folder;

  static List<String> families() {
    return GoldenFamilies.names();
  }

  @ParameterizedTest
  @MethodSource("families")
  void theStandardsOperatorsInOrder(String name) {
    DecoderConfig config = ModelFolder.describe(GoldenFamilies.unpack(name, folder));
    ModelProto model = PortableDecoder.graph(config).model().build();
    assertEquals(1, model.getOpsetImportCount());
    assertEquals("", model.getOpsetImport(0).getDomain());
    assertEquals(17, model.getOpsetImport(0).getVersion());
    GraphProto graph = model.getGraph();
    var known = new HashSet<String>();
    graph.getInputList().forEach(input -> assertTrue(known.add(input.getName())));
    config.parameters().forEach(spec -> assertTrue(known.add(spec.name())));
    var unused = new HashSet<>(known);
    for (NodeProto node : graph.getNodeList()) {
      assertEquals("", node.getDomain(), node.getName());
      for (String input : node.getInputList()) {
        assertTrue(known.contains(input), node.getName() + ": " + input);
        unused.remove(input);
      }
      node.getOutputList().forEach(output -> assertTrue(known.add(output), output));
    }
    assertEquals(new HashSet<String>(), unused);
    graph.getOutputList().forEach(output -> assertTrue(known.contains(output.getName())));
  }

  /** As transformers' clients look for them. */
  @Test
  void inputsAndOutputsOfALanguageModel() {
    DecoderConfig config = DecoderConfig.gpt2(64, 40, 32, 2, 4, 48);
    GraphProto graph = PortableDecoder.graph(config).model().getGraph();
    var inputs = new LinkedHashMap<String, String>();
    inputs.put("input_ids", "INT64 [" + NEW + "]");
    inputs.put("attention_mask", "INT64 [batch_size, " + ALL + "]");
    inputs.put("position_ids", "INT64 [" + NEW + "]");
    var outputs = new LinkedHashMap<String, String>();
    for (int layer = 0; layer < 2; layer++) {
      for (String side : List.of(".key", ".value")) {
        inputs.put(
            "past_key_values." + layer + side, "FLOAT [batch_size, 4, past_sequence_length, 8]");
        outputs.put("present." + layer + side, "FLOAT [batch_size, 4, " + ALL + ", 8]");
      }
    }
    outputs.put("logits", "FLOAT [" + NEW + ", 64]");
    assertEquals(inputs, values(graph.getInputList()));
    assertEquals(outputs, values(graph.getOutputList()));
  }

  @Test
  void inputsAndOutputsOfAScoreHead() {
    DecoderConfig config =
        DecoderConfig.gpt2(64, 40, 32, 2, 4, 48).withHead(DecoderConfig.Head.SCORE);
    GraphProto graph = PortableDecoder.graph(config).model().getGraph();
    String tokens = "INT64 [" + NEW + "]";
    assertEquals(
        Map.of("input_ids", tokens, "attention_mask", tokens), values(graph.getInputList()));
    assertEquals(Map.of("logits", "FLOAT [batch_size, 1]"), values(graph.getOutputList()));
  }

  private static Map<String, String> values(List<ValueInfoProto> values) {
    return values.stream()
        .collect(
            Collectors.toMap(
                ValueInfoProto::getName,
                value -> {
                  var tensor = value.getType().getTensorType();
                  return DataType.forNumber(tensor.getElemType())
                      + tensor.getShape().getDimList().stream()
                          .map(
                              each ->
                                  each.hasDimValue()
                                      ? Long.toString(each.getDimValue())
                                      : each.getDimParam())
                          .collect(Collectors.joining(", ", " [", "]"));
                }));
  }
}
