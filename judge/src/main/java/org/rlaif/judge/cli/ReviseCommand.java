package org.rlaif.judge.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.rlaif.judge.revision.FirstAnswer;
import org.rlaif.judge.revision.Reviser;
import org.rlaif.judge.revision.Revision;
import org.rlaif.judge.revision.RevisionFiles;
import org.rlaif.judge.revision.RevisionReport;
import org.rlaif.kit.Interruption;
import org.rlaif.kit.JsonLines;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has a language model criticise and revise answers, and writes what can be learned from that. */
@Command(
    name = "revise",
    mixinStandardHelpOptions = true,
    description = {
      "Has a language model criticise and revise answers under principles that are drawn from a",
      "constitution, and writes revised.jsonl and critiques.jsonl, to be learned by SFT, and",
      "candidates.jsonl, for judge label. revision.rounds and more are settings of the judge."
    },
    footer = {
      "",
      "Example: rlaif judge revise answers.jsonl revised --judge judge.yaml --constitution harmless"
    })
public final class ReviseCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "ANSWERS",
      description = {
        "JSON Lines of {id, prompt, completion}, or of candidates, of which the first completion",
        "counts, or of {id, prompt}, which the model answers first; .gz is read too."
      })
  private Path answers = Path.of("");

  @Parameters(paramLabel = "FOLDER", description = "Where to write.")
  private Path folder = Path.of("");

  @Mixin private JudgeOptions judgeOptions = new JudgeOptions();

  @Override
  public Integer call() {
    String interrupted =
        folder + " was not written; the same command goes on with an endpoint's answers";
    List<FirstAnswer> given = JsonLines.read(answers, FirstAnswer.class);
    try (Reviser reviser = judgeOptions.reviser(folder);
        Interruption told = Interruption.says(spec.root().name(), interrupted)) {
      List<Revision> revisions = reviser.revise(given);
      RevisionReport report =
          RevisionFiles.write(
              folder,
              answers,
              given,
              revisions,
              reviser,
              judgeOptions.config(),
              judgeOptions.seed());
      PrintWriter out = spec.commandLine().getOut();
      report.lines().forEach(out::println);
      out.println("revised.jsonl, critiques.jsonl and candidates.jsonl in " + folder);
      out.flush();
      return 0;
    }
  }
}
