package org.rlaif.model.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.TensorSpec;

/** The graph's structure; the serving room runs it against the golden numbers. */
final class OnnxDecoderTest {
  private static final DecoderConfig POLICY = DecoderConfig.gpt2(64, 40, 32, 2, 4, 48);
  private static final DecoderConfig REWARD = POLICY.withHead(Head.SCORE);
  private static final Quantization SMALL = new Quantization(Precision.INT4, Precision.INT8);

  @Test
  void everyParameterIsAnInitializerThatLiesElsewhere() {
    for (DecoderConfig config : List.of(POLICY, REWARD)) {
      var specs = new ArrayList<TensorSpec>();
      for (TensorProto tensor : graph(config).getInitializerList()) {
        specs.add(new TensorSpec(tensor.getName(), tensor.getDimsList()));
        assertEquals(DataType.FLOAT.getNumber(), tensor.getDataType());
        assertEquals(DataLocation.EXTERNAL, tensor.getDataLocation());
        assertEquals("location", tensor.getExternalData(0).getKey());
        assertEquals("weights.bin", tensor.getExternalData(0).getValue());
      }
      assertEquals(config.parameters(), specs);
    }
  }

  @Test
  void inputsAndOutputsOfALanguageModel() {
    var inputs = new LinkedHashMap<String, String>();
    inputs.put("input_ids", "INT64 [T]");
    inputs.put("position_ids", "INT64 [T]");
    inputs.put("parts", "INT64 [2]");
    inputs.put("rows.lengths", "INT32 [R]");
    inputs.put("rows.longest", "INT32 [1]");
    inputs.put("chunk.shape", "INT64 [3]");
    inputs.put("chunk.lengths", "INT32 [P]");
    inputs.put("chunk.longest", "INT32 [1]");
    inputs.put("chosen", "INT64 [N]");
    inputs.putAll(caches("past"));
    inputs.put("temperature", "FLOAT [N, 1]");
    inputs.put("targets", "INT64 [N, 1]");
    assertEquals(inputs, values(graph(POLICY).getInputList()));
    Map<String, String> outputs = caches("present");
    outputs.put("logprobs", "FLOAT [N, 64]");
    outputs.put("chosen_logprobs", "FLOAT [N, 1]");
    outputs.put("chosen_scaled_logits", "FLOAT [N, 1]");
    assertEquals(outputs, values(graph(POLICY).getOutputList()));
  }

  @Test
  void inputsAndOutputsOfAScoreHead() {
    var inputs = values(graph(POLICY).getInputList());
    inputs.remove("temperature");
    inputs.remove("targets");
    assertEquals(inputs, values(graph(REWARD).getInputList()));
    Map<String, String> outputs = caches("present");
    outputs.put("scores", "FLOAT [N]");
    assertEquals(outputs, values(graph(REWARD).getOutputList()));
  }

  /** Every value is made once, before it is used; every weight, input and value is used. */
  @Test
  void nodesStandInOrder() {
    for (GraphProto graph :
        List.of(graph(POLICY), graph(REWARD), graph(POLICY, SMALL), graph(REWARD, SMALL))) {
      var known = new HashSet<String>();
      graph.getInputList().forEach(input -> assertTrue(known.add(input.getName())));
      graph.getInitializerList().forEach(tensor -> assertTrue(known.add(tensor.getName())));
      var unused = new HashSet<>(known);
      for (NodeProto node : graph.getNodeList()) {
        for (String input : node.getInputList()) {
          assertTrue(input.isEmpty() || known.contains(input), node.getName() + ": " + input);
          unused.remove(input);
        }
        for (String output : node.getOutputList()) {
          assertTrue(output.isEmpty() || known.add(output), output);
        }
      }
      assertEquals(new HashSet<String>(), unused);
      graph.getOutputList().forEach(output -> assertTrue(known.contains(output.getName())));
    }
  }

