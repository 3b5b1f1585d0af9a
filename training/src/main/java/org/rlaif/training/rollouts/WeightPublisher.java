package org.rlaif.training.rollouts;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.model.Lora;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.torch.Compute;
import org.rlaif.torch.Network;
import org.rlaif.training.learning.Sequence;
import org.rlaif.v1.CommitUpdateRequest.Probe;
import org.rlaif.v1.CommitUpdateResponse;
import org.rlaif.v1.LowRankAdapter;

/**
 * Puts the policy's new weights into the server while it serves. The server serves them only if
 * they give the log-probabilities that the trainer expects, and the old ones do not, so it is the
 * server that judges. What is expected is computed in fp32, whatever is trained in. If the policy
 * has an adapter, only that travels: the server has the base.
 */
public final class WeightPublisher {
  private final RlaifClient client;
  private final String name;
  private final Network policy;
  private final double threshold;

  /** As they were published last; at first, as the policy begins. */
  private final Weights weights;

  /** The memory of those. */
  private final Map<String, ByteBuffer> tensors = new LinkedHashMap<>();

  /**
   * @param name under which the policy is served
   * @param threshold the largest accepted difference of log-probabilities; null: that of the
   *     arithmetic
   */
  public WeightPublisher(
      RlaifClient client, String name, Network policy, @Nullable Double threshold) {
    this.client = client;
    this.name = name;
    this.policy = policy;
    Compute compute = policy.isRounded() ? policy.device().compute() : Compute.FP32;
    this.threshold = Objects.requireNonNullElse(threshold, compute.parity());
    this.weights = policy.trainedWeights();
    for (TensorSpec spec : weights.specs()) {
      tensors.put(spec.name(), weights.bytes(spec.name()));
    }
  }

  /**
   * Publishes the weights as they are now.
   *
   * @param sequences from which the probes are chosen
   */
  public CommitUpdateResponse publish(List<Sequence> sequences) {
    List<Probe> probes;
    try (Network after = policy.exact();
        Network before = before(after)) {
      probes = ParityProbes.of(before, after, sequences);
    }
    policy.copyTrainedTo(weights);
    Lora adapter = policy.adapter();
    return adapter == null
        ? client.publish(name, tensors, probes, (float) threshold)
        : client.publishAdapter(name, message(adapter), tensors, probes, (float) threshold);
  }

  private Network before(Network after) {
    Lora adapter = after.adapter();
    return adapter == null
        ? Network.frozen(after.config(), weights, after.device())
        : after.withAdapter(adapter, after.config().head(), weights);
  }

  public static LowRankAdapter message(Lora adapter) {
    return LowRankAdapter.newBuilder()
        .setRank(adapter.rank())
        .setAlpha(adapter.alpha())
        .setRankStabilised(adapter.rankStabilised())
        .addAllTargets(adapter.targets())
        .build();
  }
}
