package org.rlaif.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.hub.WeightNames;

final class WeightFilesTest {
  private static final Path GOLDEN = Golden.path("sharded");
  private static final String INDEX = "model.safetensors.index.json";
  private static final String SECOND = "model-00002-of-00004.safetensors";

  @TempDir private Path folder;

  @Test
  void readsTheShardsOfTransformers() {
    Weights weights = WeightFiles.map(GOLDEN, name -> true);
    assertEquals(16, weights.specs().size());
    assertEquals(Dtype.BF16, weights.dtype("transformer.wte.weight"));
    assertEquals(Dtype.F16, weights.dtype("transformer.wpe.weight"));
    assertEquals(Dtype.F32, weights.dtype("transformer.ln_f.weight"));
    assertEquals(List.of(12L, 36L), weights.spec("transformer.h.0.attn.c_attn.weight").shape());
    assertEquals(1f, weights.get("transformer.h.0.ln_2.weight").get(11));
    assertEquals(1, WeightFiles.map(GOLDEN, "transformer.wpe.weight"::equals).specs().size());
  }

  /** To the byte: as they were mapped, and from fp32 memory that nothing has changed. */
  @Test
  void writesTheShardsOfTransformers() throws IOException {
    for (Path shard : WeightNames.list(GOLDEN).subList(0, 4)) {
      Weights read = Safetensors.map(shard);
      Path written = folder.resolve(shard.getFileName().toString());
      Safetensors.write(written, read, Map.of());
      assertEquals(-1, Files.mismatch(shard, written), shard.toString());
      Weights trained = Weights.allocate(read.specs());
      for (TensorSpec spec : read.specs()) {
        read.copyTo(spec.name(), trained.get(spec.name()));
      }
      Safetensors.write(written, trained.storedAs(read.dtypes()), Map.of());
      assertEquals(-1, Files.mismatch(shard, written), shard.toString());
    }
  }

  @Test
  void loadSaveLoadGivesTheSameNamesShapesDtypesAndNumbers() {
    Weights read = WeightFiles.map(GOLDEN, name -> true);
    WeightFiles.write(folder, read, 2000);
    assertTrue(WeightNames.list(folder).size() > 2);
    assertSame(read, WeightFiles.map(folder, name -> true));
    assertEquals(
        index(GOLDEN).get("metadata").get("total_size").asLong(),
        index(folder).get("metadata").get("total_size").asLong());
  }

  @Test
  void smallWeightsAreOneFile() throws IOException {
    Weights read = WeightFiles.map(GOLDEN, name -> true);
    WeightFiles.write(folder, read);
    Path file = folder.resolve("model.safetensors");
    assertEquals(List.of(file), WeightNames.list(folder));
    Weights again = WeightFiles.map(folder, name -> true);
    assertSame(read, again);
    Path twin = folder.resolve("twin.safetensors");
    Safetensors.write(twin, again, Map.of());
    assertEquals(-1, Files.mismatch(file, twin));
    var e = assertThrows(UserError.class, () -> WeightFiles.write(folder, read));
    assertEquals("model folder: " + folder + " (expected: one without weights)", e.getMessage());
  }

  /** At most 8 bytes, two numbers: a tensor that is larger is alone, a fitting one joins. */
  @Test
  void shardsAreFilledInOrder() {
    WeightFiles.write(
        folder,
        Weights.allocate(
            List.of(
                TensorSpec.of("a", 3),
                TensorSpec.of("b", 1),
                TensorSpec.of("c", 1),
                TensorSpec.of("d", 1))),
        8);
    JsonNode map = index(folder).get("weight_map");
    assertEquals("model-00001-of-00003.safetensors", map.get("a").asText());
    assertEquals("model-00002-of-00003.safetensors", map.get("b").asText());
    assertEquals("model-00002-of-00003.safetensors", map.get("c").asText());
    assertEquals("model-00003-of-00003.safetensors", map.get("d").asText());
    assertEquals(24, index(folder).get("metadata").get("total_size").asLong());
    assertEquals(
        List.of("a", "b c", "d"),
        WeightNames.list(folder).subList(0, 3).stream()
            .map(shard -> String.join(" ", Safetensors.map(shard).dtypes().keySet()))
            .toList());
    assertEquals(folder.resolve(INDEX), WeightNames.list(folder).get(3));
  }

