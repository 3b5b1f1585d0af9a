package org.rlaif.kit;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.JacksonYAMLParseException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The one way JSON is read and written here. */
public final class Json {
  /** Refuses unknown and missing keys; writes maps in the order of their keys. */
  public static final ObjectMapper MAPPER = strict(JsonMapper.builder());

  private static final int SHOWN = 40;

  /** In Jackson's message about a kind that it does not know, or misses. */
  private static final Pattern KNOWN_KINDS = Pattern.compile("known type ids = \\[([^]]*)]");

  /** The largest files that are read as one tree are tokenizers, of 40 MB. */
  private static final long MOST_BYTES = 128L << 20;

  private Json() {}

  static <M extends ObjectMapper, B extends MapperBuilder<M, B>> M strict(B builder) {
    return builder
        .addModule(new SimpleModule().setDeserializerModifier(new MayBeAbsent.Modifier()))
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

  /** The object in a file, as a tree; errors name the file. */
  public static ObjectNode object(Path file) {
    if (!Files.isRegularFile(file)) {
      throw UserError.expected("file", file, "a JSON file that exists");
    }
    UserFiles.requireSize(file, MOST_BYTES);
    try {
      JsonNode node = MAPPER.readTree(file.toFile());
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw UserError.expected(file.toString(), node.getNodeType(), "a JSON object");
    } catch (JsonProcessingException e) {
      throw new UserError(file + ": " + describe(e), e);
    } catch (IOException e) {
      throw new UserError(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /** The JSON object in a file; a missing node if there is no such file. */
  public static JsonNode objectIfAny(Path file) {
    return Files.exists(file) ? object(file) : MissingNode.getInstance();
  }

  /** The beginning of a value, for an error about it. */
  public static String excerpt(JsonNode value) {
    String text = value.toString();
    int length = text.codePointCount(0, text.length());
    return text.length() <= SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, Math.min(SHOWN, length))) + "…";
  }

  /** What is wrong, in one line and in our words. */
  public static String describe(JsonProcessingException e) {
    UserError mistake = mistake(e);
    if (mistake != null) {
      return String.valueOf(mistake.getMessage());
    }
    if (e.getCause() instanceof IllegalArgumentException refused) { // by a record of another room
      return String.valueOf(refused.getMessage());
    }
    if (e instanceof UnrecognizedPropertyException unknown) {
      return path(unknown)
          + ": unknown key (expected: "
          + unknown.getKnownPropertyIds().stream()
              .map(Object::toString)
              .sorted()
              .collect(joining(", ", "one of ", ")"));
    }
    if (e instanceof MismatchedInputException mismatch) {
      String path = path(mismatch);
      return (path.isEmpty() ? "" : path + ": ")
          + "missing, or something else (expected: "
          + expectation(mismatch)
          + ")";
    }
    String language = e instanceof JacksonYAMLParseException ? "not YAML" : "not JSON";
    return e.getLocation() == null || e.getLocation().getLineNr() < 1
        ? language
        : "%s (line %d, column %d)"
            .formatted(language, e.getLocation().getLineNr(), e.getLocation().getColumnNr());
  }

  /** Of the value that was not understood: {@code a.b[2]}. */
  static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
        .collect(joining("."))
        .replace(".[", "[");
  }

  /** What was expected in its place. */
  static String expectation(MismatchedInputException e) {
    Class<?> type = e.getTargetType() == null ? Object.class : e.getTargetType();
    if (e instanceof InvalidTypeIdException) {
      Matcher known = KNOWN_KINDS.matcher(e.getOriginalMessage());
      return "a section with a kind" + (known.find() ? ": one of " + known.group(1) : "");
    }
    if (type.isEnum()) {
      return "one of "
          + Stream.of(type.getFields())
              .filter(Field::isEnumConstant)
              .map(constant -> constant.getAnnotation(JsonProperty.class))
              .flatMap(Stream::ofNullable)
              .map(JsonProperty::value)
              .collect(joining(", "));
    }
    if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (type == boolean.class) {
      return "true or false";
    }
    if (type == String.class) {
      return "text";
    }
    return List.class.isAssignableFrom(type) ? "a list" : "a section of keys and values";
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
