package org.rlaif.training.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.rlaif.bench.cli.BenchCommand;
import org.rlaif.judge.cli.CompareCommand;
import org.rlaif.judge.cli.LabelCommand;
import org.rlaif.judge.cli.RankCommand;
import org.rlaif.judge.cli.RateCommand;
import org.rlaif.judge.cli.ReviseCommand;
import org.rlaif.judge.cli.TournamentCommand;
import org.rlaif.judge.cli.TrustCommand;
import org.rlaif.judge.cli.VerifyLabelsCommand;
import org.rlaif.kit.Commands;
import org.rlaif.serving.cli.ExportCommand;
import org.rlaif.serving.cli.GenerateCommand;
import org.rlaif.serving.cli.HealthCommand;
import org.rlaif.serving.cli.ScoreCommand;
import org.rlaif.serving.cli.ServeCommand;
import org.rlaif.training.run.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** All commands of all rooms. */
@Command(
    name = "rlaif",
    mixinStandardHelpOptions = true,
    versionProvider = Rlaif.Versions.class,
    description = "Reinforcement learning from AI feedback, end to end on the JVM.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Start here: rlaif quickstart",
      "Exit codes: 0 done, 1 a fault of rlaif, 2 a mistake in what it was given."
    })
public final class Rlaif implements Callable<Integer> {
  private static final Map<String, String> EXAMPLES =
      Map.ofEntries(
          Map.entry("serve", "rlaif serve runs/quickstart --port 7070"),
          Map.entry(
              "generate", "rlaif generate runs/quickstart 'My sister broke my camera. TL;DR:'"),
          Map.entry(
              "score",
              "rlaif score runs/quickstart --prompt 'My sister …' --completion ' My sister …'"),
          Map.entry("health", "rlaif health --address 127.0.0.1:7070"),
          Map.entry(
              "export",
              "rlaif export --model runs/quickstart/ppo/model --out runs/quickstart/onnx"),
          Map.entry("bench", "rlaif bench --shape small --json bench.json --plot bench.png"),
          Map.entry("label", "rlaif judge label candidates.jsonl preferences.jsonl --kind rubric"),
          Map.entry("rate", "rlaif judge rate candidates.jsonl ratings.jsonl --judge judge.yaml"),
          Map.entry(
              "rank", "rlaif judge rank candidates.jsonl preferences.jsonl --judge judge.yaml"),
          Map.entry(
              "report", "rlaif judge report preferences.jsonl --human people.jsonl --out trust"),
          Map.entry("compare", "rlaif judge compare policy.jsonl opponent.jsonl --rubric general"),
          Map.entry(
              "tournament", "rlaif judge tournament a.jsonl b.jsonl c.jsonl --out tournament"));

  @Spec private CommandSpec spec = CommandSpec.create();

  private Rlaif() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    CommandLine judge = new CommandLine(new JudgeCommands());
    judge.addSubcommand(withExample(new LabelCommand()));
    judge.addSubcommand(withExample(new RateCommand()));
    judge.addSubcommand(withExample(new RankCommand()));
    judge.addSubcommand(new ReviseCommand());
    judge.addSubcommand(new VerifyLabelsCommand());
    judge.addSubcommand(new JudgeServeCommand());
    judge.addSubcommand(withExample(new TrustCommand()));
    judge.addSubcommand(withExample(new CompareCommand()));
    judge.addSubcommand(withExample(new TournamentCommand()));
    CommandLine root = new CommandLine(new Rlaif());
    root.addSubcommand(new QuickstartCommand());
    root.addSubcommand(new RunCommand());
    StageCommand.all().forEach(root::addSubcommand);
    root.addSubcommand(new ReportCommand());
    root.addSubcommand(new CompareRunsCommand());
    root.addSubcommand(new ReproduceCommand());
    root.addSubcommand(new VerifyCommand());
    root.addSubcommand(withExample(new ServeCommand()));
    root.addSubcommand(withExample(new GenerateCommand()));
    root.addSubcommand(withExample(new ScoreCommand()));
    root.addSubcommand(withExample(new HealthCommand()));
    root.addSubcommand(withExample(new ExportCommand()));
    root.addSubcommand(withExample(new BenchCommand()));
    root.addSubcommand(RunsCommands.all(Rlaif.class));
    root.addSubcommand(judge);
    return Commands.commandLine(root.getCommandSpec());
  }

  private static CommandLine withExample(Object does) {
    CommandLine command = new CommandLine(does);
    String example = EXAMPLES.get(command.getCommandName());
    command.getCommandSpec().usageMessage().footer("", "Example: " + example);
    return command;
  }

  /** Without a command there is only help. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return 0;
  }

  /** The judge on its own. */
  @Command(
      name = "judge",
      mixinStandardHelpOptions = true,
      description = "AI feedback without a run: labels candidates, compares policies.",
      synopsisSubcommandLabel = "COMMAND",
      footer = {"", "Example: rlaif judge compare policy.jsonl opponent.jsonl --rubric general"})
  private static final class JudgeCommands implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      spec.commandLine().usage(spec.commandLine().getOut());
      return 0;
    }
  }

  /** For {@code --version}. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"rlaif " + Version.number() + ", Java " + Runtime.version()};
    }
  }
}
