package org.rlaif.training.run;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rlaif.model.DecoderConfig;

/**
 * What a run would do: which stages, with how large models, in how much memory. Estimates, made
 * without loading a model. Users' own data are read, to know who labels.
 */
public final class Plan {
  private static final String ROW = "%-10s  %-9s  %-32s  %9s  %-32s  %s%n";

  private Plan() {}

  /**
   * Plans a run without starting it, and prints a table.
   *
   * @throws org.rlaif.kit.UserError if the run would be refused for its settings
   */
  public static void print(Run run, List<Stage<?>> stages, PrintWriter out) {
    Sizes sizes = new Sizes(run.config());
    StageStates survey = new Pipeline(run, stages).survey(stages);
    Map<String, Estimate> estimates = new LinkedHashMap<>();
    for (Stage<?> stage : stages) {
      if (survey.of(stage.name()) != StageStates.State.FINISHED) {
        stage.check(run);
      }
      estimates.put(stage.name(), stage.estimate(run, sizes));
    }
    DecoderConfig policy = sizes.policy();
    out.printf(Locale.ROOT, ROW, "stage", "would", "work", "rollouts", "models", "memory");
    estimates.forEach(
        (stage, estimate) ->
            out.printf(
                Locale.ROOT,
                ROW,
                stage,
                would(stage, survey),
                estimate.work(),
                estimate.rollouts() == 0
                    ? ""
                    : String.format(Locale.ROOT, "%,d", estimate.rollouts()),
                estimate.models(),
                estimate.bytes() == 0 ? "" : megabytes(estimate.bytes())));
    long most = estimates.values().stream().mapToLong(Estimate::bytes).max().orElse(0);
    out.printf(
        Locale.ROOT,
        "%nPolicy: %,d parameters (%d layers, %d wide, %d heads, context %d, vocabulary %d).%n",
        policy.parameterCount(),
        policy.layers(),
        policy.width(),
        policy.attention().heads(),
        policy.contextLength(),
        policy.vocabularySize());
    out.printf(
        Locale.ROOT,
        "Memory: at most about %s beside the JVM's own: weights, gradients, AdamW, activations of"
            + " full-length sequences, and the server's weights and KV cache.%n",
        megabytes(most));
    int models = 2 + run.config().reward().members();
    out.printf(
        Locale.ROOT,
        "Disk: about %s for %s models.%n",
        megabytes(models * sizes.weights(sizes.rewardParameters())),
        models == 3 ? "three" : models);
    if (run.config().iterations() > 1) {
      out.printf(
          "Iterations: at most %d; those after the first begin with the policy before, without SFT.%n",
          run.config().iterations());
    }
    String loss = survey.loss(run.config());
    if (!loss.isEmpty()) {
      out.printf("%nNot without being asked to: %s%nTo go on: %s.%n", loss, survey.wayOut());
    }
  }

  private static String would(String stage, StageStates survey) {
    if (survey.of(stage) == StageStates.State.FINISHED) {
      return "skip";
    }
    return survey.discarded().contains(stage) ? "replace" : "run";
  }

  private static String megabytes(long bytes) {
    return bytes < 10_000_000_000L
        ? String.format(Locale.ROOT, "%,.0f MB", Math.max(1, bytes / 1e6))
        : String.format(Locale.ROOT, "%,.0f GB", bytes / 1e9);
  }
}
