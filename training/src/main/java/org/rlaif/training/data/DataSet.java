package org.rlaif.training.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.UnpairedPreference;

/**
 * What a run learns from and is measured on. No two splits share a prompt.
 *
 * @param train examples for SFT; their prompts are also those of candidates and PPO
 * @param validation examples to watch SFT with
 * @param test examples for the evaluation; their completions are the references
 * @param preferences by people, on training prompts; empty if a judge has to give them
 * @param heldOutPreferences by people, on validation and test prompts: nothing is trained on them
 * @param unpaired by people on training prompts, likewise, of completions by themselves
 * @param heldOutUnpaired the same on validation and test prompts
 * @param rated by people on training prompts, completions by themselves
 * @param heldOutRated the same on validation and test prompts
 */
public record DataSet(
    List<Example> train,
    List<Example> validation,
    List<Example> test,
    List<Preference> preferences,
    List<Preference> heldOutPreferences,
    List<UnpairedPreference> unpaired,
    List<UnpairedPreference> heldOutUnpaired,
    List<RatedCompletion> rated,
    List<RatedCompletion> heldOutRated) {

  private static final String TRAIN = "train.jsonl";
  private static final String VALIDATION = "validation.jsonl";
  private static final String TEST = "test.jsonl";
  private static final String PREFERENCES = "preferences.jsonl";
  private static final String HELD_OUT = "heldOutPreferences.jsonl";
  private static final String UNPAIRED = "unpaired.jsonl";
  private static final String HELD_OUT_UNPAIRED = "heldOutUnpaired.jsonl";
  private static final String RATED = "rated.jsonl";
  private static final String HELD_OUT_RATED = "heldOutRated.jsonl";

  public DataSet {
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
    preferences = List.copyOf(preferences);
    heldOutPreferences = List.copyOf(heldOutPreferences);
    unpaired = List.copyOf(unpaired);
    heldOutUnpaired = List.copyOf(heldOutUnpaired);
    rated = List.copyOf(rated);
    heldOutRated = List.copyOf(heldOutRated);
  }

  /** Without completions that were judged by themselves. */
  public DataSet(
      List<Example> train,
      List<Example> validation,
      List<Example> test,
      List<Preference> preferences,
      List<Preference> heldOutPreferences) {
    this(
        train,
        validation,
        test,
        preferences,
        heldOutPreferences,
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  /** Whether people have said which completions are better, or good, so that no judge is asked. */
  public boolean hasPreferences() {
    return !preferences.isEmpty() || !unpaired.isEmpty() || !rated.isEmpty();
  }

  /** Whether any prompt is a conversation, which only a chat template can write. */
  public boolean hasChats() {
    return Stream.of(
            Stream.of(train, validation, test).flatMap(List::stream).map(Example::prompt),
            Stream.of(preferences, heldOutPreferences)
                .flatMap(List::stream)
                .map(Preference::prompt),
            Stream.of(unpaired, heldOutUnpaired)
                .flatMap(List::stream)
                .map(UnpairedPreference::prompt))
        .flatMap(prompts -> prompts)
        .anyMatch(Prompt.Chat.class::isInstance);
  }

  /** Everything the tokenizer is trained on: training text only. */
  public Iterable<String> trainingTexts() {
    return () ->
        Stream.of(
                train.stream()
                    .flatMap(each -> Stream.of(each.prompt().transcript(), each.completion())),
                preferences.stream().map(Preference::second),
                unpaired.stream()
                    .filter(each -> each.probabilityDesirable() == 0)
                    .map(UnpairedPreference::completion))
            .flatMap(texts -> texts)
            .iterator();
  }

  /**
   * Number of examples and preferences, by what they are for.
   *
   * @param preferences by people; null, as the held-out ones, if there are none
   * @param unpaired likewise, of completions by themselves
   * @param rated likewise, completions with ratings
   * @param layouts how many rows were read as which layout; null for what is generated
   * @param leftOut how many rows were, by the reason: those that do not meet {@code data.where},
   *     duplicates, prompts that stand in the files of another split as well (inTwoSplits), and
   *     what layouts leave out; null if none
   * @param noted what layouts count otherwise; null if nothing
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Figures(
      int train,
      int validation,
      int test,
      @Nullable Integer preferences,
      @Nullable Integer heldOutPreferences,
      @Nullable Integer unpaired,
      @Nullable Integer heldOutUnpaired,
      @Nullable Integer rated,
      @Nullable Integer heldOutRated,
      @Nullable Map<String, Integer> layouts,
      @Nullable Map<String, Integer> leftOut,
      @Nullable Map<String, Integer> noted) {}

  Figures figures(RowCounts counts) {
    return new Figures(
        train.size(),
        validation.size(),
        test.size(),
        preferences.isEmpty() ? null : preferences.size(),
        preferences.isEmpty() ? null : heldOutPreferences.size(),
        unpaired.isEmpty() ? null : unpaired.size(),
        unpaired.isEmpty() ? null : heldOutUnpaired.size(),
        rated.isEmpty() ? null : rated.size(),
        rated.isEmpty() ? null : heldOutRated.size(),
        some(counts.layouts()),
        some(counts.leftOut()),
        some(counts.noted()));
  }

  private static @Nullable Map<String, Integer> some(Map<String, Integer> counts) {
    return counts.isEmpty() ? null : counts;
  }

  /** Writes one JSON Lines file for each part into an existing folder. */
  public void write(Path folder) {
    JsonLines.write(folder.resolve(TRAIN), train);
    JsonLines.write(folder.resolve(VALIDATION), validation);
    JsonLines.write(folder.resolve(TEST), test);
    JsonLines.write(folder.resolve(PREFERENCES), preferences);
    JsonLines.write(folder.resolve(HELD_OUT), heldOutPreferences);
    if (!unpaired.isEmpty()) {
      JsonLines.write(folder.resolve(UNPAIRED), unpaired);
      JsonLines.write(folder.resolve(HELD_OUT_UNPAIRED), heldOutUnpaired);
    }
    if (!rated.isEmpty()) {
      JsonLines.write(folder.resolve(RATED), rated);
      JsonLines.write(folder.resolve(HELD_OUT_RATED), heldOutRated);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static DataSet read(Path folder) {
    return new DataSet(
        JsonLines.read(folder.resolve(TRAIN), Example.class),
        JsonLines.read(folder.resolve(VALIDATION), Example.class),
        JsonLines.read(folder.resolve(TEST), Example.class),
        JsonLines.read(folder.resolve(PREFERENCES), Preference.class),
        JsonLines.read(folder.resolve(HELD_OUT), Preference.class),
        readIfAny(folder.resolve(UNPAIRED), UnpairedPreference.class),
        readIfAny(folder.resolve(HELD_OUT_UNPAIRED), UnpairedPreference.class),
        readIfAny(folder.resolve(RATED), RatedCompletion.class),
        readIfAny(folder.resolve(HELD_OUT_RATED), RatedCompletion.class));
  }

  /** What a file holds that is written only if there is something; else nothing. */
  public static <T> List<T> readIfAny(Path file, Class<T> type) {
    return Files.exists(file) ? JsonLines.read(file, type) : List.of();
  }
}
