package org.rlaif.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The one way JSON is read and written here. */
public final class Json {
  /** Refuses unknown and missing keys; writes maps in the order of their keys. */
  public static final ObjectMapper MAPPER = strict(JsonMapper.builder());

  private static final int SHOWN = 40;

  private Json() {}

  static <M extends ObjectMapper, B extends MapperBuilder<M, B>> M strict(B builder) {
    return builder
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .build();
  }

  public static void write(Path file, Object value) {
    AtomicFiles.write(
        file, out -> out.write(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(value)));
  }

  public static <T> T read(Path file, Class<T> type) {
    UserFiles.requirePlain(file);
    try {
      return MAPPER.readValue(Files.readAllBytes(file), type);
    } catch (JsonProcessingException e) {
      throw new UserError(file + ": " + describe(e), e);
    } catch (IOException e) {
      throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The same object with a key that may be absent, then null. */
  static ObjectNode optional(ObjectNode json, String key) {
    if (!json.has(key)) {
      json.putNull(key);
    }
    return json;
  }

  /** The beginning of a value, for an error about it. */
  public static String excerpt(JsonNode value) {
    String text = value.toString();
    int length = text.codePointCount(0, text.length());
    return text.length() <= SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, Math.min(SHOWN, length))) + "…";
  }

  /** What is wrong, in one line and without Jackson's source excerpt. */
  static String describe(JsonProcessingException e) {
    UserError mistake = mistake(e);
    if (mistake != null) {
      return String.valueOf(mistake.getMessage());
    }
    if (e.getCause() instanceof IllegalArgumentException refused) { // by a record of another room
      return String.valueOf(refused.getMessage());
    }
    String where =
        e.getLocation() == null || e.getLocation().getLineNr() < 1
            ? ""
            : " (line "
                + e.getLocation().getLineNr()
                + ", column "
                + e.getLocation().getColumnNr()
                + ")";
    return String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("not JSON") + where;
  }

  /** What a record refused while it was read, if that is what went wrong. */
  static @Nullable UserError mistake(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserError mistake) {
        return mistake;
      }
    }
    return null;
  }
}
