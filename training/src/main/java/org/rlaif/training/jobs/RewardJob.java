package org.rlaif.training.jobs;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Progress;
import org.rlaif.kit.Statistics;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.ScoreScale;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.torch.Optimizer;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;
import org.rlaif.torch.Torch;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.losses.BradleyTerry;
import org.rlaif.training.math.Schedule;

/**
 * The reward model: the SFT policy's trunk under a head that says one number, taught by preferences
 * so that the better completion gets the higher one.
 */
public final class RewardJob {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private RewardJob() {}

  /**
   * Trains and writes {@code model/}, with mean and standard deviation of the scores of all
   * training completions, and {@code metrics.jsonl} into a folder.
   *
   * @param adapter what is trained, beside the head, if not all weights
   * @param start the SFT policy
   * @return the {@link PreferenceFigures} of the held-out preferences and, under train, of the
   *     others; scoreMean, scoreStandardDeviation; steps, parameters, seconds; warning, if the
   *     labels say nothing
   */
  public static Map<String, Object> run(
      RewardConfig config,
      AdapterConfig adapter,
      ModelFolder start,
      List<Preference> train,
      List<Preference> heldOut,
      long seed,
      Device device,
      Path out) {
    UserError.require(!train.isEmpty(), "reward: preferences to learn from", 0, "at least 1");
    UserError.require(!heldOut.isEmpty(), "reward: held-out preferences", 0, "at least 1");
    Torch.seed(seed);
    int steps = Math.max(1, config.epochs() * train.size() / config.batch());
    try (Network policy = Trained.load(start, adapter, seed, device);
        Network network = policy.withScoreHead(seed);
        Optimizer optimizer =
            Optimizer.adamW(
                network, config.learningRate(), BETA1, BETA2, EPSILON, config.weightDecay());
        MetricsFile metrics = MetricsFile.create(out, "reward", "step");
        Progress progress = Progress.start("reward", steps, "steps")) {
      Stopwatch watch = new Stopwatch();
      int context = start.config().contextLength();
      PromptEncoder encoder = PromptEncoder.of(start);
      Pairs pairs = Pairs.encode(train, encoder, context);
      Pairs held = Pairs.encode(heldOut, encoder, context);
      Batches batches = new Batches(pairs.size(), config.batch(), seed, pairs::length);
      Schedule schedule =
          Schedule.risingThenFalling(
              config.learningRate(), steps, config.warmup(), config.finalFraction());
      Descent descent = new Descent(optimizer, config.clip());

      for (int step = 0; step < steps; step++) {
        int[] batch = batches.next();
        double learningRate = schedule.at(step);
        String where = metrics.where(step + 1) + ", loss";
        double lossNow = 0;
        descent.begin();
        for (int[] some : Microbatches.of(batch, config.microbatch())) {
          double share = (double) some.length / batch.length;
          try (Scope scope = Scope.open()) {
            Tensor loss = loss(network, pairs, some);
            descent.add(loss, share, where);
            lossNow += share * loss.item();
          }
        }
        double gradientNorm = descent.step(learningRate, where);
        metrics.write(
            step + 1,
            Map.of("loss", lossNow, "learningRate", learningRate, "gradientNorm", gradientNorm));
        progress.figures("loss %.3f", lossNow);
        progress.step(1);
      }
      watch.lap("steps");

      double[] scores = Forward.scores(network, pairs.all());
      double[] heldScores = Forward.scores(network, held.all());
      ScoreScale scale = scale(scores);
      Trained.save(out.resolve("model"), start, network, scale);
      watch.lap("scores");

      PreferenceFigures ofHeld = figures(heldScores, held);
      PreferenceFigures ofTrain = figures(scores, pairs);
      Map<String, Object> figures = ofHeld.toMap();
      figures.put("train", ofTrain.toMap());
      if (ofTrain.decided() == 0) {
        figures.put(
            "warning",
            "each of the %d labels to learn from is a tie, so the scores of this reward model mean nothing"
                .formatted(ofTrain.n()));
      } else if (ofHeld.decided() == 0) {
        figures.put(
            "warning",
            "each of the %d held-out labels is a tie, so nobody knows how good this reward model is"
                .formatted(ofHeld.n()));
      }
      figures.put("scoreMean", scale.mean());
      figures.put("scoreStandardDeviation", scale.standardDeviation());
      figures.put("steps", steps);
      figures.put("parameters", network.config().parameterCount());
      figures.put("seconds", watch.seconds());
      return figures;
    }
  }

  private static Tensor loss(Network network, Pairs pairs, int[] some) {
    Tensor scores = network.scores(pairs.bothSides(some)); // (2 B)
    Tensor differences =
        scores
            .indexSelect(range(0, some.length))
            .minus(scores.indexSelect(range(some.length, 2 * some.length))); // (B)
    return BradleyTerry.of(differences, Tensor.of(pairs.labels(some), some.length)); // ()
  }

  private static int[] range(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  private static ScoreScale scale(double[] scores) {
    double deviation = Statistics.standardDeviation(scores);
    UserError.require(
        deviation > 0,
        "reward: standard deviation of the scores",
        deviation,
        "> 0: the model must tell completions apart");
    return new ScoreScale(Statistics.mean(scores), deviation);
  }

  private static PreferenceFigures figures(double[] scores, Pairs pairs) {
    double[] differences = new double[pairs.size()];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = scores[i] - scores[pairs.size() + i];
    }
    return PreferenceFigures.of(differences, pairs.labels());
  }
}
