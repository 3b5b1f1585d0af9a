package org.rlaif.training.offline;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
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
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.Stopwatch;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.losses.MaskedSquaredError;

/**
 * The reward model that learns ratings: the SFT policy's trunk under a head with a score for each
 * attribute, taught by the squared error; Wang et al. 2024, HelpSteer2 (arXiv 2406.08673) and
 * SteerLM's reward models before it. What is left is the weighted sum of the attributes, which is a
 * reward model with one score like any other.
 */
public final class RewardRegression {
  private RewardRegression() {}

  /**
   * Trains and writes {@code model/}, with mean and standard deviation of the scores of all
   * training completions, and {@code metrics.jsonl} into a folder.
   *
   * @param config with {@link RewardConfig#attributes}
   * @param adapter what is trained, beside the head, if not all weights
   * @param start the SFT policy
   * @param checkpoints what it goes on from, and saves
   */
  public static RegressionFigures run(
      RewardConfig config,
      AdapterConfig adapter,
      ModelFolder start,
      RatedCompletions completions,
      long seed,
      Device device,
      Checkpoints checkpoints,
      Path out) {
    List<String> names = List.copyOf(config.attributes().keySet());
    PromptEncoder encoder = PromptEncoder.of(start);
    RatedCompletions.Encoded learned = completions.train(names, encoder, start);
    RatedCompletions.Encoded held = completions.heldOut(names, encoder, start);
    Attributes attributes = Attributes.of(config.attributes(), learned.ratings());
    int steps = Math.max(1, config.epochs() * learned.size() / config.batch());
    Torch.seed(seed);
    try (Network policy = TrainableModel.load(start, adapter, seed, device);
        Network network = policy.withScoreHead(attributes.size(), seed)) {
      Stopwatch watch =
          new Trainer("reward", config, steps, /* validations= */ 0, seed, checkpoints)
              .train(network, new Errors(network, attributes, learned), out)
              .watch();
      ScoreScale scale = save(network, attributes, learned.sequences(), start, out);
      double[][] predictions = predictions(network, attributes, held.sequences());
      watch.lap("scores");
      var figures = RegressionFigures.attributes(attributes, held.ratings(), predictions);
      return new RegressionFigures(
          RegressionFigures.correlation(attributes, held.ratings(), predictions),
          loss(figures),
          figures,
          RegressionFigures.pairs(attributes, held.prompts(), held.ratings(), predictions),
          learned.size(),
          held.size(),
          scale.mean(),
          scale.standardDeviation(),
          steps,
          network.config().withScores(1).parameterCount(),
          watch.seconds(),
          completions.tooLong(),
          learned.unrated() + held.unrated(),
          completions.encodedApart());
    }
  }

  /** On the scale of the ratings, one row per completion. */
  static double[][] predictions(Network network, Attributes attributes, List<Sequence> sequences) {
    return Stream.of(Forward.allScores(network, sequences))
        .map(attributes::predictions)
        .toArray(double[][]::new);
  }

  /** The model of one score. */
  static ScoreScale save(
      Network network, Attributes attributes, List<Sequence> learned, ModelFolder start, Path out) {
    try (Network model = network.withSumOfScores(attributes.shares())) {
      ScoreScale scale = RewardModelTraining.scale(Forward.scores(model, learned));
      TrainableModel.save(out.resolve("model"), start, model, scale);
      return scale;
    }
  }

  /** Of all held-out ratings, in deviations of those that were learned from. */
  private static double loss(SortedMap<String, RegressionFigures.Attribute> attributes) {
    double sum = 0;
    long n = 0;
    for (RegressionFigures.Attribute each : attributes.values()) {
      if (each.squaredError() != null) {
        double variance = each.standardDeviation() * each.standardDeviation();
        sum += each.n() * each.squaredError() / variance;
        n += each.n();
      }
    }
    return sum / n;
  }

  /** The squared errors of all ratings that are there. */
  private record Errors(
      Network network, Attributes attributes, RatedCompletions.Encoded completions)
      implements Objective<Void> {
    @Override
    public int size() {
      return completions.size();
    }

    @Override
    public int length(int item) {
      return completions.sequences().get(item).length();
    }

    /** Ratings, and not completions: each counts as much as any other. */
    @Override
    public double weight(int[] items) {
      int ratings = 0;
      for (int item : items) {
        for (double rating : completions.ratings()[item]) {
          ratings += Double.isNaN(rating) ? 0 : 1;
        }
      }
      return ratings;
    }

    @Override
    public Tensor loss(int[] items) {
      int k = attributes.size();
      float[] targets = new float[items.length * k];
      float[] mask = new float[targets.length];
      for (int i = 0; i < targets.length; i++) {
        double rating = completions.ratings()[items[i / k]][i % k];
        if (!Double.isNaN(rating)) {
          targets[i] = (float) attributes.standardised(i % k, rating);
          mask[i] = 1;
        }
      }
      return MaskedSquaredError.of(
          network.scores(Sequence.batch(completions.sequences(), items)), // (B k)
          Tensor.of(targets, targets.length),
          Tensor.of(mask, mask.length)); // ()
    }
  }
}
