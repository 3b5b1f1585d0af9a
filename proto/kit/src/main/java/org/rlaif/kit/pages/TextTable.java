package org.rlaif.kit.pages;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A table in plain text, its columns as wide as their widest cell. */
public final class TextTable {
  private TextTable() {}

  /**
   * Prints it.
   *
   * @param rows equally long; the first one has the columns' names
   */
  public static void print(List<List<String>> rows, PrintWriter out) {
    int[] widths =
        IntStream.range(0, rows.get(0).size())
            .map(i -> rows.stream().mapToInt(cells -> cells.get(i).length()).max().orElse(0))
            .toArray();
    for (List<String> cells : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(String.format(Locale.ROOT, "%-" + (widths[i] + 2) + "s", cells.get(i)));
      }
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }
}
