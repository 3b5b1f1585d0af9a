package org.rlaif.training.jobs;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Example;
import org.rlaif.kit.Progress;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.ScoreScale;
import org.rlaif.torch.Device;
import org.rlaif.torch.Torch;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.PpoConfig;
import org.rlaif.training.math.Gae;
import org.rlaif.training.math.Rewards;
import org.rlaif.training.math.Whitening;
import org.rlaif.v1.CommitUpdateResponse;

/**
 * Proximal policy optimisation (Schulman et al. 2017) of a policy that is being served, with a
 * per-token KL penalty to where it started (Ziegler et al. 2019). Rollouts and scores come from the
 * server, token for token; gradients are taken here; after every update the server has the new
 * weights.
 */
public final class PpoJob {
  private PpoJob() {}

  /**
   * Trains and writes {@code model/}, {@code metrics.jsonl} and every rollout batch under {@code
   * rollouts/} into a folder.
   *
   * @param adapter what is trained of policy and value network, if not all weights
   * @param policy where the policy starts, and the reference it stays close to
   * @param reward the reward model, from which the value network starts
   * @param policyName under which a policy of the same shape is served; its weights are replaced
   * @param rewardName under which the reward model is served
   * @param prompts examples whose prompts are answered; their completions are not used for learning
   * @return of the last update: score, kl, length, endedFraction, entropy, and the same of the
   *     first under start; updates, parity.maxAbsLogprobDifference over all rollout batches,
   *     firstMinibatch (ratioMin, ratioMax, kl), weightsVersion, seconds by part
   */
  public static Map<String, Object> run(
      PpoConfig config,
      AdapterConfig adapter,
      ModelFolder policy,
      ModelFolder reward,
      RlaifClient client,
      String policyName,
      String rewardName,
      List<Example> prompts,
      long seed,
      Device device,
      Path out) {
    UserError.require(!prompts.isEmpty(), "ppo: prompts", 0, "at least 1");
    Torch.seed(seed);
    double threshold =
        Objects.requireNonNullElse(config.parityThreshold(), device.compute().parity());
    try (Learner learner = new Learner(config, adapter, policy, reward, seed, device);
        MetricsFile metrics = MetricsFile.create(out, "ppo", "update");
        Progress progress = Progress.start("ppo", config.updates(), "updates")) {
      PromptEncoder encoder = PromptEncoder.of(policy);
      Publisher publisher =
          new Publisher(client, policyName, learner.policy(), config.parityThreshold());
      Order order = new Order(prompts.size(), Seeds.of(seed, "prompts", 0));
      Stopwatch watch = new Stopwatch();
      PpoMetrics all = new PpoMetrics();
      // Whatever the server had before, both sides begin with the same weights.
      publisher.publish(firstProbes(prompts, encoder, policy.config().contextLength()));
      watch.lap("publish");

      for (int update = 0; update < config.updates(); update++) {
        Stopwatch lap = new Stopwatch();
        List<Example> asked =
            IntStream.of(order.next(config.batch())).mapToObj(prompts::get).toList();
        Rollout rollout =
            Served.rollout(
                client,
                policyName,
                encoder,
                asked,
                /* samples= */ 1,
                config.temperature(),
                config.maxTokens(),
                Seeds.of(seed, "ppo", update));
        lap.lap("rollout");
        double[] scores = Served.scores(client, rewardName, rollout.sequences());
        lap.lap("score");
        Learner.View view = learner.look(rollout);
        float[][] rewards =
            Rewards.perToken(
                rollout.logprobs(),
                view.referenceLogprobs(),
                shaped(scores, rollout, config),
                config.klCoefficient());
        Gae gae = Gae.estimate(rewards, view.values(), config.gamma(), config.lambda());
        lap.lap("forward");
        Map<String, Object> trained =
            learner.train(
                rollout,
                view.values(),
                Whitening.whiten(gae.advantages()),
                gae.returns(),
                metrics.where(update));
        lap.lap("train");
        CommitUpdateResponse published = publisher.publish(rollout.sequences());
        lap.lap("publish");

        Map<String, Object> row = PpoMetrics.of(rollout, scores, view, rewards, gae);
        row.putAll(trained);
        row.put("publishParity", published.getMaxAbsLogprobDifference());
        row.putAll(PpoMetrics.of(published.getParity()));
        row.put("weightsVersion", published.getWeightsVersion());
        row.put("seconds", lap.seconds());
        metrics.write(update, row);
        all.add(row);
        RolloutRow.write(out, update, rollout, view, scores, rewards);
        progress.figures("score %.2f, kl %.2f", all.last("score"), all.last("kl"));
        progress.step(1);
        watch.add(lap);
      }
      Trained.save(out.resolve("model"), policy, learner.policy(), ScoreScale.IDENTITY);
      return all.figures(watch, threshold);
    }
  }

  /** What the first weights are checked on, as there is no rollout yet. */
  private static List<Sequence> firstProbes(
      List<Example> prompts, PromptEncoder encoder, int contextLength) {
    return prompts.stream()
        .limit(Probes.MOST)
        .map(
            example ->
                Sequence.encode(
                    encoder,
                    contextLength,
                    "example " + example.id(),
                    example.prompt(),
                    example.completion()))
        .toList();
  }

  private static double[] shaped(double[] scores, Rollout rollout, PpoConfig config) {
    double[] shaped = new double[scores.length];
    for (int i = 0; i < shaped.length; i++) {
      shaped[i] =
          Rewards.shape(
              scores[i], rollout.ended()[i], config.missingEndPenalty(), config.scoreClip());
    }
    return shaped;
  }
}
