package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.Credentials;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.ServedModel;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.training.run.Servers.Serving;
import org.rlaif.v1.LoadModelRequest;

/** Runs of one name on one server. */
class RemoteServersTest {
  private static final String MODEL = "tiny-policy";

  @TempDir Path folder;
  private RlaifServer server;
  private Map<String, Path> models;

  @BeforeEach
  void start() {
    models = Map.of(MODEL, TestModels.save(folder.resolve("policy"), TestModels.TINY, 7));
    server = RlaifServer.start(ServerConfig.inProcess(Map.of()).listen(ServerConfig.LOOPBACK, 0));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Which renews its lease every second. */
  @Test
  void theSecondIsRefusedAndTheFirstGoesOn() {
    RemoteServers first = run("tiny-1", Duration.ofSeconds(12));
    RemoteServers second = run("tiny-2", Duration.ofSeconds(12));
    try (Serving serving = serve(first)) {
      UserError e = assertThrows(UserError.class, () -> serve(second).close());
      assertTrue(
          e.getMessage()
              .matches(
                  "server 127.0.0.1:\\d+, model tiny-policy: held by tiny-1, a run that goes on,"
                      + " until 2\\S+Z or longer \\(expected: a run whose name no other uses"
                      + " there\\)"),
          e.getMessage());
      assertEquals("tiny-1", serving.client().models().get(0).getHolder());
    }
    try (Serving serving = serve(second)) {
      assertEquals("tiny-2", serving.client().models().get(0).getHolder());
    }
    assertEquals(List.of(), server.models(), "nothing is left behind");
  }

  /** Its models are there until its lease is over. */
  @Test
  void afterAKilledRunTheNextOneWaits() {
    try (RlaifClient killed = RlaifClient.open(address(), Duration.ofSeconds(60))) {
      killed.load(
          LoadModelRequest.newBuilder()
              .setName(MODEL)
              .setFolder(models.get(MODEL).toString())
              .setHolder("tiny-1")
              .setLeaseSeconds(2)
              .build());
    }
    ServedModel left = server.models().get(0);
    try (Serving serving = serve(run("tiny-2", Duration.ofSeconds(12)))) {
      assertEquals("tiny-2", serving.client().models().get(0).getHolder());
      assertNotSame(left, server.models().get(0), "loaded anew");
    }
  }

  /** As a server did before there were leases, or as somebody loaded it by hand. */
  @Test
  void whatNobodyHoldsIsReplaced() {
    try (RlaifClient client = RlaifClient.open(address(), Duration.ofSeconds(60))) {
      client.load(MODEL, models.get(MODEL).toString());
    }
    try (Serving serving = serve(run("tiny-2", Duration.ofSeconds(12)))) {
      assertEquals("tiny-2", serving.client().models().get(0).getHolder());
    }
  }

  /** Every start of a run has an id of its own. */
  @Test
  void aRunStartedTwiceIsTwoHolders() {
    Credentials none = Credentials.NONE;
    List<String> holders =
        List.of(
            RemoteServers.of(address(), none.tls(), Map.of(), "tiny").holder(),
            RemoteServers.of(address(), none.tls(), Map.of(), "tiny").holder());
    assertTrue(holders.stream().allMatch(each -> each.startsWith("tiny-")), holders::toString);
    assertEquals(2, holders.stream().distinct().count());
  }

  private Serving serve(RemoteServers servers) {
    return servers.serve(models, /* weights= */ null, List::of);
  }

  private RemoteServers run(String holder, Duration lease) {
    return new RemoteServers(address(), Credentials.NONE, holder, lease);
  }

  private String address() {
    return "127.0.0.1:" + server.port();
  }
}
