package org.rlaif.judge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.rlaif.judge.Judge;
import org.rlaif.judge.wins.Tournament;
import org.rlaif.judge.wins.TournamentPage;
import org.rlaif.kit.Example;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a judge about every two of several policies and rates them. */
@Command(
    name = "tournament",
    mixinStandardHelpOptions = true,
    description = {
      "Rates policies: every two are compared on the prompts that both have answered, in both",
      "orders, and Bradley and Terry's model makes ratings of it, with intervals."
    })
public final class TournamentCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "POLICY",
      arity = "2..*",
      description = {
        "JSON Lines of {id, prompt, completion}, a file for each; .gz is read too. A policy is named",
        "after its file; NAME=FILE gives it another name."
      })
  private List<String> policies = List.of();

  @Option(
      names = "--interval",
      description =
          "Of win rates, at 95 %%: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}. That of a"
              + " rating is always from drawing the prompts again.")
  private CompareCommand.Chance interval = CompareCommand.Chance.WILSON;

  @Mixin private JudgeOptions judgeOptions = new JudgeOptions();
  @Mixin private Outputs outputs = new Outputs();

  @Override
  public Integer call() throws JsonProcessingException {
    Map<String, Path> files = new LinkedHashMap<>();
    for (String policy : policies) {
      int equals = policy.indexOf('=');
      Path file = Path.of(policy.substring(equals + 1));
      String name =
          equals > 0
              ? policy.substring(0, equals)
              : file.getFileName().toString().replaceFirst("\\.jsonl(\\.gz)?$", "");
      UserError.require(
          files.put(name, file) == null,
          "POLICY",
          policy,
          "another name than " + name + ", which is taken: NAME=FILE");
    }
    Map<String, List<Example>> completions = new LinkedHashMap<>();
    files.forEach((name, file) -> completions.put(name, JsonLines.read(file, Example.class)));
    try (Judge judge = judgeOptions.open(files.values().iterator().next())) {
      Tournament tournament =
          Tournament.of(
              judge,
              completions,
              judgeOptions.bootstrap(),
              interval == CompareCommand.Chance.WILSON);
      PrintWriter out = spec.commandLine().getOut();
      outputs.show(
          tournament,
          TournamentPage.lines(tournament),
          TournamentPage.sections(tournament),
          () -> TournamentPage.page(tournament),
          "tournament",
          out);
    }
    return 0;
  }
}
