package org.rlaif.training.rows;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.DataConfig.Limits;

/**
 * Rows of JSON Lines or of one JSON array.
 *
 * <p>They are read here and not by DuckDB, which would infer one type for each column over all
 * rows: what is missing in a row would be null, a number in a column of texts a text, a text that
 * looks like a date a date; and a row that is not JSON could not be named by its line.
 */
final class JsonRows {
  /** An element of an array is followed by more. */
  private static final ObjectReader ELEMENTS =
      Json.MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final DataFile file;
  private final List<Row> rows = new ArrayList<>();

  private JsonRows(DataFile file) {
    this.file = file;
  }

  static List<Row> read(DataFile file, RowFormat format, Limits limits) throws IOException {
    var read = new JsonRows(file);
    try (var limited =
            new LimitedReader(RowFormat.text(file, format.compression()), file.shown(), limits);
        var text = new BufferedReader(limited)) {
      if (format.kind() == RowFormat.Kind.JSON_ARRAY) {
        read.array(text, limited::nextRow);
      } else {
        read.lines(text, limited::nextRow);
      }
    }
    return read.rows;
  }

  private void lines(BufferedReader text, Runnable nextRow) throws IOException {
    text.mark(1);
    if (!RowFormat.isMark(text.read())) {
      text.reset();
    }
    int number = 0;
    for (String line = text.readLine(); line != null; line = text.readLine()) {
      number++;
      nextRow.run();
      if (!line.isBlank()) {
        try {
          add(number, Json.MAPPER.readTree(line));
        } catch (JsonProcessingException e) {
          throw malformed(number, e);
        }
      }
    }
  }

  private void array(BufferedReader text, Runnable nextRow) throws IOException {
    skipTo(text, '[');
    try (JsonParser parser = Json.MAPPER.createParser(text)) {
      parser.nextToken();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        JsonNode element = ELEMENTS.readTree(parser);
        add(rows.size() + 1, element);
        nextRow.run();
      }
      UserError.require(
          parser.nextToken() == null,
          file.shown(),
          "more text after the array's end",
          "one JSON array, or JSON Lines with an object on each line");
    } catch (JsonProcessingException e) {
      throw malformed(rows.size() + 1, e);
    }
  }

  private static void skipTo(BufferedReader text, char character) throws IOException {
    do {
      text.mark(1);
    } while (text.read() != character);
    text.reset();
  }

  private void add(int number, JsonNode value) {
    if (!(value instanceof ObjectNode columns)) {
      throw UserError.expected(
          Row.place(file.shown(), number),
          Row.kind(value) + " " + Json.excerpt(value),
          "an object with columns, such as {\"prompt\": …, \"completion\": …}");
    }
    rows.add(new Row(file.shown(), file.name(), number, columns));
  }

  private UserError malformed(int number, JsonProcessingException e) {
    return new UserError(
        Row.place(file.shown(), number) + ": " + Json.describe(e) + " (expected: a JSON object)",
        e);
  }
}
