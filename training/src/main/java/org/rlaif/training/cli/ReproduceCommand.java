package org.rlaif.training.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.UserError;
import org.rlaif.training.comparison.AlgorithmTable;
import org.rlaif.training.comparison.LabelersTable;
import org.rlaif.training.comparison.OveroptimizationTable;
import org.rlaif.training.comparison.Results;
import org.rlaif.training.comparison.SoftLabelsTable;
import org.rlaif.training.comparison.WalksExperiment;
import org.rlaif.training.comparison.WalksTable;
import org.rlaif.training.config.Algorithm;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.data.GeneratedData;
import org.rlaif.training.labelers.Findings;
import org.rlaif.training.labelers.LabelersExperiment;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.stages.ReportStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs experiments that the literature has made, on tasks that are small enough. */
@Command(
    name = "reproduce",
    mixinStandardHelpOptions = true,
    description = {
      "algorithms: runs every algorithm on the quickstart's task with several seeds, and writes",
      "one table: win rate over SFT with its interval, KL, length, time. All runs of a seed begin",
      "with the same policy and the same labels. Interrupted, it goes on where it was.",
      "overoptimization: trains PPO far on reward models that know little, on one alone and on",
      "ensembles, and writes how the gold score rises and falls with the KL.",
      "soft_labels: reward models on labels as sure as the judge was, and on which is better alone.",
      "labels: language models of three sizes are taught to judge, and asked in many ways; how often",
      "each is right, by the gold judge.",
      "walks: has behaviour cloning, ILQL and PPO learn short ways from random walks over a graph,",
      "and writes how near to the shortest ones theirs are."
    },
    footer = {"", "Example: rlaif reproduce algorithms --seeds 1 --only ppo,dpo"})
final class ReproduceCommand implements Callable<Integer> {
  /** What is reproduced. */
  enum What {
    /** All, by the judge of the quickstart. */
    algorithms,
    /** One reward model, and ensembles. */
    overoptimization,
    /** Reward models on labels as they are, and as which is better. */
    soft_labels,
    /** Labelers of three sizes, asked in many ways. */
    labels,
    /** Those that learn from walks as they are, and PPO. */
    walks
  }

  /** Without a reward model: PPO on what a rubric says. */
  private static final String DIRECT = "direct_rating";

  private static final String RATED = "onPolicy.rewards=[{kind: rubric, rubric: tldr, weight: 1}]";
  private static final String BEST_OF = "evaluation.bestOf=[4, 16]";

  /** Far from where it started, by reward models that have seen few labels. */
  private static final List<String> FAR =
      List.of(
          "candidates.prompts=400",
          "reward.epochs=4",
          "onPolicy.updates=80",
          "onPolicy.kl.coefficient=0");

  private static final Map<String, List<String>> REWARDS = new LinkedHashMap<>();

  static {
    REWARDS.put("one", List.of());
    REWARDS.put("worst", List.of("reward.members=4", combined("worst")));
    REWARDS.put("uncertainty", List.of("reward.members=4", combined("uncertainty, penalty: 0.5")));
  }

