package org.rlaif.training.offline;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Interruption;
import org.rlaif.kit.MayBeAbsent;
import org.rlaif.kit.Progress;
import org.rlaif.kit.UserError;
import org.rlaif.torch.Optimizer;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;
import org.rlaif.torch.Trainable;
import org.rlaif.training.checkpoint.Checkpoint;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.TrainerConfig;
import org.rlaif.training.learning.BestWeights;
import org.rlaif.training.learning.BestWeights.Best;
import org.rlaif.training.learning.GradientSteps;
import org.rlaif.training.learning.LengthBatches;
import org.rlaif.training.learning.MetricsFile;
import org.rlaif.training.learning.Microbatches;
import org.rlaif.training.learning.Stopwatch;
import org.rlaif.training.learning.TrainedState;
import org.rlaif.training.learning.TrlName;
import org.rlaif.training.math.Schedule;

/**
 * The optimisation that all offline trainers share: batches of items of similar length, AdamW under
 * a schedule, and a look at what is not learned from, before, in between and after.
 *
 * @param name of the stage, in errors and metrics
 * @param steps of the optimiser
 * @param validations looks, the one before apart, evenly spread, the last one at the end
 * @param checkpoints what it goes on from, and saves
 * @param offset steps of the stage's trainings before this one, which its checkpoints count, too
 */
record Trainer(
    String name,
    TrainerConfig config,
    int steps,
    int validations,
    long seed,
    Checkpoints checkpoints,
    long offset) {

  /** The only training of its stage. */
  Trainer(
      String name,
      TrainerConfig config,
      int steps,
      int validations,
      long seed,
      Checkpoints checkpoints) {
    this(name, config, steps, validations, seed, checkpoints, /* offset= */ 0);
  }

  /**
   * What came of it.
   *
   * @param before the first step; null, as {@code after} is, if nobody looked
   * @param after of the weights that are left
   * @param best where those come from, if the best ones are kept; else null
   * @param losses of each step, of the batch before it
   * @param tokens of all batches
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record Result<V>(
      @Nullable V before,
      @Nullable V after,
      @Nullable BestStep best,
      double[] losses,
      long tokens,
      Stopwatch watch) {}

  /**
   * What a checkpoint holds beside weights and moments. Batches and rates follow from the step.
   *
   * @param losses of the steps that are done
   * @param tokens of their batches
   * @param best of the weights that were looked at; null unless they are kept
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  private record State(
      double[] losses,
      long tokens,
      Map<String, Double> seconds,
      @MayBeAbsent @Nullable Best best) {}

  /** One row of the metrics. */
  private record Step(
      double loss,
      @TrlName("learning_rate") double learningRate,
      @TrlName("grad_norm") double gradientNorm,
      @JsonAnyGetter Map<String, Double> more) {}

  /** Trains, and writes {@code metrics.jsonl} into a folder. */
  <V> Result<V> train(Trainable trained, Objective<V> objective, Path out) {
    double[] losses = new double[steps];
    long tokens = 0;
    var batches = new LengthBatches(objective.size(), config.batch(), seed, objective::length);
    var schedule =
        new Schedule(
            config.learningRate(), steps, config.warmup(), config.decay(), config.finalFraction());
    var watch = new Stopwatch();
    try (Optimizer optimizer =
            GradientSteps.optimizer(trained, config.learningRate(), config.adam());
        MetricsFile metrics = MetricsFile.open(out, name, "step");
        Progress progress = Progress.start(name, steps, "steps");
        Interruption.Grace saved = checkpoints.work(name)) {
      var gradient = new GradientSteps(optimizer, config.maxGradientNorm());
      @Nullable V before = objective.validate();
      @Nullable V after = before;
      int begin = 0;
      var best = new BestWeights(trained, config.keepBest());
      State state = resumed(trained, optimizer, best);
      if (state == null) {
        write(before, 0, metrics);
        look(objective, before, 0, best);
      } else {
        begin = state.losses().length;
        System.arraycopy(state.losses(), 0, losses, 0, begin);
        tokens = state.tokens();
        batches.skip(begin);
        progress.step(begin);
        watch.add(state.seconds());
      }
      watch.lap("validation");
      for (int step = begin; step < steps; step++) {
        int[] batch = batches.next();
        String where = metrics.where(step + 1) + ", loss";
        losses[step] = gradients(objective, batch, gradient, where);
        double rate = schedule.at(step);
        double norm = gradient.step(rate, where);
        objective.stepped();
        metrics.write(step + 1, new Step(losses[step], rate, norm, objective.figures()));
        tokens += IntStream.of(batch).mapToLong(objective::length).sum();
        progress.figures("loss %.3f", losses[step]);
        progress.step(1);
        watch.lap("steps");
        if ((step + 1) * validations / steps > step * validations / steps) {
          after = objective.validate();
          write(after, step + 1, metrics);
          look(objective, after, step + 1, best);
          watch.lap("validation");
        }
        if (step + 1 < steps) { // the end is a moment away
          int done = step + 1;
          long read = tokens;
          checkpoints.after(
              offset + done,
              () -> new State(Arrays.copyOf(losses, done), read, watch.seconds(), best.best()),
              folder -> {
                TrainedState.save(trained, optimizer, folder);
                best.save(folder);
              });
        }
      }
      BestStep kept = BestStep.of(best.best());
      if (kept != null && kept.step() < steps) {
        best.bringBack();
        after = objective.validate();
      }
      return new Result<>(before, after, kept, losses, tokens, watch);
    }
  }

  /** The state to go on from; null: training begins. */
  private @Nullable State resumed(Trainable trained, Optimizer optimizer, BestWeights best) {
    Checkpoint found = checkpoints.newest().orElse(null);
    if (found == null || found.step() <= offset) { // of a training before
      return null;
    }
    TrainedState.load(trained, optimizer, found.stored());
    State state = found.state(State.class);
    best.restore(state.best(), found.stored());
    return state;
  }

  /** The smaller the loss on what is not learned from, the better. */
  private <V> void look(Objective<V> objective, @Nullable V found, int step, BestWeights best) {
    if (!config.keepBest()) {
      return;
    }
    Double loss = found == null ? null : objective.loss(found);
    if (loss == null) {
      throw UserError.expected(
          name + ".keepBest", true, "false, as nothing is held out to measure a loss on");
    }
    best.take();
    best.measured(step, -loss);
  }

  private static void write(@Nullable Object found, int step, MetricsFile metrics) {
    if (found != null) {
      metrics.write(step, found);
    }
  }

  /** Of a batch, part by part; returns its loss. */
  private double gradients(
      Objective<?> objective, int[] batch, GradientSteps gradient, String where) {
    double all = objective.weight(batch);
    double sum = 0;
    gradient.begin();
    objective.begin(batch);
    for (int[] part : Microbatches.of(batch, config.microbatch())) {
      double share = objective.weight(part) / all;
      try (Scope scope = Scope.open()) {
        Tensor loss = objective.loss(part);
        gradient.add(loss, share, where);
        sum += share * loss.item();
      }
    }
    return sum;
  }
}
