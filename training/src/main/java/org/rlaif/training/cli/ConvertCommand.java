package org.rlaif.training.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.data.Conversion;
import org.rlaif.training.data.ConvertedKind;
import org.rlaif.training.data.RecognisedFile;
import org.rlaif.training.rows.OutputFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes data in another layout and format. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Writes data in TRL's layout or in our own, as Parquet, JSON Lines or CSV. TRL has no soft",
      "labels: the more probable completion is chosen, and ties are left out."
    },
    footer = {"", "Example: rlaif data convert preferences.jsonl preferences.parquet --to trl"})
final class ConvertCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "IN",
      description = "A file, a pattern, or hf://datasets/ORG/NAME/PATH, of any layout.")
  private String in = "";

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "The file to write: its name ends in .parquet, .jsonl, .jsonl.gz or .csv.")
  private Path out = Path.of("");

  @Option(
      names = "--to",
      required = true,
      paramLabel = "LAYOUT",
      description = "Whose layout: trl or rlaif.")
  private Conversion.Form form = Conversion.Form.TRL;

  @Option(
      names = "--as",
      paramLabel = "KIND",
      description = {
        "What rows become: preference, unpaired, rated or completion. Default: the first of these",
        "that any row is; rows that are not are left out."
      })
  private @Nullable ConvertedKind kind;

  @Mixin private DataOptions reading = new DataOptions();

  @Override
  public Integer call() {
    OutputFile file = OutputFile.of(out);
    RunConfig run = reading.load(List.of(in), List.of());
    Conversion conversion = Conversion.of(run.data(), run.dataSeed(), form, kind);
    file.write(conversion.rows());
    PrintWriter to = spec.commandLine().getOut();
    for (RecognisedFile each : conversion.files()) {
      to.printf(Locale.ROOT, "%s: %s, %,d rows%n", each.name(), each.format(), each.rows());
    }
    InspectCommand.counts("read as", conversion.layouts(), to);
    InspectCommand.counts("left out", conversion.leftOut(), to);
    InspectCommand.counts("with", conversion.noted(), to);
    to.printf(
        Locale.ROOT,
        "%,d rows of kind %s, columns %s, in %s%n",
        conversion.rows().size(),
        conversion.kind().word(),
        String.join(", ", (Iterable<String>) conversion.rows().get(0)::fieldNames),
        out);
    to.flush();
    return 0;
  }
}
