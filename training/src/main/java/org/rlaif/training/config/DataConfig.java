package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the examples come from.
 *
 * @param seed of what is generated and of the splits; null: the run's
 * @param posts how many posts the generated task has
 * @param files JSON Lines, JSON arrays, CSV or Parquet; all rows of all files together. Relative
 *     paths count from the current folder; {@code *} and {@code ?} stand for what is there.
 * @param validationFiles files of their own to watch the training with; none: a share of {@code
 *     files}
 * @param testFiles files of their own for the evaluation; none: a share of {@code files}
 * @param where an SQL condition over the columns; rows that do not meet it are left out; empty: all
 *     stay
 * @param columns which column of a row is what
 * @param layout how a row's columns belong together; the first that fits, or the same for all rows
 * @param promptTemplate a Mustache template over a row's columns that makes the prompt; empty takes
 *     the prompt column as it is
 * @param completionPrefix put before every completion, for example a space
 * @param chat whether plain text is asked as a user's message, through the chat template of the
 *     model; prompts that are conversations always are
 * @param system what the system says before a conversation that has no such message; empty is none
 * @param validation share of the user's prompts that is held out to watch the training
 * @param test share of the user's prompts that is held out for the evaluation
 * @param tooLong what to do with a row that does not fit the context
 * @param bytesPerToken that a row may have, of a context of tokens, to be tokenised at all; a
 *     longer one does not fit the context
 * @param limits what one file may hold
 */
public record DataConfig(
    Source source,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long seed,
    Posts posts,
    List<String> files,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> validationFiles,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> testFiles,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String where,
    Columns columns,
    Layout layout,
    String promptTemplate,
    String completionPrefix,
    boolean chat,
    String system,
    double validation,
    double test,
    TooLong tooLong,
    int bytesPerToken,
    Limits limits) {

  /** Whose examples they are. */
  public enum Source {
    /** The summarisation task that is generated here. */
    @JsonProperty("tldr")
    TLDR,
    /** The user's own. */
    @JsonProperty("files")
    FILES
  }

  /** How the columns of a row belong together. */
  public enum Layout {
    /** Each row has the first of the following that it fits. */
    @JsonProperty("auto")
    AUTO,
    /** Messages of which every turn of the assistant is learned. */
    @JsonProperty("conversation")
    CONVERSATION,
    /** A prompt and a completion to learn. */
    @JsonProperty("completion")
    COMPLETION,
    /** A prompt and two answers, of which people preferred one. */
    @JsonProperty("preference")
    PREFERENCE,
    /** The same as two texts that begin with the prompt. */
    @JsonProperty("transcripts")
    TRANSCRIPTS,
    /** A prompt alone, where nothing is learned from completions. */
    @JsonProperty("prompt")
    PROMPT,
    /**
     * A prompt, a completion, and whether people want it. Never guessed: a label may mean anything.
     */
    @JsonProperty("unpaired")
    UNPAIRED,
    /**
     * A prompt, a completion, and numbers that people give it, one for each attribute. Never
     * guessed: a number may mean anything.
     */
    @JsonProperty("rated")
    RATED;

    /** As it is written in a file. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What becomes of a row that is longer than the context. */
  public enum TooLong {
    /** It is left out, and counted. */
    @JsonProperty("drop")
    DROP,
    /** It ends the run. */
    @JsonProperty("fail")
    FAIL
  }

  /** Sizes of the generated splits. */
  public record Posts(int train, int validation, int test) {
    public Posts {
      require(train > 0, "data.posts.train", train, "> 0");
      require(validation > 0, "data.posts.validation", validation, "> 0");
      require(test > 0, "data.posts.test", test, "> 0");
    }
  }

  /**
   * Column names. A row with {@code chosen} and {@code rejected} is a preference by people; without
   * a prompt column, both are whole transcripts and their common beginning, up to the last {@code
   * turn}, is the prompt. Prompts and completions may be lists of messages, and {@code messages} is
   * a conversation of which every turn of the assistant is learned. {@code label} is that of the
   * layout {@code unpaired}; {@code ratings} are those of {@code rated}, and each is the attribute
   * of its name. If none is named there they are the attributes of {@code reward.attributes}.
   */
  public record Columns(
      String messages,
      String prompt,
      String completion,
      String chosen,
      String rejected,
      String label,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> ratings,
      String turn) {
    public Columns {
      ratings = List.copyOf(ratings);
    }

    /** The same with these ratings, if it names none itself. */
    Columns rated(Collection<String> attributes) {
      return ratings.isEmpty()
          ? new Columns(
              messages, prompt, completion, chosen, rejected, label, List.copyOf(attributes), turn)
          : this;
    }
  }

  /**
   * What one of the files may hold, decompressed; whatever it is, it is held in memory.
   *
   * @param rows lines or elements
   * @param rowCharacters of the longest row
   * @param characters of all rows
   */
  public record Limits(int rows, int rowCharacters, long characters) {
    private static final int LONGEST_ROW = 20_000_000; // what a JSON parser takes as one text

    public Limits {
      require(rows > 0, "data.limits.rows", rows, "> 0");
      require(
          rowCharacters > 0 && rowCharacters <= LONGEST_ROW,
          "data.limits.rowCharacters",
          rowCharacters,
          "from 1 to " + LONGEST_ROW);
      require(characters > 0, "data.limits.characters", characters, "> 0");
    }
  }

  public DataConfig {
    require(
        source == Source.TLDR || !files.isEmpty(),
        "data.files",
        files,
        "at least one file, since data.source is files");
    require(
        system.isEmpty() || chat || source == Source.FILES,
        "data.system",
        system,
        "with data.chat: true, since the generated posts are plain text");
    require(bytesPerToken >= 1, "data.bytesPerToken", bytesPerToken, ">= 1");
    Ranges.fraction("data.validation", validation);
    Ranges.fraction("data.test", test);
    require(
        validation + test < 1,
        "data.validation + data.test",
        validation + test,
        "< 1, so that something is left to train on");
    files = List.copyOf(files);
    validationFiles = List.copyOf(validationFiles);
    testFiles = List.copyOf(testFiles);
  }

  /** The same with columns for ratings of these attributes, if it names none itself. */
  DataConfig rated(Collection<String> attributes) {
    return new DataConfig(
        source,
        seed,
        posts,
        files,
        validationFiles,
        testFiles,
        where,
        columns.rated(attributes),
        layout,
        promptTemplate,
        completionPrefix,
        chat,
        system,
        validation,
        test,
        tooLong,
        bytesPerToken,
        limits);
  }

  /** Every file there is. */
  public List<String> allFiles() {
    return Stream.of(files, validationFiles, testFiles).flatMap(List::stream).toList();
  }
}
