package org.rlaif.serving.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.v1.Sampling;
import picocli.CommandLine.Option;

/** How tokens are chosen; {@code policy.proto} has the order of the operations. */
final class SamplingOptions {
  @Option(
      names = "--temperature",
      defaultValue = "1",
      description = "0: always the most likely token (default: ${DEFAULT-VALUE}).")
  private float temperature;

  @Option(
      names = "--top-k",
      defaultValue = "0",
      description = "Keep the k most likely tokens (default: all).")
  private int topK;

  @Option(
      names = "--top-p",
      defaultValue = "1",
      description = "Keep the most likely tokens that hold this share (default: 1, all).")
  private float topP;

  @Option(
      names = "--min-p",
      defaultValue = "0",
      description = "Keep tokens this many times as likely as the likeliest (default: 0, all).")
  private float minP;

  @Option(
      names = "--repetition-penalty",
      defaultValue = "1",
      description = "Above 1: tokens that the prompt or the completion has are less likely.")
  private float repetitionPenalty;

  @Option(
      names = "--presence-penalty",
      defaultValue = "0",
      description = "Above 0: tokens that the completion has are less likely.")
  private float presencePenalty;

  @Option(
      names = "--frequency-penalty",
      defaultValue = "0",
      description = "Above 0: the oftener the completion has a token, the less likely it is.")
  private float frequencyPenalty;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End before this text. Can be repeated.")
  private List<String> stop = new ArrayList<>();

  @Option(
      names = "--max-tokens",
      description = "At most this many (default: as many as the context holds).")
  private @Nullable Integer maxTokens;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "The same seed gives the same text (default: ${DEFAULT-VALUE}).")
  private long seed;

  Sampling message() {
    Sampling.Builder sampling =
        Sampling.newBuilder()
            .setTemperature(temperature)
            .setTopK(topK)
            .setTopP(topP)
            .setMinP(minP)
            .setRepetitionPenalty(repetitionPenalty)
            .setPresencePenalty(presencePenalty)
            .setFrequencyPenalty(frequencyPenalty)
            .addAllStopStrings(stop)
            .setSeed(seed);
    if (maxTokens != null) {
      sampling.setMaxTokens(maxTokens);
    }
    return sampling.build();
  }
}
