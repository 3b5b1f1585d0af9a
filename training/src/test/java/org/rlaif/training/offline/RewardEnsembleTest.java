package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.UserError;
import org.rlaif.model.Lora;
import org.rlaif.model.ModelFolder;
import org.rlaif.torch.Device;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.learning.Clockless;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;

class RewardEnsembleTest {
  /** Of each member: 40 pairs, 2 epochs, 8 at a time. */
  private static final int STEPS = 10;

  @TempDir Path folder;

  @BeforeEach
  void modelsAreThere() {
    ToyModels.sft();
  }

  @Test
  void membersDifferAndTheFirstIsTheModelWithoutThem() throws IOException {
    RewardModelFigures three = train("three", 3, 0, AdapterConfig.NONE);
    RewardModelFigures one = train("one", 1, 0, AdapterConfig.NONE);
    assertEquals(-1, mismatch("three", "one", "model/model.safetensors"));
    assertEquals(-1, mismatch("three", "one", "metrics.jsonl"));
    assertEquals(one.heldOut(), three.heldOut());
    assertNull(one.ensemble());
    assertTrue(Files.notExists(outputs("one").resolve("members")));

    EnsembleFigures all = three.ensemble();
    assertEquals(3, all.members().size());
    assertEquals(three.heldOut(), all.members().get(0));
    assertNotEquals(all.members().get(0), all.members().get(1));
    assertNotEquals(all.members().get(1), all.members().get(2));
    assertTrue(all.deviation() > 0, all.toString());
    assertTrue(all.accuracyLow() < all.accuracy() && all.accuracy() < all.accuracyHigh());
    for (int i = 1; i < 3; i++) {
      try (ModelFolder member =
              ModelFolder.open(outputs("three").resolve("members/" + i + "/model"));
          ModelFolder first = ModelFolder.open(outputs("three").resolve("model"))) {
        assertNotEquals(first.scoreScale(), member.scoreScale());
      }
    }
  }

  /**
   * A training that broke off is one with fewer members: all that it has made behind its last
   * checkpoint is discarded.
   *
   * @param finished members that it had, the last of which it was at
   * @param every so many steps there was a checkpoint
   * @param back so many checkpoints are lost
   */
  @ParameterizedTest
  @CsvSource({
    "1, 4, 0, false", // in the first member
    "2, 4, 0, false", // in the second, at its end
    "2, 4, 1, false", // in the second, at its beginning
    "2, 10, 0, false", // between both
    "3, 7, 0, false", // in the last
    "2, 4, 1, true"
  })
  void goesOnBitByBit(int finished, int every, int back, boolean adapted) throws IOException {
    AdapterConfig adapter =
        adapted ? new AdapterConfig(2, 16, false, List.of(Lora.ALL)) : AdapterConfig.NONE;
    RewardModelFigures whole = train("whole", 3, every, adapter);
    train("broken", finished, every, adapter);
    for (int i = 0; i < back; i++) {
      AtomicFiles.deleteRecursively(saved("broken").get(saved("broken").size() - 1));
    }
    assertTrue(saved("broken").size() > 0);

    RewardModelFigures broken = train("broken", 3, every, adapter);

    assertEquals(Clockless.of(whole), Clockless.of(broken));
    String weights = adapted ? "model/adapter_model.safetensors" : "model/model.safetensors";
    for (String member : List.of("", "members/1/", "members/2/")) {
      for (String file : List.of(weights, "metrics.jsonl", "trl.jsonl")) {
        assertEquals(-1, mismatch("whole", "broken", member + file), member + file);
      }
    }
  }

  @Test
  void aModelThatIsThereHasNoMembers() {
    assertEquals(
        "reward.members: 2 (expected: 1, as reward.folder is a single model that is there)",
        assertThrows(UserError.class, () -> config("there", 2)).getMessage());
    assertEquals(
        "reward.members: 0 (expected: > 0)",
        assertThrows(UserError.class, () -> config("", 0)).getMessage());
  }

  private RewardModelFigures train(String name, int members, int every, AdapterConfig adapter) {
    Checkpoints checkpoints = Checkpoints.of(folder.resolve(name), "settings", every, said -> {});
    try (ModelFolder start = ModelFolder.open(ToyModels.sft())) {
      RewardModelFigures figures =
          RewardModelTraining.run(
              config("", members),
              adapter,
              start,
              new LabelledPairs(Toy.preferences(40, 4), Toy.preferences(60, 5), 0, 0),
              /* seed= */ 7,
              Device.CPU,
              checkpoints,
              checkpoints.outputs());
      assertEquals(STEPS, figures.steps());
      return figures;
    }
  }

  private static RewardConfig config(String there, int members) {
    return new RewardConfig(
        there,
        RewardConfig.Loss.BRADLEY_TERRY,
        Collections.emptySortedMap(),
        RewardConfig.Labels.SOFT,
        0,
        members,
        2,
        8,
        null,
        1e-2,
        0.1,
        0.1,
        1,
        Toy.ADAM);
  }

  private Path outputs(String name) {
    return folder.resolve(name + ".unfinished/outputs");
  }

  /** Checkpoints, the newest last. */
  private List<Path> saved(String name) throws IOException {
    try (var inside = Files.list(folder.resolve(name + ".unfinished"))) {
      return inside
          .filter(each -> each.getFileName().toString().startsWith("step-"))
          .sorted()
          .toList();
    }
  }

  private long mismatch(String one, String other, String file) throws IOException {
    return Files.mismatch(outputs(one).resolve(file), outputs(other).resolve(file));
  }
}
