package org.rlaif.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Configuration: one immutable record, read from commented defaults, then the user's file with the
 * differences, then {@code key=value} settings. A key that the record does not have is an error.
 */
public final class ConfigFiles {
  /** Of a configuration: it has some hundred values. */
  private static final long MOST_BYTES = 1 << 20;

  private static final YAMLMapper YAML =
      Json.strict(
          YAMLMapper.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.USE_NATIVE_TYPE_ID)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS));

  private ConfigFiles() {}

  /**
   * Reads a configuration.
   *
   * @param defaults YAML that gives every key a value
   * @param file the user's differences, if any
   * @param settings {@code key=value}, for example {@code sft.learningRate=3e-4}; they win
   */
  public static <T> T load(
      Class<T> type, String defaults, @Nullable Path file, List<String> settings) {
    return file == null
        ? load(type, defaults, "configuration", "", settings)
        : load(type, defaults, file.toString(), UserFiles.text(file, MOST_BYTES), settings);
  }

  /**
   * The same with the user's differences as YAML text.
   *
   * @param source what errors call it
   */
  public static <T> T load(
      Class<T> type, String defaults, String source, String yaml, List<String> settings) {
    UserError.require(
        yaml.length() <= MOST_BYTES,
        source,
        yaml.length() + " characters",
        "at most " + MOST_BYTES);
    ObjectNode tree = object(parse("defaults", defaults), "defaults");
    merge(tree, object(parse(source, yaml), source), source + ": ");
    JsonNode without = tree.deepCopy();
    for (String setting : settings) {
      set(tree, setting);
    }
    try {
      return convert(type, tree, source);
    } catch (UserError e) {
      // Whatever is not wrong without the settings is theirs.
      boolean theirs =
          !settings.isEmpty()
              && !String.valueOf(e.getMessage()).equals(mistake(type, without, source));
      if (theirs) {
        return convert(type, tree, "--set");
      }
      throw e;
    }
  }

  private static String mistake(Class<?> type, JsonNode tree, String source) {
    try {
      convert(type, tree, source);
      return "";
    } catch (UserError e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Reads a record from YAML text that stands alone; {@code source} names it in errors. */
  public static <T> T parse(Class<T> type, String source, String yaml) {
    JsonNode tree = parse(source, yaml);
    return convert(type, tree.isNull() ? YAML.createObjectNode() : tree, source);
  }

  /** {@code key=value} of a text, whatever is in it. */
  public static String setting(String key, String text) {
    return key + "='" + text.replace("'", "''") + "'";
  }

  /** Writes the resolved configuration; loaded again, it repeats the run. */
  public static void write(Path file, Object config) {
    AtomicFiles.write(file, out -> out.write(YAML.writeValueAsBytes(config)));
  }

  /** A short fingerprint of a configuration's values: the start of their SHA-256. */
  public static String hash(Object config) {
    try {
      byte[] text = Json.MAPPER.writeValueAsString(config).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(AtomicFiles.digest("SHA-256").digest(text), 0, 8);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a configuration: " + config.getClass(), e);
    }
  }

  private static JsonNode parse(String source, String yaml) {
    try (YAMLParser parser = YAML.getFactory().createParser(yaml)) {
      JsonNode tree = new YamlTree(YAML, parser, source).read();
      return tree == null ? NullNode.instance : tree;
    } catch (JsonProcessingException e) {
      throw new UserError(source + ": " + Json.describe(e), e);
    } catch (IOException e) {
      throw new UserError(source + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static ObjectNode object(JsonNode tree, String source) {
    if (tree instanceof ObjectNode object) {
      return object;
    }
    if (tree.isNull()) { // an empty file
      return YAML.createObjectNode();
    }
    throw new UserError(source + ": a list or a single value (expected: keys with values)");
  }

  /** A section replaces key by key; anything else, lists too, as a whole. */
  private static void merge(ObjectNode into, ObjectNode from, String place) {
    from.properties()
        .forEach(
            entry -> {
              JsonNode old = into.get(entry.getKey());
              String here = place + entry.getKey();
              requireSection(old, entry.getValue(), here);
              if (old instanceof ObjectNode section && entry.getValue() instanceof ObjectNode o) {
                merge(section, o, here + ".");
              } else {
                into.set(entry.getKey(), entry.getValue());
              }
            });
  }

  private static void set(ObjectNode tree, String setting) {
    int equals = setting.indexOf('=');
    if (equals <= 0) {
      throw UserError.expected("--set", setting, "key=value, for example sft.steps=10");
    }
    String[] keys = setting.substring(0, equals).trim().split("\\.", -1);
    ObjectNode section = tree;
    for (int i = 0; i < keys.length - 1; i++) {
      section =
          section.get(keys[i]) instanceof ObjectNode deeper ? deeper : section.putObject(keys[i]);
    }
    String text = setting.substring(equals + 1);
    JsonNode value = text.isBlank() ? TextNode.valueOf("") : parse("--set " + setting, text);
    String last = keys[keys.length - 1];
    requireSection(section.get(last), value, "--set: " + setting.substring(0, equals).trim());
    section.set(last, value);
  }

  /** A section has keys: that there is nothing is most likely a slip. */
  private static void requireSection(@Nullable JsonNode old, JsonNode value, String place) {
    UserError.require(
        !(old instanceof ObjectNode && value.isNull()),
        place,
        "nothing",
        "a section of keys and values");
  }

  private static <T> T convert(Class<T> type, JsonNode tree, String source) {
    try {
      return YAML.treeToValue(tree, type);
    } catch (UnrecognizedPropertyException e) {
      throw new UserError(source + ": " + Json.describe(e), e);
    } catch (MismatchedInputException e) {
      throw UserError.expected(source + ": " + Json.path(e), at(tree, e), Json.expectation(e));
    } catch (JsonMappingException e) {
      // What a record refuses carries the key's name already.
      boolean named = Json.mistake(e) != null;
      throw new UserError(source + ": " + (named ? "" : Json.path(e) + ": ") + Json.describe(e), e);
    } catch (JsonProcessingException e) {
      throw new UserError(source + ": " + Json.describe(e), e);
    }
  }

  /** The value that was not understood. */
  private static String at(JsonNode tree, JsonMappingException e) {
    JsonNode node = tree;
    for (JsonMappingException.Reference step : e.getPath()) {
      node =
          step.getFieldName() == null ? node.path(step.getIndex()) : node.path(step.getFieldName());
    }
    return node.isMissingNode() ? "missing" : node.isTextual() ? node.asText() : node.toString();
  }
}
