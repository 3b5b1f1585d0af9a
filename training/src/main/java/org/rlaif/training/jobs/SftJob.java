package org.rlaif.training.jobs;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.rlaif.kit.Example;
import org.rlaif.kit.Progress;
import org.rlaif.kit.Statistics;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.torch.Optimizer;
import org.rlaif.torch.Scope;
import org.rlaif.torch.Tensor;
import org.rlaif.torch.Torch;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.SftConfig;
import org.rlaif.training.losses.NegativeLogLikelihood;
import org.rlaif.training.math.Schedule;

/**
 * Supervised fine-tuning: the policy learns to write the completion of each example and to end it.
 * The prompt is read, but not learned, unless the example says that every turn of the assistant's
 * is: then those in the prompt are learned with their ends as well.
 */
public final class SftJob {
  private static final double BETA1 = 0.9;
  private static final double EPSILON = 1e-8;
  private static final int VALIDATIONS = 4;

  /** At most this many examples are looked at, so that watching stays cheap. */
  private static final int VALIDATION_EXAMPLES = 256;

  private SftJob() {}

  /**
   * Trains and writes {@code model/}, an adapter's folder if that is what it trains, and {@code
   * metrics.jsonl} into a folder.
   *
   * @param model the shape, or the model folder to start from
   * @return validationLoss and endProbability (if there are validation examples), the same under
   *     before, trainLoss (mean over the last tenth of the steps), steps, examples, parameters,
   *     tokensPerSecond, seconds
   */
  public static Map<String, Object> run(
      SftConfig config,
      ModelConfig model,
      Path tokenizerJson,
      List<Example> train,
      List<Example> validation,
      long seed,
      Device device,
      Path out) {
    UserError.require(!train.isEmpty(), "sft: examples", 0, "at least 1");
    Torch.seed(seed);
    try (Tokenizer tokenizer = Tokenizer.open(tokenizerJson);
        Network network = start(model, tokenizer, seed, device);
        Optimizer optimizer =
            Optimizer.adamW(
                network,
                config.learningRate(),
                BETA1,
                config.beta2(),
                EPSILON,
                config.weightDecay());
        MetricsFile metrics = MetricsFile.create(out, "sft", "step");
        Progress progress = Progress.start("sft", config.steps(), "steps")) {
      Stopwatch watch = new Stopwatch();
      PromptEncoder encoder = PromptEncoder.of(tokenizerJson, tokenizer);
      int context = network.config().contextLength();
      List<Sequence> examples = encode(train, encoder, context);
      int watched = Math.min(validation.size(), VALIDATION_EXAMPLES);
      List<Sequence> held = encode(validation.subList(0, watched), encoder, context);
      Batches batches =
          new Batches(
              examples.size(), config.batch(), seed, example -> examples.get(example).length());
      Schedule schedule = schedule(config);
      Descent descent = new Descent(optimizer, config.clip());

      int forward = Objects.requireNonNullElse(config.microbatch(), config.batch());
      Validation before = Validation.of(network, held, forward);
      metrics.write(0, before.toMap());
      Validation after = before;
      double[] losses = new double[config.steps()];
      long tokens = 0;
      watch.lap("validation");
      for (int step = 0; step < config.steps(); step++) {
        int[] batch = batches.next();
        double learningRate = schedule.at(step);
        String where = metrics.where(step + 1) + ", loss";
        double learned = Microbatches.tokens(examples, batch);
        descent.begin();
        for (int[] rows : Microbatches.of(batch, config.microbatch())) {
          double share = Microbatches.tokens(examples, rows) / learned;
          try (Scope scope = Scope.open()) {
            Tensor loss =
                NegativeLogLikelihood.of(network.logprobs(Sequence.batch(examples, rows), 1));
            descent.add(loss, share, where);
            losses[step] += share * loss.item();
          }
        }
        metrics.write(
            step + 1,
            Map.of(
                "loss",
                losses[step],
                "learningRate",
                learningRate,
                "gradientNorm",
                descent.step(learningRate, where)));
        tokens += IntStream.of(batch).mapToLong(each -> examples.get(each).length()).sum();
        progress.figures("loss %.3f", losses[step]);
        progress.step(1);
        watch.lap("steps");
        if ((step + 1) * VALIDATIONS / config.steps() > step * VALIDATIONS / config.steps()) {
          after = Validation.of(network, held, forward);
          metrics.write(step + 1, after.toMap());
          watch.lap("validation");
        }
      }
      save(model, network, tokenizerJson, out.resolve("model"));

      int lastTenth = Math.max(1, config.steps() / 10);
      Map<String, Object> figures = new LinkedHashMap<>(after.toMap());
      figures.put("before", before.toMap());
      figures.put(
          "trainLoss",
          Statistics.mean(Arrays.copyOfRange(losses, losses.length - lastTenth, losses.length)));
      figures.put("steps", config.steps());
      figures.put("examples", examples.size());
      figures.put("parameters", network.config().parameterCount());
      figures.put("tokensPerSecond", tokens / watch.seconds("steps"));
      figures.put("seconds", watch.seconds());
      return figures;
    }
  }

  private static Schedule schedule(SftConfig config) {
    return new Schedule(
        config.learningRate(),
        config.steps(),
        config.warmup(),
        config.decay(),
        config.finalFraction());
  }

  private static Network start(ModelConfig model, Tokenizer tokenizer, long seed, Device device) {
    if (!model.folder().isEmpty()) {
      try (ModelFolder folder = ModelFolder.open(model.path())) {
        UserError.require(
            folder.config().head() == Head.LANGUAGE_MODEL,
            "model.folder",
            model.folder(),
            "a language model, not a reward model");
        return Trained.load(folder, model.adapter(), seed, device);
      }
    }
    DecoderConfig shape = model.shape(tokenizer.vocabularySize());
    return Network.create(shape, seed, model.initStd(), device);
  }

  private static void save(ModelConfig model, Network network, Path tokenizerJson, Path out) {
    if (model.folder().isEmpty()) {
      ModelFolder.save(
          out, network.config(), ScoreScale.IDENTITY, tokenizerJson, network.weights());
      return;
    }
    try (ModelFolder folder = ModelFolder.open(model.path())) {
      Trained.save(out, folder, network, ScoreScale.IDENTITY);
    }
  }

  private static List<Sequence> encode(
      List<Example> examples, PromptEncoder encoder, int contextLength) {
    return examples.stream()
        .map(example -> Sequence.encode(encoder, contextLength, example))
        .toList();
  }
}
