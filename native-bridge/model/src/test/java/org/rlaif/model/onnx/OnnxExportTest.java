package org.rlaif.model.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.GoldenFamilies;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.TensorSpec;

/** Files that others read: their parts, whole and in their places. */
final class OnnxExportTest {
  @TempDir Path folder;
  private Path out;

  @BeforeEach
  void place() {
    out = folder.resolve("out");
  }

  /** The file is written field by field; ONNX's own message class must read the same from it. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "qwen2_f16", "llama3_bf16_sharded", "llama_score"})
  void theWeightsAreInside(String name) throws IOException {
    var written = new AtomicLong();
    try (ModelFolder model = ModelFolder.open(GoldenFamilies.unpack(name, folder))) {
      OnnxExport.write(model, out, 7, "1.2.3", written::addAndGet);
      ModelProto file = read();
      ModelProto.Builder weightless = file.toBuilder();
      weightless.getGraphBuilder().clearInitializer();
      assertEquals(PortableDecoder.graph(model.config()).model().getGraph(), weightless.getGraph());
      List<TensorProto> tensors = file.getGraph().getInitializerList();
      assertEquals(model.config().parameters(), specs(tensors));
      for (TensorProto tensor : tensors) {
        assertEquals(
            model.weights().get(tensor.getName()), floats(tensor.getRawData().toByteArray()));
      }
      assertEquals(OnnxExport.byteCount(model.config()), written.get());
    }
  }

  @Test
  void theFileSaysWhatItIs() throws IOException {
    Path source = GoldenFamilies.unpack("llama3", folder);
    try (ModelFolder model = ModelFolder.open(source)) {
      OnnxExport.write(model, out, 7, "1.2.3", bytes -> {});
      ModelProto file = read();
      assertEquals("rlaif", file.getProducerName());
      assertEquals("1.2.3", file.getProducerVersion());
      assertEquals(7, file.getModelVersion());
      assertEquals(8, file.getIrVersion());
      Map<String, String> metadata = metadata(file);
      assertEquals("llama3", metadata.get("model"));
      assertEquals("llama", metadata.get("family"));
      assertEquals("7", metadata.get("weights_version"));
      assertEquals(
          AtomicFiles.sha256(source.resolve("model.safetensors")),
          metadata.get("sha256 of model.safetensors"));
      String ends = metadata.get("eos_token_id");
      assertEquals(Integer.toString(model.tokenizer().eosId()), ends.split(",", -1)[0]);
      assertEquals(model.tokenizer().endIds().length, ends.split(",", -1).length);
    }
  }

  /** A base and an adapter become one model. */
  @Test
  void anAdapterIsMergedIn() throws IOException {
    Path base = GoldenFamilies.unpack("llama2", folder);
    Path adapter = GoldenFamilies.unpack("lora_llama2_score", folder);
    Path json = adapter.resolve("adapter_config.json");
    Json.write(
        json, Json.read(json, ObjectNode.class).put("base_model_name_or_path", base.toString()));
    try (ModelFolder model = ModelFolder.open(adapter)) {
      OnnxExport.write(model, out, 0, "1.2.3", bytes -> {});
      List<TensorProto> tensors = read().getGraph().getInitializerList();
      assertEquals(model.config().parameters(), specs(tensors));
      for (TensorProto tensor : tensors) {
        assertEquals(
            model.weights().get(tensor.getName()), floats(tensor.getRawData().toByteArray()));
      }
      assertEquals(model.config(), ModelFolder.describe(out));
      Map<String, String> said = metadata(read());
      for (Path file :
          List.of(
              base.resolve("model.safetensors"), adapter.resolve("adapter_model.safetensors"))) {
        assertEquals(AtomicFiles.sha256(file), said.get("sha256 of " + file.getFileName()));
      }
    }
  }

