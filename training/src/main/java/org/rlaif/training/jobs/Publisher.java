package org.rlaif.training.jobs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.client.RlaifClient;
import org.rlaif.model.Lora;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.torch.Network;
import org.rlaif.v1.CommitUpdateRequest.Probe;
import org.rlaif.v1.CommitUpdateResponse;
import org.rlaif.v1.LowRankAdapter;

/**
 * Puts the policy's new weights into the server while it serves. The server serves them only if
 * they give the log-probabilities that the trainer expects, so it is the server that judges. If the
 * policy has an adapter, only that travels: the server has the base.
 */
final class Publisher {
  static final int PROBES = 4;

  private final RlaifClient client;
  private final String name;
  private final Network policy;
  private final double threshold;
  private final Weights weights;
  private final Map<String, ByteBuffer> tensors = new LinkedHashMap<>();

  /**
   * @param name under which the policy is served
   * @param threshold the largest accepted difference of log-probabilities
   */
  Publisher(RlaifClient client, String name, Network policy, double threshold) {
    this.client = client;
    this.name = name;
    this.policy = policy;
    this.threshold = threshold;
    this.weights = policy.trainedWeights();
    for (TensorSpec spec : weights.specs()) {
      int bytes = Math.toIntExact(spec.elements() * Float.BYTES);
      tensors.put(spec.name(), ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }
  }

  /**
   * Publishes the weights as they are now.
   *
   * @param sequences of which the first few are the probes
   */
  CommitUpdateResponse publish(List<Sequence> sequences) {
    policy.copyTrainedTo(weights);
    tensors.forEach((tensor, bytes) -> bytes.asFloatBuffer().put(weights.get(tensor)));
    List<Sequence> chosen = sequences.subList(0, Math.min(PROBES, sequences.size()));
    float[][] logprobs = Forward.logprobs(policy, chosen, /* temperature= */ 1, PROBES);
    List<Probe> probes = new ArrayList<>(chosen.size());
    for (int i = 0; i < chosen.size(); i++) {
      Probe.Builder probe = Probe.newBuilder();
      for (int id : chosen.get(i).prompt()) {
        probe.addPromptTokenIds(id);
      }
      for (int id : chosen.get(i).completion()) {
        probe.addCompletionTokenIds(id);
      }
      for (float logprob : logprobs[i]) {
        probe.addLogprobs(logprob);
      }
      probes.add(probe.build());
    }
    Lora adapter = policy.adapter();
    return adapter == null
        ? client.publish(name, tensors, probes, (float) threshold)
        : client.publishAdapter(name, message(adapter), tensors, probes, (float) threshold);
  }

  private static LowRankAdapter message(Lora adapter) {
    return LowRankAdapter.newBuilder()
        .setRank(adapter.rank())
        .setAlpha(adapter.alpha())
        .setRankStabilised(adapter.rankStabilised())
        .addAllTargets(adapter.targets())
        .build();
  }
}
