package org.rlaif.training.run;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rlaif.model.DecoderConfig;

/**
 * What a run would do: which stages, with how large models, in how much memory. Estimates, made
 * without loading a model. Users' own data are read, to know who labels.
 */
public final class Plan {
  private record Line(String stage, String would, Estimate estimate) {}

  private final Run run;
  private final Sizes sizes;
  private final StageStates survey;
  private final List<Line> lines = new ArrayList<>();

  private Plan(Run run, StageStates survey) {
    this.run = run;
    this.survey = survey;
    this.sizes = new Sizes(run.config());
  }

  /**
   * Plans a run without starting it.
   *
   * @throws org.rlaif.kit.UserError if the run would be refused for its settings
   */
  public static Plan of(Run run, List<Stage<?>> stages) {
    Pipeline pipeline = new Pipeline(run, stages);
    Plan plan = new Plan(run, pipeline.survey(stages));
    for (Stage<?> stage : stages) {
      if (plan.survey.of(stage.name()) != StageStates.State.FINISHED) {
        stage.check(run);
      }
      plan.lines.add(new Line(stage.name(), plan.would(stage), stage.estimate(run, plan.sizes)));
    }
    return plan;
  }

  private String would(Stage<?> stage) {
    if (survey.of(stage.name()) == StageStates.State.FINISHED) {
      return "skip";
    }
    return survey.discarded().contains(stage.name()) ? "replace" : "run";
  }

  /** Prints a table. */
  public void print(PrintWriter out) {
    DecoderConfig policy = sizes.policy();
    out.printf(
        Locale.ROOT,
        "%-10s  %-9s  %-32s  %9s  %-32s  %s%n",
        "stage",
        "would",
        "work",
        "rollouts",
        "models",
        "memory");
    for (Line line : lines) {
      Estimate estimate = line.estimate();
      out.printf(
          Locale.ROOT,
          "%-10s  %-9s  %-32s  %9s  %-32s  %s%n",
          line.stage(),
          line.would(),
          estimate.work(),
          estimate.rollouts() == 0 ? "" : String.format(Locale.ROOT, "%,d", estimate.rollouts()),
          estimate.models(),
          estimate.bytes() == 0 ? "" : megabytes(estimate.bytes()));
    }
    long most = lines.stream().mapToLong(line -> line.estimate().bytes()).max().orElse(0);
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
    out.printf(
        Locale.ROOT,
        "Disk: about %s for three models.%n",
        megabytes(3 * sizes.weights(sizes.rewardParameters())));
    String loss = survey.loss(run.config());
    if (!loss.isEmpty()) {
      out.printf("%nNot without being asked to: %s%nTo go on: %s.%n", loss, survey.wayOut());
    }
  }

  private static String megabytes(long bytes) {
    return bytes < 10_000_000_000L
        ? String.format(Locale.ROOT, "%,.0f MB", Math.max(1, bytes / 1e6))
        : String.format(Locale.ROOT, "%,.0f GB", bytes / 1e9);
  }
}
