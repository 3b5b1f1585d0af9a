package org.rlaif.training.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.run.Stage;
import org.rlaif.training.stages.Stages;
import org.rlaif.training.verification.Sample;
import org.rlaif.training.verification.Verification;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Recomputes a sample of what a run says. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Computes a sample of what a finished run claims once more, and compares: files, labels,",
      "log-probabilities, scores, and what each trainer learned first.",
      "Exit code 0: all agrees; 2: it does not, and the first difference is named."
    },
    footer = {"", "Example: rlaif verify runs/quickstart --sample 10%%"})
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "RUN", description = "A run's folder, or its name.")
  private String run = "";

  @Mixin private RunsFolder runs = new RunsFolder();

  @Option(
      names = "--sample",
      paramLabel = "SHARE",
      defaultValue = "5%",
      description = "Of the rows of each file, at least one (default: ${DEFAULT-VALUE}).")
  private String share = "5%";

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "Another one takes other rows (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() {
    Sample sample = Sample.of(share, seed);
    RunFolder folder = runs.find(run);
    RunConfig config = folder.config();
    List<Stage<?>> stages = Stages.of(config);
    var servers = new InProcessServers(config.threads());
    var context =
        new RunContext(Stages.run(config, folder, stages), servers, Session.device(config));
    Session.useThreads(config);
    Verification.run(context, stages, sample, spec.commandLine().getOut());
    return 0;
  }
}
