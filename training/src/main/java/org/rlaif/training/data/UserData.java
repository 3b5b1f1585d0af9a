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

/** The user's own data. Relative paths count from the current folder. */
public final class UserData {
  private UserData() {}

  /** What the rows have become, and what there was to be counted. */
  private record Read(DataSet data, RowCounts counts) {}

  /**
   * Reads all rows of all files and writes them, split by their prompts, into a folder.
   *
   * @param learned whether completions are to be learned: then every row has some
   */
  public static DataSet.Figures write(DataConfig config, long seed, boolean learned, Path folder) {
    Read read = read(config, seed, learned);
    read.data.write(folder);
    return read.data.figures(read.counts);
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
    LessonFiles files = new LessonFiles(config, seed, learned);
    List<Lesson> rows = files.read(config.files());
    List<Lesson> validationRows = files.read(config.validationFiles());
    List<Lesson> testRows = files.read(config.testFiles());
    boolean ownValidation = !validationRows.isEmpty();
    boolean ownTest = !testRows.isEmpty();
    List<String> sides = sides(rows);
    int different = new HashSet<>(sides).size();
    int needed = 1 + (ownTest ? 0 : 1) + (ownValidation || !learned ? 0 : 1);
    require(
        different >= needed,
        "data.files",
        different + " different prompts" + files.counts().leftOutWords(),
        "at least " + needed + ", to train, watch and test on different ones");

    Set<String> test =
        ownTest ? Set.copyOf(sides(testRows)) : Splits.heldOut(sides, config.test(), seed, "test");
    List<String> others = sides.stream().filter(side -> !test.contains(side)).toList();
    // The share is one of all prompts, but test prompts of the same files are gone already.
    double shareOfOthers = config.validation() / (ownTest ? 1 : 1 - config.test());
    Set<String> validation =
        ownValidation
            ? Set.copyOf(sides(validationRows))
            : Splits.heldOut(others, shareOfOthers, seed, "validation");

    // Rows stay in the split of their file, or are left out: no two splits share a prompt.
    Set<String> elsewhere = new HashSet<>(sides(validationRows));
    elsewhere.addAll(sides(testRows));
    List<Lesson> apart = new ArrayList<>(rows);
    apart.removeIf(row -> elsewhere.contains(row.side()));
    List<Lesson> watched = new ArrayList<>(validationRows);
    watched.removeIf(row -> test.contains(row.side()));
    apart.addAll(watched);
    apart.addAll(testRows);
    int all = rows.size() + validationRows.size() + testRows.size();
    RowCounts counts = files.counts().with("inTwoSplits", all - apart.size());
    return new Read(split(apart, validation, test, learned), counts);
  }

  private static List<String> sides(List<Lesson> rows) {
    return rows.stream().map(Lesson::side).toList();
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
      boolean isTest = test.contains(row.side());
      boolean isValidation = validation.contains(row.side());
      Stream.ofNullable(row.example())
          .forEach((isTest ? testExamples : isValidation ? validationExamples : train)::add);
      row.preferences().forEach((isTest || isValidation ? heldOut : preferences)::add);
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
