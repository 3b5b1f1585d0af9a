package org.rlaif.model.hub;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Progress;
import org.rlaif.kit.UserError;

/**
 * Finds models: in a folder, in the cache of Hugging Face's tools, on the hub; and files of data
 * sets in the latter two. The network is asked only for what is nowhere else.
 */
public final class Hub {
  private static final Pattern SMALL =
      Pattern.compile(
          "(config|generation_config|tokenizer\\w*|special_tokens_map|adapter_config)\\.json"
              + "|chat_template\\.jinja");
  private static final Pattern SHARDS =
      Pattern.compile("model(-\\d+-of-\\d+\\.safetensors|\\.safetensors\\.index\\.json)");
  private static final Pattern SNAPSHOT =
      Pattern.compile("models--(\\w[\\w.-]*?)--(\\w[\\w.-]*)/snapshots/([0-9a-f]{40})$");
  private static final String ADAPTER = "adapter_model.safetensors";
  private static final int MEGABYTE = 1_000_000;

  private final HubEnvironment environment;
  private final HubRetry retry;

  Hub(HubEnvironment environment, HubRetry retry) {
    this.environment = environment;
    this.retry = retry;
  }

  /**
   * A hub, its token and its cache as the environment names them: {@code HF_ENDPOINT}, {@code
   * HF_TOKEN}, {@code HF_TOKEN_PATH}, {@code HF_HOME}, {@code HF_HUB_CACHE}, {@code
   * HF_HUB_OFFLINE}, {@code TRANSFORMERS_OFFLINE}; proxies by {@code HTTPS_PROXY}, {@code
   * HTTP_PROXY}, {@code ALL_PROXY}, {@code NO_PROXY}.
   */
  public static Hub of(Map<String, String> environment) {
    return new Hub(HubEnvironment.of(environment), HubRetry.USUAL);
  }

  /**
   * The folder of a model.
   *
   * @param model a folder that exists, or {@code org/name} or {@code org/name@revision}: a branch,
   *     a tag or a commit. Where there is a folder {@code org} here, {@code org/name} is a path
   * @throws UserError in one line, with what was looked for and where
   */
  public Path resolve(String model) {
    Path folder = folder(model);
    if (folder != null) {
      return folder;
    }
    if (isPath(model)) {
      throw UserError.expected("model", model, "a folder that exists; there is no such folder");
    }
    HubName name = HubName.model(model);
    if (name == null) {
      throw UserError.expected(
          "model", model, "a folder that exists, or org/name or org/name@revision on the hub");
    }
    var cache = new HubCache(environment.cache(), name);
    String looked =
        "model " + model + ": no such folder, not whole in " + cache.folder() + ", and ";
    try {
      Path found = cache.find();
      if (found != null) {
        return found;
      }
      if (environment.offline() != null) {
        throw new IOException(
            environment.offline() + " forbids to ask " + environment.endpoint() + " for it");
      }
      try (FileChannel lock = cache.lock()) {
        found = cache.find(); // another process may have fetched it meanwhile
        return found == null ? download(name, cache) : found;
      }
    } catch (IOException e) {
      throw new UserError(looked + environment.token().removeFrom(reason(e)), e);
    }
  }

  /**
   * Files of a data set on the hub, sorted by their names.
   *
   * @param url {@code hf://datasets/org/name[@revision]/path}, whose path may have {@code *} and
   *     {@code ?}; a revision is a branch, a tag or a commit, with {@code %2F} for a slash
   * @throws UserError in one line, with what was looked for and where
   */
  public List<DatasetFile> dataset(String url) {
    DatasetUrl wanted = DatasetUrl.of(url);
    var cache = new HubCache(environment.cache(), wanted.name());
    try {
      List<DatasetFile> found = wanted.in(cache);
      if (found != null) {
        return found;
      }
      if (environment.offline() != null) {
        throw new IOException(
            environment.offline() + " forbids to ask " + environment.endpoint() + " for it");
      }
      try (FileChannel lock = cache.lock()) {
        found = wanted.in(cache); // another process may have fetched it meanwhile
        if (found != null) {
          return found;
        }
        var client = new HubClient(environment, retry);
        JsonNode list = client.json(wanted.name().listPath());
        String commit = commit(wanted.name(), list);
        List<String> files = wanted.matching(list.path("siblings").findValuesAsText("rfilename"));
        if (files.isEmpty()) {
          throw new IOException("the hub's " + wanted.name() + " has no " + wanted.path());
        }
        cache.publish(commit, blobs(client, wanted.name(), commit, files, cache));
        cache.keepMatches(commit, wanted.path(), files);
        return Objects.requireNonNull(wanted.in(cache));
      }
    } catch (IOException e) {
      throw new UserError(
          "data set "
              + url
              + ": not in "
              + cache.folder()
              + ", and "
              + environment.token().removeFrom(reason(e)),
          e);
    }
  }

