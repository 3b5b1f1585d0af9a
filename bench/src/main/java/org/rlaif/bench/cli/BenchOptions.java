package org.rlaif.bench.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.bench.Lengths;
import org.rlaif.bench.Settings;
import picocli.CommandLine.Option;

/** How much is measured. */
final class BenchOptions {
  @Option(
      names = "--parts",
      split = ",",
      description = "Which parts (default: all that the server allows, but for soak).")
  private List<String> parts = Settings.PARTS;

  @Option(
      names = "--concurrency",
      split = ",",
      defaultValue = "1,8,32",
      description = "Callers of the closed loops (default: ${DEFAULT-VALUE}).")
  private List<Integer> concurrency = List.of();

  @Option(names = "--rate", description = "Requests per second of an open loop (default: none).")
  private @Nullable Double rate;

  @Option(
      names = "--prompt",
      defaultValue = "16-64",
      description = "Prompt tokens in the loops, a number or a range (default: ${DEFAULT-VALUE}).")
  private String prompt = "";

  @Option(
      names = "--output",
      defaultValue = "16-64",
      description = "New tokens in the loops, a number or a range (default: ${DEFAULT-VALUE}).")
  private String output = "";

  @Option(
      names = "--requests",
      defaultValue = "64",
      description = "Requests of each loop (default: ${DEFAULT-VALUE}).")
  private int requests;

  @Option(
      names = "--warm-up",
      defaultValue = "4",
      description = "Requests before each loop that do not count (default: ${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--temperature",
      defaultValue = "1",
      description = "Of the sampling (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--batch",
      defaultValue = "32",
      description = "Rows of the comparisons, slots of the server (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--repeats",
      defaultValue = "3",
      description = "Of each comparison, in turn (default: ${DEFAULT-VALUE}).")
  private int repeats;

  @Option(
      names = "--rollout-prompt",
      defaultValue = "128",
      description = "Tokens (${DEFAULT-VALUE}).")
  private int rolloutPrompt;

  @Option(
      names = "--rollout-output",
      defaultValue = "64",
      description = "Tokens (${DEFAULT-VALUE}).")
  private int rolloutOutput;

  @Option(
      names = "--samples",
      defaultValue = "8",
      description = "Per prompt, where a prompt has several (${DEFAULT-VALUE}).")
  private int samples;

  @Option(names = "--mixed-prompt", defaultValue = "32", description = "Tokens (${DEFAULT-VALUE}).")
  private int mixedPrompt;

  @Option(
      names = "--mixed-output",
      defaultValue = "16-256",
      description = "Tokens, a range (${DEFAULT-VALUE}).")
  private String mixedOutput = "";

  @Option(
      names = "--mixed-requests",
      defaultValue = "256",
      description = "How many of mixed lengths (${DEFAULT-VALUE}).")
  private int mixedRequests;

  @Option(
      names = "--long-prompt",
      defaultValue = "512",
      description = "Tokens of the prompt that disturbs (${DEFAULT-VALUE}).")
  private int longPrompt;

  @Option(
      names = "--steady-tokens",
      defaultValue = "256",
      description = "Of the sequences that are disturbed (${DEFAULT-VALUE}).")
  private int steadyTokens;

  @Option(
      names = "--swap-every",
      defaultValue = "2",
      description = "Seconds between two weight updates (${DEFAULT-VALUE}).")
  private double swapSeconds;

  @Option(names = "--cancels", defaultValue = "31", description = "How many (${DEFAULT-VALUE}).")
  private int cancels;

  @Option(
      names = "--soak-seconds",
      defaultValue = "720",
      description = "How long the soak takes (${DEFAULT-VALUE}).")
  private double soakSeconds;

  @Option(
      names = "--scoring",
      split = ",",
      defaultValue = "64",
      description = "Tokens of the sequences that are scored (default: ${DEFAULT-VALUE}).")
  private List<Integer> scoring = List.of();

  @Option(names = "--seed", defaultValue = "1", description = "Of everything (${DEFAULT-VALUE}).")
  private long seed;

  Settings settings() {
    return new Settings(
        parts,
        concurrency,
        rate,
        Lengths.parse("--prompt", prompt),
        Lengths.parse("--output", output),
        requests,
        warmUp,
        temperature,
        batch,
        repeats,
        rolloutPrompt,
        rolloutOutput,
        samples,
        mixedPrompt,
        Lengths.parse("--mixed-output", mixedOutput),
        mixedRequests,
        longPrompt,
        steadyTokens,
        swapSeconds,
        cancels,
        soakSeconds,
        scoring,
        seed);
  }
}
