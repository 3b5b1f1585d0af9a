package org.rlaif.serving.grpc;

import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.RewardGrpc;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.Sampling;
import org.rlaif.v1.ScoreRequest;

/** Rollouts of the quickstart's shape over the in-process channel, timed: a main, not a test. */
final class RolloutSpeed {
  private static final int PROMPTS = 64;
  private static final int PROMPT_TOKENS = 55;
  private static final int NEW_TOKENS = 40;
  private static final int ROUNDS = 30;

  public static void main(String[] arguments) throws IOException {
    DecoderConfig config = TestModels.SMALL;
    Path folder = Files.createTempDirectory("rollout-speed-");
    Map<String, Path> models =
        Map.of(
            "policy", TestModels.save(folder.resolve("policy"), config, 7),
            "reward", TestModels.save(folder.resolve("reward"), config.withHead(Head.SCORE), 7));
    int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
    ServerConfig server =
        ServerConfig.inProcess(models).compute(PROMPTS, ComputeConfig.threads(threads));
    try (RlaifServer running = RlaifServer.start(server)) {
      ManagedChannel channel = InProcessChannelBuilder.forName(running.inProcessName()).build();
      var rollouts = new double[ROUNDS];
      var scores = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        RolloutRequest.Builder request =
            RolloutRequest.newBuilder()
                .setModel("policy")
                .setSampling(Sampling.newBuilder().setMaxTokens(NEW_TOKENS).setSeed(round));
        for (int i = 0; i < PROMPTS; i++) {
          request.addPrompts(RlaifClient.tokens(TestModels.prompt(config, PROMPT_TOKENS, i)));
        }
        var toScore = ScoreRequest.newBuilder().setModel("reward");
        long start = System.nanoTime();
        var sequences = PolicyGrpc.newBlockingStub(channel).rollout(request.build());
        int tokens = 0;
        while (sequences.hasNext()) {
          RolloutResponse sequence = sequences.next();
          tokens += sequence.getTokenIdsCount();
          toScore
              .addItemsBuilder()
              .setPrompt(RlaifClient.tokens(TestModels.prompt(config, PROMPT_TOKENS, 1)))
              .setCompletion(
                  RlaifClient.tokens(
                      sequence.getTokenIdsList().stream().mapToInt(id -> id).toArray()));
        }
        rollouts[round] = (System.nanoTime() - start) * 1e-9;
        start = System.nanoTime();
        RewardGrpc.newBlockingStub(channel).score(toScore.build());
        scores[round] = (System.nanoTime() - start) * 1e-9;
        if (round % 10 == 0) {
          System.out.printf("round %d: %d tokens in %.3f s%n", round, tokens, rollouts[round]);
        }
      }
      Arrays.sort(rollouts);
      Arrays.sort(scores);
      double median = rollouts[ROUNDS / 2];
      System.out.printf(
          "%d rollouts of %d + %d tokens: median %.3f s (%.0f rollouts/s, %.0f tokens/s), best %.3f s;"
              + " %d scores: median %.3f s%n",
          PROMPTS,
          PROMPT_TOKENS,
          NEW_TOKENS,
          median,
          PROMPTS / median,
          PROMPTS * NEW_TOKENS / median,
          rollouts[0],
          PROMPTS,
          scores[ROUNDS / 2]);
      channel.shutdownNow();
    } finally {
      AtomicFiles.deleteRecursively(folder);
    }
  }
}
