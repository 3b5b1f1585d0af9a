package org.rlaif.training.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.DataConfig.Limits;

/**
 * Reads the rows of a file: JSON Lines or one JSON array, plain or gzipped. What it is shows in its
 * first bytes; its name says nothing.
 */
final class RowFile {
  private static final int GZIP_FIRST = 0x1f;
  private static final int GZIP_SECOND = 0x8b;
  private static final String EXPECTED = "JSON Lines or a JSON array, plain or gzipped";

  /** The first line of a file with columns: it does not begin as JSON does. */
  private static final Pattern SEPARATED = Pattern.compile("^\\s*[^\\[{].*[,;\t]");

  /** What files begin with that hold rows in other forms. */
  private static final Map<String, String> BINARY =
      Map.of("PAR1", "Parquet", "PK\u0003\u0004", "a zip archive", "ARRO", "Arrow");

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  /** An element of an array is followed by more. */
  private static final ObjectReader ELEMENTS =
      Json.MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private RowFile() {}

  /**
   * All rows, in their order.
   *
   * @param name what the ids of its rows call the file
   * @param limits what it may hold
   */
  static List<Row> read(Path file, String name, Limits limits) {
    if (!Files.isRegularFile(file)) {
      throw UserError.expected(
          "data.files",
          file,
          Files.isDirectory(file)
              ? "a file, not a folder"
              : Files.exists(file)
                  ? "a file, not a device, a pipe or a socket"
                  : "a file that exists");
    }
    List<Row> rows;
    try (var limited = new LimitedReader(open(file), file.toString(), limits);
        var text = new BufferedReader(limited)) {
      rows =
          firstCharacter(text) == '['
              ? array(file, name, text, limited::nextRow)
              : lines(file, name, text, limited::nextRow);
    } catch (CharacterCodingException e) {
      throw UserError.expected(file.toString(), binary(file), EXPECTED);
    } catch (EOFException e) {
      throw new UserError(file + ": ends too early (expected: a whole gzip file)", e);
    } catch (ZipException e) {
      throw new UserError(file + ": damaged (expected: a whole gzip file)", e);
    } catch (IOException e) {
      throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (rows.isEmpty()) {
      throw UserError.expected(file.toString(), "no rows", "at least 1");
    }
    return rows;
  }

  private static Reader open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file));
    try {
      in.mark(2);
      boolean gzip = in.read() == GZIP_FIRST && in.read() == GZIP_SECOND;
      in.reset();
      InputStream plain = gzip ? new GZIPInputStream(in) : in;
      return new InputStreamReader(
          plain,
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT));
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** The first character that is not white space, which is left to be read; -1 at the end. */
  private static int firstCharacter(BufferedReader text) throws IOException {
    while (true) {
      text.mark(1);
      int character = text.read();
      if (character < 0) {
        return -1;
      }
      if (!Character.isWhitespace(character) && character != BYTE_ORDER_MARK) {
        text.reset();
        return character;
      }
    }
  }

  private static List<Row> lines(Path file, String name, BufferedReader text, Runnable nextRow)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    int number = 0;
    for (String line = text.readLine(); line != null; line = text.readLine()) {
      number++;
      nextRow.run();
      if (!line.isBlank()) {
        try {
          rows.add(row(file, name, number, Json.MAPPER.readTree(line)));
        } catch (JsonProcessingException e) {
          UserError.require(
              !rows.isEmpty() || !SEPARATED.matcher(line).find(),
              file.toString(),
              "columns that are separated by commas or tabs (CSV)",
              EXPECTED);
          throw malformed(file, number, e);
        }
      }
    }
    return rows;
  }

  private static List<Row> array(Path file, String name, BufferedReader text, Runnable nextRow)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    try (JsonParser parser = Json.MAPPER.createParser(text)) {
      parser.nextToken();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        JsonNode element = ELEMENTS.readTree(parser);
        rows.add(row(file, name, rows.size() + 1, element));
        nextRow.run();
      }
      if (parser.nextToken() != null) {
        throw UserError.expected(
            file.toString(),
            "more text after the array's end",
            "one JSON array, or JSON Lines with an object on each line");
      }
    } catch (JsonProcessingException e) {
      throw malformed(file, rows.size() + 1, e);
    }
    return rows;
  }

  private static Row row(Path file, String name, int number, JsonNode value) {
    if (value instanceof ObjectNode columns) {
      return new Row(file, name, number, columns);
    }
    throw UserError.expected(
        Row.place(file, number),
        Row.kind(value) + " " + Json.excerpt(value),
        "an object with columns, such as {\"prompt\": …, \"completion\": …}");
  }

  /** What a file is that is not text. */
  private static String binary(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      String start = new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
      return BINARY.getOrDefault(start, "not text in UTF-8");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static UserError malformed(Path file, int number, JsonProcessingException e) {
    return new UserError(
        Row.place(file, number) + ": " + Json.describe(e) + " (expected: a JSON object)", e);
  }
}
