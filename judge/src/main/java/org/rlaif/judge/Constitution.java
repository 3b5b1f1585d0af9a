package org.rlaif.judge;

import static org.rlaif.kit.UserError.require;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Resources;
import org.rlaif.kit.UserError;

/**
 * Principles of which one is drawn each time that a completion is criticised and revised, or that
 * two are compared (Bai et al. 2022, arXiv 2212.08073).
 *
 * @param name short, for what is made under it
 * @param principles at least one, each with a name of its own
 */
public record Constitution(String name, List<Principle> principles) {
  /** The one that is shipped. */
  public static final String HARMLESS = "harmless";

  /**
   * One principle.
   *
   * @param critique asks what is wrong with a completion by it
   * @param revision asks for a completion that is better by it
   * @param question says which of two completions is the better one by it
   */
  public record Principle(String name, String critique, String revision, String question) {
    public Principle {
      name = UserError.given("principles.name", name, "a word");
      String of = "principle " + name + ": ";
      critique = UserError.given(of + "critique", critique, "what is asked for a critique");
      revision = UserError.given(of + "revision", revision, "what is asked for a revision");
      question = UserError.given(of + "question", question, "which of two is the better one");
    }
  }

  public Constitution {
    name = UserError.given("name", name, "a word");
    principles = List.copyOf(principles);
    require(!principles.isEmpty(), "principles", "[]", "at least 1");
    long different = principles.stream().map(Principle::name).distinct().count();
    require(
        different == principles.size(),
        "principles",
        principles.size() + " with " + different + " names",
        "a name of its own for each");
  }

  /**
   * Loads a constitution.
   *
   * @param nameOrFile {@code harmless}, which is shipped, or a YAML file, which is a whole one
   */
  public static Constitution load(String nameOrFile) {
    String shipped = shipped(nameOrFile);
    if (shipped != null) {
      return ConfigFiles.parse(Constitution.class, "constitution " + nameOrFile, shipped);
    }
    Path file = Path.of(nameOrFile);
    require(
        Files.isRegularFile(file),
        "constitution",
        nameOrFile,
        "harmless, or the path of a YAML file");
    return ConfigFiles.load(Constitution.class, "", file, List.of());
  }

  /** Whether this names one that is shipped. */
  static boolean isShipped(String nameOrFile) {
    return shipped(nameOrFile) != null;
  }

  private static @Nullable String shipped(String name) {
    return name.matches("[a-z][a-z0-9-]*")
        ? Resources.find(Constitution.class, "constitutions/" + name + ".yaml")
        : null;
  }

  /** A fingerprint of all that it says. */
  public String hash() {
    return ConfigFiles.hash(this);
  }
}
