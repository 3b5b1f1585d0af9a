package org.rlaif.serving.grpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rlaif.inference.InferParameter;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.Sampling;

/**
 * Settings of a request, as its parameters or as JSON: the fields of {@code rlaif.v1.Sampling}, and
 * what vLLM calls {@code n} and {@code stop}. Numbers may come as text, as some clients send them.
 */
final class InferSampling {
  private static final String SAMPLES = "n";
  private static final String STOP = "stop";

  /** What no tensor would tell. */
  private static final Set<String> REPORTS = Set.of("sampled_logprobs", "top_logprobs", "support");

  private final RolloutRequest.Builder rollout = RolloutRequest.newBuilder();
  private final Set<FieldDescriptor> seen = new HashSet<>();

  InferSampling(Map<String, InferParameter> parameters) {
    parameters.forEach((name, value) -> set("parameters", name, json(name, value)));
  }

  /** Adds the fields of a JSON object. */
  void add(String source, String text) {
    JsonNode tree;
    try {
      tree = Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UserError(source + ": " + Json.describe(e), e);
    }
    UserError.require(tree instanceof ObjectNode, source, text, "a JSON object");
    tree.properties().forEach(each -> set(source, each.getKey(), each.getValue()));
  }

  /** What rlaif.v1 would be asked: samples and sampling. */
  RolloutRequest rollout() {
    return rollout.build();
  }

  private void set(String source, String name, JsonNode value) {
    FieldDescriptor field = field(name);
    if (field == null) {
      throw UserError.expected(source, name, "some of " + known());
    }
    UserError.require(seen.add(field), name, "given twice", "once");
    boolean listed = !field.isRepeated() || field.isMapField() || value.isArray();
    ObjectNode one =
        JsonNodeFactory.instance
            .objectNode()
            .set(field.getName(), listed ? value : JsonNodeFactory.instance.arrayNode().add(value));
    Message.Builder into = name.equals(SAMPLES) ? rollout : rollout.getSamplingBuilder();
    try {
      JsonFormat.parser().merge(one.toString(), into);
    } catch (InvalidProtocolBufferException e) {
      var error = UserError.expected(name, value, kind(field));
      error.initCause(e);
      throw error;
    }
  }

  private static @Nullable FieldDescriptor field(String name) {
    if (name.equals(SAMPLES)) {
      return RolloutRequest.getDescriptor().findFieldByName("samples");
    }
    return REPORTS.contains(name)
        ? null
        : Sampling.getDescriptor().findFieldByName(name.equals(STOP) ? "stop_strings" : name);
  }

  private static List<String> known() {
    List<String> names = new ArrayList<>();
    for (FieldDescriptor field : Sampling.getDescriptor().getFields()) {
      if (!REPORTS.contains(field.getName())) {
        names.add(field.getName());
      }
    }
    names.add(SAMPLES);
    names.add(STOP);
    return names;
  }

  private static String kind(FieldDescriptor field) {
    if (field.isMapField()) {
      return "an object of numbers by token id";
    }
    return switch (field.getJavaType()) {
      case FLOAT, DOUBLE -> "a number";
      case INT, LONG -> field.isRepeated() ? "whole numbers" : "a whole number";
      default -> "text or a list of texts";
    };
  }

  private static JsonNode json(String name, InferParameter parameter) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (parameter.getParameterChoiceCase()) {
      case BOOL_PARAM -> json.booleanNode(parameter.getBoolParam());
      case INT64_PARAM -> json.numberNode(parameter.getInt64Param());
      case STRING_PARAM -> json.textNode(parameter.getStringParam());
      case DOUBLE_PARAM -> json.numberNode(parameter.getDoubleParam());
      case UINT64_PARAM -> json.textNode(Long.toUnsignedString(parameter.getUint64Param()));
      case PARAMETERCHOICE_NOT_SET -> throw UserError.expected(name, "nothing", "a value");
    };
  }
}
