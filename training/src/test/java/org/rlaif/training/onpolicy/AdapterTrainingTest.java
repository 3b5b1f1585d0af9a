package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Lora;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.ScoreScale;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.torch.Compute;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdamConfig;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.config.SftConfig;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.offline.LabelledPairs;
import org.rlaif.training.offline.RewardModelFigures;
import org.rlaif.training.offline.RewardModelTraining;
import org.rlaif.training.offline.Sft;
import org.rlaif.training.rewards.RewardKind;

/** Every job with an adapter over the toy task's policy, each on what the one before it left. */
class AdapterTrainingTest {
  private static final AdapterConfig RANK_4 = new AdapterConfig(4, 8, false, List.of(Lora.ALL));

  @TempDir private Path folder;
  private Device device = Device.CPU;
  private double parity = 1e-4;

  @Test
  void everyStageTrainsAndLeavesAnAdapter() throws Exception {
    byte[] base = Files.readAllBytes(ToyModels.sft().resolve("model.safetensors"));
    Sft.Figures sft = sft(RANK_4);
    double before = sft.before().validationLoss();
    assertTrue(sft.validationLoss() <= before + 0.02, sft.toString());
    assertAdapter(inside("sft").resolve("model"), Head.LANGUAGE_MODEL);

    RewardModelFigures reward = reward(RANK_4);
    assertTrue(reward.heldOut().accuracy() > 0.8, reward.toString());
    assertAdapter(inside("reward").resolve("model"), Head.SCORE);

    List<JsonNode> rows = ppo(RANK_4, inside("sft/model"), inside("reward/model"));
    double start = rows.get(0).get("score").asDouble();
    double end = rows.get(rows.size() - 1).get("score").asDouble();
    assertTrue(end > start + 0.5, "score from " + start + " to " + end);
    assertAdapter(inside("ppo").resolve("model"), Head.LANGUAGE_MODEL);
    assertArrayEquals(base, Files.readAllBytes(ToyModels.sft().resolve("model.safetensors")));
  }

  /**
   * Policy and reward model are whole: fresh adapters over each, the bare policy is the reference.
   */
  @Test
  void ppoBeginsAnAdapterOnAWholeModel() throws Exception {
    List<JsonNode> rows = ppo(RANK_4, ToyModels.sft(), ToyModels.reward());
    assertTrue(rows.get(rows.size() - 1).get("kl").asDouble() > 0.02, "the policy moves");
    try (ModelFolder policy = ModelFolder.open(inside("ppo").resolve("model"))) {
      assertNotNull(policy.adapter());
      assertTrue(Files.isSameFile(ToyModels.sft(), policy.base().path()));
    }
  }

  @Test
  void policyReferenceAndValuesShareOneBase() throws Exception {
    sft(RANK_4);
    reward(RANK_4);
    try (ModelFolder policy = ModelFolder.open(inside("sft/model"));
        ModelFolder reward = ModelFolder.open(inside("reward/model"));
        Network network = TrainableModel.load(policy, RANK_4, 0, Device.CPU);
        Network reference = TrainableModel.reference(network, policy);
        Network values = TrainableModel.beside(network, policy, reward, RANK_4, 0, Device.CPU);
        Network apart = TrainableModel.load(reward, RANK_4, 0, Device.CPU)) {
      assertTrue(network.sharesBaseWith(reference));
      assertTrue(network.sharesBaseWith(values));
      assertTrue(!network.sharesBaseWith(apart));
    }
  }

  /** The base is kept in bf16 alone; what is published goes on top of the server's, in fp32. */
  @Test
  void everyStageWorksInBf16() throws Exception {
    device = new Device("cpu", Compute.BF16);
    parity = 0.02;
    sft(RANK_4);
    reward(RANK_4);
    List<JsonNode> rows = ppo(RANK_4, inside("sft/model"), inside("reward/model"));
    double moved = rows.get(rows.size() - 1).get("kl").asDouble();
    assertTrue(moved > 0.02, "the policy moves: " + moved);
    assertAdapter(inside("ppo").resolve("model"), Head.LANGUAGE_MODEL);
  }

  /** As an evaluation asks for its KL: a view of what is asked keeps its base in memory. */
  @Test
  void whatIsAskedSharesOneBaseWhereThereIsOne() throws Exception {
    sft(RANK_4);
    List<Sequence> sequences =
        IntStream.range(0, 20)
            .mapToObj(i -> new Sequence(new int[] {i, 2 * i}, new int[] {3 * i, 7, 5}))
            .toList();
    try (ModelFolder policy = ModelFolder.open(inside("sft/model"));
        ModelFolder start = ModelFolder.open(ToyModels.sft());
        ModelFolder other = ModelFolder.open(ToyModels.reward())) {
      List<Network> views =
          TrainableModel.ask(List.of(policy, start, other), Device.CPU, Network::withoutAdapter);
      try {
        assertTrue(views.get(0).sharesBaseWith(views.get(1)));
        assertFalse(views.get(0).sharesBaseWith(views.get(2)));
      } finally {
        views.forEach(Network::close);
      }
      List<float[][]> asked =
          TrainableModel.ask(
              List.of(policy, start),
              Device.CPU,
              network -> Forward.logprobs(network, sequences, 1, 8));
      for (ModelFolder folder : List.of(policy, start)) {
        try (Network whole = Network.load(folder.config(), folder.weights())) {
          float[][] expected = Forward.logprobs(whole, sequences, 1, 8);
          float[][] found = asked.get(folder == policy ? 0 : 1);
          for (int row = 0; row < expected.length; row++) {
            assertArrayEquals(expected[row], found[row], 1e-5f);
          }
        }
      }
    }
  }

