package org.rlaif.training.rollouts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.rlaif.client.RlaifClient;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Lora;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.torch.Compute;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.v1.CommitUpdateRequest.Probe;
import org.rlaif.v1.CommitUpdateResponse;
import org.rlaif.v1.Parity;

/**
 * Updates that are smaller than the threshold, and reach the server damaged with the right probes:
 * all refused, the right one taken.
 */
class WeightPublisherTest {
  private static final Device BF16 = new Device("cpu", Compute.BF16);

  /** Far above what the updates change. */
  private static final float THRESHOLD = 0.5f;

  private static final Lora LORA = new Lora(4, 8, false, List.of(Lora.ALL));
  private static RlaifServer server;
  private static RlaifClient client;
  private final List<Sequence> sequences =
      IntStream.range(0, 20)
          .mapToObj(i -> new Sequence(new int[] {2, 3 + i}, new int[] {5 + i, 30 - i, 9, 7}))
          .toList();

  @BeforeAll
  static void serve() {
    server = ToyModels.serve();
    client = ToyModels.client(server);
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @Test
  void damagedWeightsAreRefusedInFp32() {
    damagedWeightsAreRefused(Device.CPU);
  }

  @Test
  void damagedWeightsAreRefusedInBf16() {
    damagedWeightsAreRefused(BF16);
  }

  @Test
  void damagedAdaptersAreRefusedInFp32() {
    damagedAdaptersAreRefused(Device.CPU);
  }

  @Test
  void damagedAdaptersAreRefusedInBf16() {
    damagedAdaptersAreRefused(BF16);
  }

  private void damagedWeightsAreRefused(Device device) {
    try (ModelFolder folder = ModelFolder.open(ToyModels.sft());
        Network start = Network.load(folder.config(), folder.weights(), device);
        Network moved = Network.load(folder.config(), near(start.weights(), 1, 0.01), device)) {
      Parity first = right(start, start).getParity();
      assertFalse(
          first.getUndetermined().isEmpty(), "the same weights, or others, serve: " + first);
      Weights old = start.weights();
      refused(start, moved, old, name -> true);
      refused(start, moved, old, name -> name.contains(".h.1."));
      refused(start, moved, old, name -> name.contains(".h.0.mlp."));
      refused(start, moved, old, name -> name.endsWith("wte.weight"));
      Parity parity = right(start, moved).getParity();
      assertEquals("", parity.getUndetermined(), parity.toString());
      assertTrue(parity.getOldDifference() > 0.01, parity.toString());
      assertTrue(parity.getOldDifference() < THRESHOLD / 4, parity.toString());
      assertTrue(parity.getNewDifference() < 1e-4, parity.toString());
      assertFalse(right(moved, moved).getParity().getUndetermined().isEmpty(), "nothing changed");
      right(moved, start); // for the next test
    }
  }

  private void damagedAdaptersAreRefused(Device device) {
    try (ModelFolder folder = ModelFolder.open(ToyModels.sft());
        Network base = Network.frozen(folder.config(), folder.weights(), device);
        Network fresh = base.withAdapter(LORA, Head.LANGUAGE_MODEL, /* seed= */ 1);
        Network start =
            base.withAdapter(LORA, Head.LANGUAGE_MODEL, near(fresh.trainedWeights(), 2, 0.3));
        Network moved =
            base.withAdapter(LORA, Head.LANGUAGE_MODEL, near(start.trainedWeights(), 3, 0.01));
        Network other =
            base.withAdapter(LORA, Head.LANGUAGE_MODEL, near(start.trainedWeights(), 4, 0.01))) {
      assertEquals(device.equals(BF16), base.isRounded());
      right(fresh, start);
      refused(start, moved, start.trainedWeights(), name -> true);
      refused(start, moved, start.trainedWeights(), name -> name.contains(".h.1."));
      refused(start, moved, start.trainedWeights(), name -> name.contains("lora_A"));
      refused(start, moved, start.trainedWeights(), name -> name.contains("lora_B"));
      refused(start, moved, other.trainedWeights(), name -> true);
      Parity parity = right(start, moved).getParity();
      assertEquals("", parity.getUndetermined(), parity.toString());
      assertTrue(parity.getOldDifference() < THRESHOLD / 4, parity.toString());
      assertFalse(right(moved, moved).getParity().getUndetermined().isEmpty(), "nothing changed");
      right(moved, fresh);
    }
  }

  private CommitUpdateResponse right(Network before, Network after) {
    return publish(before, after, tensors(after.trainedWeights()));
  }

  /** Some tensors are not the new ones. */
  private void refused(Network before, Network after, Weights wrong, Predicate<String> which) {
    Map<String, ByteBuffer> tensors = tensors(after.trainedWeights());
    tensors(wrong)
        .forEach(
            (name, bytes) -> {
              if (which.test(name)) {
                tensors.put(name, bytes);
              }
            });
    StatusRuntimeException refusal =
        assertThrows(StatusRuntimeException.class, () -> publish(before, after, tensors));
    assertEquals(Status.Code.FAILED_PRECONDITION, refusal.getStatus().getCode());
    String why = String.valueOf(refusal.getStatus().getDescription());
    assertTrue(why.contains("parity: the new weights are "), why);
  }

  private CommitUpdateResponse publish(
      Network before, Network after, Map<String, ByteBuffer> tensors) {
    List<Probe> probes;
    try (Network exactBefore = before.exact();
        Network exactAfter = after.exact()) {
      probes = ParityProbes.of(exactBefore, exactAfter, sequences);
    }
    return after.adapter() == null
        ? client.publish("policy", tensors, probes, THRESHOLD)
        : client.publishAdapter(
            "policy", WeightPublisher.message(after.adapter()), tensors, probes, THRESHOLD);
  }

  private static Map<String, ByteBuffer> tensors(Weights weights) {
    Map<String, ByteBuffer> tensors = new LinkedHashMap<>();
    for (TensorSpec spec : weights.specs()) {
      FloatBuffer numbers = weights.get(spec.name());
      ByteBuffer bytes =
          ByteBuffer.allocate(numbers.remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(numbers);
      tensors.put(spec.name(), bytes);
    }
    return tensors;
  }

  /** Uniform noise of this width on every number. */
  private static Weights near(Weights weights, long seed, double width) {
    var random = new SplittableRandom(seed);
    Weights near = Weights.allocate(weights.specs());
    for (TensorSpec spec : weights.specs()) {
      FloatBuffer from = weights.get(spec.name());
      FloatBuffer to = near.get(spec.name());
      while (from.hasRemaining()) {
        to.put((float) (from.get() + width * (random.nextDouble() - 0.5)));
      }
    }
    return near;
  }
}
