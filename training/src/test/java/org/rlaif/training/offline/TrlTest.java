package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.UnpairedPreference;
import org.rlaif.model.GoldenFamilies;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.torch.Device;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdamConfig;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.DpoConfig;
import org.rlaif.training.config.KtoConfig;
import org.rlaif.training.learning.Pairs;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.losses.DirectPreference;

/**
 * 16 steps beside TRL's, which {@code golden/make_trl.py} took in float64: tokens, loss and all
 * figures of every step, from the same weights with the same AdamW. Ours are in fp32. All rows are
 * equally long, so that each batch here has all of them, too, whatever its order.
 */
class TrlTest {
  /** Of a figure's largest absolute value over the steps. */
  private static final double TOLERANCE = 2e-5;

  private static final int STEPS = 16;
  private static final double RATE = 1e-4;
  private static final AdamConfig ADAM = new AdamConfig(0.9, 0.95, 1e-5, 0);

  private final JsonNode golden = golden();
  @TempDir private Path out;

  private static JsonNode golden() {
    try (InputStream json =
        TrlTest.class.getResourceAsStream("/org/rlaif/training/golden/trl.json")) {
      return Json.MAPPER.readTree(Objects.requireNonNull(json));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Preference> pairs() {
    List<Preference> pairs = new ArrayList<>();
    for (JsonNode row : golden.get("pairs")) {
      pairs.add(
          new Preference(
              "row " + pairs.size(),
              Prompt.of(row.get("prompt").asText()),
              row.get("chosen").asText(),
              row.get("rejected").asText(),
              1,
              Provenance.human()));
    }
    return pairs;
  }

  @Test
  void theTokensAreTheSame() {
    try (ModelFolder model = ModelFolder.open(GoldenFamilies.unpack("smollm", out))) {
      List<Sequence> rows = Pairs.encode(pairs(), PromptEncoder.of(model), 128).all();
      assertEquals(golden.get("tokens").size(), rows.size());
      for (int i = 0; i < rows.size(); i++) {
        assertArrayEquals(
            Json.MAPPER.convertValue(golden.get("tokens").get(i), int[].class),
            Sequence.batch(rows, new int[] {i}).tokens()[0]);
      }
    }
  }

  @Test
  void dpoTakesTheSameSteps() throws IOException {
    Map<String, DpoConfig> cases =
        Map.of(
            "sigmoid", config(DirectPreference.SIGMOID, 0, false, 0, null),
            "hinge", config(DirectPreference.HINGE, 0, false, 0, null),
            "ipo per token", config(DirectPreference.IPO, 0, true, 0, null),
            "sigmoid per token", config(DirectPreference.SIGMOID, 0, true, 0, 3),
            "robust", config(DirectPreference.ROBUST, 0.2, false, 0, null),
            "sigmoid with likelihood", config(DirectPreference.SIGMOID, 0, false, 0.5, 5));
    assertEquals(golden.get("dpo").size(), cases.size());
    Path model = GoldenFamilies.unpack("smollm", out);
    for (var each : cases.entrySet()) {
      Path folder = Files.createDirectories(out.resolve(each.getKey()));
      try (ModelFolder start = ModelFolder.open(model)) {
        Dpo.run(
            each.getValue(),
            AdapterConfig.NONE,
            start,
            new LabelledPairs(pairs(), pairs(), 0, 0),
            /* seed= */ 0,
            Device.CPU,
            Checkpoints.none(),
            folder);
      }
      compare(each.getKey(), golden.get("dpo").get(each.getKey()), folder);
    }
  }

  @Test
  void ktoTakesTheSameSteps() throws IOException {
    List<UnpairedPreference> rows = new ArrayList<>();
    for (JsonNode row : golden.get("unpaired")) {
      rows.add(
          new UnpairedPreference(
              "row " + rows.size(),
              Prompt.of(row.get("prompt").asText()),
              row.get("completion").asText(),
              row.get("label").asBoolean() ? 1 : 0,
              Provenance.human()));
    }
    var labels =
        new LabelledCompletions(new LabelledPairs(List.of(), List.of(), 0, 0), rows, rows, 0, 0);
    Path model = GoldenFamilies.unpack("smollm", out);
    for (Integer microbatch : Arrays.asList(null, 3)) {
      var config = new KtoConfig(0.3, 1, 1.5, STEPS, 8, microbatch, RATE, 0, 1, 1, ADAM, false);
      Path folder = Files.createDirectories(out.resolve("kto " + microbatch));
      try (ModelFolder start = ModelFolder.open(model)) {
        Kto.run(
            config,
            AdapterConfig.NONE,
            start,
            labels,
            /* seed= */ 0,
            Device.CPU,
            Checkpoints.none(),
            folder);
      }
      compare("kto", golden.get("kto"), folder);
    }
  }

  private static DpoConfig config(
      DirectPreference loss, double wrong, boolean perToken, double nllWeight, Integer microbatch) {
    return new DpoConfig(
        loss, 0.3, wrong, perToken, nllWeight, STEPS, 8, microbatch, RATE, 0, 1, 1, ADAM, false);
  }

  private static void compare(String name, JsonNode expected, Path folder) {
    List<JsonNode> steps =
        JsonLines.read(folder.resolve("metrics.jsonl"), JsonNode.class).stream()
            .filter(row -> row.has("loss"))
            .toList();
    assertEquals(STEPS, steps.size());
    assertFalse(expected.isEmpty());
    for (var figure : expected.properties()) {
      double[] theirs = Json.MAPPER.convertValue(figure.getValue(), double[].class);
      double[] ours = steps.stream().mapToDouble(row -> figure(row, figure.getKey())).toArray();
      double largest = 0;
      for (double value : theirs) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertArrayEquals(theirs, ours, TOLERANCE * largest, name + ", " + figure.getKey());
    }
  }

  private static double figure(JsonNode row, String name) {
    assertTrue(row.has(name), name + " in " + row);
    return row.get(name).asDouble();
  }
}