  /** The Hugging Face cache: snapshots/REVISION/FILE leads to ../../blobs/HASH. */
  @Test
  void readsThroughTheLinksOfTheCache() throws IOException {
    Path blobs = Files.createDirectory(folder.resolve("blobs"));
    Path snapshot = Files.createDirectories(folder.resolve("snapshots/0123"));
    for (Path file : WeightNames.list(GOLDEN)) {
      String name = file.getFileName().toString();
      Path blob = Files.copy(file, blobs.resolve(Integer.toHexString(name.hashCode())));
      Files.createSymbolicLink(
          snapshot.resolve(name), Path.of("../../blobs").resolve(blob.getFileName()));
    }
    Weights weights = WeightFiles.map(snapshot, name -> true);
    assertEquals(WeightFiles.map(GOLDEN, name -> true).dtypes(), weights.dtypes());
  }

  @Test
  void namesWhatIndexAndShardsDisagreeAbout() throws IOException {
    copyGolden();
    Path index = folder.resolve(INDEX);
    String text = Files.readString(index);
    Files.writeString(
        index,
        text.replace("h.0.ln_2.bias", "h.0.ln_3.bias")
            .replace("\"weight_map\": {", "\"weight_map\": {\"else\": \"x.safetensors\","));
    assertRefused(
        index
            + ": unknown transformer.h.0.ln_2.bias in "
            + SECOND
            + ", missing transformer.h.0.ln_3.bias in "
            + SECOND
            + ", missing x.safetensors (expected: shards with the tensors it lists)");
    Files.writeString(index, text);
    Files.delete(folder.resolve(SECOND));
    assertRefused(index + ": missing " + SECOND + " (expected: shards with the tensors it lists)");
    assertFalse(
        WeightFiles.map(folder, "transformer.wte.weight"::equals).specs().isEmpty(),
        "nobody needs the shard that is missing");
  }

  @Test
  void anIndexThatIsNoneIsOneLine() throws IOException {
    Path index = folder.resolve(INDEX);
    assertRefused("weights in: " + folder + " (expected: model.safetensors or " + INDEX + ")");
    Files.writeString(index, "{\"weight_map\": []}");
    assertRefused(index + ": weight_map [] (expected: an object)");
    for (String bad : List.of("../x.safetensors", "/x.safetensors", ".x.safetensors", "x.bin")) {
      Files.writeString(index, "{\"weight_map\": {\"a\": \"" + bad + "\"}}");
      assertRefused(
          index + ", a: \"" + bad + "\" (expected: the name of a safetensors file in this folder)");
    }
    Files.writeString(index, "oops");
    String message =
        assertThrows(UserError.class, () -> WeightFiles.map(folder, n -> true)).getMessage();
    assertEquals(1, message.lines().count());
  }

  private static void assertSame(Weights expected, Weights actual) {
    assertEquals(expected.dtypes(), actual.dtypes());
    for (TensorSpec spec : expected.specs()) {
      assertEquals(spec, actual.spec(spec.name()));
      assertEquals(expected.crc32c(spec.name()), actual.crc32c(spec.name()), spec.name());
    }
  }

  private void copyGolden() throws IOException {
    for (Path file : WeightNames.list(GOLDEN)) {
      Files.copy(file, folder.resolve(file.getFileName().toString()));
    }
  }

  private void assertRefused(String message) {
    var e = assertThrows(UserError.class, () -> WeightFiles.map(folder, name -> true));
    assertEquals(message, e.getMessage());
  }

  private static JsonNode index(Path folder) {
    return Json.read(folder.resolve(INDEX), JsonNode.class);
  }
}
