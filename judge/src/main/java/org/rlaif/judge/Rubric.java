package org.rlaif.judge;

import static org.rlaif.kit.UserError.require;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Resources;
import org.rlaif.kit.UserError;

/**
 * The principles a judge is given: in words for a language model ({@code preamble}), in numbers for
 * the {@link RubricJudge}.
 *
 * @param name short, for {@code rubric:NAME}
 * @param preamble what a language model is told to look for
 * @param facets the facts a completion should repeat; without any, coverage is measured on the
 *     prompt's content words (see {@link RubricJudge})
 * @param inventionPenalty for each thing said that the prompt does not say
 * @param maxInventions no more inventions than this are counted
 * @param distractors what a completion should leave out, if anything
 * @param brevity how long a completion may be
 * @param unfinishedPenalty for a completion that stops in the middle of a sentence, or says nothing
 */
public record Rubric(
    String name,
    String preamble,
    List<Facet> facets,
    double inventionPenalty,
    int maxInventions,
    @Nullable Distractors distractors,
    Brevity brevity,
    double unfinishedPenalty) {

  /** The rubric without facets, for texts that nothing is known about. */
  public static final String GENERAL = "general";

  public Rubric {
    facets = List.copyOf(facets);
    requireAmount("inventionPenalty", inventionPenalty);
    require(maxInventions >= 0, "maxInventions", maxInventions, ">= 0");
    requireAmount("unfinishedPenalty", unfinishedPenalty);
  }

  /**
   * A kind of fact.
   *
   * @param pattern a regular expression; its first group, or all of it if it has none, is the fact
   * @param weight what it is worth to have it
   */
  public record Facet(String name, String pattern, double weight) {
    public Facet {
      compile("facets." + name, pattern);
      require(Double.isFinite(weight), "facets." + name + ": weight", weight, "a number");
    }
  }

  /**
   * What does not matter.
   *
   * @param pattern a regular expression
   * @param penalty for each match in a completion
   */
  public record Distractors(String pattern, double penalty) {
    public Distractors {
      compile("distractors", pattern);
      requireAmount("distractors.penalty", penalty);
    }
  }

  /**
   * How long a completion may be.
   *
   * @param freeWords as many words cost nothing
   * @param penaltyPerWord for each word more
   */
  public record Brevity(int freeWords, double penaltyPerWord) {
    public Brevity {
      require(freeWords >= 0, "brevity.freeWords", freeWords, ">= 0");
      requireAmount("brevity.penaltyPerWord", penaltyPerWord);
    }
  }

  /**
   * Loads a rubric.
   *
   * @param nameOrFile a name that is shipped ({@code tldr}, {@code general}) or a YAML file; a file
   *     holds the differences from {@code general}
   */
  public static Rubric load(String nameOrFile) {
    if (nameOrFile.matches("[a-z][a-z0-9-]*")) {
      String shipped = Resources.find(Rubric.class, "rubrics/" + nameOrFile + ".yaml");
      if (shipped != null) {
        return ConfigFiles.parse(Rubric.class, "rubric " + nameOrFile, shipped);
      }
    }
    Path file = Path.of(nameOrFile);
    require(
        Files.isRegularFile(file),
        "rubric",
        nameOrFile,
        "tldr, general, or the path of a YAML file");
    String general = Resources.text(Rubric.class, "rubrics/" + GENERAL + ".yaml");
    return ConfigFiles.load(Rubric.class, general, file, List.of());
  }

  static Pattern compile(String name, String pattern) {
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new UserError(
          name + ": " + pattern + " (expected: a regular expression; " + e.getDescription() + ")",
          e);
    }
  }

  private static void requireAmount(String name, double value) {
    require(value >= 0 && Double.isFinite(value), name, value, ">= 0");
  }
}
