package org.rlaif.judge.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Judge;
import org.rlaif.judge.LabelProof;
import org.rlaif.judge.LabelReport;
import org.rlaif.judge.Labeler;
import org.rlaif.judge.Rubric;
import org.rlaif.judge.together.Ranker;
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

/** Asks a judge to rank candidates. */
@Command(
    name = "rank",
    mixinStandardHelpOptions = true,
    description = {
      "Asks a language model to rank all completions of a prompt in one question, in shuffled order",
      "and in the reverse of it, and writes preferences."
    })
public final class RankCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "CANDIDATES",
      description =
          "JSON Lines of {id, prompt, completions} and, if known, authors; .gz is read too.")
  private Path candidates = Path.of("");

  @Parameters(paramLabel = "PREFERENCES", description = "Where to write them, as judge label does.")
  private Path preferences = Path.of("");

  @Option(
      names = "--check-pairs",
      description =
          "Ask about every pair by itself, too, and tell how often the ranking agrees with that.")
  private boolean checkPairs;

  @Option(
      names = "--max-tokens",
      description =
          "Of an answer; models that reason need some thousands. Default: ${DEFAULT-VALUE}.")
  private int maxTokens = 256;

  @Option(
      names = "--template",
      paramLabel = "FILE",
      description =
          "How it is asked: Mustache with {{preamble}}, {{prompt}}, {{#completions}}{{number}},"
              + " {{text}}{{/completions}} and {{count}}.")
  private @Nullable String template;

  @Option(
      names = "--clamp",
      description = "No label is nearer to 0 or 1 than this, below 0.5. Default: ${DEFAULT-VALUE}.")
  private double clamp;

  @Option(names = "--report", description = "Write the figures about the labels here, as JSON.")
  private @Nullable Path report;

  @Mixin private JudgeOptions judgeOptions = new JudgeOptions();

  /** What is written as a report; both of the latter null: pairs were not asked for. */
  record Figures(
      LabelReport ranking, @Nullable LabelReport pairs, Ranker.@Nullable Consistency consistency) {}

  @Override
  public Integer call() {
    UserError.require(clamp >= 0 && clamp < 0.5, "--clamp", clamp, "from 0 to less than 0.5");
    String interrupted =
        preferences + " was not written; the same command goes on with an endpoint's answers";
    try (Judge judge = judgeOptions.open(preferences);
        Interruption told = Interruption.says(spec.root().name(), interrupted)) {
      String preamble = Rubric.load(judgeOptions.config().rubric()).preamble();
      Ranker ranker = new Ranker(judge, preamble, template, maxTokens, judgeOptions.seed(), clamp);
      List<Candidates> all = JsonLines.read(candidates, Candidates.class);
      Labeler.Labels ranked = ranker.label(all);
      Labeler.Labels paired = checkPairs ? new Labeler(judge).label(all) : null;
      Ranker.Consistency consistency =
          paired == null ? null : Ranker.Consistency.of(ranked.preferences(), paired.preferences());
      LabelProof.write(
          preferences,
          ranked.preferences(),
          candidates,
          judgeOptions.config(),
          ranker.hash(),
          judgeOptions.seed(),
          clamp,
          "ranking");
      if (report != null) {
        LabelReport pairs = paired == null ? null : paired.report();
        Json.write(report, new Figures(ranked.report(), pairs, consistency));
      }
      PrintWriter out = spec.commandLine().getOut();
      ranked.report().lines().forEach(out::println);
      if (consistency != null) {
        Double share = consistency.share();
        out.printf(
            Locale.ROOT,
            "agrees with the pairs %s, of %d that have both%n",
            share == null ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share),
            consistency.pairs());
      }
      out.println(ranked.preferences().size() + " preferences in " + preferences);
      out.flush();
      return 0;
    }
  }
}
