package org.rlaif.training.onpolicy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Example;
import org.rlaif.kit.Interruption;
import org.rlaif.kit.MayBeAbsent;
import org.rlaif.kit.Progress;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.ScoreScale;
import org.rlaif.torch.Device;
import org.rlaif.torch.Torch;
import org.rlaif.training.checkpoint.Checkpoint;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.MissingReward;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.environments.Environment;
import org.rlaif.training.learning.BestWeights;
import org.rlaif.training.learning.BestWeights.Best;
import org.rlaif.training.learning.MetricsFile;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.Stopwatch;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Advantages;
import org.rlaif.training.onpolicy.OnPolicyAlgorithm.Experience;
import org.rlaif.training.onpolicy.OnPolicyFigures.BestUpdate;
import org.rlaif.training.rewards.RewardKind;
import org.rlaif.training.rewards.WeightedReward;
import org.rlaif.training.rollouts.Episodes;
import org.rlaif.training.rollouts.ParityProbes;
import org.rlaif.training.rollouts.Rollout;
import org.rlaif.training.rollouts.WeightPublisher;
import org.rlaif.v1.CommitUpdateResponse;

/**
 * What all on-policy algorithms do with a policy that is being served: it writes, what it wrote is
 * rewarded, gradients are taken here, and after every update the server has the new weights.
 *
 * @param name of the algorithm, in errors and metrics
 * @param adapter what is trained of policy and value network, if not all weights
 * @param checkpoints what it goes on from, and saves
 * @param samplesEvery so many updates one of what the policy writes is shown; 0: never
 */