  @Test
  void oneBlockIsTwoNormsAndOneAttentionPerPart() {
    Map<String, Long> counts =
        graph(POLICY).getNodeList().stream()
            .collect(Collectors.groupingBy(NodeProto::getOpType, Collectors.counting()));
    assertEquals(2 * 2, counts.get("GroupQueryAttention"));
    assertEquals(2 * 2 + 1, counts.get("SkipLayerNormalization"));
    assertEquals(2 * 4, counts.get("MatMul"));
    assertEquals(2, counts.get("FastGelu"));
    assertEquals(1, counts.get("LogSoftmax"));
    NodeProto attention =
        graph(POLICY).getNodeList().stream()
            .filter(node -> node.getOpType().equals("GroupQueryAttention"))
            .findFirst()
            .orElseThrow();
    assertEquals("com.microsoft", attention.getDomain());
    assertEquals(
        Map.of("num_heads", 4L, "kv_num_heads", 4L),
        attention.getAttributeList().stream()
            .collect(Collectors.toMap(a -> a.getName(), a -> a.getI())));
  }

  /** Whole numbers where they belong, and nothing else is different. */
  @Test
  void aQuantisedGraph() {
    GraphProto graph = graph(POLICY, SMALL);
    Map<String, Long> counts =
        graph.getNodeList().stream()
            .collect(Collectors.groupingBy(NodeProto::getOpType, Collectors.counting()));
    assertEquals(2 * 4 + 1, counts.get("MatMulNBits"));
    assertEquals(null, counts.get("MatMul"));
    assertEquals(null, counts.get("FusedMatMul"));
    NodeProto up = node(graph, "transformer.h.1.mlp.c_fc/product/node");
    assertEquals("com.microsoft", up.getDomain());
    assertEquals(
        Map.of("K", 32L, "N", 48L, "bits", 4L, "block_size", 32L, "accuracy_level", 4L),
        up.getAttributeList().stream().collect(Collectors.toMap(a -> a.getName(), a -> a.getI())));
    for (String part : List.of("rows", "chunk")) {
      NodeProto attention =
          node(graph, "transformer.h.1.attention.%s/each/attended/node".formatted(part));
      assertEquals(
          List.of("transformer.h.1.attention.key.scale", "transformer.h.1.attention.value.scale"),
          attention.getInputList().subList(12, 14));
    }
    Map<String, String> inputs = values(graph.getInputList());
    assertEquals("INT8 [R, 4, RM, 8]", inputs.get("rows.past.1.value"));
    assertEquals(values(graph(POLICY).getInputList()).keySet(), inputs.keySet());
  }

  private static NodeProto node(GraphProto graph, String name) {
    return graph.getNodeList().stream()
        .filter(node -> node.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aGraphIsKilobytes() {
    var gpt2 = DecoderConfig.gpt2(50257, 1024, 768, 12, 12, 3072);
    int bytes = OnnxDecoder.graph(gpt2, Quantization.NONE, "weights.bin").length;
    assertTrue(bytes < 64_000, bytes + " bytes");
  }

  private static Map<String, String> caches(String time) {
    var caches = new LinkedHashMap<String, String>();
    for (int layer = 0; layer < 2; layer++) {
      for (String side : List.of("key", "value")) {
        caches.put("rows." + time + "." + layer + "." + side, "FLOAT [R, 4, RM, 8]");
        caches.put("chunk." + time + "." + layer + "." + side, "FLOAT [P, 4, PM, 8]");
      }
    }
    return caches;
  }

  private static Map<String, String> values(List<ValueInfoProto> values) {
    var result = new LinkedHashMap<String, String>();
    for (ValueInfoProto value : values) {
      var type = value.getType().getTensorType();
      String shape =
          type.getShape().getDimList().stream()
              .map(d -> d.hasDimParam() ? d.getDimParam() : String.valueOf(d.getDimValue()))
              .collect(Collectors.joining(", ", " [", "]"));
      result.put(value.getName(), DataType.forNumber(type.getElemType()) + shape);
    }
    return result;
  }

  private static GraphProto graph(DecoderConfig config) {
    return graph(config, Quantization.NONE);
  }

  private static GraphProto graph(DecoderConfig config, Quantization quantization) {
    try {
      ModelProto model =
          ModelProto.parseFrom(OnnxDecoder.graph(config, quantization, "weights.bin"));
      assertEquals(17, model.getOpsetImport(0).getVersion());
      return model.getGraph();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
