package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Example;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.DpoConfig;
import org.rlaif.training.config.IlqlConfig;
import org.rlaif.training.config.KtoConfig;
import org.rlaif.training.config.SftConfig;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.training.losses.DirectPreference;

/** Whose loss on what is held out rises again leaves the weights that it had at its least. */
class KeepBestTest {
  private static final LabelledPairs PAIRS =
      new LabelledPairs(Toy.preferences(60, 4), Toy.preferences(60, 5), 0, 0);

  @TempDir private Path out;

  /** Eight examples by heart: what is held out gets ever less likely. */
  @Test
  void sftKeepsWhatItWasBeforeItLearnedByHeart() throws Exception {
    Sft.Figures last = sft(/* keepBest= */ false, "last", Toy.examples(50, 3));
    Sft.Figures best = sft(/* keepBest= */ true, "best", Toy.examples(50, 3));
    assertNull(last.best());
    JsonNode least = least("best", "validationLoss");
    assertEquals(least.get("step").asInt(), best.best().step());
    assertTrue(best.best().step() < 80, best.toString());
    assertEquals(least.get("validationLoss").asDouble(), best.best().loss());
    assertEquals(best.best().loss(), best.validationLoss());
    assertTrue(last.validationLoss() > best.validationLoss() + 0.1, last + " and " + best);

    // The folder says so, too: it has those weights.
    assertEquals(best.validationLoss(), lossOf(out.resolve("best/model")), 1e-6);
    assertEquals(last.validationLoss(), lossOf(out.resolve("last/model")), 1e-6);
    // Training itself knows nothing of it.
    assertEquals(
        -1, Files.mismatch(out.resolve("last/metrics.jsonl"), out.resolve("best/metrics.jsonl")));
  }

  @Test
  void nothingHeldOutNothingBest() {
    UserError error =
        assertThrows(UserError.class, () -> sft(/* keepBest= */ true, "none", List.of()));
    assertEquals(
        "sft.keepBest: true (expected: false, as nothing is held out to measure a loss on)",
        error.getMessage());
  }

  /** Steps that are far too large make it worse and worse. */
  @Test
  void soDoWhoeverLearnsFromLabels() throws Exception {
    var labels = new LabelledCompletions(PAIRS, List.of(), List.of(), 0, 0);
    try (ModelFolder start = ModelFolder.open(ToyModels.sft())) {
      Dpo.Figures dpo =
          Dpo.run(
              new DpoConfig(
                  DirectPreference.SIGMOID,
                  0.5,
                  0,
                  false,
                  0,
                  8,
                  4,
                  null,
                  0.1,
                  0,
                  1,
                  1,
                  Toy.ADAM,
                  true),
              AdapterConfig.NONE,
              start,
              PAIRS,
              0,
              Device.CPU,
              Checkpoints.none(),
              folder("dpo"));
      check("dpo", dpo.best(), dpo.heldOut().loss());

      Kto.Figures kto =
          Kto.run(
              new KtoConfig(0.5, 1, 1, 8, 8, null, 0.1, 0, 1, 1, Toy.ADAM, true),
              AdapterConfig.NONE,
              start,
              labels,
              0,
              Device.CPU,
              Checkpoints.none(),
              folder("kto"));
      check("kto", kto.best(), kto.loss());

      Ilql.Figures ilql =
          Ilql.run(
              new IlqlConfig(4, 1, 0.7, 0.1, 0.1, 1, 0, 8, 8, null, 0.1, 0, 1, 1, Toy.ADAM, true),
              start,
              labels,
              0,
              Device.CPU,
              Checkpoints.none(),
              folder("ilql"));
      check("ilql", ilql.best(), ilql.heldOut().heldOutLoss());
    }
  }

  /** The figures are those of the least loss, which is not the last one. */
  private void check(String name, BestStep best, double loss) {
    List<JsonNode> looks = looks(name, "heldOutLoss");
    JsonNode least = least(name, "heldOutLoss");
    assertTrue(least != looks.get(looks.size() - 1), name + ": " + looks);
    assertEquals(least.get("step").asInt(), best.step(), name);
    assertEquals(least.get("heldOutLoss").asDouble(), best.loss(), name);
    assertEquals(best.loss(), loss, 1e-9, name);
  }

  private List<JsonNode> looks(String name, String figure) {
    return JsonLines.read(out.resolve(name).resolve("metrics.jsonl"), JsonNode.class).stream()
        .filter(row -> row.has(figure))
        .toList();
  }

  private JsonNode least(String name, String figure) {
    return looks(name, figure).stream()
        .min(Comparator.comparingDouble(row -> row.get(figure).asDouble()))
        .orElseThrow();
  }

  private Sft.Figures sft(boolean keepBest, String name, List<Example> held) throws Exception {
    return Sft.run(
        new SftConfig(80, 8, null, 2e-2, 0.1, 0, 1, 1, Toy.ADAM, keepBest),
        Toy.MODEL,
        ToyModels.tokenizerJson(),
        new Sft.Examples(Toy.examples(8, 6), held, 0, 0),
        0,
        Device.CPU,
        Checkpoints.none(),
        folder(name));
  }

  private static double lossOf(Path model) {
    try (ModelFolder folder = ModelFolder.open(model);
        Network network = Network.frozen(folder.config(), folder.weights(), Device.CPU)) {
      PromptEncoder encoder = PromptEncoder.of(folder);
      List<Sequence> held =
          Toy.examples(50, 3).stream().map(each -> Sequence.encode(encoder, 32, each)).toList();
      return Validation.of(network, held, 8).validationLoss();
    }
  }

  private Path folder(String name) throws Exception {
    return Files.createDirectories(out.resolve(name));
  }
}
