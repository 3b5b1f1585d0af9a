package org.rlaif.training.comparison;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.pages.Drawn;
import org.rlaif.kit.pages.Picture;
import org.rlaif.kit.pages.Table;
import org.rlaif.kit.pages.TextTable;
import org.rlaif.training.run.Version;

/**
 * What an experiment has shown: printed as a table, and written as JSON and as a page.
 *
 * @param name of the files
 * @param title of the page
 * @param head of the table
 * @param cells its rows, as they are read
 * @param values the same with all digits, whatever Jackson writes
 * @param pictures drawn for the page, where there is something to draw with
 */
public record Results(
    String name,
    String title,
    List<String> head,
    List<List<String>> cells,
    List<?> values,
    Supplier<List<Picture>> pictures) {

  /** As plain text. */
  public void print(PrintWriter out) {
    List<List<String>> table = new ArrayList<>(List.of(head));
    table.addAll(cells);
    TextTable.print(table, out);
  }

  /** As {@code NAME.json} and as a page, {@code NAME.html}, into a folder. */
  public void write(Path folder, String date) {
    Json.write(folder.resolve(name + ".json"), values);
    var table = new Table(title, head, cells, List.of());
    String html = table.html(Drawn.ifAny(pictures.get()), Version.number(), date);
    AtomicFiles.write(
        folder.resolve(name + ".html"), out -> out.write(html.getBytes(StandardCharsets.UTF_8)));
  }
}
