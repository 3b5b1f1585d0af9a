package org.rlaif.training.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.kit.pages.TextTable;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.hub.Hub;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.training.config.DataConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.data.Inspection;
import org.rlaif.training.data.Inspection.Lengths;
import org.rlaif.training.data.Inspection.Spread;
import org.rlaif.training.data.RecognisedFile;
import org.rlaif.training.data.ShownRow;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what files are read as, without a run. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what data files are read as: format, layout, columns, lengths, duplicates, and the first",
      "rows as a policy sees them."
    },
    footer = {"", "Example: rlaif data inspect preferences.parquet"})
final class InspectCommand implements Callable<Integer> {
  private static final int LONGEST = 600; // characters of a text that are shown

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "Files, patterns, or hf://datasets/ORG/NAME/PATH; none: those of --config.")
  private List<String> files = new ArrayList<>();

  @Mixin private DataOptions reading = new DataOptions();

  @Option(
      names = "--model",
      paramLabel = "FOLDER|ORG/NAME",
      description = "Whose tokenizer and chat template make tokens of them.")
  private @Nullable String model;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "How many are shown (${DEFAULT-VALUE}).")
  private int rows = 10;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes all of it there, uncut.")
  private @Nullable Path json;

  @Override
  public Integer call() {
    RunConfig run = load();
    Inspection inspection = inspect(run);
    if (json != null) {
      Json.write(json, inspection);
    }
    PrintWriter out = spec.commandLine().getOut();
    print(inspection, out);
    out.flush();
    return 0;
  }

  private RunConfig load() {
    return reading.load(
        files, model == null ? List.of() : List.of(ConfigFiles.setting("model.folder", model)));
  }

  /** Without a run's settings nobody says that completions are learned; prompts alone will do. */
  private Inspection inspect(RunConfig run) {
    UserError.require(rows >= 0, "--rows", rows, ">= 0");
    DataConfig data = run.data();
    boolean learned = reading.isConfigured() && run.sft() != null;
    if (run.model().folder().isEmpty()) {
      return Inspection.of(data, run.dataSeed(), learned, null, rows);
    }
    Path tokenizerJson =
        ModelFolder.tokenizerJson(Hub.of(System.getenv()).resolve(run.model().folder()));
    try (Tokenizer tokenizer = Tokenizer.open(tokenizerJson)) {
      PromptEncoder encoder = PromptEncoder.of(tokenizerJson, tokenizer);
      return Inspection.of(data, run.dataSeed(), learned, encoder, rows);
    }
  }

  private static void print(Inspection inspection, PrintWriter out) {
    for (RecognisedFile file : inspection.files()) {
      out.println(file.name() + ": " + file.format() + ", " + count(file.rows()) + " rows");
      out.println("  columns     " + String.join(", ", file.columns()));
    }
    counts("read as", inspection.layouts(), out);
    counts("left out", inspection.leftOut(), out);
    counts("with", inspection.noted(), out);
    out.println(
        "  for         %s examples, %s preferences, %s labels, %s rated completions"
            .formatted(
                count(inspection.examples()),
                count(inspection.preferences()),
                count(inspection.unpaired()),
                count(inspection.rated())));
    out.println(
        "  prompts     "
            + count(inspection.prompts())
            + " different; "
            + count(inspection.duplicates())
            + " duplicate rows");
    List<List<String>> table = new ArrayList<>();
    table.add(List.of("", "", "least", "median", "most"));
    lengths("characters", inspection.characters(), table);
    lengths("tokens", inspection.tokens(), table);
    TextTable.print(table, out);
    inspection.shown().forEach(row -> print(row, out));
  }

  static void counts(String what, Map<String, Integer> counts, PrintWriter out) {
    if (!counts.isEmpty()) {
      out.println(
          String.format(Locale.ROOT, "  %-11s ", what)
              + counts.entrySet().stream()
                  .map(each -> each.getKey() + " " + count(each.getValue()))
                  .collect(Collectors.joining(", ")));
    }
  }

  private static void lengths(String unit, @Nullable Lengths lengths, List<List<String>> table) {
    if (lengths != null) {
      spread("  prompt", unit, lengths.prompts(), table);
      spread("  completion", unit, lengths.completions(), table);
    }
  }

  private static void spread(
      String what, String unit, @Nullable Spread spread, List<List<String>> table) {
    if (spread != null) {
      table.add(
          List.of(what, unit, count(spread.least()), count(spread.median()), count(spread.most())));
    }
  }

  /** Behind {@code >} stands what is learned, behind {@code |} what is not. */
  private static void print(ShownRow row, PrintWriter out) {
    out.println();
    out.println(row.id());
    String earlier =
        row.earlierTokens() == null ? "" : ", " + row.earlierTokens() + " of them learned";
    text("prompt" + tokens(row.promptTokens()) + earlier, "|", row.asked(), out);
    for (ShownRow.Completion each : row.completions()) {
      boolean learned = each.what().contains("learned");
      text(each.what() + tokens(each.tokens()), learned ? ">" : "|", each.text(), out);
    }
  }

  private static String tokens(@Nullable Integer tokens) {
    return tokens == null ? "" : ", " + tokens + " tokens";
  }

  private static void text(String what, String margin, String text, PrintWriter out) {
    out.println("  " + what);
    String cut =
        text.length() <= LONGEST
            ? text
            : text.substring(0, LONGEST / 2) + " … " + text.substring(text.length() - LONGEST / 2);
    cut.lines().forEach(line -> out.println("    " + margin + " " + line));
  }

  private static String count(int number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