  private static String commit(HubName name, JsonNode list) throws IOException {
    String commit = list.path("sha").asText();
    if (!HubCache.isCommit(commit)) {
      throw new IOException(name.listPath() + " names no commit");
    }
    return commit;
  }

  /**
   * The name, {@code org/name@commit}, of a folder that lies in a cache as {@link #resolve} finds
   * it; null: it is another folder.
   */
  public static @Nullable String nameOf(Path folder) {
    Matcher place = SNAPSHOT.matcher(folder.toAbsolutePath().normalize().toString());
    return place.find() ? place.group(1) + "/" + place.group(2) + "@" + place.group(3) : null;
  }

  private static @Nullable Path folder(String model) {
    if (model.isBlank()) {
      return null; // as a path it would be the working folder
    }
    try {
      Path path = Path.of(model);
      return Files.isDirectory(path) ? path : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /**
   * Whether a text that names no folder was meant to: it looks like a path, or it lies where there
   * is a folder. A revision says that the hub is meant after all.
   */
  private static boolean isPath(String model) {
    if (model.startsWith("/") || model.startsWith("./") || model.startsWith("../")) {
      return true;
    }
    try {
      Path parent = Path.of(model).getParent();
      return !model.contains("@") && parent != null && Files.isDirectory(parent);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private Path download(HubName name, HubCache cache) throws IOException {
    var client = new HubClient(environment, retry);
    JsonNode list = client.json(name.listPath());
    String commit = commit(name, list);
    List<String> files = needed(list.path("siblings").findValuesAsText("rfilename"));
    require(name, HubCache.missing(files::contains));
    Path snapshot = cache.publish(commit, blobs(client, name, commit, files, cache));
    require(name, HubCache.missing(snapshot));
    return snapshot;
  }

  /** Files of a commit, all of them whole, by their names in the repository. */
  private static Map<String, Path> blobs(
      HubClient client, HubName name, String commit, List<String> files, HubCache cache)
      throws IOException {
    var infos = new LinkedHashMap<String, HubClient.FileInfo>();
    long bytes = 0;
    for (String file : files) {
      HubClient.FileInfo info = client.info(name.filePath(commit, file));
      if (!info.commit().isEmpty() && !info.commit().equals(commit)) {
        throw new IOException(file + " is of commit " + info.commit() + ", not " + commit);
      }
      infos.put(file, info);
      bytes += info.size();
    }
    var blobs = new LinkedHashMap<String, Path>();
    try (var progress = new Megabytes(name, bytes)) {
      for (var file : infos.entrySet()) {
        String path = name.filePath(commit, file.getKey());
        blobs.put(file.getKey(), fetch(client, path, file.getValue(), cache, progress));
      }
    }
    return blobs;
  }

  private static void require(HubName name, List<String> missing) throws IOException {
    if (!missing.isEmpty()) {
      throw new IOException("the hub's " + name + " has no " + String.join(", no ", missing));
    }
  }

  private static Path fetch(
      HubClient client, String path, HubClient.FileInfo info, HubCache cache, LongConsumer progress)
      throws IOException {
    Path blob = cache.blob(info.etag());
    if (Files.isRegularFile(blob) && Files.size(blob) == info.size()) {
      progress.accept(info.size());
      return blob;
    }
    try (var partial = new PartialBlob(blob, info.size(), progress)) {
      if (!partial.isComplete()) {
        client.get(path, partial);
      }
      partial.finish(path);
    }
    return blob;
  }

  /**
   * What a model is made of, among all that a repository holds: no copies in other formats. Other
   * names are never made into paths. The one that every model has comes last.
   */
  static List<String> needed(List<String> files) {
    boolean single = files.contains(WeightNames.SINGLE);
    return files.stream()
        .filter(
            file ->
                SMALL.matcher(file).matches()
                    || file.equals(ADAPTER)
                    || (single ? file.equals(WeightNames.SINGLE) : SHARDS.matcher(file).matches()))
        .distinct()
        .sorted(Comparator.comparing((String file) -> file.equals("config.json")))
        .toList();
  }

  private static String reason(IOException e) {
    return e instanceof FileSystemException
        ? e.getClass().getSimpleName() + " " + e.getMessage()
        : String.valueOf(e.getMessage());
  }

  /** Shows how much is there; begun megabytes count. */
  private static final class Megabytes implements LongConsumer, AutoCloseable {
    private final Progress progress;
    private long bytes;
    private long told;

    Megabytes(HubName name, long total) {
      progress = Progress.start("download", begun(total), "MB");
      progress.figures("%s", name);
    }

    @Override
    public synchronized void accept(long more) {
      bytes += more;
      long now = begun(bytes);
      if (now > told) {
        progress.step(now - told);
        told = now;
      }
    }

    @Override
    public void close() {
      progress.close();
    }

    private static long begun(long bytes) {
      return (bytes + MEGABYTE - 1) / MEGABYTE;
    }
  }
}
