package org.rlaif.judge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.report.TrustPage;
import org.rlaif.judge.report.TrustReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells how far labels can be believed. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Tells how far a judge's labels can be believed: position bias by margin, agreement with",
      "people and with other judges, calibration, length bias, and what it gives to which author."
    })
public final class TrustCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "LABELS",
      description = {
        "Preferences of judge label or of a run (label/train.jsonl), JSON Lines; .gz is read too.",
        "Authors of the completions, if they are known, are its key authors: {first, second}."
      })
  private Path labels = Path.of("");

  @Option(
      names = "--human",
      paramLabel = "FILE",
      description = {
        "What people say, a row for each opinion: id and probabilityFirst (1, 0.5, 0) with the same",
        "prompt, first and second in either order, or without them for the label of that id;",
        "annotator and confidence if they are known."
      })
  private @Nullable Path human;

  @Option(
      names = "--other",
      paramLabel = "LABELS",
      description = "Another judge's labels of the same pairs. Can be repeated.")
  private List<Path> others = new ArrayList<>();

  @Option(
      names = "--self",
      paramLabel = "AUTHOR",
      description = "Which author the judge is. Default: its name, such as m of model:m.")
  private @Nullable String self;

  @Mixin private Outputs outputs = new Outputs();

  @Override
  public Integer call() throws JsonProcessingException {
    TrustReport report = TrustReport.of(labels, human, others, self);
    PrintWriter out = spec.commandLine().getOut();
    outputs.show(
        report,
        TrustPage.lines(report),
        TrustPage.sections(report),
        () -> TrustPage.page(report),
        "judge-report",
        out);
    return 0;
  }
}
