package org.rlaif.training.rows;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.ZipException;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.DataConfig.Limits;

/**
 * Reads the rows of a file: JSON Lines or one JSON array by {@link JsonRows}, CSV and Parquet by
 * DuckDB, as {@link Table} says; and leaves out those that do not meet a condition.
 */
public final class RowFile {
  private RowFile() {}

  /**
   * All rows that meet a condition, in their order.
   *
   * @param limits what the file may hold; rows that the condition leaves out count as well
   * @param where an SQL condition over the columns; empty: all rows
   * @throws UserError in one line, with file and row, if something in it is not as it should be
   */
  public static FileRows read(DataFile file, Limits limits, String where) {
    requireFile(file);
    try {
      RowFormat format = RowFormat.of(file);
      FileRows content =
          format.isJson()
              ? json(file, format, limits, where)
              : Table.read(file, format, limits, where);
      UserError.require(
          !content.rows().isEmpty() || content.left() > 0, file.shown(), "no rows", "at least 1");
      return content;
    } catch (CharacterCodingException e) {
      throw UserError.expected(file.shown(), "not text in UTF-8", RowFormat.EXPECTED);
    } catch (EOFException e) {
      throw new UserError(file.shown() + ": ends too early (expected: a whole packed file)", e);
    } catch (ZipException e) {
      throw new UserError(file.shown() + ": damaged (expected: a whole packed file)", e);
    } catch (IOException e) {
      throw new UserError(file.shown() + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static FileRows json(DataFile file, RowFormat format, Limits limits, String where)
      throws IOException {
    List<Row> rows = JsonRows.read(file, format, limits);
    if (where.isEmpty() || rows.isEmpty()) {
      return new FileRows(format.words(), rows, 0);
    }
    BitSet kept = Table.meeting(rows, where);
    List<Row> meeting =
        IntStream.range(0, rows.size()).filter(kept::get).mapToObj(rows::get).toList();
    return new FileRows(format.words(), meeting, rows.size() - meeting.size());
  }

  private static void requireFile(DataFile file) {
    if (!Files.isRegularFile(file.path())) {
      throw UserError.expected(
          "data.files",
          file.shown(),
          Files.isDirectory(file.path())
              ? "a file, not a folder"
              : Files.exists(file.path())
                  ? "a file, not a device, a pipe or a socket"
                  : "a file that exists");
    }
  }
}
