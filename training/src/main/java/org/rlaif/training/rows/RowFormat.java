package org.rlaif.training.rows;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.rlaif.kit.UserError;

/**
 * What a file is, which shows in its first bytes; its name says nothing.
 *
 * @param separator of the columns of CSV; empty for others
 * @param columns of CSV, as its header calls them; none for others
 * @param blankLines before the header of CSV
 */
record RowFormat(
    Kind kind, Compression compression, String separator, List<String> columns, int blankLines) {
  static final String EXPECTED =
      "JSON Lines, a JSON array or CSV with a header, plain, gzipped or as zstd, or Parquet";

  /** How rows are written. */
  enum Kind {
    JSON_LINES("JSON Lines"),
    JSON_ARRAY("a JSON array"),
    CSV("CSV"),
    PARQUET("Parquet");

    final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private static final String PARQUET = "PAR1";

  /** What files begin with that hold rows in other forms. */
  private static final Map<String, String> OTHERS =
      Map.of(
          PARQUET,
          "packed Parquet",
          "PK\u0003\u0004",
          "a zip archive",
          "ARRO",
          "Arrow",
          "Obj\u0001",
          "Avro");

  /** A header has two columns at least; the first of these that it has separates them. */
  private static final Pattern SEPARATOR = Pattern.compile("[\t,;]");

  private static final int LONGEST_HEADER = 1 << 16;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  static RowFormat of(DataFile file) throws IOException {
    Compression compression = Compression.of(file.path());
    if (compression == Compression.NONE && start(file, compression).equals(PARQUET)) {
      return new RowFormat(Kind.PARQUET, compression, "", List.of(), 0);
    }
    try (BufferedReader text = text(file, compression)) {
      int blankLines = 0;
      while (true) {
        text.mark(1);
        int character = text.read();
        if (character == '\n') {
          blankLines++;
        } else if (character < 0 || !(Character.isWhitespace(character) || isMark(character))) {
          text.reset();
          break;
        }
      }
      String header = header(text);
      Kind kind =
          header.startsWith("[")
              ? Kind.JSON_ARRAY
              : header.startsWith("{") || !SEPARATOR.matcher(header).find()
                  ? Kind.JSON_LINES
                  : Kind.CSV;
      if (kind != Kind.CSV) {
        return new RowFormat(kind, compression, "", List.of(), 0);
      }
      String separator = separator(header);
      return new RowFormat(
          kind, compression, separator, columns(file, header, separator), blankLines);
    } catch (CharacterCodingException e) {
      throw UserError.expected(file.shown(), unreadable(file), EXPECTED);
    }
  }

  boolean isJson() {
    return kind == Kind.JSON_LINES || kind == Kind.JSON_ARRAY;
  }

  /** In a person's words: {@code CSV, gzip}. */
  String words() {
    return kind.words + (compression == Compression.NONE ? "" : ", " + compression.word);
  }

  /** Text in UTF-8, without being lenient. */
  static BufferedReader text(DataFile file, Compression compression) throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            compression.open(file.path()),
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)));
  }

  static boolean isMark(int character) {
    return character == BYTE_ORDER_MARK;
  }

  /** What a file is that is not text. */
  static String unreadable(DataFile file) throws IOException {
    return OTHERS.getOrDefault(start(file, Compression.of(file.path())), "not text in UTF-8");
  }

  private static String start(DataFile file, Compression compression) throws IOException {
    try (InputStream in =
        compression == Compression.NONE
            ? Files.newInputStream(file.path())
            : compression.open(file.path())) {
      return new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
    }
  }

  private static String header(BufferedReader text) throws IOException {
    StringBuilder header = new StringBuilder();
    for (int each = text.read();
        each >= 0 && each != '\n' && each != '\r' && header.length() < LONGEST_HEADER;
        each = text.read()) {
      header.append((char) each);
    }
    return header.toString();
  }

  /** The names in a header; what has none is called by its place, as {@code column1}. */
  private static List<String> columns(DataFile file, String header, String separator) {
    List<String> names = new ArrayList<>();
    Matcher matcher =
        Pattern.compile("\\G(?:\"((?:[^\"]|\"\")*)\"|([^\"%1$s]*))(%1$s|$)".formatted(separator))
            .matcher(header);
    int end = 0;
    while (matcher.find()) {
      String name = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      String plain = name.replace("\"\"", "\"").strip();
      String unique = plain.isEmpty() ? "column" + (names.size() + 1) : plain;
      UserError.require(
          names.stream().noneMatch(unique::equalsIgnoreCase),
          file.shown() + ", header",
          unique,
          "every column's name once");
      names.add(unique);
      end = matcher.end();
      if (matcher.group(3).isEmpty()) {
        break;
      }
    }
    UserError.require(
        end == header.length(),
        file.shown() + ", header",
        header,
        "names with '" + separator + "' between them; quotes around a whole name or none");
    return List.copyOf(names);
  }

  /** Outside quotes, within which a column's name may have others; a tab before all. */
  private static String separator(String header) {
    String bare = header.replaceAll("\"[^\"]*\"", "");
    return Stream.of("\t", ",", ";").filter(bare::contains).findFirst().orElse(",");
  }
}
