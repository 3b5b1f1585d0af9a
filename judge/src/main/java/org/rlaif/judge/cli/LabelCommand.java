package org.rlaif.judge.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Judge;
import org.rlaif.judge.LabelProof;
import org.rlaif.judge.Labeler;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Interruption;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a judge about candidates and writes preferences. */
@Command(
    name = "label",
    mixinStandardHelpOptions = true,
    description =
        "Asks a judge which completion is better, in both orders, and writes preferences.")
public final class LabelCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "CANDIDATES",
      description =
          "JSON Lines of {id, prompt, completions} and, if known, authors; .gz is read too.")
  private Path candidates = Path.of("");

  @Parameters(
      paramLabel = "PREFERENCES",
      description =
          "Where to write JSON Lines of {id, prompt, first, second, probabilityFirst, provenance}.")
  private Path preferences = Path.of("");

  @Option(
      names = "--pairs",
      description = "Which completions meet: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Labeler.Pairs pairs = Labeler.Pairs.ALL;

  @Option(
      names = "--clamp",
      description =
          "No label is nearer to 0 or 1 than this, below 0.5; 0.4 for a judge that thinks aloud."
              + " Default: ${DEFAULT-VALUE}.")
  private double clamp;

  @Option(names = "--report", description = "Write the figures about the labels here, as JSON.")
  private @Nullable Path report;

  @Mixin private JudgeOptions judgeOptions = new JudgeOptions();

  @Override
  public Integer call() {
    UserError.require(clamp >= 0 && clamp < 0.5, "--clamp", clamp, "from 0 to less than 0.5");
    String interrupted =
        preferences + " was not written; the same command goes on with an endpoint's answers";
    try (Judge judge = judgeOptions.open(preferences);
        Interruption told = Interruption.says(spec.root().name(), interrupted)) {
      Labeler labeler = new Labeler(judge, pairs, /* other= */ null, clamp);
      Labeler.Labels labels = labeler.label(JsonLines.read(candidates, Candidates.class));
      LabelProof.write(
          preferences,
          labels.preferences(),
          candidates,
          judgeOptions.config(),
          judge.hash(),
          judgeOptions.seed(),
          clamp);
      if (report != null) {
        Json.write(report, labels.report());
      }
      PrintWriter out = spec.commandLine().getOut();
      labels.report().lines().forEach(out::println);
      out.println(labels.preferences().size() + " preferences in " + preferences);
      out.flush();
      return 0;
    }
  }
}
