package org.rlaif.training.learning;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.rlaif.kit.Example;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.training.config.AdamConfig;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.config.SftConfig;

/**
 * A task that a tiny network learns in seconds: the answer to any prompt is one to three words,
 * each yes or no. Whoever compares likes yes.
 */
public final class Toy {
  public static final ModelConfig MODEL =
      new ModelConfig("", 32, 16, 2, 2, 0.1, AdapterConfig.NONE);
  public static final AdamConfig ADAM = new AdamConfig(0.9, 0.98, 1e-8, 0.01);
  public static final SftConfig SFT =
      new SftConfig(120, 16, null, 1e-2, 0.1, 0.5, 0.1, 1, ADAM, false);
  public static final RewardConfig REWARD =
      new RewardConfig(
          "",
          RewardConfig.Loss.BRADLEY_TERRY,
          Collections.emptySortedMap(),
          RewardConfig.Labels.SOFT,
          0,
          1,
          4,
          16,
          null,
          1e-2,
          0.1,
          0.1,
          1,
          ADAM);

  private Toy() {}

  public static List<Example> examples(int n, long seed) {
    Random random = new Random(seed);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      examples.add(new Example("toy-" + i, Prompt.of(prompt(random)), answer(random)));
    }
    return examples;
  }

  public static List<Preference> preferences(int n, long seed) {
    Random random = new Random(seed);
    List<Preference> preferences = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      String first = answer(random);
      String second = answer(random);
      double probability = 1 / (1 + Math.exp(gold(second) - gold(first)));
      preferences.add(
          new Preference(
              "pair-" + i,
              Prompt.of(prompt(random)),
              first,
              second,
              probability,
              Provenance.human()));
    }
    return preferences;
  }

  /** 2 for every yes, -2 for every no. */
  public static double gold(String completion) {
    return Stream.of(completion.trim().split(" "))
        .mapToDouble(word -> word.equals("yes") ? 2 : word.equals("no") ? -2 : 0)
        .sum();
  }

  /** Trains a tokenizer in which yes and no are tokens. */
  public static Path tokenizer(Path folder) {
    Path file = folder.resolve("tokenizer.json");
    List<String> texts =
        examples(100, 1).stream()
            .flatMap(e -> Stream.of(e.prompt().transcript(), e.completion()))
            .toList();
    BpeTrainer.train(texts, 270, file);
    return file;
  }

  private static String prompt(Random random) {
    return "Is it " + random.nextInt(100) + "?";
  }

  private static String answer(Random random) {
    StringBuilder answer = new StringBuilder();
    int words = 1 + random.nextInt(3);
    for (int i = 0; i < words; i++) {
      answer.append(random.nextBoolean() ? " yes" : " no");
    }
    return answer.toString();
  }
}
