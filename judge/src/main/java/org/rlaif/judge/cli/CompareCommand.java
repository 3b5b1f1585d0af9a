package org.rlaif.judge.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Comparison;
import org.rlaif.judge.Judge;
import org.rlaif.judge.Question;
import org.rlaif.judge.WinRate;
import org.rlaif.kit.Example;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a judge which of two policies writes better. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = "Tells how often one policy's completions beat another's, in a judge's eyes.")
public final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "POLICY",
      description = "JSON Lines of {id, prompt, completion}; .gz is read too.")
  private Path policy = Path.of("");

  @Parameters(paramLabel = "OPPONENT", description = "The same of the other; same ids and prompts.")
  private Path opponent = Path.of("");

  @Option(names = "--report", description = "Write the figures here, as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--interval",
      description =
          "Of the win rate, at 95 %%: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Chance interval = Chance.WILSON;

  @Mixin private JudgeOptions judgeOptions = new JudgeOptions();

  /** Where an interval comes from. */
  enum Chance {
    /** Wilson's formula. */
    WILSON,
    /** The prompts drawn again and again; it sees that ties are no losses. */
    BOOTSTRAP
  }

  @Override
  public Integer call() {
    try (Judge judge = judgeOptions.open(policy)) {
      List<Question> questions = questions();
      Comparison comparison =
          Comparison.of(
              judge,
              questions,
              Comparison.verdicts(judge, questions),
              interval == Chance.BOOTSTRAP ? judgeOptions.bootstrap() : null);
      if (report != null) {
        Json.write(report, comparison);
      }
      WinRate rate = comparison.winRate();
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          Locale.ROOT,
          "win rate %.1f %% (95 %%%s: %.1f to %.1f), length-controlled %.1f %%%n"
              + "%d compared by %s, %d ties, %d not answered, %s%n",
          100 * rate.value(),
          rate.bootstrap() == null ? "" : " by bootstrap",
          100 * rate.low(),
          100 * rate.high(),
          100 * rate.lengthControlled(),
          rate.n(),
          judge.name(),
          rate.ties(),
          rate.unanswered(),
          comparison.positionBiasLine());
      comparison.warnings().forEach(out::println);
      out.flush();
      return 0;
    }
  }

  private List<Question> questions() {
    Map<String, Example> opponents = new LinkedHashMap<>();
    for (Example example : JsonLines.read(opponent, Example.class)) {
      Example twice = opponents.put(example.id(), example);
      UserError.require(twice == null, opponent + ": id", example.id(), "each id once");
    }
    List<Question> questions = new ArrayList<>();
    for (Example example : JsonLines.read(policy, Example.class)) {
      Example other = opponents.remove(example.id());
      if (other == null || !other.prompt().equals(example.prompt())) {
        throw UserError.expected(
            policy + ": id",
            example.id(),
            "once in each file, with the same prompt in " + opponent);
      }
      questions.add(
          new Question(example.prompt().transcript(), example.completion(), other.completion()));
    }
    UserError.require(
        opponents.isEmpty(),
        opponent + ": ids",
        opponents.size() + " that are not in " + policy,
        "the same ids in both files");
    UserError.require(!questions.isEmpty(), policy.toString(), "no rows", "at least 1");
    return questions;
  }
}
