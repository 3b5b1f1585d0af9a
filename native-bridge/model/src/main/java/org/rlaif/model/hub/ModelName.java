package org.rlaif.model.hub;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model on the hub.
 *
 * @param repository {@code org/name}
 * @param revision a branch, a tag, or a commit's hash or the start of it
 */
record ModelName(String repository, String revision) {
  private static final String WORD = "[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*";
  private static final Pattern NAME =
      Pattern.compile("(%s/%s)(?:@(%s(?:/%s)*))?".formatted(WORD, WORD, WORD, WORD));
  private static final int LONGEST = 200;
  private static final String DEFAULT_REVISION = "main";

  /** Null if the text is no such name; what is one, is safe in paths and URLs. */
  static @Nullable ModelName of(String text) {
    if (text.length() > LONGEST) {
      return null;
    }
    Matcher matcher = NAME.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    String revision = matcher.group(2);
    return new ModelName(matcher.group(1), revision == null ? DEFAULT_REVISION : revision);
  }

  /** Its folder in the cache. */
  String folder() {
    return "models--" + repository.replace("/", "--");
  }

  /** What the hub is asked for its commit and files. */
  String listPath() {
    String encoded = URLEncoder.encode(revision, StandardCharsets.UTF_8);
    return "/api/models/" + repository + "/revision/" + encoded;
  }

  String filePath(String commit, String file) {
    return "/" + repository + "/resolve/" + commit + "/" + file;
  }

  @Override
  public String toString() {
    return repository + "@" + revision;
  }
}
