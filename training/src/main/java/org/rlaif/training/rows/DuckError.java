package org.rlaif.training.rows;

import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rlaif.kit.UserError;

/** What DuckDB says when it fails, in one line: about a file, or about a condition. */
final class DuckError {
  private static final String WRAPPED =
      "Invalid Input Error: Attempting to execute an unsuccessful";
  private static final Pattern CSV_LINE = Pattern.compile("CSV Error on Line: (\\d+)");
  private static final Pattern COLUMNS =
      Pattern.compile("Expected Number of Columns: (\\d+) Found: (\\d+)");

  /** Kinds of errors that only a condition can have made. */
  private static final Pattern OF_CONDITION =
      Pattern.compile("(Binder|Catalog|Parser|Conversion|Out of Range|Not implemented) Error: ");

  private DuckError() {}

  static UserError of(SQLException e, DataFile file, String where) {
    String message = String.valueOf(e.getMessage());
    List<String> lines =
        message
            .lines()
            .map(line -> line.replaceFirst("^Error: ", ""))
            .filter(line -> !line.isBlank() && !line.startsWith(WRAPPED))
            .toList();
    String first = lines.isEmpty() ? "no reason given" : lines.get(0);
    if (!where.isEmpty() && OF_CONDITION.matcher(first).lookingAt()) {
      return Condition.refused(where, "DuckDB: " + first.replaceFirst("^[\\w ]+ Error: ", ""));
    }
    Matcher line = CSV_LINE.matcher(message);
    if (line.find()) {
      Matcher columns = COLUMNS.matcher(message);
      String place = file.shown() + ", line " + line.group(1);
      return columns.find()
          ? UserError.expected(
              place,
              columns.group(2) + " columns",
              columns.group(1)
                  + ", as in the header; a text with separators or line breaks stands"
                  + " in quotes")
          : UserError.expected(place, lines.size() > 1 ? lines.get(1) : first, "CSV in UTF-8");
    }
    return new UserError(
        file.shown() + ": " + first + " (expected: " + RowFormat.EXPECTED + ")", e);
  }
}
