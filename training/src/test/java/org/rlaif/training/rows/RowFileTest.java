package org.rlaif.training.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.DataConfig.Limits;

class RowFileTest {
  private static final String LINES = "{\"a\":\"one\"}\n\n{\"a\":\"zwölf 🎲\"}\n";
  private static final String ARRAY = "\n [ {\"a\":\"one\"},\n {\"a\":\"zwölf 🎲\"} ]\n";

  private static final Limits LIMITS = new Limits(1000, 100_000, 1_000_000);

  private static final String ZSTD = "28b52ffd04586100007b2261223a226f6e65227d0a4914f443";

  @TempDir Path folder;

  @Test
  void readsLinesAndArraysPlainAndCompressedWhateverTheirNames() throws IOException {
    for (String text : List.of(LINES, ARRAY)) {
      for (byte[] bytes : List.of(utf8(text), gzip(utf8(text)), utf8("\uFEFF" + text))) {
        List<Row> rows = read("data.txt", bytes);
        assertEquals(
            List.of("one", "zwölf 🎲"),
            rows.stream().map(row -> row.columns().path("a").textValue()).toList());
      }
    }
  }

  @Test
  void aRowIsNumberedByItsLineOrItsPlaceInTheArray() throws IOException {
    assertEquals(List.of(1, 3), numbers(LINES));
    assertEquals(List.of(1, 2), numbers(ARRAY));
    assertEquals("f:3", read("f", utf8(LINES)).get(1).id());
  }

  @Test
  void namesTheRowThatIsNotJson() {
    assertEquals(
        file() + ", row 2: not JSON (line 1, column 10) (expected: a JSON object)",
        message("{\"a\":\"one\"}\n{\"a\":\"two\n"));
    assertTrue(message("[{\"a\":1}, {\"a\" 2}]").startsWith(file() + ", row 2: not JSON (line "));
    assertTrue(message("[{\"a\":1}").startsWith(file() + ", row 2: not JSON (line "));
  }

  @Test
  void namesWhatIsNotARow() {
    assertEquals(
        file()
            + ", row 2: a list [1] (expected: an object with columns, such as"
            + " {\"prompt\": …, \"completion\": …})",
        message("{}\n[1]\n"));
    assertEquals(
        file()
            + ", row 1: a text \"x\" (expected: an object with columns, such as"
            + " {\"prompt\": …, \"completion\": …})",
        message("[\"x\"]"));
    assertEquals(
        file()
            + ": more text after the array's end (expected: one JSON array, or JSON Lines with an object"
            + " on each line)",
        message("[{}] []"));
  }

  @Test
  void refusesWhatHasNoRows() throws IOException {
    for (String text : List.of("", "\n \n", "[]", "[ ]\n")) {
      Path file = Files.write(folder.resolve("f"), utf8(text));
      assertEquals(file + ": no rows (expected: at least 1)", message(text));
    }
  }

  @Test
  void namesFilesThatCannotBeRead() throws IOException {
    Path missing = folder.resolve("missing.jsonl");
    assertEquals(
        "data.files: " + missing + " (expected: a file that exists)",
        assertThrows(UserError.class, () -> read(missing)).getMessage());
    assertEquals(
        "data.files: " + folder + " (expected: a file, not a folder)",
        assertThrows(UserError.class, () -> read(folder)).getMessage());
    Path file = folder.resolve("f");
    assertEquals(
        file
            + ": not text in UTF-8 (expected: JSON Lines, a JSON array or CSV with a header, plain, gzipped or as zstd, or Parquet)",
        assertThrows(UserError.class, () -> read("f", new byte[] {'{', (byte) 0xff, '}'}))
            .getMessage());
    byte[] whole = gzip(utf8(LINES));
    byte[] half = Arrays.copyOf(whole, whole.length - 12);
    assertTrue(
        assertThrows(UserError.class, () -> read("f", half))
            .getMessage()
            .startsWith(file + ": ends too early (expected: a whole packed file)"));
    byte[] damaged = whole.clone();
    damaged[whole.length - 8] ^= 1; // of the CRC
    assertEquals(
        file + ": damaged (expected: a whole packed file)",
        assertThrows(UserError.class, () -> read("f", damaged)).getMessage());
  }

