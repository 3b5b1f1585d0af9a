package org.rlaif.training.data;

import java.util.List;

/**
 * A file that was read.
 *
 * @param format such as {@code CSV, gzip}
 * @param columns of its first row that was taken
 * @param rows that meet {@code data.where}
 */
public record RecognisedFile(String name, String format, List<String> columns, int rows) {
  public RecognisedFile {
    columns = List.copyOf(columns);
  }
}
