package org.rlaif.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.UserError;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.TensorSpec;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.update.QuantizationLoss;
import org.rlaif.v1.CommitUpdateRequest.Probe;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LogprobsResponse.Completion;

/** The served folder's weights once more, handed over as a trainer does. */
final class Publisher {
  private static final float THRESHOLD = 1e-3f;

  /** The gate judges in fp32, the probe comes from what serves: that many times the usual loss. */
  private static final double LOSSES = 10;

  private final PolicyEngine engine;
  private final Caller caller;
  private final Map<String, ByteBuffer> tensors;
  private final Probe probe;

  /**
   * @param caller in the server's process
   * @param seed of the probe
   */
  Publisher(PolicyEngine engine, Caller caller, long seed) {
    this.engine = engine;
    this.caller = caller;
    this.tensors = tensors();
    this.probe = probe(seed);
  }

  /** All weights; a {@link io.grpc.StatusRuntimeException} says why not. */
  void publish() {
    QuantizationLoss loss = engine.quantizationLoss();
    float threshold =
        loss == null ? THRESHOLD : THRESHOLD + (float) (LOSSES * loss.maxAbsDifference());
    caller.client().publish(caller.model(), tensors, List.of(probe), threshold);
  }

  private Map<String, ByteBuffer> tensors() {
    var tensors = new LinkedHashMap<String, ByteBuffer>();
    try (ModelFolder folder = ModelFolder.open(engine.folder())) {
      for (TensorSpec spec : folder.weights().specs()) {
        int bytes = Math.toIntExact(spec.elements() * Float.BYTES);
        ByteBuffer copy = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
        copy.asFloatBuffer().put(folder.weights().get(spec.name()));
        tensors.put(spec.name(), copy);
      }
    }
    return tensors;
  }

  private Probe probe(long seed) {
    List<int[]> drawn =
        new ArrayList<>(Workload.equal(engine.config(), 2, 8, 1, seed, 700).prompts());
    Completion found =
        caller
            .client()
            .logprobs(
                LogprobsRequest.newBuilder()
                    .setModel(caller.model())
                    .setPrompt(RlaifClient.tokens(drawn.get(0)))
                    .addCompletions(RlaifClient.tokens(drawn.get(1)))
                    .build())
            .getCompletions(0);
    UserError.require(found.getLogprobsCount() > 0, "probe", 0, "log-probabilities");
    Probe.Builder probe = Probe.newBuilder().addAllCompletionTokenIds(found.getTokenIdsList());
    for (int id : drawn.get(0)) {
      probe.addPromptTokenIds(id);
    }
    return probe.addAllLogprobs(found.getLogprobsList()).build();
  }
}
