package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.v1.BeginUpdateRequest;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.RollbackUpdateRequest;

/** An update belongs to whoever began it, for as long as its connection lasts. */
@Timeout(60)
class UpdateOwnersTest {
  @TempDir static Path folder;
  private static RlaifServer server;

  @BeforeAll
  static void start() {
    Path model = TestModels.save(folder.resolve("policy"), TestModels.TINY, 7);
    server =
        RlaifServer.start(
            ServerConfig.inProcess(Map.of("policy", model))
                .compute(2, ComputeConfig.threads(2))
                .listen(ServerConfig.LOOPBACK, 0));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void anUpdateEndsWithItsConnectionOverTcp() throws Exception {
    endsWithItsConnection(overTcp());
  }

  @Test
  void anUpdateEndsWithItsConnectionWithinTheProcess() throws Exception {
    endsWithItsConnection(InProcessChannelBuilder.forName(server.inProcessName()).build());
  }

  private static void endsWithItsConnection(ManagedChannel channel) throws Exception {
    String id = begin(channel);
    ManagedChannel other = overTcp();
    try {
      StatusRuntimeException refusal =
          assertThrows(StatusRuntimeException.class, () -> begin(other));
      assertEquals(Status.Code.FAILED_PRECONDITION, refusal.getStatus().getCode());
      String why = String.valueOf(refusal.getStatus().getDescription());
      assertTrue(why.contains("update; connection "), why);
      assertTrue(why.contains(" began " + id + " at "), why);
      assertTrue(why.contains(" and has it until "), why);
      channel.shutdownNow();
      String next = null;
      while (next == null) { // until the server has heard of it
        try {
          next = begin(other);
        } catch (StatusRuntimeException e) {
          assertEquals(Status.Code.FAILED_PRECONDITION, e.getStatus().getCode());
          Thread.sleep(20);
        }
      }
      StatusRuntimeException gone =
          assertThrows(StatusRuntimeException.class, () -> rollBack(other, id));
      why = String.valueOf(gone.getStatus().getDescription());
      assertTrue(why.contains("this one ended with its connection at "), why);
      ManagedChannel third = overTcp();
      try {
        rollBack(third, next); // the id is enough
      } finally {
        third.shutdownNow();
      }
    } finally {
      other.shutdownNow();
    }
  }

  private static ManagedChannel overTcp() {
    return Grpc.newChannelBuilder(
            ServerConfig.LOOPBACK + ":" + server.port(), InsecureChannelCredentials.create())
        .build();
  }

  private static String begin(ManagedChannel channel) {
    return ControlGrpc.newBlockingStub(channel)
        .beginUpdate(BeginUpdateRequest.newBuilder().setModel("policy").build())
        .getUpdateId();
  }

  private static void rollBack(ManagedChannel channel, String id) {
    ControlGrpc.newBlockingStub(channel)
        .rollbackUpdate(RollbackUpdateRequest.newBuilder().setUpdateId(id).build());
  }
}
