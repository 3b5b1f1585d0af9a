package org.rlaif.kit;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A YAML document as a tree. A section or a list with an anchor ({@code &name}) stands again where
 * its alias ({@code *name}) does; Jackson would read the alias as the text of its name, and forgets
 * the anchors of single values, so that their aliases are mistakes. Merges ({@code <<: *name}) give
 * a section the keys that it does not have itself.
 */
final class YamlTree {
  private static final String MERGE = "<<";

  /** A value is followed by others. */
  private static final DeserializationFeature TRAILING =
      DeserializationFeature.FAIL_ON_TRAILING_TOKENS;

  /** With all that aliases repeat: a few anchors could stand for any number of values. */
  private static final int MOST_VALUES = 100_000;

  private static final int MOST_NESTED = 100;

  private final ObjectMapper mapper;
  private final YAMLParser parser;
  private final String source;
  private final Map<String, JsonNode> anchors = new HashMap<>();
  private int values;

  /**
   * @param source of the document, in errors
   */
  YamlTree(ObjectMapper mapper, YAMLParser parser, String source) {
    this.mapper = mapper;
    this.parser = parser;
    this.source = source;
  }

  /** The whole document; null: there is nothing in it. */
  @Nullable JsonNode read() throws IOException {
    if (parser.nextToken() == null) {
      return null;
    }
    JsonNode all = value(0);
    if (parser.nextToken() != null) {
      throw mistake("more behind the document's end", "one document");
    }
    return all;
  }

  private JsonNode value(int depth) throws IOException {
    count(1);
    if (depth > MOST_NESTED) {
      throw mistake("more than " + MOST_NESTED + " levels", "fewer inside each other");
    }
    if (parser.isCurrentAlias()) {
      return repeated(parser.getText());
    }
    String anchor = parser.getObjectId();
    JsonNode value =
        switch (parser.currentToken()) {
          case START_OBJECT -> section(depth);
          case START_ARRAY -> list(depth);
          default -> mapper.readerFor(JsonNode.class).without(TRAILING).readTree(parser);
        };
    if (anchor != null) {
      anchors.put(anchor, value);
    }
    return value;
  }

  private JsonNode section(int depth) throws IOException {
    ObjectNode section = mapper.createObjectNode();
    ObjectNode merged = mapper.createObjectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      if (key.equals(MERGE)
          && (parser.isCurrentAlias() || !parser.currentToken().isScalarValue())) {
        merge(merged, value(depth + 1));
      } else {
        if (section.has(key)) {
          throw mistake("the key " + key + " twice", "once in a section");
        }
        section.set(key, value(depth + 1));
      }
    }
    merged.properties().forEach(entry -> section.putIfAbsent(entry.getKey(), entry.getValue()));
    return section;
  }

  /** Of several sections the first that has a key wins. */
  private void merge(ObjectNode into, JsonNode from) {
    if (from instanceof ObjectNode section) {
      section.properties().forEach(entry -> into.putIfAbsent(entry.getKey(), entry.getValue()));
    } else if (from instanceof ArrayNode several) {
      several.forEach(each -> merge(into, each));
    } else {
      throw mistake("<<: " + Json.excerpt(from), "a section, or a list of some");
    }
  }

  private JsonNode list(int depth) throws IOException {
    ArrayNode list = mapper.createArrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(value(depth + 1));
    }
    return list;
  }

  private JsonNode repeated(String name) {
    JsonNode meant = anchors.get(name);
    if (meant == null) {
      throw mistake(
          "*" + name,
          "the value itself; an alias repeats a section or a list with the anchor &" + name);
    }
    count(size(meant));
    return meant.deepCopy();
  }

  private void count(int more) {
    values += more;
    if (values > MOST_VALUES) {
      throw mistake("more than " + MOST_VALUES + " values, aliases included", "fewer");
    }
  }

  private static int size(JsonNode node) {
    int size = 1;
    for (JsonNode each : node) {
      size += size(each);
    }
    return size;
  }

  private UserError mistake(String found, String expected) {
    int line = parser.currentLocation().getLineNr();
    return UserError.expected(source + ", line " + line, found, expected);
  }
}
