package org.rlaif.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/** Weights that come from a file are numbers, or refused when they are read. */
final class FiniteWeightsTest {
  private static final float[] NONE = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.intBitsToFloat(0xffc00001)
  };

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Dtype.class)
  void whateverReadsThemNamesTheTensor(Dtype dtype) {
    TensorSpec sound = TensorSpec.of("a.weight", 3);
    TensorSpec spoiled = TensorSpec.of("b.weight", 20_001);
    for (float none : NONE) {
      for (int at : new int[] {0, 8191, 8192, 20_000}) {
        var weights = Weights.allocate(List.of(sound, spoiled));
        weights.get(spoiled.name()).put(at, none);
        Path file = folder.resolve("model.safetensors");
        var stored = weights.storedAs(Map.of(sound.name(), dtype, spoiled.name(), dtype));
        Safetensors.write(file, stored, Map.of()); // what was computed here can be kept
        Weights mapped = Safetensors.map(file);
        assertEquals(0, mapped.get(sound.name()).get(0));
        FloatBuffer target = FloatBuffer.allocate(20_001);
        assertRefused(file, none, () -> mapped.get(spoiled.name()));
        assertRefused(file, none, () -> mapped.copyTo(spoiled.name(), target));
        Path copy = folder.resolve("copy.safetensors");
        assertRefused(file, none, () -> Safetensors.write(copy, mapped, Map.of()));
        var wide = mapped.storedAs(Map.of(spoiled.name(), Dtype.F32));
        assertRefused(file, none, () -> Safetensors.write(copy, wide, Map.of()));
      }
    }
  }

  private static void assertRefused(Path file, float none, Runnable read) {
    String shown = Float.isNaN(none) ? "NaN" : "Infinity";
    var e = assertThrows(UserError.class, read::run);
    assertEquals(file + ", b.weight: " + shown + " (expected: finite numbers)", e.getMessage());
  }

  /** On many threads, too. */
  @Test
  void largeTensors() {
    TensorSpec spec = TensorSpec.of("b.weight", 2_000_003);
    var weights = Weights.allocate(List.of(spec));
    weights.get(spec.name()).put(1_999_999, Float.NaN);
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, weights, Map.of());
    assertRefused(file, Float.NaN, () -> Safetensors.map(file).get(spec.name()));
  }

  /** An adapter's factors, and the base below them. */
  @Test
  void adaptersAndTheirBases() {
    for (String spoiled :
        List.of("lora_llama3/adapter_model.safetensors", "llama3/model.safetensors")) {
      Path parent = folder.resolve(spoiled.replace('/', '-'));
      parent.toFile().mkdir();
      Path base = GoldenFamilies.unpack("llama3", parent);
      Path adapter = GoldenFamilies.unpack("lora_llama3", parent);
      Path config = adapter.resolve("adapter_config.json");
      var json = Json.read(config, ObjectNode.class);
      Json.write(config, json.put("base_model_name_or_path", base.toString()));
      Path file = parent.resolve(spoiled);
      Weights found = Safetensors.map(file);
      Weights copy = Weights.allocate(found.specs());
      found.specs().forEach(spec -> found.copyTo(spec.name(), copy.get(spec.name())));
      String name =
          found.specs().stream()
              .map(TensorSpec::name)
              .filter(each -> each.contains("q_proj"))
              .findFirst()
              .orElseThrow();
      copy.get(name).put(3, Float.POSITIVE_INFINITY);
      Safetensors.write(file, copy, Map.of());
      var e =
          assertThrows(
              UserError.class,
              () -> {
                try (ModelFolder model = ModelFolder.open(adapter)) {
                  model.config().parameters().forEach(spec -> model.weights().get(spec.name()));
                }
              });
      assertEquals(file + ", " + name + ": Infinity (expected: finite numbers)", e.getMessage());
    }
  }
}
