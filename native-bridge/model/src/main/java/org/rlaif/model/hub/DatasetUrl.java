package org.rlaif.model.hub;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;

/**
 * Which files of a data set are meant.
 *
 * @param start of the names of its files: all before the path
 * @param path of a file in the repository, or a pattern
 */
record DatasetUrl(String start, HubName name, String path) {
  /** Every part of a path begins so that it leads nowhere else. */
  private static final String PART = "[\\w*?][\\w.*?+=-]*";

  private static final Pattern URL =
      Pattern.compile("(hf://datasets/([^/]+/[^/@]+)(@[^/]+)?/)(%s(?:/%s)*)".formatted(PART, PART));
  private static final Pattern FILE = Pattern.compile("\\w[\\w.+=-]*(?:/\\w[\\w.+=-]*)*");

  static DatasetUrl of(String url) {
    Matcher matcher = URL.matcher(url);
    if (matcher.matches()) {
      String revision = matcher.group(3) == null ? "" : matcher.group(3).replace("%2F", "/");
      HubName name = HubName.dataset(matcher.group(2) + revision);
      if (name != null) {
        return new DatasetUrl(matcher.group(1), name, matcher.group(4));
      }
    }
    throw UserError.expected("data set", url, "hf://datasets/org/name[@revision]/path");
  }

  private boolean isPattern() {
    return path.contains("*") || path.contains("?");
  }

  /**
   * The files of a repository that it means; names that lead elsewhere are never made into paths.
   */
  List<String> matching(List<String> files) {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + path);
    return files.stream()
        .filter(file -> FILE.matcher(file).matches() && matcher.matches(Path.of(file)))
        .distinct()
        .sorted()
        .toList();
  }

  /** The same in the cache; null if not all of them are there. */
  @Nullable List<DatasetFile> in(HubCache cache) throws IOException {
    List<String> files = isPattern() ? cache.matches(path) : List.of(path);
    List<Path> paths = files == null ? null : cache.find(files);
    return files == null || paths == null
        ? null
        : IntStream.range(0, files.size())
            .mapToObj(i -> new DatasetFile(start + files.get(i), paths.get(i)))
            .toList();
  }
}
