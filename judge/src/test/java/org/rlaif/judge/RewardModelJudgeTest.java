package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.rlaif.client.RlaifClient;
import org.rlaif.v1.RewardGrpc;
import org.rlaif.v1.ScorePairsRequest;
import org.rlaif.v1.ScorePairsResponse;

/** Against a real server over the in-process channel; only the model behind it is a rule. */
class RewardModelJudgeTest {
  private final AtomicInteger pairs = new AtomicInteger();

  /** By the difference in length, one logit a character. */
  private final RewardGrpc.RewardImplBase byLength =
      new RewardGrpc.RewardImplBase() {
        @Override
        public void scorePairs(ScorePairsRequest request, StreamObserver<ScorePairsResponse> out) {
          if (request.getPairsList().stream()
              .anyMatch(each -> each.getFirst().getText().equals("enormous"))) {
            out.onError(
                Status.INVALID_ARGUMENT.withDescription("pairs[0]: too long").asRuntimeException());
            return;
          }
          ScorePairsResponse.Builder response = ScorePairsResponse.newBuilder();
          for (ScorePairsRequest.Pair each : request.getPairsList()) {
            pairs.incrementAndGet();
            int longer = each.getFirst().getText().length() - each.getSecond().getText().length();
            response.addPairsBuilder().setProbabilityFirst((float) (1 / (1 + Math.exp(-longer))));
          }
          out.onNext(response.build());
          out.onCompleted();
        }
      };

  /** sigmoid(2), and sigmoid(-1); the one that the server does not take costs nobody else. */
  @Test
  void whatBradleyAndTerryGiveInOneOrder() throws Exception {
    String name = UUID.randomUUID().toString();
    Server server = InProcessServerBuilder.forName(name).addService(byLength).build().start();
    JudgeConfig config = JudgeConfig.load(null, List.of("kind=reward", "model=rm"));
    try (Judge judge =
        config.open(1, limit -> RlaifClient.open("inprocess:" + name, limit), null)) {
      List<Verdict> verdicts =
          BothOrders.compareAll(
              judge,
              List.of(
                  new Question("p", "abc", "a"),
                  new Question("p", "enormous", "a"),
                  new Question("p", "a", "ab")));
      assertEquals(0.880797078, verdicts.get(0).probabilityFirst(), 1e-7);
      assertNull(verdicts.get(1).probabilityFirst());
      assertTrue(String.valueOf(verdicts.get(1).rationale()).endsWith("pairs[0]: too long"));
      assertEquals(0.268941421, verdicts.get(2).probabilityFirst(), 1e-7);
      assertEquals(2, pairs.get(), "asked in one order");
      assertEquals("reward:rm", judge.name());
    } finally {
      server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }
}
