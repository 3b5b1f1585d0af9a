package org.rlaif.model.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Proxies;
import org.rlaif.kit.UserError;

/**
 * What Hugging Face's tools, and the library they ask with, read from the environment.
 *
 * @param offline the variable that forbids the network, as {@code NAME=value}; null if none does
 */
record HubEnvironment(
    URI endpoint, HubToken token, Path cache, @Nullable String offline, Proxies proxies) {
  private static final String ENDPOINT = "https://huggingface.co";

  static HubEnvironment of(Map<String, String> variables) {
    Path home = home(variables);
    Path cache = path(variables, "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE");
    return new HubEnvironment(
        endpoint(variables),
        token(variables, home),
        (cache == null ? home.resolve("hub") : cache).toAbsolutePath(),
        offline(variables),
        new Proxies(variables::get));
  }

  private static Path home(Map<String, String> variables) {
    Path home = path(variables, "HF_HOME");
    if (home != null) {
      return home;
    }
    Path caches = path(variables, "XDG_CACHE_HOME");
    return (caches == null ? user(variables).resolve(".cache") : caches).resolve("huggingface");
  }

  private static Path user(Map<String, String> variables) {
    String home = first(variables, "HOME");
    return Path.of(home == null ? System.getProperty("user.home") : home);
  }

  private static @Nullable Path path(Map<String, String> variables, String... names) {
    String value = first(variables, names);
    if (value == null) {
      return null;
    }
    // Where no shell has read the value.
    return value.startsWith("~/") ? user(variables).resolve(value.substring(2)) : Path.of(value);
  }

  private static URI endpoint(Map<String, String> variables) {
    String value = first(variables, "HF_ENDPOINT");
    String text = (value == null ? ENDPOINT : value).replaceAll("/+$", "");
    try {
      URI uri = URI.create(text);
      boolean sound = uri.getHost() != null && String.valueOf(uri.getScheme()).matches("https?");
      if (sound && uri.getUserInfo() == null && uri.getQuery() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Not a URL: as below, where nothing of it is quoted by other people's messages.
    }
    throw UserError.expected("HF_ENDPOINT", text, "a URL such as " + ENDPOINT);
  }

  private static HubToken token(Map<String, String> variables, Path home) {
    for (String name : List.of("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")) {
      String value = first(variables, name);
      if (value != null) {
        return HubToken.of(name, value);
      }
    }
    Path path = path(variables, "HF_TOKEN_PATH");
    Path file = path == null ? home.resolve("token") : path;
    if (!Files.isRegularFile(file)) {
      return HubToken.NONE;
    }
    try {
      return HubToken.of(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new UserError(file + ": the token in it cannot be read", e);
    }
  }

  private static @Nullable String offline(Map<String, String> variables) {
    for (String name : List.of("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")) {
      String value = variables.getOrDefault(name, "").strip();
      if (List.of("1", "on", "yes", "true").contains(value.toLowerCase(Locale.ROOT))) {
        return name + "=" + value;
      }
    }
    return null;
  }

  /** The first variable that is set; an empty one is not. */
  private static @Nullable String first(Map<String, String> variables, String... names) {
    for (String name : names) {
      String value = variables.getOrDefault(name, "").strip();
      if (!value.isEmpty()) {
        return value;
      }
    }
    return null;
  }
}
