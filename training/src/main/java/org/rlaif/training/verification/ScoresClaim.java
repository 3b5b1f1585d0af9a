package org.rlaif.training.verification;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rlaif.client.RlaifClient;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.ScoreScale;
import org.rlaif.torch.Compute;
import org.rlaif.torch.Device;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.onpolicy.RolloutRow;
import org.rlaif.training.rewards.ModelReward;
import org.rlaif.training.rewards.RewardKind;
import org.rlaif.training.rewards.RewardSource;
import org.rlaif.training.rewards.RubricReward;
import org.rlaif.training.rewards.SampledCompletion;
import org.rlaif.training.rewards.WeightedReward;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;

/**
 * Completions are worth what their batches say: the reward model's score computed in LibTorch, a
 * rubric's from the text. A class of the user's, or an environment, may say something else every
 * time, and is not asked.
 *
 * @param stage the on-policy one
 */
record ScoresClaim(String stage) implements Claim {
  /**
   * Of a score in standard deviations of the reward model's, LibTorch against ONNX Runtime, in
   * fp32.
   */
  private static final double TOLERANCE = 1e-4;

  @Override
  public String name() {
    return "scores";
  }

  @Override
  public String verify(RunContext context, Sample sample) {
    Run run = context.run();
    OnPolicyConfig config = run.config().onPolicy();
    for (RewardKind part : config.parts()) {
      if (!(part instanceof ModelReward) && !(part instanceof RubricReward)) {
        return "one part, %s, may say something else: not asked again".formatted(part.label());
      }
    }
    double weight =
        config.rewards().stream()
            .filter(RewardKind::needsModel)
            .mapToDouble(part -> Math.abs(part.weight()))
            .sum();
    Nearness nearness =
        weight == 0
            ? Nearness.exact()
            : Nearness.within(TOLERANCE * Math.max(1, weight), "LibTorch against the server");
    int asked = 0;
    int all = 0;
    try (ModelFolder start = ModelFolder.open(run.path(Product.START));
        RlaifClient nobody = RlaifClient.open("inprocess:nobody", Duration.ofSeconds(1))) {
      List<RewardKind> parts = new ArrayList<>();
      for (RewardKind part : config.rewards()) {
        parts.add(
            part instanceof ModelReward served
                ? new ModelHere(List.copyOf(run.rewards().values()), exact(context), served)
                : part);
      }
      var reward =
          new WeightedReward(
              parts, new RewardKind.Server(nobody, List.of()), /* leavesOut= */ true);
      PromptEncoder encoder = PromptEncoder.of(start);
      int longest = start.config().contextLength();
      for (int update = 0; update < config.updates(); update++) {
        Rows<RolloutRow> rows =
            Rows.read(run.folder().stage(stage).resolve(RolloutRow.name(update)), RolloutRow.class);
        Rows<RolloutRow> some = rows.sample(sample, "scores " + update);
        double[] scores =
            reward.of(RolloutRow.batch(some.rows(), encoder, longest).written()).sums();
        for (int i = 0; i < scores.length; i++) {
          some.compare(i, Map.of("score", scores[i]), nearness);
        }
        asked += some.size();
        all += rows.size();
      }
    }
    return "%d of %d completions of all batches: %s".formatted(asked, all, nearness.words());
  }

  private static Device exact(RunContext context) {
    return new Device(context.device().name(), Compute.FP32);
  }

  /** The score of the reward model, or of its ensemble, without a server. */
  private record ModelHere(List<Path> folders, Device device, ModelReward served)
      implements RewardKind {
    @Override
    public double weight() {
      return served.weight();
    }

    @Override
    public String label() {
      return "model";
    }

    @Override
    public RewardSource open(Server server) {
      return completions ->
          served.combined(folders.stream().map(folder -> score(folder, completions)).toList());
    }

    private double[] score(Path folder, List<SampledCompletion> completions) {
      List<Sequence> sequences =
          completions.stream()
              .map(each -> new Sequence(each.promptTokens(), each.tokens()))
              .toList();
      try (ModelFolder model = ModelFolder.open(folder)) {
        ScoreScale scale = model.scoreScale();
        double[] scores =
            TrainableModel.ask(
                    List.of(model), device, network -> Forward.scores(network, sequences))
                .get(0);
        for (int i = 0; i < scores.length; i++) {
          scores[i] = scale.apply(scores[i]);
        }
        return scores;
      }
    }
  }
}
