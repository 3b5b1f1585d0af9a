package org.rlaif.training.stages;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.model.ModelFolder;
import org.rlaif.training.config.Algorithm;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.rewards.RewardPart;
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
            && run.onPolicy().rewards().stream().anyMatch(RewardPart::needsModel);
    if (trainsReward || !onPolicy) {
      stages.add(new CandidatesStage(run));
      stages.add(new LabelStage(run));
    }
    if (trainsReward) {
      stages.add(new RewardStage(run));
    }
    stages.add(onPolicy ? new OnPolicyStage(run) : new DpoStage(run));
    stages.add(new EvaluateStage(run));
    stages.add(new ReportStage());
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

  /** What of the model to begin with decides the result of whoever trains it. */
  static List<Object> startSettings(RunConfig run) {
    ModelConfig model = run.model();
    String weights = model.folder().isEmpty() ? "" : content(model.path());
    return List.of(model, weights, run.data().tooLong(), run.data().bytesPerToken());
  }

  /** Of a model's folder. */
  static String content(Path model) {
    return ModelFolder.files(model).stream().map(AtomicFiles::sha256).toList().toString();
  }
}
