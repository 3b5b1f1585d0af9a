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
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.UnpairedPreference;
import org.rlaif.training.config.DataConfig;
import org.rlaif.training.rows.DataFiles;
import org.rlaif.training.rows.RowFile;

/** The user's own data. Relative paths count from the current folder. */
public final class UserData {
  private UserData() {}

  /** What the rows have become, and how many are in two splits by their prompts. */
  private record Read(DataSet data, int inTwoSplits) {}

  /**
   * Reads all rows of all files and writes them, split by their prompts, into a folder.
   *
   * @param learned whether completions are to be learned: then every row has some
   */
  public static DataSet.Figures write(DataConfig config, long seed, boolean learned, Path folder) {
    Read read = read(config, seed, learned);
    read.data.write(folder);
    return read.data.figures(read.inTwoSplits);
  }

  /** Reads all rows of all files, of which completions are to be learned. */
  static DataSet read(DataConfig config, long seed) {
    return read(config, seed, /* learned= */ true).data;
  }

  /** Whether people have said in the files what is better. */
  public static boolean hasPreferences(DataConfig config, long seed, boolean learned) {
    return read(config, seed, learned).data.hasPreferences();
  }

  private static Read read(DataConfig config, long seed, boolean learned) {
    Layouts layouts = new Layouts(config, learned);
    List<Lesson> rows = rows(config.files(), config, layouts);
    List<Lesson> validationRows = rows(config.validationFiles(), config, layouts);
    List<Lesson> testRows = rows(config.testFiles(), config, layouts);
    boolean ownValidation = !validationRows.isEmpty();
    boolean ownTest = !testRows.isEmpty();
    List<String> prompts = prompts(rows);
    int different = new HashSet<>(prompts).size();
    int needed = 1 + (ownTest ? 0 : 1) + (ownValidation || !learned ? 0 : 1);
    require(
        different >= needed,
        "data.files",
        different + " different prompts",
        "at least " + needed + ", to train, watch and test on different ones");

    Set<String> test =
        ownTest
            ? Set.copyOf(prompts(testRows))
            : Splits.heldOut(prompts, config.test(), seed, "test");
    List<String> others = prompts.stream().filter(prompt -> !test.contains(prompt)).toList();
    // The share is one of all prompts, but test prompts of the same files are gone already.
    double shareOfOthers = config.validation() / (ownTest ? 1 : 1 - config.test());
    Set<String> validation =
        ownValidation
            ? Set.copyOf(prompts(validationRows))
            : Splits.heldOut(others, shareOfOthers, seed, "validation");

    // Rows stay in the split of their file, or are left out: no two splits share a prompt.
    Set<String> elsewhere = new HashSet<>(prompts(validationRows));
    elsewhere.addAll(prompts(testRows));
    List<Lesson> apart = new ArrayList<>(rows);
    apart.removeIf(row -> elsewhere.contains(row.prompt().transcript()));
    List<Lesson> watched = new ArrayList<>(validationRows);
    watched.removeIf(row -> test.contains(row.prompt().transcript()));
    apart.addAll(watched);
    apart.addAll(testRows);
    int all = rows.size() + validationRows.size() + testRows.size();
    return new Read(split(apart, validation, test, learned), all - apart.size());
  }

  private static List<Lesson> rows(List<String> files, DataConfig config, Layouts layouts) {
    return DataFiles.of(files, config.allFiles()).stream()
        .flatMap(file -> RowFile.read(file, config.limits(), config.where()).rows().stream())
        .map(layouts::read)
        .toList();
  }

  private static List<String> prompts(List<Lesson> rows) {
    return rows.stream().map(row -> row.prompt().transcript()).toList();
  }

  private static DataSet split(
      List<Lesson> rows, Set<String> validation, Set<String> test, boolean learned) {
    List<Example> train = new ArrayList<>();
    List<Example> validationExamples = new ArrayList<>();
    List<Example> testExamples = new ArrayList<>();
    List<Preference> preferences = new ArrayList<>();
    List<Preference> heldOut = new ArrayList<>();
    List<UnpairedPreference> unpaired = new ArrayList<>();
    List<UnpairedPreference> heldOutUnpaired = new ArrayList<>();
    List<RatedCompletion> rated = new ArrayList<>();
    List<RatedCompletion> heldOutRated = new ArrayList<>();
    for (Lesson row : rows) {
      String prompt = row.prompt().transcript();
      boolean isTest = test.contains(prompt);
      boolean isValidation = validation.contains(prompt);
      Stream.ofNullable(row.example())
          .forEach((isTest ? testExamples : isValidation ? validationExamples : train)::add);
      Stream.ofNullable(row.preference())
          .forEach((isTest || isValidation ? heldOut : preferences)::add);
      Stream.ofNullable(row.unpaired())
          .forEach((isTest || isValidation ? heldOutUnpaired : unpaired)::add);
      Stream.ofNullable(row.ratedCompletion())
          .forEach((isTest || isValidation ? heldOutRated : rated)::add);
    }
    require(!train.isEmpty(), "data.files", "no example to train on", "completions to learn");
    require(
        !validationExamples.isEmpty() || !learned,
        "data.validation",
        "no example to watch SFT with",
        "> 0, and enough rows");
    require(
        !testExamples.isEmpty(),
        "data.test",
        "no example to test on",
        "> 0, and enough rows for the evaluation");
    requireBoth(preferences, heldOut, "preferences");
    requireBoth(unpaired, heldOutUnpaired, "labels");
    requireBoth(rated, heldOutRated, "rated completions");
    return new DataSet(
        train,
        validationExamples,
        testExamples,
        preferences,
        heldOut,
        unpaired,
        heldOutUnpaired,
        rated,
        heldOutRated);
  }

  private static void requireBoth(List<?> learned, List<?> heldOut, String what) {
    require(
        learned.isEmpty() == heldOut.isEmpty(),
        "data.files",
        learned.size() + " " + what + " to train on, " + heldOut.size() + " to measure with",
        "at least 1 of each");
  }

  /** What changes when the content of a file does; part of the data stage's fingerprint. */
  public static List<String> contentHashes(DataConfig config) {
    return DataFiles.of(config.allFiles(), config.allFiles()).stream()
        .map(file -> AtomicFiles.sha256(file.path()))
        .toList();
  }
}
