package org.rlaif.training.rollouts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.Lora;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.torch.Network;
import org.rlaif.training.learning.Sequence;

/**
 * Times the publication of a policy's weights over TCP on this machine, all of them and an adapter
 * alone. Not a test; run it by hand, without an argument for the quickstart's shape or with the
 * argument 124m for GPT-2's:
 *
 * <pre>
 * mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * cd training
 * OMP_WAIT_POLICY=PASSIVE java -Xmx4g -XX:MaxDirectMemorySize=6g \
 *     -cp "target/classes:target/test-classes:$(cat target/classpath)" \
 *     org.rlaif.training.rollouts.PublishBenchmark
 * </pre>
 */
final class PublishBenchmark {
  private static final int TIMES = 7;
  private static final Lora LORA = new Lora(8, 16, false, List.of(Lora.ALL));

  private PublishBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    boolean large = arguments.length > 0 && arguments[0].equals("124m");
    DecoderConfig config =
        large
            ? DecoderConfig.gpt2(50_257, 1024, 768, 12, 12, 3072)
            : DecoderConfig.gpt2(768, 128, 96, 4, 4, 384);
    Path folder = Files.createTempDirectory("publish");
    try (Network all = Network.create(config, 1, 0.02);
        Network adapted = all.withAdapter(LORA, config.head(), 2)) {
      Path tokenizer = folder.resolve("tokenizer.json");
      BpeTrainer.train(List.of("the cat sat on the mat"), 265, tokenizer);
      Path model = folder.resolve("model");
      ModelFolder.save(model, config, ScoreScale.IDENTITY, tokenizer, all.weights());
      ServerConfig server = ServerConfig.inProcess(Map.of("policy", model)).listen("127.0.0.1", 0);
      try (RlaifServer running = RlaifServer.start(server);
          RlaifClient client =
              RlaifClient.open("127.0.0.1:" + running.port(), Duration.ofSeconds(60))) {
        time(client, "all weights", all);
        time(client, "adapter", adapted);
      }
    } finally {
      AtomicFiles.deleteRecursively(folder);
    }
  }

  private static void time(RlaifClient client, String what, Network policy) {
    var publisher = new WeightPublisher(client, "policy", policy, /* threshold= */ 1e-3);
    int[] completion = {10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
    var probes = List.of(new Sequence(new int[] {2, 3, 4, 5}, completion));
    double[] milliseconds = new double[TIMES];
    for (int i = -2; i < TIMES; i++) {
      long start = System.nanoTime();
      publisher.publish(probes);
      milliseconds[Math.max(i, 0)] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(milliseconds);
    long numbers = policy.trainedWeights().specs().stream().mapToLong(TensorSpec::elements).sum();
    System.out.printf(
        "%-12s %,12d bytes, median %.0f ms, best %.0f ms%n",
        what, numbers * Float.BYTES, milliseconds[TIMES / 2], milliseconds[0]);
  }
}
