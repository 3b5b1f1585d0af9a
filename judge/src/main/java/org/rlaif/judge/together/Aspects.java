package org.rlaif.judge.together;

import static org.rlaif.kit.UserError.require;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.language.Writing;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Resources;

/**
 * By what completions are rated, and how the judge is asked: the commented files {@code
 * ultrafeedback.yaml} and {@code helpsteer2.yaml}, or the user's own.
 *
 * @param name short, for people
 * @param preamble put before each question
 * @param bothOrders whether completions are shown in the reverse order, too, and the mean is taken
 * @param overall whether each completion is also rated by itself, from 1 to 10
 * @param maxTokens of an answer
 * @param template a Mustache file that asks; null: as shipped
 */
public record Aspects(
    String name,
    String preamble,
    boolean bothOrders,
    boolean overall,
    int maxTokens,
    @Nullable String template,
    List<Aspect> aspects) {
  private static final String SHIPPED = "ultrafeedback";

  public Aspects {
    aspects = List.copyOf(aspects);
    require(!aspects.isEmpty(), "aspects", "none", "at least 1");
    require(
        aspects.stream().map(Aspect::name).distinct().count() == aspects.size(),
        "aspects",
        aspects.stream().map(Aspect::name).toList(),
        "each name once");
    require(maxTokens >= 1 && maxTokens <= 65_536, "maxTokens", maxTokens, "1 to 65536");
  }

  /**
   * Loads them.
   *
   * @param nameOrFile a name that is shipped ({@code ultrafeedback}, {@code helpsteer2}) or a YAML
   *     file; a file holds the differences from {@code ultrafeedback}
   */
  public static Aspects load(String nameOrFile) {
    if (nameOrFile.matches("[a-z][a-z0-9-]*")) {
      String shipped = Resources.find(Aspects.class, nameOrFile + ".yaml");
      if (shipped != null) {
        return ConfigFiles.parse(Aspects.class, "aspects " + nameOrFile, shipped);
      }
    }
    Path file = Path.of(nameOrFile);
    require(
        Files.isRegularFile(file),
        "aspects",
        nameOrFile,
        "ultrafeedback, helpsteer2, or the path of a YAML file");
    String defaults = Resources.text(Aspects.class, SHIPPED + ".yaml");
    return ConfigFiles.load(Aspects.class, defaults, file, List.of());
  }

  /**
   * What the aspects say together: the mean of the ratings, each brought to 0 to 1 by its scale,
   * with the weights; sum of w r over sum of |w|. An aspect that does not apply drops out of both.
   *
   * @param ratings by aspect
   * @param notApplicable names of aspects
   * @return null if an aspect has no answer, or none with a weight applies
   */
  @Nullable Double score(Map<String, Double> ratings, Set<String> notApplicable) {
    double sum = 0;
    double weights = 0;
    for (Aspect aspect : aspects) {
      Double rating = ratings.get(aspect.name());
      if (rating != null) {
        sum += aspect.weight() * aspect.share(rating);
        weights += Math.abs(aspect.weight());
      } else if (!notApplicable.contains(aspect.name())) {
        return null;
      }
    }
    // Sums in another order differ by rounding, which is no preference.
    return weights == 0 ? null : Double.valueOf(Math.rint(sum / weights * 1e12) / 1e12);
  }

  /** Of all that is asked for, in its order; overall at the end. */
  List<String> names() {
    Stream<String> each = aspects.stream().map(Aspect::name);
    return (overall ? Stream.concat(each, Stream.of(Aspect.OVERALL)) : each).toList();
  }

  /** How an answer is written: the most likely one. */
  Writing writing() {
    return new Writing(maxTokens, /* temperature= */ 0, /* seed= */ 0);
  }
}