  private static String combined(String how) {
    return "onPolicy.rewards=[{kind: model, weight: 1, combine: " + how + "}]";
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "algorithms|overoptimization|soft_labels|labels|walks",
      description = "What is reproduced.")
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
    Results results =
        switch (what) {
          case algorithms -> algorithms();
          case overoptimization -> overoptimization();
          case soft_labels -> softLabels();
          case labels -> labels();
          case walks -> walks();
        };
    results.print(spec.commandLine().getOut());
    results.write(runs, ReportStage.now());
    return 0;
  }

  private Results walks() {
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
    return table.results();
  }

  private Results algorithms() {
    var table = new AlgorithmTable();
    Map<String, List<String>> ways = algorithmWays();
    runAll(
        ways,
        (name, done) -> {
          table.add(name, done);
          table.addBestOf(done);
        });
    return table.results();
  }

  private Results overoptimization() {
    var table = new OveroptimizationTable();
    Map<String, List<String>> ways = new LinkedHashMap<>();
    REWARDS.forEach(
        (name, own) -> {
          List<String> all = new ArrayList<>(FAR);
          all.addAll(own);
          ways.put(name, all);
        });
    runAll(ways, table::add);
    return table.results();
  }

  private Results softLabels() {
    var table = new SoftLabelsTable();
    Map<String, List<String>> ways = new LinkedHashMap<>();
    for (String labels : List.of("soft", "hard")) {
      ways.put(labels, List.of("reward.labels=" + labels, "reward.looks=30", "onPolicy.updates=1"));
    }
    runAll(ways, table::add);
    return table.results();
  }

  private Results labels() {
    for (String name : only) {
      List<String> known = LabelersExperiment.labelers();
      UserError.require(known.contains(name), "--only", name, "one of " + String.join(", ", known));
    }
    var table = new LabelersTable();
    for (String labeler : LabelersExperiment.labelers()) {
      if (only.isEmpty() || only.contains(labeler)) {
        for (int seed = 0; seed < seeds; seed++) {
          table.add(labeler, labels(labeler, seed));
        }
      }
    }
    return table.results();
  }

  /** Pairs that the quickstart's policy has written, and what a labeler says of them. */
  private Findings labels(String labeler, int seed) {
    Session session = session("labels", List.of(), seed);
    for (String stage : List.of("data", "tokenizer", "sft", "candidates")) {
      session.run(stage, /* replace= */ false);
    }
    Run run = session.run();
    RunConfig config = run.config();
    return new LabelersExperiment(
            new InProcessServers(config.threads()),
            Session.device(config),
            runs.resolve("labelers-" + seed))
        .run(
            labeler,
            JsonLines.read(
                run.path(Product.CANDIDATES).resolve("candidates.jsonl"), Candidates.class),
            GeneratedData.facts(run.path(Product.DATA)),
            seed);
  }

  /** Every way with every seed; those of {@code --only} alone. */
  private void runAll(
      Map<String, List<String>> ways, BiConsumer<String, List<RunFolder>> finished) {
    for (String name : only) {
      UserError.require(
          ways.containsKey(name), "--only", name, "one of " + String.join(", ", ways.keySet()));
    }
    List<String> names = new ArrayList<>(ways.keySet());
    for (Map.Entry<String, List<String>> way : ways.entrySet()) {
      if (only.isEmpty() || only.contains(way.getKey())) {
        finished.accept(
            way.getKey(),
            IntStream.range(0, seeds)
                .mapToObj(seed -> run(way.getKey(), way.getValue(), seed, names))
                .toList());
      }
    }
  }

  /** Names, and what each sets. PPO's evaluation measures the best of n, too. */
  private static Map<String, List<String>> algorithmWays() {
    Map<String, List<String>> ways = new LinkedHashMap<>();
    for (Algorithm algorithm : Algorithm.values()) {
      ways.put(algorithm.word(), List.of("algorithm=" + algorithm.word()));
    }
    ways.put(Algorithm.PPO.word(), List.of(BEST_OF));
    ways.put(DIRECT, List.of(RATED));
    return ways;
  }

  /** One run, with what others of its seed have made before, as far as it is the same. */
  private RunFolder run(String name, List<String> own, int seed, List<String> others) {
    Session session = session(name, own, seed);
    others.stream().map(other -> RunFolder.of(runs, other + "-" + seed)).forEach(session::borrow);
    Iterations.run(session, /* replace= */ false);
    return RunFolder.of(runs, name + "-" + seed);
  }

  private Session session(String name, List<String> own, int seed) {
    List<String> all = new ArrayList<>(QuickstartCommand.SETTINGS);
    all.addAll(own);
    all.addAll(List.of("name=" + name + "-" + seed, "seed=" + seed));
    all.addAll(settings);
    return new Session(RunConfig.load(null, all), runs, spec);
  }
}
