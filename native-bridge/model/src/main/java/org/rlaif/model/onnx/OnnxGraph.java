package org.rlaif.model.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.rlaif.model.Linear;
import org.rlaif.model.TensorSpec;

/** Spells ONNX's messages, so that a network reads as one line per node. */
final class OnnxGraph {
  private static final String MICROSOFT = "com.microsoft";

  /** Operators that only ONNX Runtime has. */
  private static final Set<String> CONTRIBUTED =
      Set.of(
          "GroupQueryAttention",
          "RotaryEmbedding",
          "SkipLayerNormalization",
          "SkipSimplifiedLayerNormalization",
          "FastGelu",
          "BiasGelu",
          "Gelu",
          "QuickGelu",
          "FusedMatMul",
          "MatMulNBits");

  private final GraphProto.Builder graph;
  private boolean contributed;

  OnnxGraph(String name) {
    graph = GraphProto.newBuilder().setName(name);
  }

  /** One operator with its inputs ("" leaves an optional one out); {@link Node#to} adds it. */
  Node node(String operator, String... inputs) {
    return new Node(operator, inputs);
  }

  final class Node {
    private final NodeProto.Builder node;

    private Node(String operator, String... inputs) {
      node = NodeProto.newBuilder().setOpType(operator).addAllInput(List.of(inputs));
      if (CONTRIBUTED.contains(operator)) {
        node.setDomain(MICROSOFT);
        contributed = true;
      }
    }

    Node with(String attribute, long value) {
      return with(attribute(attribute, AttributeType.INT).setI(value));
    }

    Node with(String attribute, float value) {
      return with(attribute(attribute, AttributeType.FLOAT).setF(value));
    }

    Node with(String attribute, String value) {
      return with(attribute(attribute, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)));
    }

    Node withAll(String attribute, long... values) {
      List<Long> all = Arrays.stream(values).boxed().toList();
      return with(attribute(attribute, AttributeType.INTS).addAllInts(all));
    }

    private Node with(AttributeProto.Builder attribute) {
      node.addAttribute(attribute);
      return this;
    }

    /** More inputs behind those that it has. */
    Node inputs(String... more) {
      node.addAllInput(List.of(more));
      return this;
    }

    /** Names the outputs and adds the node; returns the first output. */
    String to(String... outputs) {
      graph.addNode(node.addAllOutput(List.of(outputs)).setName(outputs[0] + "/node"));
      return outputs[0];
    }
  }

  private static AttributeProto.Builder attribute(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  /** A vector of whole numbers that is part of the graph. */
  String constant(String name, long... values) {
    List<Long> all = Arrays.stream(values).boxed().toList();
    return constant(name, tensor(DataType.INT64).addDims(values.length).addAllInt64Data(all));
  }

  /** A single whole number that is part of the graph, of no dimension. */
  String scalar(String name, long value) {
    return constant(name, tensor(DataType.INT64).addInt64Data(value));
  }

  /** A vector of fractions that is part of the graph. */
  String numbers(String name, float... values) {
    TensorProto.Builder tensor = tensor(DataType.FLOAT).addDims(values.length);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return constant(name, tensor);
  }

  private String constant(String name, TensorProto.Builder tensor) {
    return node("Constant").with(attribute("value", AttributeType.TENSOR).setT(tensor)).to(name);
  }

  private static TensorProto.Builder tensor(DataType type) {
    return TensorProto.newBuilder().setDataType(type.getNumber());
  }

  /** A tensor whose numbers are still to be told. */
  static TensorProto.Builder tensor(TensorSpec spec, DataType type) {
    return tensor(type).setName(spec.name()).addAllDims(spec.shape());
  }

  static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  /** A dimension of 0 stays as it is. */
  String reshape(String input, String name, long... shape) {
    return node("Reshape", input, constant(name + "/shape", shape)).to(name);
  }

  /** A product with the bias, if there is one. */
  String biased(String product, Linear linear) {
    return linear.bias() == null
        ? product
        : node("Add", product, linear.bias().name()).to(linear.name() + "/biased");
  }

  /** Query, key and value that stand side by side along an axis, as (…, their widths). */
  List<String> split(String packed, String name, long axis, long... widths) {
    List<String> parts = List.of(name + "query", name + "key", name + "value");
    node("Split", packed, constant(name + "widths", widths))
        .with("axis", axis)
        .to(parts.toArray(String[]::new));
    return parts;
  }

  /** Dimensions are numbers, or strings that name a size known at run time. */
  void input(String name, DataType type, Object... dimensions) {
    graph.addInput(value(name, type, dimensions));
  }

  void output(String name, DataType type, Object... dimensions) {
    graph.addOutput(value(name, type, dimensions));
  }

  /** Tells the shape of a value where it cannot be inferred. */
  void declare(String name, DataType type, Object... dimensions) {
    graph.addValueInfo(value(name, type, dimensions));
  }

  /** A weight whose numbers lie elsewhere. */
  void weight(TensorSpec spec, DataType type, String externalDataFile) {
    graph.addInitializer(
        tensor(spec, type)
            .setDataLocation(DataLocation.EXTERNAL)
            .addExternalData(entry("location", externalDataFile)));
  }

  /**
   * The operators of opset 17, the first with a layer norm; and ONNX Runtime's where it has one.
   */
  ModelProto.Builder model() {
    var model =
        ModelProto.newBuilder()
            .setIrVersion(8) // the one of opset 17
            .setProducerName("rlaif")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph);
    if (contributed) {
      model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1));
    }
    return model;
  }

  byte[] toBytes() {
    return model().build().toByteArray();
  }

  private static ValueInfoProto value(String name, DataType type, Object... dimensions) {
    var shape = TensorShapeProto.newBuilder();
    for (Object dimension : dimensions) {
      shape.addDim(
          dimension instanceof Number size
              ? Dimension.newBuilder().setDimValue(size.longValue())
              : Dimension.newBuilder().setDimParam((String) dimension));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }
}
