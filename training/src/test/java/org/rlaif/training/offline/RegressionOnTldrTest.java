package org.rlaif.training.offline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.Statistics;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.tldr.Post;
import org.rlaif.training.tldr.ReferenceMix;
import org.rlaif.training.tldr.Split;
import org.rlaif.training.tldr.TldrWorld;

/** TL;DRs of the generated task, rated for facts, inventions and words. */
class RegressionOnTldrTest {
  private static final int CONTEXT = 192;
  private static final ReferenceMix MIXED = new ReferenceMix(0.7, 0.6, 0.5, 0.5, 0.5, 0.2);
  private static final ReferenceMix PLAIN = new ReferenceMix(0.7, 0.6, 0.5, 0.5, 0, 0);

  @TempDir Path folder;

  @Test
  void everyAttributeIsLearnedAndTheWeightOfWordsDecidesWhatLengthIsWorth() throws IOException {
    List<RatedCompletion> learned = rated(Split.TRAIN, 2400);
    List<RatedCompletion> held = rated(Split.TEST, 300);
    Path start = start(learned);

    RegressionFigures terse = train(start, learned, held, -0.3, "terse");
    RegressionFigures verbose = train(start, learned, held, 0.3, "verbose");

    String all = terse.attributes().toString();
    assertTrue(terse.attributes().get("facts").correlation() > 0.8, all);
    assertTrue(terse.attributes().get("inventions").correlation() > 0.7, all);
    assertTrue(terse.attributes().get("words").correlation() > 0.9, all);
    terse
        .attributes()
        .forEach(
            (name, each) ->
                assertEquals( // weights come in when all is learned
                    each.squaredError(), verbose.attributes().get(name).squaredError(), name));
    assertTrue(terse.correlation() > 0.8, terse.toString());
    assertTrue(verbose.correlation() > 0.8, verbose.toString());

    double[][] falling = byLength("terse");
    double[][] rising = byLength("verbose");
    int fell = 0;
    int rose = 0;
    for (int i = 0; i < falling[0].length; i++) {
      fell += falling[1][i] < falling[0][i] ? 1 : 0;
      rose += rising[1][i] > rising[0][i] ? 1 : 0;
    }
    String of = " of " + falling[0].length;
    assertTrue(fell > 0.9 * falling[0].length, fell + of);
    assertTrue(rose > 0.9 * falling[0].length, rose + of);
    assertTrue(Statistics.mean(falling[1]) < Statistics.mean(falling[0]) - 0.2);
    assertTrue(Statistics.mean(rising[1]) > Statistics.mean(rising[0]) + 0.2);
  }

  private static List<RatedCompletion> rated(Split split, int n) {
    return new TldrWorld(7, MIXED)
        .posts(split, n).stream().map(post -> Rated.tldr(post, post.completion())).toList();
  }

  /** Scores of TL;DRs, and of the same with a sentence that does not matter behind them. */
  private double[][] byLength(String name) {
    List<Post> posts =
        new TldrWorld(8, PLAIN)
            .posts(Split.TEST, 200).stream()
                .filter(post -> !post.facts().distractors().isEmpty())
                .limit(100)
                .toList();
    try (ModelFolder model = ModelFolder.open(folder.resolve(name + "/model"));
        Network network = Network.load(model.config(), model.weights())) {
      PromptEncoder encoder = PromptEncoder.of(model);
      List<Sequence> brief = new ArrayList<>();
      List<Sequence> longer = new ArrayList<>();
      for (Post post : posts) {
        Prompt prompt = Prompt.of(post.prompt());
        String more = post.completion() + " " + post.facts().distractors().get(0);
        brief.add(Sequence.encode(encoder, CONTEXT, post.id(), prompt, post.completion()));
        longer.add(Sequence.encode(encoder, CONTEXT, post.id(), prompt, more));
      }
      return new double[][] {scaled(model, network, brief), scaled(model, network, longer)};
    }
  }

  private static double[] scaled(ModelFolder model, Network network, List<Sequence> sequences) {
    double[] scores = Forward.scores(network, sequences);
    for (int i = 0; i < scores.length; i++) {
      scores[i] = model.scoreScale().apply(scores[i]);
    }
    return scores;
  }

  private Path start(List<RatedCompletion> learned) {
    Path tokenizerJson = folder.resolve("tokenizer.json");
    List<String> texts =
        learned.subList(0, 400).stream()
            .flatMap(each -> Stream.of(each.prompt().transcript(), each.completion()))
            .toList();
    BpeTrainer.train(texts, 640, tokenizerJson);
    Path start = folder.resolve("start");
    try (Tokenizer tokenizer = Tokenizer.open(tokenizerJson)) {
      var config = DecoderConfig.gpt2(tokenizer.vocabularySize(), CONTEXT, 32, 2, 4, 128);
      try (Network network = Network.create(config, 1, 0.1)) {
        ModelFolder.save(start, config, ScoreScale.IDENTITY, tokenizerJson, network.weights());
      }
    }
    return start;
  }

  private RegressionFigures train(
      Path start,
      List<RatedCompletion> learned,
      List<RatedCompletion> held,
      double words,
      String name)
      throws IOException {
    try (ModelFolder model = ModelFolder.open(start)) {
      return RewardRegression.run(
          Rated.config(
              new TreeMap<>(Map.of("facts", 1.0, "inventions", 0.0, "words", words)),
              /* epochs= */ 2,
              /* batch= */ 16,
              null,
              3e-3),
          AdapterConfig.NONE,
          model,
          new RatedCompletions(learned, held, 0, 0),
          /* seed= */ 0,
          Device.CPU,
          Checkpoints.none(),
          Files.createDirectories(folder.resolve(name)));
    }
  }
}
