package org.rlaif.training.data;

import java.util.List;
import org.rlaif.training.rows.DataFile;
import org.rlaif.training.rows.FileRows;

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

  static RecognisedFile of(DataFile file, FileRows content) {
    return new RecognisedFile(
        file.shown(),
        content.format(),
        content.rows().stream().limit(1).flatMap(row -> row.columnNames().stream()).toList(),
        content.rows().size());
  }
}
