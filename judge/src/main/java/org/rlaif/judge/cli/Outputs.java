package org.rlaif.judge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.report.JudgePage;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.pages.TextTable;
import picocli.CommandLine.Option;

/** Where figures go: the screen, and a folder. */
final class Outputs {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH);

  @Option(names = "--json", description = "Print the figures as JSON instead of as tables.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Write a page with pictures, and the figures as JSON, into this folder.")
  private @Nullable Path folder;

  /**
   * Prints figures and, if it was asked for, writes them.
   *
   * @param name of both files, without the ending
   */
  void show(
      Object figures,
      List<String> lines,
      List<JudgePage.Section> sections,
      Supplier<JudgePage> page,
      String name,
      PrintWriter out)
      throws JsonProcessingException {
    if (json) {
      out.println(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(figures));
    } else {
      lines.forEach(out::println);
      for (JudgePage.Section section : sections) {
        out.println();
        out.println(section.title());
        List<List<String>> table = new ArrayList<>(List.of(section.head()));
        table.addAll(section.rows());
        TextTable.print(table, out);
      }
    }
    if (folder != null) {
      Json.write(folder.resolve(name + ".json"), figures);
      Path html = folder.resolve(name + ".html");
      String text = page.get().html(now());
      AtomicFiles.write(html, file -> file.write(text.getBytes(StandardCharsets.UTF_8)));
      System.err.println(html);
    }
    out.flush();
  }

  private static String now() {
    return ZonedDateTime.now(ZoneOffset.UTC).format(DATE);
  }
}