  @Test
  void otherFormsOfRowsAreCalledByTheirNames() throws IOException {
    assertTrue(message("{'a': 1, 'b': 2}").startsWith(file() + ", row 1: not JSON (line 1"));
    assertTrue(message("Who will be the first").startsWith(file() + ", row 1: not JSON (line 1"));
    assertEquals(
        file()
            + ": Arrow (expected: JSON Lines, a JSON array or CSV with a header, plain, gzipped or as"
            + " zstd, or Parquet)",
        assertThrows(UserError.class, () -> read("f", new byte[] {'A', 'R', 'R', 'O', (byte) 0xff}))
            .getMessage());
    assertTrue(
        assertThrows(
                UserError.class,
                () -> read("f", gzip(new byte[] {'P', 'A', 'R', '1', (byte) 0xff})))
            .getMessage()
            .startsWith(file() + ": packed Parquet (expected: "));
  }

  /** What {@code zstd} (1.5.4) writes of a line and a line break. */
  @Test
  void zstdIsUnpacked() throws IOException {
    byte[] packed = HexFormat.of().parseHex(ZSTD);
    assertEquals("one", read("f", packed).get(0).columns().path("a").textValue());
    assertTrue(
        assertThrows(UserError.class, () -> read("f", Arrays.copyOf(packed, packed.length - 6)))
            .getMessage()
            .startsWith(file() + ": "));
    byte[] damaged = packed.clone();
    damaged[packed.length - 1] ^= 1; // of the checksum
    assertEquals(
        file() + ": damaged (expected: a whole packed file)",
        assertThrows(UserError.class, () -> read("f", damaged)).getMessage());
  }

  /** As errors call it: the path that was given, where ids have the name alone. */
  private Path file() {
    return folder.resolve("f");
  }

  private List<Integer> numbers(String text) throws IOException {
    return read("f", utf8(text)).stream().map(Row::number).toList();
  }

  private String message(String text) {
    return String.valueOf(
        assertThrows(UserError.class, () -> read("f", utf8(text)), text).getMessage());
  }

  private List<Row> read(String name, byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve(name), bytes);
    return RowFile.read(new DataFile(file.toString(), file, name), LIMITS, "").rows();
  }

  private static List<Row> read(Path file) {
    return RowFile.read(new DataFile(file.toString(), file, "f"), LIMITS, "").rows();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream compressed = new GZIPOutputStream(out)) {
      compressed.write(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void whatIsTooMuchIsRefusedBeforeItIsRead() throws IOException {
    String row = "{\"prompt\": \"abcdefgh\"}";
    refused(
        file()
            + ", row 1: more than 20 characters (expected: at most so many; data.limits.rowCharacters"
            + " allows more)",
        row + "\n" + row,
        new Limits(9, 20, 1000));
    refused(
        file() + ": more than 2 rows (expected: at most so many; data.limits.rows allows more)",
        (row + "\n").repeat(3),
        new Limits(2, 100, 1000));
    refused(
        file()
            + ": more than 50 characters (expected: at most so many; data.limits.characters allows"
            + " more)",
        (row + "\n").repeat(3),
        new Limits(9, 50, 50));
    refused(
        file() + ": more than 2 rows (expected: at most so many; data.limits.rows allows more)",
        "[" + row + "," + row + "," + row + "]",
        new Limits(2, 100, 1000));
    assertEquals(3, read((row + "\n").repeat(3), new Limits(3, 100, 1000)).size());
    assertEquals(3, read("[" + row + "," + row + "," + row + "]", new Limits(3, 100, 1000)).size());
  }

  /** A gigabyte in a megabyte, as one line, and as many. */
  @Test
  void compressedFloodsAreRefused() throws IOException {
    for (String piece : List.of("x".repeat(1 << 16), "{\"a\":1}\n".repeat(1 << 13))) {
      Path file = folder.resolve("flood.gz");
      try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
        byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 1 << 10; i++) {
          out.write(bytes);
        }
      }
      var limits = new Limits(50_000, 4_000_000, 1_000_000_000);
      UserError error =
          assertThrows(
              UserError.class,
              () -> RowFile.read(new DataFile(file.toString(), file, "f"), limits, ""));
      assertTrue(error.getMessage().contains("data.limits.row"), error.getMessage());
    }
  }

  @Test
  void devicesAreRefused() {
    assertEquals(
        "data.files: /dev/zero (expected: a file, not a device, a pipe or a socket)",
        assertThrows(UserError.class, () -> read(Path.of("/dev/zero"))).getMessage());
  }

  private List<Row> read(String text, Limits limits) throws IOException {
    Path file = Files.writeString(folder.resolve("f"), text);
    return RowFile.read(new DataFile(file.toString(), file, "f"), limits, "").rows();
  }

  private void refused(String message, String text, Limits limits) {
    UserError error = assertThrows(UserError.class, () -> read(text, limits));
    assertEquals(message, error.getMessage());
  }
}
