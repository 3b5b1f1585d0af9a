package org.rlaif.training.rows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.rlaif.kit.UserError;
import org.rlaif.model.hub.Hub;

/** The files that {@code data.files} names, by path or by a pattern, here or on the hub. */
public final class DataFiles {
  private static final Pattern WILD = Pattern.compile("[*?\\[{]");

  private static final String HUB = "hf://";

  private DataFiles() {}

  /**
   * All of them; those of a pattern are sorted by their paths.
   *
   * @param all every name there is: a file is known by the last part of its path unless another one
   *     has the same
   */
  public static List<DataFile> of(List<String> files, List<String> all) {
    List<Place> others = places(all);
    return places(files).stream().map(place -> place.among(others)).toList();
  }

  private record Place(String shown, Path path) {
    DataFile among(List<Place> others) {
      String last = lastPart();
      boolean unique =
          others.stream().filter(other -> other.lastPart().equals(last)).distinct().count() == 1;
      return new DataFile(shown, path, unique ? last : shown);
    }

    private String lastPart() {
      return shown.substring(shown.lastIndexOf('/') + 1);
    }
  }

  private static List<Place> places(List<String> files) {
    return files.stream().flatMap(DataFiles::places).toList();
  }

  private static Stream<Place> places(String file) {
    if (file.startsWith(HUB)) {
      return Hub.of(System.getenv()).dataset(file).stream()
          .map(each -> new Place(each.url(), each.path()));
    }
    Path path = Path.of(file);
    return Files.exists(path) || !WILD.matcher(file).find()
        ? Stream.of(new Place(file, path))
        : matching(file).stream().map(each -> new Place(each.toString(), each));
  }

  /** Files only; folders above them may have wild cards, too. */
  private static List<Path> matching(String pattern) {
    int wild = WILD.matcher(pattern).results().findFirst().orElseThrow().start();
    String start = pattern.substring(0, pattern.lastIndexOf('/', wild) + 1);
    try (Stream<Path> below = Files.walk(Path.of(start))) {
      PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
      List<Path> matching =
          below
              .filter(path -> matcher.matches(path) && Files.isRegularFile(path))
              .sorted()
              .toList();
      UserError.require(
          !matching.isEmpty(), "data.files", pattern, "a pattern that a file's path matches");
      return matching;
    } catch (PatternSyntaxException e) {
      throw new UserError(
          "data.files: " + pattern + " (expected: a pattern such as data/*.parquet)", e);
    } catch (IOException e) {
      throw new UserError(
          "data.files: " + pattern + " (expected: a folder " + start + " that can be read)", e);
    } catch (UncheckedIOException e) {
      throw new UserError("data.files: " + pattern + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