  /** What logits are, and how to get the number that a server gives. */
  @Test
  void aRewardModelSaysHowItsScoresAreMade() throws IOException {
    try (ModelFolder model = ModelFolder.open(GoldenFamilies.unpack("llama_score", folder))) {
      DecoderConfig ours = model.config().withScorePadding(DecoderConfig.NO_PADDING);
      Path saved = folder.resolve("saved");
      model.saveSuccessor(saved, ours, new ScoreScale(0.25, 2), model.weights());
      try (ModelFolder scaled = ModelFolder.open(saved)) {
        OnnxExport.write(scaled, out, 0, "1.2.3", bytes -> {});
      }
    }
    Map<String, String> said = metadata(read());
    assertEquals("(logits - score_mean) / score_standard_deviation", said.get("score"));
    assertEquals("1", said.get("end_token_id"));
    assertEquals("0.25", said.get("score_mean"));
    assertEquals("2.0", said.get("score_standard_deviation"));
    assertTrue(said.get("logits").endsWith("at the row's last token"), said.get("logits"));
    Path other = folder.resolve("other");
    try (ModelFolder model = ModelFolder.open(GoldenFamilies.unpack("llama_end_score", folder))) {
      OnnxExport.write(model, other, 0, "1.2.3", bytes -> {});
    }
    out = other;
    assertTrue(metadata(read()).get("logits").endsWith("last token that is not 1"));
  }

  private static Map<String, String> metadata(ModelProto file) {
    return file.getMetadataPropsList().stream()
        .collect(
            Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
  }

  @Test
  void largeWeightsLieInAFileBeside() throws IOException {
    Path source = GoldenFamilies.unpack("qwen2_f16", folder);
    try (ModelFolder model = ModelFolder.open(source)) {
      LargeExport.write(model, out);
      byte[] data = Files.readAllBytes(out.resolve("model.onnx_data"));
      List<TensorProto> tensors = read().getGraph().getInitializerList();
      assertEquals(model.config().parameters(), specs(tensors));
      for (TensorProto tensor : tensors) {
        assertEquals(DataLocation.EXTERNAL, tensor.getDataLocation());
        Map<String, String> place =
            tensor.getExternalDataList().stream()
                .collect(
                    Collectors.toMap(
                        StringStringEntryProto::getKey, StringStringEntryProto::getValue));
        assertEquals("model.onnx_data", place.get("location"));
        int offset = Integer.parseInt(place.get("offset"));
        assertEquals(0, offset % 4096);
        FloatBuffer expected = model.weights().get(tensor.getName());
        int length = Integer.parseInt(place.get("length"));
        assertEquals(expected.remaining() * 4, length);
        assertEquals(expected, floats(Arrays.copyOfRange(data, offset, offset + length)));
      }
    }
  }

  @Test
  void whatClientsReadBesideLiesBeside() throws IOException {
    Path source = GoldenFamilies.unpack("llama3", folder);
    try (ModelFolder model = ModelFolder.open(source)) {
      OnnxExport.write(model, out, 0, "1.2.3", bytes -> {});
    }
    Set<String> expected = new TreeSet<>(names(source));
    expected.remove("model.safetensors");
    assertTrue(expected.containsAll(List.of("config.json", "tokenizer.json")), expected.toString());
    for (String name : expected) {
      assertEquals(-1, Files.mismatch(source.resolve(name), out.resolve(name)), name);
    }
    expected.add("model.onnx");
    assertEquals(expected, names(out));
  }

  @Test
  void nothingIsOverwrittenAndNothingHalfIsLeft() throws IOException {
    Path source = GoldenFamilies.unpack("gpt2", folder);
    try (ModelFolder model = ModelFolder.open(source)) {
      UserError taken =
          assertThrows(
              UserError.class, () -> OnnxExport.write(model, source, 0, "1.2.3", bytes -> {}));
      assertEquals(
          "output folder: " + source + " (expected: a new or an empty one)", taken.getMessage());
      UserError negative =
          assertThrows(
              UserError.class, () -> OnnxExport.write(model, out, -1, "1.2.3", bytes -> {}));
      assertEquals("weights version: -1 (expected: >= 0)", negative.getMessage());
      var broken = new IllegalStateException("full");
      assertThrows(
          IllegalStateException.class,
          () ->
              OnnxExport.write(
                  model,
                  out,
                  0,
                  "1.2.3",
                  bytes -> {
                    throw broken;
                  }));
      assertFalse(Files.exists(out));
      assertEquals(new TreeSet<>(List.of("gpt2")), names(folder));
      Files.createDirectory(out);
      OnnxExport.write(model, out, 0, "1.2.3", bytes -> {});
      assertTrue(Files.exists(out.resolve("model.onnx")));
    }
  }

  private ModelProto read() throws IOException {
    return ModelProto.parseFrom(Files.readAllBytes(out.resolve("model.onnx")));
  }

  private static List<TensorSpec> specs(List<TensorProto> tensors) {
    return tensors.stream()
        .map(tensor -> new TensorSpec(tensor.getName(), tensor.getDimsList()))
        .toList();
  }

  private static FloatBuffer floats(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
