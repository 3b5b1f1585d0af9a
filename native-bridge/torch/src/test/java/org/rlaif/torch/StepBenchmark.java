package org.rlaif.torch;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.rlaif.model.DecoderConfig;

/**
 * Times training steps of the quickstart's shape: 4 layers, 96 wide, 32 rows of about 70 tokens,
 * about 20 of them completion. Not a test; run it by hand:
 *
 * <pre>
 * cd native-bridge/torch
 * mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * OMP_WAIT_POLICY=PASSIVE java -cp "target/classes:target/test-classes:$(cat target/classpath)" \
 *     org.rlaif.torch.StepBenchmark
 * </pre>
 */
final class StepBenchmark {
  private static final int WARM_UP = 15;
  private static final int STEPS = 100;

  private StepBenchmark() {}

  public static void main(String[] arguments) {
    if (arguments.length > 0) {
      Torch.threads(Integer.parseInt(arguments[0]));
    }
    var config = DecoderConfig.gpt2(768, 128, 96, 4, 4, 384);
    Sequences batch = batch(new SplittableRandom(1), config.vocabularySize());
    double[] milliseconds = new double[STEPS];
    long processor = 0;
    try (Network network = Network.create(config, 1, 0.02);
        Optimizer optimizer = Optimizer.adamW(network, 1e-3, 0.9, 0.98, 1e-8, 0.01)) {
      for (int step = -WARM_UP; step < STEPS; step++) {
        if (step == 0) {
          processor -= processorTime();
        }
        long start = System.nanoTime();
        try (Scope scope = Scope.open()) {
          optimizer.zeroGrad();
          Tensor loss = network.logprobs(batch, 1.0).mean().neg();
          loss.backward();
          optimizer.clipGradients(1.0);
          optimizer.step();
        }
        if (step >= 0) {
          milliseconds[step] = (System.nanoTime() - start) / 1e6;
        }
      }
      processor += processorTime();
    }
    Arrays.sort(milliseconds);
    int tokens = Arrays.stream(batch.tokens()).mapToInt(row -> row.length).sum();
    double median = milliseconds[STEPS / 2];
    System.out.printf(
        "%d rows, %d tokens (%d with padding), %d of completions: median %.1f ms, best %.1f ms,"
            + " %.0f tokens/s, %.1f ms of processor time%n",
        batch.size(),
        tokens,
        batch.size() * batch.longest(),
        batch.completionTokens(),
        median,
        milliseconds[0],
        1000 * tokens / median,
        processor / 1e6 / STEPS);
  }

  /** Nanoseconds of all threads of this process; unlike time, not the neighbours' business. */
  private static long processorTime() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static Sequences batch(SplittableRandom random, int vocabulary) {
    int[][] tokens = new int[32][];
    int[] prompts = new int[tokens.length];
    for (int row = 0; row < tokens.length; row++) {
      prompts[row] = random.nextInt(38, 63);
      tokens[row] = random.ints(prompts[row] + random.nextInt(12, 29), 3, vocabulary).toArray();
    }
    return new Sequences(tokens, prompts);
  }
}
