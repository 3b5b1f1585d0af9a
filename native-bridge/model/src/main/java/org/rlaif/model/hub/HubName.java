package org.rlaif.model.hub;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model or a data set on the hub.
 *
 * @param kind {@code models} or {@code datasets}
 * @param repository {@code org/name}
 * @param revision a branch, a tag, or a commit's hash or the start of it
 */
record HubName(String kind, String repository, String revision) {
  private static final String WORD = "[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*";
  private static final Pattern NAME =
      Pattern.compile("(%s/%s)(?:@(%s(?:/%s)*))?".formatted(WORD, WORD, WORD, WORD));
  private static final int LONGEST = 200;
  private static final String DEFAULT_REVISION = "main";
  private static final String MODELS = "models";
  private static final String DATASETS = "datasets";

  /** A model; null if the text is no such name. What is one, is safe in paths and URLs. */
  static @Nullable HubName model(String text) {
    return of(MODELS, text);
  }

  /** A data set, likewise. */
  static @Nullable HubName dataset(String text) {
    return of(DATASETS, text);
  }

  private static @Nullable HubName of(String kind, String text) {
    if (text.length() > LONGEST) {
      return null;
    }
    Matcher matcher = NAME.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    String revision = matcher.group(2);
    return new HubName(kind, matcher.group(1), revision == null ? DEFAULT_REVISION : revision);
  }

  /** Its folder in the cache. */
  String folder() {
    return kind + "--" + repository.replace("/", "--");
  }

  /** What the hub is asked for its commit and files. */
  String listPath() {
    String encoded = URLEncoder.encode(revision, StandardCharsets.UTF_8);
    return "/api/" + kind + "/" + repository + "/revision/" + encoded;
  }

  String filePath(String commit, String file) {
    return (kind.equals(MODELS) ? "/" : "/" + kind + "/")
        + repository
        + "/resolve/"
        + commit
        + "/"
        + file;
  }

  @Override
  public String toString() {
    return repository + "@" + revision;
  }
}
