package org.rlaif.training.offline;

import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Statistics;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.ScoreScale;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.torch.Tensor;
import org.rlaif.torch.Torch;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Pairs;
import org.rlaif.training.learning.Stopwatch;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.learning.TrlName;
import org.rlaif.training.losses.BradleyTerry;

/**
 * The reward model: the SFT policy's trunk under a head that says one number, taught by preferences
 * so that the better completion gets the higher one.
 */
public final class RewardModelTraining {
  private RewardModelTraining() {}

  /**
   * Trains and writes {@code model/}, with mean and standard deviation of the scores of all
   * training completions, and {@code metrics.jsonl} into a folder; of the further members of an
   * ensemble into {@code members/1/} and so on.
   *
   * @param checkpoints what it goes on from, and saves
   * @param adapter what is trained, beside the head, if not all weights
   * @param start the SFT policy
   */
  public static RewardModelFigures run(
      RewardConfig config,
      AdapterConfig adapter,
      ModelFolder start,
      LabelledPairs labels,
      long seed,
      Device device,
      Checkpoints checkpoints,
      Path out) {
    labels.require("reward");
    int steps = labels.steps(config.epochs(), config.batch());
    PromptEncoder encoder = PromptEncoder.of(start);
    Pairs pairs = labels.train(encoder, start);
    Pairs held = labels.heldOut(encoder, start);
    RewardEnsemble.Training training =
        (own, offset, folder) -> {
          var trainer =
              new Trainer("reward", config, steps, config.looks(), own, checkpoints, offset);
          return train(trainer, config, adapter, start, labels, pairs, held, device, folder);
        };
    return config.members() == 1
        ? training.train(seed, /* offset= */ 0, out)
        : new RewardEnsemble(config.members(), steps, seed, checkpoints, out)
            .train(training, held, device);
  }

  private static RewardModelFigures train(
      Trainer trainer,
      RewardConfig config,
      AdapterConfig adapter,
      ModelFolder start,
      LabelledPairs labels,
      Pairs pairs,
      Pairs held,
      Device device,
      Path out) {
    long seed = trainer.seed();
    Torch.seed(seed);
    try (Network policy = TrainableModel.load(start, adapter, seed, device);
        Network network = policy.withScoreHead(seed)) {
      Stopwatch watch =
          trainer.train(network, new BetterScoresHigher(network, pairs, held, config), out).watch();
      double[] scores = Forward.scores(network, pairs.all());
      double[] heldScores = Forward.scores(network, held.all());
      ScoreScale scale = scale(scores);
      TrainableModel.save(out.resolve("model"), start, network, scale);
      watch.lap("scores");
      PreferenceFigures ofHeld = PreferenceFigures.of(held.differences(heldScores), held.labels());
      PreferenceFigures ofTrain = PreferenceFigures.of(pairs.differences(scores), pairs.labels());
      return new RewardModelFigures(
          ofHeld,
          ofTrain,
          warning(ofTrain, ofHeld),
          scale.mean(),
          scale.standardDeviation(),
          trainer.steps(),
          network.config().parameterCount(),
          watch.seconds(),
          labels.tooLong(),
          labels.encodedApart(),
          null,
          PreferenceBins.of(held.differences(heldScores), held.labels()));
    }
  }

  private static @Nullable String warning(PreferenceFigures train, PreferenceFigures heldOut) {
    if (train.decided() == 0) {
      return "each of the %d labels to learn from is a tie, so the scores of this reward model mean nothing"
          .formatted(train.n());
    }
    return heldOut.decided() == 0
        ? "each of the %d held-out labels is a tie, so nobody knows how good this reward model is"
            .formatted(heldOut.n())
        : null;
  }

  /**
   * Of what is held out, while it is trained.
   *
   * @param heldOutLoss cross-entropy with the soft labels, whatever is learned, in nats
   */
  private record Look(@TrlName("eval_loss") double heldOutLoss, @Nullable Double heldOutAccuracy) {}

  /** Bradley–Terry. */
  private record BetterScoresHigher(Network network, Pairs pairs, Pairs held, RewardConfig config)
      implements Objective<Look> {
    @Override
    public @Nullable Look validate() {
      if (config.looks() == 0) {
        return null;
      }
      double[] scores = Forward.scores(network, held.all());
      PreferenceFigures found = PreferenceFigures.of(held.differences(scores), held.labels());
      return new Look(found.loss(), found.accuracy());
    }

    @Override
    public int size() {
      return pairs.size();
    }

    @Override
    public int length(int item) {
      return pairs.length(item);
    }

    @Override
    public double weight(int[] items) {
      return items.length;
    }

    @Override
    public Tensor loss(int[] items) {
      int n = items.length;
      Tensor scores = network.scores(pairs.bothSides(items)); // (2 B)
      Tensor firsts = scores.indexSelect(IntStream.range(0, n).toArray()); // (B)
      Tensor seconds = scores.indexSelect(IntStream.range(n, 2 * n).toArray()); // (B)
      float[] labels = pairs.labels(items);
      Tensor loss =
          config
              .loss()
              .ofPairs()
              .of(
                  firsts.minus(seconds),
                  Tensor.of(each(labels, config.labels()::target), n),
                  Tensor.of(each(labels, label -> 2 * label - 1), n)); // ()
      return config.centring() == 0
          ? loss
          : loss.plus(BradleyTerry.centring(firsts, seconds).times(config.centring()));
    }

    private static float[] each(float[] labels, UnaryOperator<Float> function) {
      float[] results = new float[labels.length];
      for (int i = 0; i < results.length; i++) {
        results[i] = function.apply(labels[i]);
      }
      return results;
    }
  }

  /** Mean and standard deviation of raw scores of training completions. */
  static ScoreScale scale(double[] scores) {
    double deviation = Statistics.standardDeviation(scores);
    UserError.require(
        deviation > 0,
        "reward: standard deviation of the scores",
        deviation,
        "> 0: the model must tell completions apart");
    return new ScoreScale(Statistics.mean(scores), deviation);
  }
}
