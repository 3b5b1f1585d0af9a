package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.graph.ComputeConfig;
import org.rlaif.v1.BeginUpdateRequest;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.ListModelsRequest;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LogprobsResponse;
import org.rlaif.v1.PauseMode;
import org.rlaif.v1.PauseRequest;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.PushTensorRequest;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.Sampling;

/** Ids of calls, and their lines in the log. */
class CallsTest {
  private static final String PROMPT = "My sister wants to borrow my car";

  @TempDir Path folder;
  private final CapturedLog log = new CapturedLog();
  private final AtomicReference<Metadata> headers = new AtomicReference<>();
  private final AtomicReference<Metadata> trailers = new AtomicReference<>();
  private RlaifServer server;
  private ManagedChannel plain;
  private Channel channel;

  @BeforeEach
  void start() {
    Path model = TestModels.save(folder.resolve("policy"), TestModels.TINY, 7);
    server =
        RlaifServer.start(
            ServerConfig.inProcess(Map.of("policy", model)).compute(2, ComputeConfig.threads(2)));
    plain = InProcessChannelBuilder.forName(server.inProcessName()).build();
    channel =
        ClientInterceptors.intercept(
            plain, MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
  }

  @AfterEach
  void stop() {
    plain.shutdownNow();
    server.close();
    log.close();
  }

  @Test
  void theCallersIdComesBack() {
    PolicyGrpc.newBlockingStub(with("eval-7.3_a")).rollout(rollout()).forEachRemaining(each -> {});
    assertEquals("eval-7.3_a", headers.get().get(Calls.REQUEST_ID));
    assertEquals("eval-7.3_a", trailers.get().get(Calls.REQUEST_ID));
    log.line("eval-7.3_a");
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                PolicyGrpc.newBlockingStub(with("eval-8"))
                    .rollout(rollout().toBuilder().setSamples(0).build())
                    .next());
    assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
    assertEquals("eval-8", refused.getTrailers().get(Calls.REQUEST_ID));
  }

  @Test
  void withoutAGoodIdOneIsMade() {
    for (String bad : new String[] {null, "", "two words", "x".repeat(65), "a\"b", "a/b"}) {
      ControlGrpc.newBlockingStub(bad == null ? channel : with(bad))
          .listModels(ListModelsRequest.getDefaultInstance());
      String made = trailers.get().get(Calls.REQUEST_ID);
      assertTrue(made.matches("[0-9a-f]{16}"), made);
      log.line(made);
    }
  }

  @Test
  void aLineTellsWhatACallTook() {
    var stub = PolicyGrpc.newBlockingStub(with("roll", "trainer-1"));
    stub.rollout(rollout()).forEachRemaining(each -> {});
    Map<String, String> line = log.line("roll");
    assertEquals("rlaif.v1.Policy/Rollout", line.get("method"));
    assertEquals("client trainer-1", line.get("client"));
    assertEquals("policy", line.get("model"));
    assertEquals("OK", line.get("status"));
    assertEquals("12", line.get("completion_tokens"), "three of four tokens");
    assertEquals(0, Integer.parseInt(line.get("prompt_tokens")) % 3, "the prompt, three times");
    double queue = Double.parseDouble(line.get("queue_ms"));
    double first = Double.parseDouble(line.get("first_token_ms"));
    double total = Double.parseDouble(line.get("total_ms"));
    assertTrue(0 <= queue && queue <= first && first <= total && total > 0, line.toString());
    assertEquals(Level.INFO, log.end("roll").getLevel());
  }

  /** The model's name may be anything that a caller sends; the log takes names alone. */
  @Test
  void whatWasAskedAndAnsweredStaysOutOfTheLog() {
    List<String> said = new ArrayList<>();
    PolicyGrpc.newBlockingStub(with("one"))
        .rollout(rollout())
        .forEachRemaining(each -> said.add(each.getText()));
    assertThrows(
        StatusRuntimeException.class,
        () ->
            PolicyGrpc.newBlockingStub(with("two"))
                .rollout(rollout().toBuilder().setModel(PROMPT + "\nline").build())
                .next());
    assertFalse(log.line("two").containsKey("model"));
    assertEquals("NOT_FOUND", log.line("two").get("status"));
    log.line("one");
    assertEquals(3, said.size());
    for (ILoggingEvent event : log.events()) {
      String all =
          event.getFormattedMessage() + event.getKeyValuePairs() + event.getMDCPropertyMap();
      assertFalse(all.contains("sister"), all);
      said.forEach(text -> assertFalse(text.length() > 3 && all.contains(text), all));
    }
  }

