package org.rlaif.training.rows;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.DataConfig.Limits;

/**
 * Text that ends with an error where it is longer, or has more or longer rows, than a file may:
 * before it fills the memory, whatever it is compressed to.
 */
final class LimitedReader extends FilterReader {
  private final String name;
  private final Limits limits;
  private long count;
  private long row = 1;
  private long rowStart;

  /**
   * @param name of the file, in errors
   */
  LimitedReader(Reader text, String name, Limits limits) {
    super(text);
    this.name = name;
    this.limits = limits;
  }

  /** A row has ended; some of the next may have been read already. */
  void nextRow() {
    row++;
    rowStart = count;
    if (row - 1 > limits.rows()) {
      throw tooManyRows(name, limits);
    }
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    int read = super.read(buffer, offset, length);
    count += Math.max(0, read);
    if (count > limits.characters()) {
      throw tooManyCharacters(name, limits);
    }
    if (count - rowStart > limits.rowCharacters()) {
      throw tooLongRow(name, row, limits);
    }
    return read;
  }

  @Override
  public int read() throws IOException {
    var one = new char[1];
    return read(one, 0, 1) < 0 ? -1 : one[0];
  }

  static UserError tooManyRows(String name, Limits limits) {
    return over(name, limits.rows() + " rows", "rows");
  }

  static UserError tooManyCharacters(String name, Limits limits) {
    return over(name, limits.characters() + " characters", "characters");
  }

  static UserError tooLongRow(String name, long row, Limits limits) {
    return over(name + ", row " + row, limits.rowCharacters() + " characters", "rowCharacters");
  }

  private static UserError over(String what, String most, String setting) {
    return UserError.expected(
        what, "more than " + most, "at most so many; data.limits." + setting + " allows more");
  }
}
