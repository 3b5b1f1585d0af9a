package org.rlaif.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.rlaif.inference.ModelConfigOuterClass;
import org.rlaif.inference.OpenInference;

/**
 * What may change in {@code rlaif.v1}: messages, fields, enum values and calls may be added. What
 * is there is never removed, renamed, renumbered or given another type, label or oneof, because
 * servers and clients of different ages talk to each other. {@code v1.txt} holds what is there;
 * after an addition, run {@link #main} with its path.
 */
class CompatibilityTest {
  private static final List<FileDescriptor> FILES =
      List.of(
          Common.getDescriptor(),
          ControlOuterClass.getDescriptor(),
          EnvironmentOuterClass.getDescriptor(),
          JudgeOuterClass.getDescriptor(),
          PolicyOuterClass.getDescriptor(),
          RewardOuterClass.getDescriptor(),
          TrainingOuterClass.getDescriptor());

  /** Belongs to others: nothing here may ever change, and what is added has to be theirs. */
  private static final List<FileDescriptor> INFERENCE =
      List.of(OpenInference.getDescriptor(), ModelConfigOuterClass.getDescriptor());

  public static void main(String[] arguments) throws IOException {
    Files.write(Path.of(arguments[0]), lines(FILES));
  }

  @Test
  void nothingThatWasThereHasChanged() throws IOException {
    Set<String> gone = new TreeSet<>(golden("/v1.txt"));
    gone.removeAll(lines(FILES));
    assertEquals(Set.of(), gone, "changed or removed; v1 may only grow");
  }

  @Test
  void whatWasAddedIsRecorded() throws IOException {
    Set<String> added = new TreeSet<>(lines(FILES));
    added.removeAll(golden("/v1.txt"));
    assertEquals(Set.of(), added, "new; add these lines to src/test/resources/v1.txt");
  }

  @Test
  void theOpenInferenceProtocolIsAsPublished() throws IOException {
    assertEquals(golden("/inference.txt"), lines(INFERENCE));
  }

  /** Top-k is taken out, the limit of tokens renumbered, the seed retyped, min-p renamed. */
  @Test
  void changesAreSeen() throws Exception {
    FileDescriptorProto.Builder file = PolicyOuterClass.getDescriptor().toProto().toBuilder();
    int index = PolicyOuterClass.getDescriptor().findMessageTypeByName("Sampling").getIndex();
    DescriptorProto.Builder sampling = file.getMessageTypeBuilder(index);
    assertEquals("Sampling", sampling.getName());
    sampling.getFieldBuilder(3).setNumber(40);
    sampling.getFieldBuilder(4).setType(FieldDescriptorProto.Type.TYPE_INT64);
    sampling.getFieldBuilder(5).setName("minimum_p");
    sampling.removeField(1);
    FileDescriptor changed =
        FileDescriptor.buildFrom(file.build(), new FileDescriptor[] {Common.getDescriptor()});
    Set<String> gone = new TreeSet<>(lines(List.of(PolicyOuterClass.getDescriptor())));
    gone.removeAll(lines(List.of(changed)));
    assertEquals(
        Set.of(
            "rlaif.v1.Sampling 2 top_k: int32",
            "rlaif.v1.Sampling 4 max_tokens: optional int32",
            "rlaif.v1.Sampling 5 seed: uint64",
            "rlaif.v1.Sampling 6 min_p: float"),
        gone);
  }

  /** One line each: the test would see any change of any of these. */
  @Test
  void aLineTellsAllThatMatters() throws IOException {
    List<String> golden = golden("/v1.txt");
    assertTrue(golden.contains("rlaif.v1.Sampling 1 temperature: optional float"));
    assertTrue(golden.contains("rlaif.v1.Sampling 10 logit_bias: map<int32, float>"));
    assertTrue(golden.contains("rlaif.v1.Sampling 12 stop_strings: repeated string"));
    assertTrue(golden.contains("rlaif.v1.Input 2 tokens: rlaif.v1.Tokens in form"));
    assertTrue(golden.contains("rlaif.v1.FinishReason 2 FINISH_REASON_LENGTH"));
    assertTrue(
        golden.contains(
            "rlaif.v1.Policy/Generate: rlaif.v1.GenerateRequest"
                + " -> stream rlaif.v1.GenerateResponse"));
  }

  private static List<String> golden(String name) throws IOException {
    try (InputStream file = CompatibilityTest.class.getResourceAsStream(name)) {
      return Arrays.asList(new String(file.readAllBytes(), StandardCharsets.UTF_8).split("\n"));
    }
  }

  private static List<String> lines(List<FileDescriptor> files) {
    List<String> lines = new ArrayList<>();
    for (FileDescriptor file : files) {
      file.getServices().forEach(service -> calls(service, lines));
      file.getMessageTypes().forEach(message -> fields(message, lines));
      file.getEnumTypes().forEach(values -> values(values, lines));
    }
    return lines;
  }

  private static void calls(ServiceDescriptor service, List<String> lines) {
    for (MethodDescriptor call : service.getMethods()) {
      lines.add(
          "%s/%s: %s%s -> %s%s"
              .formatted(
                  service.getFullName(),
                  call.getName(),
                  call.isClientStreaming() ? "stream " : "",
                  call.getInputType().getFullName(),
                  call.isServerStreaming() ? "stream " : "",
                  call.getOutputType().getFullName()));
    }
  }

  private static void fields(Descriptor message, List<String> lines) {
    if (message.getOptions().getMapEntry()) {
      return; // told with the field
    }
    lines.add("message " + message.getFullName());
    for (FieldDescriptor field : message.getFields()) {
      OneofDescriptor oneof = field.getRealContainingOneof();
      lines.add(
          "%s %d %s: %s%s%s"
              .formatted(
                  message.getFullName(),
                  field.getNumber(),
                  field.getName(),
                  label(field),
                  type(field),
                  oneof == null ? "" : " in " + oneof.getName()));
    }
    message.getNestedTypes().forEach(nested -> fields(nested, lines));
    message.getEnumTypes().forEach(nested -> values(nested, lines));
  }

  private static String label(FieldDescriptor field) {
    if (field.isMapField()) {
      return "";
    }
    if (field.isRepeated()) {
      return "repeated ";
    }
    return field.toProto().getProto3Optional() ? "optional " : "";
  }

  private static String type(FieldDescriptor field) {
    if (field.isMapField()) {
      Descriptor entry = field.getMessageType();
      return "map<%s, %s>"
          .formatted(type(entry.findFieldByNumber(1)), type(entry.findFieldByNumber(2)));
    }
    return switch (field.getType()) {
      case MESSAGE -> field.getMessageType().getFullName();
      case ENUM -> field.getEnumType().getFullName();
      default -> field.getType().name().toLowerCase(Locale.ROOT);
    };
  }

  private static void values(EnumDescriptor values, List<String> lines) {
    for (EnumValueDescriptor value : values.getValues()) {
      lines.add("%s %d %s".formatted(values.getFullName(), value.getNumber(), value.getName()));
    }
  }
}
