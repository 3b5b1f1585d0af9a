package org.rlaif.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.torch.Network;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Sequences;
import org.rlaif.torch.Torch;
import org.rlaif.v1.Input;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LogprobsResponse;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.Sampling;
import org.rlaif.v1.ScoreRequest;

/**
 * The network is written twice, in LibTorch calls and in ONNX nodes. Here both run on the same
 * random weights, on prompts and completions of all lengths.
 */
class EnginesAgreeTest {
  private static final double TOLERANCE = 1e-4;
  private static final int CONTEXT = 48;

  @TempDir private Path folder;
  private Network policy;
  private Network reward;
  private RlaifServer server;
  private RlaifClient client;

  @BeforeEach
  void serveRandomWeights() {
    Path tokenizer = folder.resolve("tokenizer.json");
    BpeTrainer.train(List.of("the cat sat on the mat, the cat sat"), 265, tokenizer);
    // A large deviation: the distributions are far from even, so that mistakes show.
    DecoderConfig config = DecoderConfig.gpt2(265, CONTEXT, 32, 3, 4, 128);
    policy = Network.create(config, 42, 0.3);
    reward = policy.withScoreHead(43);
    ModelFolder.save(
        folder.resolve("policy"), config, ScoreScale.IDENTITY, tokenizer, policy.weights());
    ModelFolder.save(
        folder.resolve("reward"),
        reward.config(),
        new ScoreScale(0.5, 2),
        tokenizer,
        reward.weights());
    server =
        RlaifServer.start(
            ServerConfig.inProcess(
                Map.of("policy", folder.resolve("policy"), "reward", folder.resolve("reward"))));
    client = RlaifClient.open("inprocess:" + server.inProcessName(), Duration.ofSeconds(60));
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    policy.close();
    reward.close();
  }

  @Test
  void sampledTokensHaveTheSameLogprobsInBothEngines() {
    for (double temperature : new double[] {1, 0.7}) {
      List<RolloutResponse> rollout = rollout(temperature);
      Sequences sequences = sequences(rollout);
      assertTrue(sequences.completionTokens() > 200, "tokens: " + sequences.completionTokens());
      assertArrayEquals(sampled(rollout), libTorch(sequences, temperature), (float) TOLERANCE);
    }
  }

  @Test
  void oneFullPassSaysTheSameAsCachedDecoding() {
    for (RolloutResponse decoded : rollout(0.7)) {
      LogprobsResponse full =
          client.logprobs(
              LogprobsRequest.newBuilder()
                  .setModel("policy")
                  .setPrompt(tokens(decoded.getPromptTokenIdsList()))
                  .addCompletions(tokens(decoded.getTokenIdsList()))
                  .setTemperature(0.7f)
                  .build());
      assertArrayEquals(
          floats(decoded.getLogprobsList()),
          floats(full.getCompletions(0).getLogprobsList()),
          (float) TOLERANCE);
    }
  }

  @Test
  void scoresAreTheSameInBothEngines() {
    List<RolloutResponse> rollout = rollout(1);
    ScoreRequest.Builder request = ScoreRequest.newBuilder().setModel("reward");
    for (RolloutResponse each : rollout) {
      request
          .addItemsBuilder()
          .setPrompt(tokens(each.getPromptTokenIdsList()))
          .setCompletion(tokens(each.getTokenIdsList()));
    }
    float[] served = floats(client.score(request.build()).getScoresList());
    try (Scope scope = Scope.open();
        Torch.NoGrad constant = Torch.noGrad()) {
      float[] raw = reward.scores(sequences(rollout)).toFloats();
      for (int i = 0; i < raw.length; i++) {
        assertEquals((raw[i] - 0.5) / 2, served[i], TOLERANCE, "sequence " + i);
      }
      Arrays.sort(raw);
      assertTrue(raw[raw.length - 1] - raw[0] > 0.1, "all scores are alike");
    }
  }

  /** Prompts of every length from one token to nearly the whole context. */
  private List<RolloutResponse> rollout(double temperature) {
    RolloutRequest.Builder request =
        RolloutRequest.newBuilder()
            .setModel("policy")
            .setSamples(2)
            .setSampling(Sampling.newBuilder().setTemperature((float) temperature).setSeed(7));
    for (int length = 1; length < CONTEXT; length += 5) {
      int[] prompt = new int[length];
      Arrays.setAll(prompt, i -> i == 0 ? 2 : 3 + i * 37 % 262);
      request.addPrompts(RlaifClient.tokens(prompt));
    }
    return client.rollout(request.build());
  }

  private float[] libTorch(Sequences sequences, double temperature) {
    try (Scope scope = Scope.open();
        Torch.NoGrad constant = Torch.noGrad()) {
      return policy.logprobs(sequences, temperature).toFloats();
    }
  }

  private static Sequences sequences(List<RolloutResponse> rollout) {
    int[][] tokens = new int[rollout.size()][];
    int[] promptLengths = new int[rollout.size()];
    for (int i = 0; i < tokens.length; i++) {
      List<Integer> row = new ArrayList<>(rollout.get(i).getPromptTokenIdsList());
      promptLengths[i] = row.size();
      row.addAll(rollout.get(i).getTokenIdsList());
      tokens[i] = row.stream().mapToInt(Integer::intValue).toArray();
    }
    return new Sequences(tokens, promptLengths);
  }

  private static float[] sampled(List<RolloutResponse> rollout) {
    return floats(rollout.stream().flatMap(each -> each.getLogprobsList().stream()).toList());
  }

  private static Input tokens(List<Integer> ids) {
    return RlaifClient.tokens(ids.stream().mapToInt(Integer::intValue).toArray());
  }

  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }
}