  @Test
  void whoGoesAwayAndWhoIsLate() {
    ControlGrpc.newBlockingStub(channel)
        .pause(
            PauseRequest.newBuilder()
                .setModel("policy")
                .setMode(PauseMode.PAUSE_MODE_KEEP)
                .build());
    GenerateRequest request =
        GenerateRequest.newBuilder().setModel("policy").setPrompt(RlaifClient.text(PROMPT)).build();
    StatusRuntimeException late =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                PolicyGrpc.newBlockingStub(with("late"))
                    .withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                    .generate(request)
                    .next());
    assertEquals(Status.Code.DEADLINE_EXCEEDED, late.getStatus().getCode());
    String status = log.line("late").get("status");
    assertTrue(List.of("DEADLINE_EXCEEDED", "CANCELLED").contains(status), status);
    PolicyGrpc.newBlockingStub(with("gone")).generate(request);
    while (TestServer.policy(server).waitingSequences() < 1) {
      Thread.onSpinWait();
    }
    plain.shutdownNow();
    assertEquals("CANCELLED", log.line("gone").get("status"));
    assertFalse(log.line("gone").containsKey("first_token_ms"), "there was none");
  }

  @Test
  void whatComesOftenIsForDebugging() {
    String update =
        ControlGrpc.newBlockingStub(with("begin"))
            .beginUpdate(BeginUpdateRequest.newBuilder().setModel("policy").build())
            .getUpdateId();
    ControlGrpc.newBlockingStub(with("push"))
        .pushTensor(
            PushTensorRequest.newBuilder()
                .setUpdateId(update)
                .setName("transformer.ln_f.bias")
                .build());
    assertEquals("policy", log.line("push").get("model"));
    assertEquals(Level.DEBUG, log.end("push").getLevel());
    assertEquals(Level.INFO, log.end("begin").getLevel());
  }

  /** Ours: the caller learns the id under which the log has the reason. */
  @Test
  void aFaultOfOursIsToldByItsId() throws Exception {
    var broken =
        new PolicyGrpc.PolicyImplBase() {
          @Override
          public void logprobs(LogprobsRequest request, StreamObserver<LogprobsResponse> observer) {
            throw new IllegalStateException("secret");
          }
        };
    Server other =
        InProcessServerBuilder.forName("broken")
            .addService(ServerInterceptors.intercept(broken, new ErrorMapping()))
            .intercept(new Calls())
            .build()
            .start();
    ManagedChannel there = InProcessChannelBuilder.forName("broken").build();
    try {
      Channel asking = ClientInterceptors.intercept(there, attached("3f2a", null));
      StatusRuntimeException told =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  PolicyGrpc.newBlockingStub(asking)
                      .logprobs(LogprobsRequest.getDefaultInstance()));
      assertEquals(
          "the server failed; its log says why under request 3f2a",
          told.getStatus().getDescription());
      assertEquals("INTERNAL", log.line("3f2a").get("status"));
      ILoggingEvent why =
          log.events().stream().filter(event -> event.getLevel() == Level.ERROR).findFirst().get();
      assertEquals("3f2a", why.getMDCPropertyMap().get(CallRecord.REQUEST));
      assertEquals("secret", why.getThrowableProxy().getMessage());
    } finally {
      there.shutdownNow();
      other.shutdownNow();
    }
  }

  private static RolloutRequest rollout() {
    return RolloutRequest.newBuilder()
        .setModel("policy")
        .addPrompts(RlaifClient.text(PROMPT))
        .setSamples(3)
        .setSampling(Sampling.newBuilder().setMaxTokens(4).setMinTokens(4).setSeed(1))
        .build();
  }

  private Channel with(String id) {
    return with(id, null);
  }

  private Channel with(String id, String client) {
    return ClientInterceptors.intercept(channel, attached(id, client));
  }

  private static ClientInterceptor attached(String id, String client) {
    var sent = new Metadata();
    sent.put(Calls.REQUEST_ID, id);
    if (client != null) {
      sent.put(ClientIdentity.HEADER, client);
    }
    return MetadataUtils.newAttachHeadersInterceptor(sent);
  }
}
