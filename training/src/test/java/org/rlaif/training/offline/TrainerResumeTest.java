package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlaif.model.Lora;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.torch.Tensor;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.SftConfig;
import org.rlaif.training.learning.Microbatches;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.losses.NegativeLogLikelihood;

/** A training that breaks off and goes on is one that did not. */
class TrainerResumeTest {
  private static final int STEPS = 24;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void goesOnBitByBit(boolean adapted) throws Exception {
    check(adapted, Toy.SFT);
  }

  /** The best weights so far, too, which are then behind it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void soDoesTheBest(boolean adapted) throws Exception {
    Trainer.Result<Validation> result =
        check(
            adapted,
            new SftConfig(STEPS, 16, null, 0.5, 0, 0, 1, 1, Toy.ADAM, /* keepBest= */ true));
    assertTrue(result.best().step() < 8, result.best().toString());
    assertEquals(result.best().loss(), result.after().validationLoss());
  }

  private Trainer.Result<Validation> check(boolean adapted, SftConfig config) throws Exception {
    AdapterConfig adapter =
        adapted ? new AdapterConfig(2, 16, false, List.of(Lora.ALL)) : AdapterConfig.NONE;
    Trainer.Result<Validation> whole = train(config, adapter, "whole", /* breaksAt= */ STEPS + 1);
    for (int breaksAt : new int[] {2, 12, 8}) {
      assertThrows(IllegalStateException.class, () -> train(config, adapter, "broken", breaksAt));
    }
    Trainer.Result<Validation> broken = train(config, adapter, "broken", STEPS + 1);

    assertArrayEquals(whole.losses(), broken.losses());
    assertEquals(whole.tokens(), broken.tokens());
    assertEquals(whole.before(), broken.before());
    assertEquals(whole.after(), broken.after());
    assertTrue(Files.size(outputs("whole").resolve("metrics.jsonl")) > 1000);
    for (String file :
        List.of(
            "metrics.jsonl",
            adapted ? "model/adapter_model.safetensors" : "model/model.safetensors")) {
      assertEquals(
          -1,
          Files.mismatch(outputs("whole").resolve(file), outputs("broken").resolve(file)),
          file);
    }
    assertEquals(whole.best(), broken.best());
    return whole;
  }

  private Path outputs(String name) {
    return folder.resolve(name + ".unfinished/outputs");
  }

  private Trainer.Result<Validation> train(
      SftConfig config, AdapterConfig adapter, String name, int breaksAt) {
    Checkpoints checkpoints =
        Checkpoints.of(folder.resolve(name), "settings", /* every= */ 5, said -> {});
    try (ModelFolder start = ModelFolder.open(ToyModels.sft());
        Network network = TrainableModel.load(start, adapter, 3, Device.CPU)) {
      PromptEncoder encoder = PromptEncoder.of(start);
      List<Sequence> sequences =
          Toy.examples(100, 8).stream().map(each -> Sequence.encode(encoder, 32, each)).toList();
      Trainer.Result<Validation> result =
          new Trainer("sft", config, STEPS, /* validations= */ 3, /* seed= */ 1, checkpoints)
              .train(network, new Breaking(network, sequences, breaksAt), checkpoints.outputs());
      TrainableModel.save(
          checkpoints.outputs().resolve("model"),
          start,
          network,
          org.rlaif.model.ScoreScale.IDENTITY);
      return result;
    }
  }

  /** Breaks off in some step, counted from where it was begun. */
  private static final class Breaking implements Objective<Validation> {
    private final Network network;
    private final List<Sequence> sequences;
    private int left;

    Breaking(Network network, List<Sequence> sequences, int breaksAt) {
      this.network = network;
      this.sequences = sequences;
      this.left = breaksAt;
    }

    @Override
    public int size() {
      return sequences.size();
    }

    @Override
    public int length(int item) {
      return sequences.get(item).length();
    }

    @Override
    public double weight(int[] items) {
      return Microbatches.tokens(sequences, items);
    }

    @Override
    public Tensor loss(int[] items) {
      if (--left == 0) {
        throw new IllegalStateException("broken on purpose");
      }
      return NegativeLogLikelihood.of(network.logprobs(Sequence.batch(sequences, items), 1));
    }

    @Override
    public Validation validate() {
      return Validation.of(network, sequences.subList(0, 20), 8);
    }

    @Override
    public Double loss(Validation found) {
      return found.validationLoss();
    }
  }
}
