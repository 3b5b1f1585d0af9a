package org.rlaif.judge.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Judge;
import org.rlaif.judge.LabelProof;
import org.rlaif.judge.together.AspectRater;
import org.rlaif.judge.together.Aspects;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Interruption;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a judge for ratings of candidates by aspects. */
@Command(
    name = "rate",
    mixinStandardHelpOptions = true,
    description = {
      "Asks a language model to rate the completions of each prompt together, by one aspect after",
      "the other and in shuffled order, and writes ratings for data.layout: rated."
    })
public final class RateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "CANDIDATES",
      description = "JSON Lines of {id, prompt, completions}; .gz is read too.")
  private Path candidates = Path.of("");

  @Parameters(
      paramLabel = "RATINGS",
      description = "Where to write JSON Lines of {id, prompt, completion, ratings, provenance}.")
  private Path ratings = Path.of("");

  @Option(
      names = "--aspects",
      description = "ultrafeedback, helpsteer2, or a YAML file. Default: ${DEFAULT-VALUE}.")
  private String aspects = "ultrafeedback";

  @Option(
      names = "--preferences",
      paramLabel = "FILE",
      description = "Write preferences here, too: by the weighted mean of the aspects.")
  private @Nullable Path preferences;

  @Option(names = "--report", description = "Write the figures about the ratings here, as JSON.")
  private @Nullable Path report;

  @Mixin private JudgeOptions judgeOptions = new JudgeOptions();

  @Override
  public Integer call() {
    String interrupted =
        ratings + " was not written; the same command goes on with an endpoint's answers";
    Aspects by = Aspects.load(aspects);
    try (Judge judge = judgeOptions.open(ratings);
        Interruption told = Interruption.says(spec.root().name(), interrupted)) {
      AspectRater rater = new AspectRater(judge, by, judgeOptions.seed());
      AspectRater.Ratings rated = rater.rate(JsonLines.read(candidates, Candidates.class));
      String together = "aspects: " + by.name();
      LabelProof.write(
          ratings,
          rated.completions(),
          candidates,
          judgeOptions.config(),
          rater.hash(),
          judgeOptions.seed(),
          /* clamp= */ 0,
          together + " (ratings)");
      if (preferences != null) {
        LabelProof.write(
            preferences,
            rated.preferences(),
            candidates,
            judgeOptions.config(),
            rater.hash(),
            judgeOptions.seed(),
            /* clamp= */ 0,
            together);
      }
      if (report != null) {
        Json.write(report, rated.report());
      }
      PrintWriter out = spec.commandLine().getOut();
      rated.report().lines().forEach(out::println);
      out.println(rated.completions().size() + " rated completions in " + ratings);
      if (preferences != null) {
        out.println(rated.preferences().size() + " preferences in " + preferences);
      }
      out.flush();
      return 0;
    }
  }
}
