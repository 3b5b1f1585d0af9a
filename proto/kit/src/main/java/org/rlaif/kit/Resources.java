package org.rlaif.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Texts that are shipped beside a class. */
public final class Resources {
  private Resources() {}

  /** A text in UTF-8 that must be there. */
  public static String text(Class<?> beside, String name) {
    String found = find(beside, name);
    if (found == null) {
      throw new IllegalStateException(name + " is missing beside " + beside.getSimpleName());
    }
    return found;
  }

  /** What such a text says in JSON. */
  public static <T> T json(Class<?> beside, String name, TypeReference<T> type) {
    try {
      return Json.MAPPER.readValue(text(beside, name), type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(name + " beside " + beside.getSimpleName(), e);
    }
  }

  /** The same as {@link #text}; null: it is not there. */
  public static @Nullable String find(Class<?> beside, String name) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