public record OnPolicyLoop(
    String name,
    OnPolicyAlgorithm algorithm,
    OnPolicyConfig config,
    AdapterConfig adapter,
    long seed,
    Device device,
    Checkpoints checkpoints,
    int samplesEvery) {

  /** A call to a server has a limit of its own; a batch beside an update, with all calls, this. */
  private static final Duration PATIENCE = Duration.ofHours(6);

  /** One that shows no samples. */
  public OnPolicyLoop(
      String name,
      OnPolicyAlgorithm algorithm,
      OnPolicyConfig config,
      AdapterConfig adapter,
      long seed,
      Device device,
      Checkpoints checkpoints) {
    this(name, algorithm, config, adapter, seed, device, checkpoints, /* samplesEvery= */ 0);
  }

  /**
   * The models it works on.
   *
   * @param policy where the policy starts, and the reference it stays close to
   * @param reward the reward model, with which a value network begins; null: there is none
   * @param client of the server of both
   * @param policyName under which a policy of the same shape is served; its weights are replaced
   * @param rewards whom rewards may ask
   * @param environment that answers the policy; null: nobody does
   */
  public record Models(
      ModelFolder policy,
      @Nullable ModelFolder reward,
      RlaifClient client,
      String policyName,
      RewardKind.Server rewards,
      @Nullable Environment environment) {

    /** Without an environment. */
    public Models(
        ModelFolder policy,
        @Nullable ModelFolder reward,
        RlaifClient client,
        String policyName,
        RewardKind.Server rewards) {
      this(policy, reward, client, policyName, rewards, null);
    }

    /** In tokens, as every model of them can read. */
    int contextLength() {
      int ofPolicy = policy.config().contextLength();
      return reward == null ? ofPolicy : Math.min(ofPolicy, reward.config().contextLength());
    }

    /** Makes tokens of prompts, those of the environment's tools among them. */
    PromptEncoder encoder() {
      PromptEncoder encoder = PromptEncoder.of(policy);
      return environment == null ? encoder : Episodes.withTools(encoder, environment);
    }
  }

  /**
   * What a checkpoint holds beside weights and moments.
   *
   * @param figures of the updates that are done
   * @param best whose weights did best so far; null unless they are kept
   */
  private record State(
      OnPolicyState loop,
      Learner.Position learner,
      OnPolicyFigures figures,
      @MayBeAbsent @Nullable Best best) {}

  /**
   * Trains and writes {@code model/}, {@code metrics.jsonl} and every rollout batch under {@code
   * rollouts/} into a folder.
   *
   * @param prompts examples whose prompts are answered; their completions are not learned
   * @param tooLong how many were left out before, for the figures
   */
  public OnPolicyFigures run(Models models, List<Example> prompts, int tooLong, Path out) {
    UserError.require(!prompts.isEmpty(), name + ": prompts", 0, "at least 1");
    Torch.seed(seed);
    RlaifClient client = models.client();
    var reward =
        new WeightedReward(
            config.parts(), models.rewards(), config.missingReward() == MissingReward.LEAVE_OUT);
    PromptEncoder encoder = models.encoder();
    OnPolicyState loop = OnPolicyState.begin(config);
    Stopwatch watch = new Stopwatch();
    double threshold =
        Objects.requireNonNullElse(config.parityThreshold(), device.compute().parity());
    Alarms alarms = new Alarms(name, threshold, line -> System.err.println("rlaif: " + line));
    @Nullable OnPolicyFigures figures = null;
    try (Learner learner =
            new Learner(
                algorithm, config, adapter, models.policy(), models.reward(), seed, device);
        MetricsFile metrics = MetricsFile.open(out, name, "update");
        Progress progress = Progress.start(name, config.updates(), "updates");
        Interruption.Grace saved = checkpoints.work(name);
        Beside beside = new Beside(name + "-rollouts", PATIENCE)) {
      var publisher =
          new WeightPublisher(
              client, models.policyName(), learner.policy(), config.parityThreshold());
      var best = new BestWeights(learner.policy(), !config.bestBy().isEmpty());
      Checkpoint found = checkpoints.newest().orElse(null);
      if (found != null) {
        State state = found.state(State.class);
        learner.restore(state.learner(), found.stored());
        best.restore(state.best(), found.stored());
        loop = state.loop();
        figures = state.figures();
        progress.step(figures.updates());
        watch.add(figures.seconds());
      }
      // Whatever the server had before, both sides begin with the same weights.
      List<Sequence> probes =
          ParityProbes.first(prompts, encoder, models.policy().config().contextLength());
      CommitUpdateResponse served = publisher.publish(probes);
      watch.lap("publish");
      long offset = figures == null ? 0 : served.getWeightsVersion() - figures.weightsVersion();
      var sampling =
          new Sampling(
              name,
              algorithm,
              config,
              seed,
              new ServedPolicy(
                  client,
                  models.policyName(),
                  models.environment(),
                  models.contextLength(),
                  encoder,
                  config,
                  algorithm.samples(),
                  offset),
              reward,
              prompts,
              loop.prompts());
      var batches = new Batches(name, sampling, config, beside, best::take);
      if (found != null) {
        batches.restore(found.stored());
      }

      for (int update = figures == null ? 0 : figures.updates();
          update < config.updates();
          update++) {
        Stopwatch lap = new Stopwatch();
        Sampling.Batch batch = batches.next(update, lap);
        Rollout rollout = batch.rollout();
        Learner.View view = learner.look(rollout);
        Experience experience = learner.experience(batch, view, loop.klCoefficient());
        Advantages estimated = algorithm.advantages(experience);
        lap.lap("forward");
        Learner.Learned learned =
            learner.train(
                new Learner.Lesson(
                    rollout,
                    batch.groups(),
                    view,
                    estimated,
                    update,
                    loop.klCoefficient(),
                    metrics.where(update)));
        lap.lap("train");
        batches.settle(lap);
        boolean moved = learned.policyGradientNorm() != null;
        probes = rollout.sequences();
        if (moved) {
          served = publisher.publish(probes);
        }
        lap.lap("publish");

        UpdateRow row =
            new UpdateRow(
                UpdateRow.Seen.of(batch, batches.areByOthers(update), view, experience, estimated),
                batch.means(),
                batch.asked(),
                learner.kl().place() == null ? null : loop.klCoefficient(),
                UpdateRow.Corrected.of(view),
                learned,
                moved ? UpdateRow.Published.of(served) : null,
                served.getWeightsVersion() - offset,
                lap.seconds());
        metrics.write(update, row);
        if (!config.bestBy().isEmpty()) {
          best.measured(update, row.worth(config.bestBy()));
        }
        figures =
            figures == null ? OnPolicyFigures.first(row, threshold, tooLong) : figures.and(row);
        RolloutRow.write(out, update, rollout, view, batch.scores(), experience.rewards());
        loop =
            new OnPolicyState(
                sampling.asked(),
                learner.kl().next(loop.klCoefficient(), row.seen().kl(), rollout.size()));
        alarms.look(row, figures);
        if (samplesEvery > 0 && (update + 1) % samplesEvery == 0) {
          progress.say(ShownSample.of(name, update + 1, rollout, batch.scores()));
        }
        progress.figures("score %.2f, kl %.2f", row.seen().score(), row.seen().kl());
        progress.step(1);
        lap.lap("write");
        watch.add(lap);
        if (update + 1 < config.updates()) { // the end is a moment away
          var reached = new State(loop, learner.position(), figures.in(watch), best.best());
          checkpoints.after(
              reached.learner().step(),
              () -> reached,
              folder -> {
                learner.save(folder);
                best.save(folder);
                batches.save(folder);
              });
        }
      }
      if (best.best() != null) {
        Stopwatch lap = new Stopwatch();
        best.bringBack();
        served = publisher.publish(probes);
        lap.lap("publish");
        watch.add(lap);
        figures =
            Objects.requireNonNull(figures)
                .left(
                    BestUpdate.of(config.bestBy(), best.best()),
                    served.getMaxAbsLogprobDifference(),
                    served.getWeightsVersion() - offset);
      }
      TrainableModel.save(
          out.resolve("model"), models.policy(), learner.policy(), ScoreScale.IDENTITY);
    }
    return Objects.requireNonNull(figures, "at least one update").in(watch);
  }
}
