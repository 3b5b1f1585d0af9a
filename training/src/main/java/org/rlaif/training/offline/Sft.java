package org.rlaif.training.offline;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.MayBeAbsent;
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
import org.rlaif.torch.Tensor;
import org.rlaif.torch.Torch;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.SftConfig;
import org.rlaif.training.learning.Microbatches;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.losses.NegativeLogLikelihood;

/**
 * Supervised fine-tuning: the policy learns to write the completion of each example and to end it.
 * The prompt is read, but not learned, unless the example says that every turn of the assistant's
 * is: then those in the prompt are learned with their ends as well.
 */
public final class Sft {
  private static final int VALIDATIONS = 4;

  /** At most this many examples are looked at, so that watching stays cheap. */
  private static final int VALIDATION_EXAMPLES = 256;

  private Sft() {}

  /**
   * What came of it.
   *
   * @param validationLoss nats per completion token; null, as the next one, if none are held out
   * @param endProbability mean probability of end-of-text where the completions end
   * @param before the same before the first step
   * @param trainLoss mean over the last tenth of the steps
   * @param seconds by part
   * @param tooLong examples that were left out
   * @param encodedApart completions that do not begin where their prompt's tokens end
   * @param best where the weights come from, if the best ones are kept; else null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Figures(
      @Nullable Double validationLoss,
      @Nullable Double endProbability,
      Validation before,
      double trainLoss,
      int steps,
      int examples,
      long parameters,
      double tokensPerSecond,
      Map<String, Double> seconds,
      int tooLong,
      int encodedApart,
      @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable BestStep best) {}

  /**
   * Examples to learn from and to watch with.
   *
   * @param tooLong those that were left out, for the figures; encodedApart likewise
   */
  public record Examples(
      List<Example> train, List<Example> validation, int tooLong, int encodedApart) {}

  /**
   * Trains and writes {@code model/}, an adapter's folder if that is what it trains, and {@code
   * metrics.jsonl} into a folder.
   *
   * @param checkpoints what it goes on from, and saves
   * @param model the shape, or the model folder to start from
   */
  public static Figures run(
      SftConfig config,
      ModelConfig model,
      Path tokenizerJson,
      Examples examples,
      long seed,
      Device device,
      Checkpoints checkpoints,
      Path out) {
    UserError.require(!examples.train().isEmpty(), "sft: examples", 0, "at least 1");
    Torch.seed(seed);
    try (Tokenizer tokenizer = Tokenizer.open(tokenizerJson);
        Network network = start(model, tokenizer, seed, device)) {
      PromptEncoder encoder = PromptEncoder.of(tokenizerJson, tokenizer);
      int context = network.config().contextLength();
      int watched = Math.min(examples.validation().size(), VALIDATION_EXAMPLES);
      int together = Objects.requireNonNullElse(config.microbatch(), config.batch());
      var learned =
          new Completions(
              network,
              encode(examples.train(), encoder, context),
              encode(examples.validation().subList(0, watched), encoder, context),
              together);
      Trainer.Result<Validation> result =
          new Trainer("sft", config, config.steps(), VALIDATIONS, seed, checkpoints)
              .train(network, learned, out);
      save(model, network, tokenizerJson, out.resolve("model"));

      Validation after = Objects.requireNonNull(result.after());
      double[] losses = result.losses();
      int lastTenth = Math.max(1, losses.length / 10);
      return new Figures(
          after.validationLoss(),
          after.endProbability(),
          Objects.requireNonNull(result.before()),
          Statistics.mean(Arrays.copyOfRange(losses, losses.length - lastTenth, losses.length)),
          config.steps(),
          learned.size(),
          network.config().parameterCount(),
          result.tokens() / result.watch().seconds("steps"),
          result.watch().seconds(),
          examples.tooLong(),
          examples.encodedApart(),
          result.best());
    }
  }

  /** Examples as tokens; of each its completion is learned. */
  private record Completions(
      Network network, List<Sequence> learned, List<Sequence> held, int together)
      implements Objective<Validation> {
    @Override
    public int size() {
      return learned.size();
    }

    @Override
    public int length(int item) {
      return learned.get(item).length();
    }

    @Override
    public double weight(int[] items) {
      return Microbatches.tokens(learned, items);
    }

    @Override
    public Tensor loss(int[] items) {
      return NegativeLogLikelihood.of(
          network.logprobs(Sequence.batch(learned, items), /* temperature= */ 1));
    }

    @Override
    public Validation validate() {
      return Validation.of(network, held, together);
    }

    @Override
    public @Nullable Double loss(Validation found) {
      return found.validationLoss();
    }
  }

  private static Network start(ModelConfig model, Tokenizer tokenizer, long seed, Device device) {
    if (!model.folder().isEmpty()) {
      try (ModelFolder folder = ModelFolder.open(model.path())) {
        UserError.require(
            folder.config().head() == Head.LANGUAGE_MODEL,
            "model.folder",
            model.folder(),
            "a language model, not a reward model");
        return TrainableModel.load(folder, model.adapter(), seed, device);
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
      TrainableModel.save(out, folder, network, ScoreScale.IDENTITY);
    }
  }

  private static List<Sequence> encode(
      List<Example> examples, PromptEncoder encoder, int contextLength) {
    return examples.stream()
        .map(example -> Sequence.encode(encoder, contextLength, example))
        .toList();
  }
}
