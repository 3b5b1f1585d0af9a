package org.rlaif.training.data;

import static org.rlaif.kit.UserError.require;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Example;
import org.rlaif.kit.Preference;
import org.rlaif.training.config.DataConfig;

/** The user's own data. Relative paths count from the current folder. */
public final class UserData {
  private UserData() {}

  /** Reads all rows of all files and splits them by their prompts. */
  public static DataSet read(DataConfig config, long seed) {
    RowReader reader = new RowReader(config);
    List<Written> rows =
        config.files().stream()
            .flatMap(
                file ->
                    RowFile.read(Path.of(file), name(file, config.files()), config.limits())
                        .stream())
            .map(reader::read)
            .toList();
    List<String> prompts = rows.stream().map(row -> row.prompt().transcript()).toList();
    int different = new HashSet<>(prompts).size();
    require(
        different >= 3,
        "data.files",
        different + " different prompts",
        "at least 3, to train, watch and test on different ones");

    Set<String> test = Splits.heldOut(prompts, config.test(), seed, "test");
    List<String> others = prompts.stream().filter(prompt -> !test.contains(prompt)).toList();
    // The share is one of all prompts, but the test prompts are gone already.
    double shareOfOthers = config.validation() / (1 - config.test());
    Set<String> validation = Splits.heldOut(others, shareOfOthers, seed, "validation");
    return split(rows, validation, test);
  }

  private static DataSet split(List<Written> rows, Set<String> validation, Set<String> test) {
    List<Example> train = new ArrayList<>();
    List<Example> validationExamples = new ArrayList<>();
    List<Example> testExamples = new ArrayList<>();
    List<Preference> preferences = new ArrayList<>();
    List<Preference> heldOut = new ArrayList<>();
    for (Written row : rows) {
      String prompt = row.prompt().transcript();
      boolean isTest = test.contains(prompt);
      boolean isValidation = validation.contains(prompt);
      Stream.ofNullable(row.example())
          .forEach((isTest ? testExamples : isValidation ? validationExamples : train)::add);
      Stream.ofNullable(row.preference())
          .forEach((isTest || isValidation ? heldOut : preferences)::add);
    }
    require(!train.isEmpty(), "data.files", "no example to train on", "completions to learn");
    require(
        !validationExamples.isEmpty(),
        "data.validation",
        "no example to watch SFT with",
        "> 0, and enough rows");
    require(
        !testExamples.isEmpty(),
        "data.test",
        "no example to test on",
        "> 0, and enough rows for the evaluation");
    require(
        preferences.isEmpty() == heldOut.isEmpty(),
        "data.files",
        preferences.size() + " preferences to train on, " + heldOut.size() + " to measure with",
        "at least 1 of each");
    return new DataSet(train, validationExamples, testExamples, preferences, heldOut);
  }

  /** What changes when the content of a file does; part of the data stage's fingerprint. */
  public static List<String> contentHashes(DataConfig config) {
    return config.files().stream().map(file -> AtomicFiles.sha256(Path.of(file))).toList();
  }

  /** A file's name without its folder, unless another one has the same. */
  private static String name(String file, List<String> files) {
    String name = lastPart(file);
    return files.stream().filter(other -> lastPart(other).equals(name)).count() == 1 ? name : file;
  }

  private static String lastPart(String file) {
    return String.valueOf(Path.of(file).getFileName());
  }
}
