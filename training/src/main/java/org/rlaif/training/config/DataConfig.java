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
 * @param duplicates what becomes of rows with the same prompt, completions and labels
 * @param columns which column of a row is what
 * @param layout how a row's columns belong together; the first that fits, or the same for all rows
 * @param binarise which completions are compared in the layout {@code ultrafeedback}
 * @param minimumRatio of a pair's votes in the layout {@code shp}; rows below are left out
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
    Duplicates duplicates,
    Columns columns,
    Layout layout,
    Binarise binarise,
    double minimumRatio,
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
    /** Anthropic's HH-RLHF: whole transcripts. */
    @JsonProperty("anthropic-hh")
    ANTHROPIC_HH,
    /** OpenAI's comparisons of summaries. */
    @JsonProperty("openai-comparisons")
    OPENAI_COMPARISONS,
    /** Reddit posts with their TL;DRs. */
    @JsonProperty("tldr-posts")
    TLDR_POSTS,
    /** OpenAI's first preferences: four samples and the best. */
    @JsonProperty("lm-human-preferences")
    LM_HUMAN_PREFERENCES,
    /** UltraFeedback: completions with scores. */
    @JsonProperty("ultrafeedback")
    ULTRAFEEDBACK,
    /** HelpSteer and HelpSteer2: a completion with ratings of five attributes. */
    @JsonProperty("helpsteer")
    HELPSTEER,
    /** HelpSteer2-Preference: two completions with a strength from -3 to 3. */
    @JsonProperty("helpsteer2-preference")
    HELPSTEER2_PREFERENCE,
    /** Stanford Human Preferences: two comments with votes. */
    @JsonProperty("shp")
    SHP,
    /** PandaLM: two responses, compared by three annotators. */
    @JsonProperty("pandalm")
    PANDALM,
    /** Alpaca: instruction, input, output. */
    @JsonProperty("alpaca")
    ALPACA,
    /** A preference as two texts that begin with the prompt. */
    @JsonProperty("transcripts")
    TRANSCRIPTS,
    /** A text by itself, all of which is learned. */
    @JsonProperty("text")
    TEXT,
    /** A prompt alone, where nothing is learned from completions. */
    @JsonProperty("prompt")
    PROMPT,
    /**
     * A prompt, a completion, and whether people want it. Never guessed: a label may mean anything.
     */
    @JsonProperty("unpaired")
    UNPAIRED,
    /** A prompt, the steps of one completion, and whether people want each. */
    @JsonProperty("stepwise")
    STEPWISE,
    /**
     * A prompt, a completion, and numbers that people give it, one for each attribute. Never
     * guessed: a number may mean anything.
     */
    @JsonProperty("rated")
    RATED;

    /** Whether ratings are read, which regression learns from. */
    boolean hasRatings() {
      return this == RATED || this == HELPSTEER;
    }

    /** As it is written in a file. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Which of several completions with scores are compared. */
  public enum Binarise {
    /** The best with one that is worse, drawn by the seed. */
    @JsonProperty("best-vs-random")
    BEST_VS_RANDOM,
    /** The best with the worst. */
    @JsonProperty("best-vs-worst")
    BEST_VS_WORST,
    /** Every two that differ; the label is as sure as their scores are apart. */
    @JsonProperty("margin")
    MARGIN
  }

  /** What becomes of rows that say the same. */
  public enum Duplicates {
    /** All of them count. */
    @JsonProperty("keep")
    KEEP,
    /** The first one stays. */
    @JsonProperty("drop")
    DROP
  }

  /** What becomes of a row that is longer than the context. */
  public enum TooLong {
    /** It is left out, and counted. */
    @JsonProperty("drop")
    DROP,
    /** It ends the run. */
    @JsonProperty("fail")
    FAIL,
    /** Its prompt loses words, or whole turns, at its beginning until it fits. */
    @JsonProperty("left")
    LEFT,
    /** Its prompt loses sentences or lines, or whole turns first, until it fits. */
    @JsonProperty("sentence")
    SENTENCE
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
   * a conversation of which every turn of the assistant is learned, {@code text} one of which all
   * is. {@code label} is that of the layout {@code unpaired}; {@code ratings} are those of {@code
   * rated}, and each is the attribute of its name. If none is named there they are the attributes
   * of {@code reward.attributes}.
   */
  public record Columns(
      String messages,
      String prompt,
      String completion,
      String chosen,
      String rejected,
      String label,
      String text,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> ratings,
      String turn) {
    public Columns {
      ratings = List.copyOf(ratings);
    }

    /** The same with these ratings, if it names none itself. */
    Columns rated(Collection<String> attributes) {
      return ratings.isEmpty()
          ? new Columns(
              messages,
              prompt,
              completion,
              chosen,
              rejected,
              label,
              text,
              List.copyOf(attributes),
              turn)
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
    require(minimumRatio >= 1, "data.minimumRatio", minimumRatio, ">= 1, which is every row");
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
        duplicates,
        columns.rated(attributes),
        layout,
        binarise,
        minimumRatio,
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
