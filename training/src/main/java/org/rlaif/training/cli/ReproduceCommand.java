package org.rlaif.training.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.rlaif.kit.UserError;
import org.rlaif.training.comparison.AlgorithmTable;
import org.rlaif.training.comparison.WalksExperiment;
import org.rlaif.training.comparison.WalksTable;
import org.rlaif.training.config.Algorithm;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.stages.ReportStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs every algorithm on the quickstart's task, or some on random walks. */
@Command(
    name = "reproduce",
    mixinStandardHelpOptions = true,
    description = {
      "algorithms: runs every algorithm on the quickstart's task with several seeds, and writes",
      "one table: win rate over SFT with its interval, KL, length, time. All runs of a seed begin",
      "with the same policy and the same labels. Interrupted, it goes on where it was.",
      "walks: has behaviour cloning, ILQL and PPO learn short ways from random walks over a graph,",
      "and writes how near to the shortest ones theirs are."
    },
    footer = {"", "Example: rlaif reproduce algorithms --seeds 1 --only ppo,dpo"})
final class ReproduceCommand implements Callable<Integer> {
  /** What is reproduced. */
  enum What {
    /** All, by the judge of the quickstart. */
    algorithms,
    /** Those that learn from walks as they are, and PPO. */
    walks
  }

  /** Without a reward model: PPO on what a rubric says. */
  private static final String DIRECT = "direct_rating";

  private static final String RATED = "onPolicy.rewards=[{kind: rubric, rubric: tldr, weight: 1}]";
  private static final String BEST_OF = "evaluation.bestOf=[4, 16]";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "algorithms|walks", description = "What is reproduced.")
  private What what = What.algorithms;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Runs of each, with the seeds from 0 on (default: ${DEFAULT-VALUE}).")
  private int seeds = 3;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description = "These algorithms, by commas (default: all).")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of every run. Can be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      defaultValue = "reproduced",
      description = "Where the runs and the table go (default: ${DEFAULT-VALUE}).")
  private Path runs = Path.of("reproduced");

  @Override
  public Integer call() {
    UserError.require(seeds >= 1, "seeds", seeds, ">= 1");
    switch (what) {
      case algorithms -> algorithms();
      case walks -> walks();
    }
    return 0;
  }

  private void walks() {
    UserError.require(only.isEmpty(), "--only", String.join(",", only), "nothing, with walks");
    List<String> all = new ArrayList<>(WalksExperiment.SETTINGS);
    all.addAll(settings);
    RunConfig config = RunConfig.load(null, all);
    Session.useThreads(config);
    var servers = new InProcessServers(config.threads());
    var table = new WalksTable();
    for (int seed = 0; seed < seeds; seed++) {
      Path folder = runs.resolve("walks-" + seed);
      table.add(new WalksExperiment(config, servers, Session.device(config), folder).run(seed));
    }
    table.print(spec.commandLine().getOut());
    table.write(runs, ReportStage.now());
  }

  private void algorithms() {
    var table = new AlgorithmTable();
    ways()
        .forEach(
            (name, own) -> {
              List<RunFolder> done =
                  IntStream.range(0, seeds).mapToObj(seed -> run(name, own, seed)).toList();
              table.add(name, done);
              table.addBestOf(done);
            });
    table.print(spec.commandLine().getOut());
    table.write(runs, ReportStage.now());
  }

  /** Names, and what each sets. PPO's evaluation measures the best of n, too. */
  private Map<String, List<String>> ways() {
    Map<String, List<String>> ways = new LinkedHashMap<>();
    for (Algorithm algorithm : Algorithm.values()) {
      ways.put(algorithm.word(), List.of("algorithm=" + algorithm.word()));
    }
    ways.put(Algorithm.PPO.word(), List.of(BEST_OF));
    ways.put(DIRECT, List.of(RATED));
    for (String name : only) {
      UserError.require(
          ways.containsKey(name), "--only", name, "one of " + String.join(", ", ways.keySet()));
    }
    if (!only.isEmpty()) {
      ways.keySet().retainAll(only);
    }
    return ways;
  }

  /** One run, with what others of its seed have made before, as far as it is the same. */
  private RunFolder run(String name, List<String> own, int seed) {
    List<String> all = new ArrayList<>(QuickstartCommand.SETTINGS);
    all.addAll(own);
    all.addAll(List.of("name=" + name + "-" + seed, "seed=" + seed));
    all.addAll(settings);
    Session session = new Session(RunConfig.load(null, all), runs, spec);
    Arrays.stream(Algorithm.values())
        .map(other -> RunFolder.of(runs, other.word() + "-" + seed))
        .forEach(session::borrow);
    Iterations.run(session, /* replace= */ false);
    return RunFolder.of(runs, name + "-" + seed);
  }
}
