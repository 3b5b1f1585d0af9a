package org.rlaif.training.rollouts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Example;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Progress;
import org.rlaif.kit.UserError;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.config.CandidatesConfig;
import org.rlaif.training.learning.Seeds;
import org.rlaif.training.learning.Stopwatch;

/**
 * Several completions of each of some prompts, sampled from the served SFT policy, to be judged:
 * text for judges, and the tokens that were sampled for the reward model.
 */
public final class CandidateSampling {
  /** Prompts per request: often enough for a progress bar, rarely enough to keep slots busy. */
  public static final int PROMPTS_PER_REQUEST = 128;

  private CandidateSampling() {}

  /**
   * What was written.
   *
   * @param leftOut why there are none; null, and all else is there
   * @param identicalFraction share of the prompts whose completions are all the same text
   * @param seconds by part
   * @param tooLong prompts that were left out
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Figures(
      @Nullable String leftOut,
      @Nullable Integer prompts,
      @Nullable Integer sequences,
      @Nullable Double meanTokens,
      @Nullable Double endedFraction,
      @Nullable Double identicalFraction,
      @Nullable Double tokensPerSecond,
      @Nullable Map<String, Double> seconds,
      @Nullable Integer tooLong) {
    /** None were needed. */
    public static Figures none(String why) {
      return new Figures(why, null, null, null, null, null, null, null, null);
    }
  }

  /**
   * Samples and writes {@code candidates.jsonl} into a folder.
   *
   * @param model the name under which the policy is served
   * @param encoder the policy's
   * @param prompts examples, of which the first {@code config.prompts()} are taken
   * @param tooLong how many were left out before, for the figures
   */
  public static Figures run(
      CandidatesConfig config,
      RlaifClient client,
      String model,
      PromptEncoder encoder,
      List<Example> prompts,
      int tooLong,
      long seed,
      Path out) {
    UserError.require(!prompts.isEmpty(), "candidates: prompts", 0, "at least 1");
    List<Example> chosen = prompts.subList(0, Math.min(config.prompts(), prompts.size()));
    Stopwatch watch = new Stopwatch();
    List<Candidates> rows = new ArrayList<>(chosen.size());
    long tokens = 0;
    double ended = 0;
    try (Progress progress = Progress.start("candidates", chosen.size(), "prompts")) {
      for (int from = 0; from < chosen.size(); from += PROMPTS_PER_REQUEST) {
        List<Example> some =
            chosen.subList(from, Math.min(from + PROMPTS_PER_REQUEST, chosen.size()));
        Rollout rollout =
            RolloutClient.rollout(
                client,
                model,
                encoder,
                some,
                config.samples(),
                config.temperature(),
                config.maxTokens(),
                Seeds.of(seed, "candidates", from));
        for (int i = 0; i < some.size(); i++) {
          Example example = some.get(i);
          int first = i * config.samples();
          rows.add(
              new Candidates(
                  example.id(),
                  example.prompt(),
                  rollout.texts().subList(first, first + config.samples()),
                  rollout.sequences().subList(first, first + config.samples()).stream()
                      .map(each -> Arrays.stream(each.completion()).boxed().toList())
                      .toList()));
        }
        tokens += rollout.tokens();
        ended += rollout.endedFraction() * rollout.size();
        progress.step(some.size());
        progress.figures("%.0f tokens/s", tokens / watch.elapsed());
      }
    }
    JsonLines.write(out.resolve("candidates.jsonl"), rows);
    watch.lap("rollout");

    int completions = rows.size() * config.samples();
    long identical =
        rows.stream().filter(row -> row.completions().stream().distinct().count() == 1).count();
    return new Figures(
        null,
        rows.size(),
        completions,
        (double) tokens / completions,
        ended / completions,
        (double) identical / rows.size(),
        tokens / watch.seconds("rollout"),
        watch.seconds(),
        tooLong);
  }
}
