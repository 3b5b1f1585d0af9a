package org.rlaif.training.stages;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.training.config.Algorithm;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.environments.EnvironmentKind;
import org.rlaif.training.onpolicy.Algorithms;
import org.rlaif.training.rewards.RewardKind;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.run.Stage;

/** Which stages a run has follows from its settings. */
public final class Stages {
  private Stages() {}

  /** A run's stages in their order. */
  public static List<Stage<?>> of(RunConfig run) {
    List<Stage<?>> stages = new ArrayList<>(List.of(new DataStage(run), new TokenizerStage(run)));
    if (run.sft() != null) {
      stages.add(new SftStage(run, run.sft()));
    }
    boolean onPolicy = run.algorithm().isOnPolicy();
    boolean trainsReward =
        onPolicy
            && run.reward().trained()
            && run.onPolicy().rewards().stream().anyMatch(RewardKind::needsModel);
    if (trainsReward || !onPolicy) {
      stages.add(new CandidatesStage(run.candidates()));
      stages.add(new LabelStage(run));
    }
    if (trainsReward) {
      stages.add(
          run.reward().regresses()
              ? new RegressionStage(run, run.reward())
              : new RewardStage(run, run.reward()));
    }
    stages.add(
        switch (run.algorithm()) {
          case DPO -> new DpoStage(run, run.dpo());
          case KTO -> new KtoStage(run, run.kto());
          case ILQL -> new IlqlStage(run, run.ilql());
          default -> new OnPolicyStage(run, Algorithms.of(run), run.onPolicy());
        });
    @Nullable EnvironmentKind environment = run.onPolicy().environment();
    stages.add(
        environment == null
            ? new EvaluateStage(run, run.evaluation())
            : new EvaluateEpisodesStage(run, run.evaluation(), environment));
    stages.add(new ReportStage(List.copyOf(stages)));
    return List.copyOf(stages);
  }

  /** Every stage that some run has, but the report: those with a command of their own. */
  public static List<Stage<?>> all() {
    Map<String, Stage<?>> all = new LinkedHashMap<>();
    for (Algorithm algorithm : EnumSet.allOf(Algorithm.class)) {
      RunConfig run = RunConfig.load(null, List.of("algorithm=" + algorithm.word()));
      of(run).stream()
          .filter(stage -> !stage.isRedrawn())
          .forEach(stage -> all.putIfAbsent(stage.name(), stage));
    }
    return List.copyOf(all.values());
  }

  /** A run of these stages. */
  public static Run run(RunConfig config, RunFolder folder, List<Stage<?>> stages) {
    Map<Product, String> makers = new EnumMap<>(Product.class);
    for (Stage<?> stage : stages) {
      Product product = stage.about().leaves();
      if (product != null) {
        makers.put(product, stage.name());
      }
    }
    return new Run(config, folder, makers);
  }
}
