package org.rlaif.model.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Retry;

/** One model or data set in the cache of Hugging Face's tools. */
final class HubCache {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
  private static final Duration LONGEST_LOCK = Duration.ofHours(2);
  private static final String ADAPTER = "adapter_config.json";
  private static final String ADAPTER_WEIGHTS = "adapter_model.safetensors";

  private final Path cache;
  private final HubName name;
  private final Path folder;

  HubCache(Path cache, HubName name) {
    this.cache = cache;
    this.name = name;
    this.folder = cache.resolve(name.folder());
  }

  Path folder() {
    return folder;
  }

  /** The snapshot of the revision, if there is one with all that a model or an adapter needs. */
  @Nullable Path find() throws IOException {
    String commit = commit();
    if (commit == null) {
      return null;
    }
    Path snapshot = snapshot(commit);
    return missing(snapshot).isEmpty() ? snapshot : null;
  }

  /** Where these files lie, if the revision is there with all of them. */
  @Nullable List<Path> find(List<String> files) throws IOException {
    String commit = commit();
    if (commit == null) {
      return null;
    }
    List<Path> paths = files.stream().map(snapshot(commit)::resolve).toList();
    return paths.stream().allMatch(Files::isRegularFile) ? paths : null;
  }

  /**
   * What a pattern stood for when the revision was fetched; null if nobody has asked. It lies
   * beside what other tools keep, under a name of our own.
   */
  @Nullable List<String> matches(String pattern) throws IOException {
    String commit = commit();
    return commit != null && Files.isRegularFile(matchesFile(commit, pattern))
        ? Files.readAllLines(matchesFile(commit, pattern))
        : null;
  }

  void keepMatches(String commit, String pattern, List<String> files) throws IOException {
    Path file = matchesFile(commit, pattern);
    Files.createDirectories(file.getParent());
    AtomicFiles.write(
        file, out -> out.write(String.join("\n", files).getBytes(StandardCharsets.UTF_8)));
  }

  private Path matchesFile(String commit, String pattern) {
    String hash = AtomicFiles.sha256(pattern.getBytes(StandardCharsets.UTF_8));
    return folder.resolve(".rlaif").resolve(commit).resolve(hash);
  }

  /** What a model or an adapter needs and is not there, or is a link that leads nowhere. */
  static List<String> missing(Path snapshot) {
    List<String> missing = missing(file -> Files.isRegularFile(snapshot.resolve(file)));
    boolean adapter = Files.isRegularFile(snapshot.resolve(ADAPTER));
    return missing.isEmpty() && !adapter && !WeightNames.areIn(snapshot)
        ? List.of("weights for all of its index")
        : missing;
  }

  /** The same, as far as names tell. */
  static List<String> missing(Predicate<String> there) {
    if (there.test(ADAPTER)) {
      return there.test(ADAPTER_WEIGHTS) ? List.of() : List.of(ADAPTER_WEIGHTS);
    }
    var missing = new ArrayList<String>();
    for (String file : List.of("config.json", "tokenizer.json")) {
      if (!there.test(file)) {
        missing.add(file);
      }
    }
    if (!there.test(WeightNames.SINGLE) && !there.test(WeightNames.INDEX)) {
      missing.add(WeightNames.SINGLE);
    }
    return missing;
  }

  Path blob(String etag) throws IOException {
    return Files.createDirectories(folder.resolve("blobs")).resolve(etag);
  }

  /** Gives blobs their names in a snapshot, in this order, and the revision its commit. */
  Path publish(String commit, Map<String, Path> blobs) throws IOException {
    Path snapshot = Files.createDirectories(snapshot(commit));
    for (Map.Entry<String, Path> file : blobs.entrySet()) {
      // Beside and renamed: a link may be there, from other tools or an earlier attempt.
      Path place = snapshot.resolve(file.getKey());
      Path inside = Files.createDirectories(place.getParent());
      Path link = inside.resolve("." + place.getFileName() + ".link");
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, inside.relativize(file.getValue()));
      Files.move(link, place, StandardCopyOption.ATOMIC_MOVE);
    }
    if (!name.revision().equals(commit)) {
      AtomicFiles.write(ref(), out -> out.write(commit.getBytes(StandardCharsets.UTF_8)));
    }
    return snapshot;
  }

  /** Waits until no other process of ours downloads this. */
  FileChannel lock() throws IOException {
    Path file =
        Files.createDirectories(cache.resolve(".locks").resolve(name.folder()))
            .resolve("rlaif.lock");
    var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    long end = System.nanoTime() + LONGEST_LOCK.toNanos();
    while (!AtomicFiles.tryLock(channel)) {
      if (System.nanoTime() > end) {
        channel.close();
        throw new IOException("another process holds " + file + " for " + LONGEST_LOCK);
      }
      Retry.sleep(BETWEEN_LOOKS, "the hub");
    }
    return channel;
  }

  /** What the revision was when it was fetched last, or the commit that begins so. */
  private @Nullable String commit() throws IOException {
    if (Files.isRegularFile(ref())) {
      String commit = Files.readString(ref()).strip();
      return isCommit(commit) ? commit : null;
    }
    Path snapshots = folder.resolve("snapshots");
    if (!name.revision().matches("[0-9a-f]{7,40}") || !Files.isDirectory(snapshots)) {
      return null;
    }
    try (Stream<Path> all = Files.list(snapshots)) {
      List<String> matching =
          all.map(path -> path.getFileName().toString())
              .filter(commit -> isCommit(commit) && commit.startsWith(name.revision()))
              .toList();
      return matching.size() == 1 ? matching.get(0) : null;
    }
  }

  static boolean isCommit(String text) {
    return text.matches("[0-9a-f]{40}");
  }

  private Path ref() {
    return folder.resolve("refs").resolve(name.revision());
  }

  private Path snapshot(String commit) {
    return folder.resolve("snapshots").resolve(commit);
  }
}