  @Test
  void anAdapterOfAnotherRankIsRefusedAndRankZeroTrainsAllOfIt() throws Exception {
    sft(RANK_4);
    var other = new AdapterConfig(2, 8, false, List.of(Lora.ALL));
    try (ModelFolder policy = ModelFolder.open(inside("sft/model"))) {
      String message =
          assertThrows(UserError.class, () -> TrainableModel.load(policy, other, 0, Device.CPU))
              .getMessage();
      assertTrue(message.startsWith("model.adapter: Lora[rank=2, "), message);
      Path whole = folder.resolve("whole");
      try (Network network = TrainableModel.load(policy, AdapterConfig.NONE, 0, Device.CPU)) {
        TrainableModel.save(whole, policy, network, ScoreScale.IDENTITY);
      }
      try (ModelFolder saved = ModelFolder.open(whole)) {
        assertEquals(null, saved.adapter());
        saved
            .weights()
            .specs()
            .forEach(
                spec ->
                    assertEquals(
                        policy.weights().get(spec.name()), saved.weights().get(spec.name())));
      }
    }
  }

  @Test
  void anAdapterFromScratchIsRefused() {
    assertEquals(
        "model.adapter.rank: 4 (expected: 0, since model.folder is empty: an adapter needs a model"
            + " to stand on)",
        assertThrows(UserError.class, () -> new ModelConfig("", 32, 16, 2, 2, 0.1, RANK_4))
            .getMessage());
  }

  private void assertAdapter(Path path, Head head) throws IOException {
    assertTrue(Files.notExists(path.resolve("model.safetensors")));
    long bytes = Files.size(path.resolve("adapter_model.safetensors"));
    assertTrue(bytes < Files.size(ToyModels.sft().resolve("model.safetensors")), bytes + " bytes");
    try (ModelFolder model = ModelFolder.open(path)) {
      assertEquals(head, model.config().head());
      assertEquals(RANK_4.lora().scale(), model.adapter().lora().scale());
      assertTrue(Files.isSameFile(ToyModels.sft(), model.base().path()));
    }
  }

  private Sft.Figures sft(AdapterConfig adapter) throws IOException {
    return Sft.run(
        new SftConfig(
            30, 16, null, 5e-3, 0.1, 0.5, 0.1, 1, new AdamConfig(0.9, 0.98, 1e-8, 0), false),
        new ModelConfig(ToyModels.sft().toString(), 32, 16, 2, 2, 0.1, adapter),
        ToyModels.tokenizerJson(),
        new Sft.Examples(Toy.examples(200, 12), Toy.examples(50, 13), 0, 0),
        /* seed= */ 0,
        device,
        Checkpoints.none(),
        inside("sft"));
  }

  private RewardModelFigures reward(AdapterConfig adapter) throws IOException {
    try (ModelFolder start = ModelFolder.open(inside("sft/model"))) {
      return RewardModelTraining.run(
          new RewardConfig(
              "",
              RewardConfig.Loss.BRADLEY_TERRY,
              Collections.emptySortedMap(),
              RewardConfig.Labels.SOFT,
              0,
              1,
              4,
              16,
              null,
              2e-2,
              0.1,
              0.1,
              1,
              new AdamConfig(0.9, 0.999, 1e-8, 0)),
          adapter,
          start,
          new LabelledPairs(Toy.preferences(400, 4), Toy.preferences(200, 5), 0, 0),
          /* seed= */ 0,
          device,
          Checkpoints.none(),
          inside("reward"));
    }
  }

  private List<JsonNode> ppo(AdapterConfig adapter, Path sft, Path rewardModel) throws IOException {
    var models = Map.of("policy", sft, "reward", rewardModel);
    try (ModelFolder policy = ModelFolder.open(sft);
        ModelFolder reward = ModelFolder.open(rewardModel);
        RlaifServer server = RlaifServer.start(ServerConfig.inProcess(models));
        RlaifClient client = ToyModels.client(server)) {
      var config = ToyLoop.toy(12, 1e-2);
      new OnPolicyLoop(
              "ppo",
              Algorithms.of(config),
              config.onPolicy(),
              adapter,
              /* seed= */ 0,
              device,
              Checkpoints.none())
          .run(
              new OnPolicyLoop.Models(
                  policy,
                  reward,
                  client,
                  "policy",
                  new RewardKind.Server(client, List.of("reward"))),
              Toy.examples(60, 9),
              /* tooLong= */ 0,
              inside("ppo"));
    }
    List<JsonNode> rows = JsonLines.read(folder.resolve("ppo/metrics.jsonl"), JsonNode.class);
    assertEquals(0, rows.get(0).get("kl").asDouble(), parity);
    for (JsonNode row : rows) {
      assertEquals(0, row.get("publishParity").asDouble(), parity, row.toString());
      ToyLoop.assertProved(row);
      assertEquals(1, row.get("firstRatioMin").asDouble(), parity, row.toString());
    }
    return rows;
  }

  private Path inside(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }
}
