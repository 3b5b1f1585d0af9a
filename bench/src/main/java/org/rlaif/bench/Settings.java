package org.rlaif.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;

/**
 * What is measured, and how much of it.
 *
 * @param parts sections that are wanted, of {@link #PARTS}
 * @param concurrency of the closed loops
 * @param rate requests per second of the open loop; null: no open loop
 * @param prompts tokens of a prompt in the loops
 * @param outputs tokens of a completion in the loops
 * @param requests of each loop
 * @param warmUp requests before each loop that are not counted
 * @param temperature 0: the most likely token
 * @param batch rows of the comparisons, and slots of the server that is started
 * @param repeats of each comparison, in turn; the median counts
 * @param rolloutPrompt tokens
 * @param rolloutOutput tokens
 * @param samples completions per prompt where a prompt has several
 * @param mixedPrompt tokens
 * @param mixedOutputs tokens of completions of mixed lengths
 * @param mixedRequests how many of them
 * @param longPrompt tokens of the prompt that is computed while others decode
 * @param steadyTokens of the sequences that decode while something disturbs them
 * @param swapSeconds from the end of one update to the next one's begin
 * @param cancels how often a sequence is cancelled
 * @param soakSeconds how long the soak takes
 * @param scoring tokens of given sequences, a comparison for each number
 */
public record Settings(
    List<String> parts,
    List<Integer> concurrency,
    @Nullable Double rate,
    Lengths prompts,
    Lengths outputs,
    int requests,
    int warmUp,
    double temperature,
    int batch,
    int repeats,
    int rolloutPrompt,
    int rolloutOutput,
    int samples,
    int mixedPrompt,
    Lengths mixedOutputs,
    int mixedRequests,
    int longPrompt,
    int steadyTokens,
    double swapSeconds,
    int cancels,
    double soakSeconds,
    List<Integer> scoring,
    long seed) {
  /** Takes long, and a server of its own: never one of several. */
  static final String SOAK = "soak";

  /** What is measured unless told otherwise. */
  public static final List<String> PARTS =
      List.of(
          "layers",
          "load",
          "rollouts",
          "mixed",
          "quantization",
          "prefill",
          "swaps",
          "cancel",
          "scoring");

  public Settings {
    for (String part : parts) {
      UserError.require(
          PARTS.contains(part) || parts.equals(List.of(SOAK)),
          "parts",
          part,
          "some of " + PARTS + ", or soak alone");
    }
    for (int each : concurrency) {
      positive("concurrency", each);
    }
    UserError.require(rate == null || rate > 0, "rate", rate, "above 0 requests per second");
    UserError.require(warmUp >= 0, "warm-up", warmUp, ">= 0");
    UserError.require(
        temperature == 0 || (temperature >= 0.01 && temperature <= 100),
        "temperature",
        temperature,
        "0, or from 0.01 to 100");
    UserError.require(batch >= 2, "batch", batch, ">= 2");
    UserError.require(
        samples >= 1 && (batch % samples == 0 || !parts.contains("rollouts")),
        "samples",
        samples,
        "a divisor of the batch " + batch);
    UserError.require(steadyTokens >= 8, "steady-tokens", steadyTokens, ">= 8");
    UserError.require(swapSeconds > 0, "swap-every", swapSeconds, "above 0 seconds");
    UserError.require(soakSeconds > 0, "soak-seconds", soakSeconds, "above 0");
    positive("requests", requests);
    positive("repeats", repeats);
    positive("rollout-prompt", rolloutPrompt);
    positive("rollout-output", rolloutOutput);
    positive("mixed-prompt", mixedPrompt);
    positive("mixed-requests", mixedRequests);
    positive("long-prompt", longPrompt);
    positive("cancels", cancels);
    for (int each : scoring) {
      UserError.require(each >= 2, "scoring", each, ">= 2 tokens");
    }
  }

  private static void positive(String name, int value) {
    UserError.require(value >= 1, name, value, ">= 1");
  }

  boolean wants(String part) {
    return parts.contains(part);
  }

  /** Equal requests with the prompts of the mixed ones; each use has a seed of its own. */
  Workload rows(DecoderConfig config, int count, int output, long use) {
    return Workload.equal(config, count, mixedPrompt, output, seed, use);
  }

  /** Refuses what no sequence of the model can hold. */
  void fit(int context) {
    fits("prompt", prompts.most() + outputs.most(), context);
    fits("rollout-prompt", rolloutPrompt + rolloutOutput, context);
    fits("mixed-prompt", mixedPrompt + mixedOutputs.most(), context);
    fits("long-prompt", longPrompt + 1, context);
    fits("rollout-output", mixedPrompt + rolloutOutput, context);
    fits("steady-tokens", mixedPrompt + steadyTokens, context);
    scoring.forEach(each -> fits("scoring", each, context));
  }

  private static void fits(String name, int tokens, int context) {
    UserError.require(
        tokens <= context,
        name,
        tokens + " tokens with the completion",
        "at most " + context + ", the model's context");
  }
}
