package org.rlaif.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which files a finished stage of a run has left, and whether they are still what they were. The
 * stage's record, {@value #RECORD} beside them, has them under {@value #KEY}.
 */
public final class StageFiles {
  public static final String RECORD = "stage.json";
  public static final String KEY = "files";

  private StageFiles() {}

  /** What tells a file from any other. */
  public record Stored(long bytes, String sha256) {
    static Stored of(Path file) throws IOException {
      return new Stored(Files.size(file), AtomicFiles.sha256(file));
    }
  }

  /** All files below a stage's folder but its record, by their paths in there. */
  public static Map<String, Stored> of(Path folder) throws IOException {
    Map<String, Stored> files = new TreeMap<>();
    for (String name : names(folder)) {
      files.put(name, Stored.of(folder.resolve(name)));
    }
    return files;
  }

  /**
   * What has happened to the files since, one line each: changed, missing, or not the stage's.
   *
   * @param under only files whose path in there begins with this are looked at; empty: all
   * @param expected as {@link #of} noted them
   */
  public static List<String> damage(Path folder, String under, Map<String, Stored> expected) {
    List<String> damage = new ArrayList<>();
    try {
      List<String> names = names(folder).stream().filter(name -> name.startsWith(under)).toList();
      for (String name : names) {
        if (!expected.containsKey(name)) {
          damage.add(folder.resolve(name) + ": not a file that the stage has left");
        }
      }
      for (Map.Entry<String, Stored> each : expected.entrySet()) {
        if (!each.getKey().startsWith(under)) {
          continue;
        }
        Path file = folder.resolve(each.getKey());
        Stored before = each.getValue();
        if (!names.contains(each.getKey())) {
          damage.add(file + ": missing");
        } else if (Files.size(file) != before.bytes()) { // needs no reading
          damage.add(
              file + ": " + Files.size(file) + " bytes, when the stage finished " + before.bytes());
        } else if (!AtomicFiles.sha256(file).equals(before.sha256())) {
          damage.add(file + ": other content than when the stage finished");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return damage;
  }

  /** Hidden files are none of a stage's: nothing reads them. */
  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> inside = Files.walk(folder)) {
      return inside
          .filter(each -> !Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS))
          .map(each -> folder.relativize(each).toString())
          .filter(name -> !name.equals(RECORD))
          .filter(name -> !name.startsWith(".") && !name.contains("/."))
          .sorted()
          .toList();
    }
  }
}
