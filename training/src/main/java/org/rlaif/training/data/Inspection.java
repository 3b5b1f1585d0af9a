package org.rlaif.training.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.config.DataConfig;

/**
 * What some files are read as, without a run.
 *
 * @param files what was recognised
 * @param layouts how many rows were read as which
 * @param leftOut how many rows were not taken, by the reason
 * @param noted what layouts count otherwise
 * @param prompts that are different
 * @param duplicates rows that say what another one has said, with the same prompt
 * @param examples with something to learn
 * @param characters of prompts, and of completions, all that there are
 * @param tokens of the same; null without a tokenizer
 * @param shown the first rows
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Inspection(
    List<RecognisedFile> files,
    Map<String, Integer> layouts,
    Map<String, Integer> leftOut,
    Map<String, Integer> noted,
    int prompts,
    int duplicates,
    int examples,
    int preferences,
    int unpaired,
    int rated,
    Lengths characters,
    @Nullable Lengths tokens,
    List<ShownRow> shown) {

  /** Of two kinds of text. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Lengths(Spread prompts, @Nullable Spread completions) {}

  /** Least, lower median and most. */
  public record Spread(int least, int median, int most) {
    static @Nullable Spread of(IntStream lengths) {
      int[] sorted = lengths.sorted().toArray();
      return sorted.length == 0
          ? null
          : new Spread(sorted[0], sorted[(sorted.length - 1) / 2], sorted[sorted.length - 1]);
    }
  }

  /**
   * Reads files as the data stage of a run does.
   *
   * @param learned whether completions are to be learned: then no row is a prompt alone
   * @param encoder of the model that is to learn; null: there are no tokens
   * @param shown how many rows are shown
   */
  public static Inspection of(
      DataConfig config, long seed, boolean learned, @Nullable PromptEncoder encoder, int shown) {
    LessonFiles files = new LessonFiles(config, seed, learned);
    List<Lesson> lessons =
        Stream.of(config.files(), config.validationFiles(), config.testFiles())
            .flatMap(each -> files.read(each).stream())
            .toList();
    RowCounts counts = files.counts();
    return new Inspection(
        files.recognised(),
        counts.layouts(),
        counts.leftOut(),
        counts.noted(),
        (int) lessons.stream().map(Lesson::prompt).distinct().count(),
        lessons.size() - new HashSet<>(lessons.stream().map(Lesson::content).toList()).size(),
        (int) lessons.stream().filter(Inspection::isLearned).count(),
        lessons.stream().mapToInt(each -> each.compared().size()).sum(),
        (int) lessons.stream().filter(each -> each.unpaired() != null).count(),
        (int) lessons.stream().filter(each -> each.ratedCompletion() != null).count(),
        lengths(lessons, each -> each.prompt().transcript().length(), (of, text) -> text.length()),
        encoder == null
            ? null
            : lengths(
                lessons,
                each -> encoder.prompt(each.id(), each.prompt()).length,
                (of, text) -> encoder.completion(of.id(), of.prompt(), text).length),
        lessons.stream().limit(shown).map(each -> ShownRow.of(each, encoder)).toList());
  }

  private static boolean isLearned(Lesson lesson) {
    Example example = lesson.example();
    return example != null && example.hasCompletion();
  }

  /** How long a text of a lesson is. */
  private interface Measure {
    int of(Lesson lesson, String text);
  }

  private static Lengths lengths(
      List<Lesson> lessons, Function<Lesson, Integer> prompt, Measure completion) {
    Spread prompts = Spread.of(lessons.stream().mapToInt(prompt::apply));
    return new Lengths(
        prompts == null ? new Spread(0, 0, 0) : prompts,
        Spread.of(
            lessons.stream()
                .flatMapToInt(each -> texts(each).mapToInt(text -> completion.of(each, text)))));
  }

  /** Every completion that a row has. */
  private static Stream<String> texts(Lesson lesson) {
    return Stream.concat(
            Stream.ofNullable(lesson.completion()),
            lesson.compared().stream().flatMap(pair -> Stream.of(pair.chosen(), pair.rejected())))
        .distinct();
  }
}
