package org.rlaif.training.offline;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Progress;
import org.rlaif.torch.Network;
import org.rlaif.torch.Optimizer;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;
import org.rlaif.training.config.TrainerConfig;
import org.rlaif.training.learning.GradientSteps;
import org.rlaif.training.learning.LengthBatches;
import org.rlaif.training.learning.MetricsFile;
import org.rlaif.training.learning.Microbatches;
import org.rlaif.training.learning.Stopwatch;
import org.rlaif.training.math.Schedule;

/**
 * The optimisation that all offline trainers share: batches of items of similar length, AdamW under
 * a schedule, and a look at what is not learned from, before, in between and after.
 *
 * @param name of the stage, in errors and metrics
 * @param steps of the optimiser
 * @param validations looks, the one before apart, evenly spread, the last one at the end
 */
record Trainer(String name, TrainerConfig config, int steps, int validations, long seed) {

  /**
   * What came of it.
   *
   * @param before the first step; null, as {@code after} is, if nobody looked
   * @param losses of each step, of the batch before it
   * @param tokens of all batches
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record Result<V>(
      @Nullable V before, @Nullable V after, double[] losses, long tokens, Stopwatch watch) {}

  /** One row of the metrics. */
  private record Step(double loss, double learningRate, double gradientNorm) {}

  /** Trains, and writes {@code metrics.jsonl} into a folder. */
  <V> Result<V> train(Network network, Objective<V> objective, Path out) {
    double[] losses = new double[steps];
    long tokens = 0;
    var batches = new LengthBatches(objective.size(), config.batch(), seed, objective::length);
    var schedule =
        new Schedule(
            config.learningRate(), steps, config.warmup(), config.decay(), config.finalFraction());
    var watch = new Stopwatch();
    try (Optimizer optimizer =
            GradientSteps.optimizer(network, config.learningRate(), config.adam());
        MetricsFile metrics = MetricsFile.create(out, name, "step");
        Progress progress = Progress.start(name, steps, "steps")) {
      var gradient = new GradientSteps(optimizer, config.maxGradientNorm());
      @Nullable V before = look(objective, 0, metrics);
      @Nullable V after = before;
      watch.lap("validation");
      for (int step = 0; step < steps; step++) {
        int[] batch = batches.next();
        String where = metrics.where(step + 1) + ", loss";
        losses[step] = gradients(objective, batch, gradient, where);
        double rate = schedule.at(step);
        double norm = gradient.step(rate, where);
        metrics.write(step + 1, new Step(losses[step], rate, norm));
        tokens += IntStream.of(batch).mapToLong(objective::length).sum();
        progress.figures("loss %.3f", losses[step]);
        progress.step(1);
        watch.lap("steps");
        if ((step + 1) * validations / steps > step * validations / steps) {
          after = look(objective, step + 1, metrics);
          watch.lap("validation");
        }
      }
      return new Result<>(before, after, losses, tokens, watch);
    }
  }

  private <V> @Nullable V look(Objective<V> objective, int step, MetricsFile metrics) {
    V found = objective.validate();
    if (found != null) {
      metrics.write(step, found);
    }
    return found;
  }

  /** Of a batch, part by part; returns its loss. */
  private double gradients(
      Objective<?> objective, int[] batch, GradientSteps gradient, String where) {
    double all = objective.weight(batch);
    double sum = 0;
    gradient.begin();
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
