package org.rlaif.training.run;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.TensorSpec;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.config.SftConfig;

/**
 * What a run would do: which stages, with how large models, in how much memory. Estimates, made
 * without loading a model. Users' own data are read, to know who labels.
 */
public final class Plan {
  /** fp32. */
  private static final long NUMBER = 4;

  /** Gradients and the two moments of AdamW. */
  private static final long TRAINED = 3 * NUMBER;

  /** The server's two arenas, and its engine's own rearranged copy of the matrices. */
  private static final long SERVED = 3 * NUMBER;

  private static final long MAX_CACHE = 1L << 30;
  private static final int MAX_SLOTS = 64;

  private record Line(
      String stage, String would, String work, long rollouts, String model, long bytes) {}

  private final RunContext run;
  private final RunConfig config;
  private final DecoderConfig policy;
  private final AdapterConfig adapter;
  private final Survey survey;
  private final List<Line> lines = new ArrayList<>();

  private Plan(RunContext run, Survey survey) {
    this.run = run;
    this.config = run.config();
    this.survey = survey;
    this.policy = shape(config);
    this.adapter = config.model().adapter();
  }

  /**
   * Plans a run without starting it.
   *
   * @throws org.rlaif.kit.UserError if the run would be refused for its settings
   */
  public static Plan of(RunContext run, Pipeline pipeline) {
    Plan plan = new Plan(run, pipeline.survey(pipeline.stages()));
    for (Stage stage : pipeline.stages()) {
      if (plan.survey.of(stage.name()) != Survey.State.FINISHED) {
        stage.check().of(run);
      }
      plan.lines.add(plan.line(stage));
    }
    return plan;
  }

  private static DecoderConfig shape(RunConfig config) {
    ModelConfig model = config.model();
    return model.folder().isEmpty()
        ? model.shape(config.tokenizer().vocabularySize())
        : ModelFolder.describe(model.path());
  }

  private Line line(Stage stage) {
    String would =
        survey.of(stage.name()) == Survey.State.FINISHED
            ? "skip"
            : survey.discarded().contains(stage.name()) ? "replace" : "run";
    long parameters = policy.parameterCount();
    long both = 2L * config.evaluation().prompts();
    return switch (stage.name()) {
      case "sft" -> {
        SftConfig sft = Objects.requireNonNull(config.sft());
        yield new Line(
            "sft",
            would,
            sft.steps() + " steps of " + sft.batch(),
            0,
            "policy " + count(parameters),
            NUMBER * parameters
                + TRAINED * trained(policy)
                + activations(size(sft.microbatch(), sft.batch()), true));
      }
      case "candidates" -> {
        if (!run.asksJudge()) {
          yield new Line("candidates", would, "none: people have said what is better", 0, "", 0);
        }
        long sequences = (long) config.candidates().prompts() * config.candidates().samples();
        yield new Line(
            "candidates",
            would,
            "at most " + config.candidates().prompts() + " prompts",
            sequences,
            "policy " + count(parameters),
            SERVED * parameters + cache());
      }
      case "reward" ->
          new Line(
              "reward",
              would,
              config.reward().epochs() + " epochs of " + config.reward().batch() + " pairs a step",
              0,
              "reward " + count(reward()),
              NUMBER * reward()
                  + TRAINED * trained(policy.withHead(Head.SCORE))
                  + activations(
                      2L * size(config.reward().microbatch(), config.reward().batch()), false));
      case "ppo" ->
          new Line(
              "ppo",
              would,
              config.ppo().updates() + " updates of " + config.ppo().batch(),
              (long) config.ppo().updates() * config.ppo().batch(),
              "policy, reference, value, reward",
              NUMBER * (adapter.wanted() ? parameters : 2 * parameters + reward())
                  + TRAINED * (trained(policy) + trained(policy.withHead(Head.SCORE)))
                  + SERVED * (parameters + reward())
                  + cache()
                  + 2
                      * activations(
                          size(config.ppo().microbatch(), config.ppo().minibatch()), true));
      case "evaluate" ->
          new Line(
              "evaluate",
              would,
              "at most " + config.evaluation().prompts() + " prompts",
              2 * both,
              "start, policy, reward",
              SERVED * (2 * parameters + reward()) + 2 * cache());
      default -> new Line(stage.name(), would, "", 0, "", 0);
    };
  }

  /** Numbers that are trained: all, or those of an adapter over a base that all networks share. */
  private long trained(DecoderConfig model) {
    return adapter.wanted()
        ? adapter.lora().parameters(model).stream().mapToLong(TensorSpec::elements).sum()
        : model.parameterCount();
  }

  private long reward() {
    return config.reward().trained()
        ? policy.withHead(Head.SCORE).parameterCount()
        : ModelFolder.describe(config.reward().path()).parameterCount();
  }

  /**
   * What the backward pass keeps of full sequences: 34 s b h + 5 a s^2 b bytes per layer in 16 bit
   * (Korthikanti et al. 2022, arXiv 2205.05198, eq. 1), twice that in fp32; and the logits with
   * their gradients.
   */
  private long activations(long batch, boolean logits) {
    long tokens = batch * policy.contextLength();
    long layer =
        2
            * tokens
            * (34L * policy.width() + 5L * policy.attention().heads() * policy.contextLength());
    return policy.layers() * layer + (logits ? 3 * NUMBER * tokens * policy.vocabularySize() : 0);
  }

  /** Keys and values of all slots; the server takes as many as fit into one gibibyte. */
  private long cache() {
    long slot =
        2 * NUMBER * policy.layers() * policy.contextLength() * policy.attention().cacheKeyWidth();
    return slot * Math.max(1, Math.min(MAX_SLOTS, MAX_CACHE / slot));
  }

  /** Prints a table. */
  public void print(PrintWriter out) {
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
      out.printf(
          Locale.ROOT,
          "%-10s  %-9s  %-32s  %9s  %-32s  %s%n",
          line.stage(),
          line.would(),
          line.work(),
          line.rollouts() == 0 ? "" : String.format(Locale.ROOT, "%,d", line.rollouts()),
          line.model(),
          line.bytes() == 0 ? "" : megabytes(line.bytes()));
    }
    long most = lines.stream().mapToLong(Line::bytes).max().orElse(0);
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
    out.printf(Locale.ROOT, "Disk: about %s for three models.%n", megabytes(3 * NUMBER * reward()));
    String loss = survey.loss(config);
    if (!loss.isEmpty()) {
      out.printf("%nNot without being asked to: %s%nTo go on: %s.%n", loss, survey.wayOut());
    }
  }

  private static int size(@Nullable Integer microbatch, int batch) {
    return microbatch == null ? batch : microbatch;
  }

  private static String count(long parameters) {
    return parameters < 1_000_000
        ? String.format(Locale.ROOT, "%.0f k", parameters / 1e3)
        : String.format(Locale.ROOT, "%.1f M", parameters / 1e6);
  }

  private static String megabytes(long bytes) {
    return bytes < 10_000_000_000L
        ? String.format(Locale.ROOT, "%,.0f MB", Math.max(1, bytes / 1e6))
        : String.format(Locale.ROOT, "%,.0f GB", bytes / 1e9);
  }
}
