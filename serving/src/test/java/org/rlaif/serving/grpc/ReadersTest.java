package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.GenerateResponse;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.Sampling;

/** Callers that do not read wait, and nobody waits for them. Four slots of 2,000 tokens. */
class ReadersTest {
  private static final int SLOTS = 4;
  private static final int TOKENS = 1_500;

  @TempDir Path folder;
  private TestServer server;
  private ManagedChannel small;

  /** A call whose caller reads when it wants to. */
  private static final class Reader<Q, R> extends ClientCall.Listener<R> {
    final Queue<R> read = new ConcurrentLinkedQueue<>();
    final CompletableFuture<Status> end = new CompletableFuture<>();
    private final ClientCall<Q, R> call;

    Reader(ManagedChannel channel, MethodDescriptor<Q, R> method, Q request) {
      call = channel.newCall(method, CallOptions.DEFAULT);
      call.start(this, new Metadata());
      call.request(1);
      call.sendMessage(request);
      call.halfClose();
    }

    void readAll() {
      call.request(Integer.MAX_VALUE);
    }

    @Override
    public void onMessage(R message) {
      read.add(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status);
    }
  }

  @BeforeEach
  void start() {
    server = TestServer.start(folder);
    small =
        NettyChannelBuilder.forAddress(ServerConfig.LOOPBACK, server.server().port())
            .usePlaintext()
            .flowControlWindow(1 << 16)
            .build();
  }

  @AfterEach
  void stop() {
    small.shutdownNow();
    server.close();
  }

  @Test
  void streamsWaitOutsideTheSlotsAndLoseNothing() throws Exception {
    List<GenerateResponse> expected = answers(server.tcp(), request(7));
    List<Reader<GenerateRequest, GenerateResponse>> readers = new ArrayList<>();
    for (int i = 0; i < SLOTS - 1; i++) { // there is room for one that reads, but not at once
      readers.add(new Reader<>(small, PolicyGrpc.getGenerateMethod(), request(7)));
    }
    await("every stream has begun", () -> readers.stream().noneMatch(r -> r.read.isEmpty()));
    await("all wait outside the slots", () -> model().liveSequences() == 0);
    assertEquals(expected, answers(server.tcp(), request(7)), "somebody else, meanwhile");
    Thread.sleep(100);
    assertEquals(0, model().liveSequences(), "nothing goes on");
    for (Reader<GenerateRequest, GenerateResponse> reader : readers) {
      assertTrue(!reader.end.isDone());
      reader.readAll();
    }
    for (Reader<GenerateRequest, GenerateResponse> reader : readers) {
      assertEquals(Status.Code.OK, reader.end.get(60, TimeUnit.SECONDS).getCode());
      assertEquals(expected, List.copyOf(reader.read));
    }
  }

  @Test
  void moreThanThereAreSlotsAreEndedTheLongestWaitingFirst() throws Exception {
    List<Reader<GenerateRequest, GenerateResponse>> readers = new ArrayList<>();
    for (int i = 0; i < 3 * SLOTS; i++) {
      var reader = new Reader<>(small, PolicyGrpc.getGenerateMethod(), request(i));
      readers.add(reader);
      await("it has begun", () -> !reader.read.isEmpty());
    }
    await("all wait", () -> model().liveSequences() == 0 && model().waitingSequences() == 0);
    readers.forEach(Reader::readAll);
    int refused = 0;
    for (Reader<GenerateRequest, GenerateResponse> reader : readers) {
      Status status = reader.end.get(60, TimeUnit.SECONDS);
      if (!status.isOk()) {
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getCode(), status.toString());
        refused++;
      }
    }
    assertEquals(2 * SLOTS, refused);
  }

  @Test
  void aRolloutBeginsNoMoreThanIsRead() throws Exception {
    RolloutRequest request =
        RolloutRequest.newBuilder()
            .setModel("long")
            .addPrompts(RlaifClient.tokens(2, 9))
            .addPrompts(RlaifClient.tokens(2, 9, 10))
            .setSamples(300)
            .setSampling(sampling(30, 5))
            .build();
    var reader = new Reader<>(small, PolicyGrpc.getRolloutMethod(), request);
    int waiting = -1;
    while (model().liveSequences() > 0 || waiting != model().waitingSequences()) {
      waiting = model().waitingSequences();
      Thread.sleep(300);
    }
    assertTrue(waiting > 0 && waiting < 600, waiting + " wait");
    List<RolloutResponse> other = TestServer.sequences(server.tcp(), request);
    // Who is answered may still have its slot for a moment.
    await("the others have left", () -> model().liveSequences() == 0);
    assertEquals(waiting, model().waitingSequences());
    reader.readAll();
    assertEquals(Status.Code.OK, reader.end.get(60, TimeUnit.SECONDS).getCode());
    List<RolloutResponse> own = new ArrayList<>(reader.read);
    own.sort(
        Comparator.comparingInt(RolloutResponse::getPromptIndex)
            .thenComparingInt(RolloutResponse::getSampleIndex));
    assertEquals(other, own);
  }

  @Test
  void whoGoesAwayWithoutReadingLeavesNothing() throws Exception {
    new Reader<>(small, PolicyGrpc.getGenerateMethod(), request(7));
    await("it waits outside", () -> model().liveSequences() == 0);
    small.shutdownNow();
    assertTrue(small.awaitTermination(20, TimeUnit.SECONDS));
    assertTrue(!answers(server.tcp(), request(7)).isEmpty());
    long start = System.nanoTime();
    server.server().close();
    assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(9), "nobody is waited for");
  }

  private PolicyEngine model() {
    return server.server().models().stream()
        .filter(model -> model.name().equals("long"))
        .map(PolicyEngine.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static GenerateRequest request(long seed) {
    return GenerateRequest.newBuilder()
        .setModel("long")
        .setPrompt(RlaifClient.tokens(2, 9))
        .setSampling(sampling(TOKENS, seed))
        .build();
  }

  private static Sampling.Builder sampling(int tokens, long seed) {
    return Sampling.newBuilder()
        .setMaxTokens(tokens)
        .setMinTokens(tokens)
        .setSeed(seed)
        .setTopK(299)
        .setSupport(true);
  }

  private static List<GenerateResponse> answers(ManagedChannel channel, GenerateRequest request) {
    List<GenerateResponse> answers = new ArrayList<>();
    PolicyGrpc.newBlockingStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .generate(request)
        .forEachRemaining(answers::add);
    return answers;
  }

  private static void await(String what, BooleanSupplier done) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!done.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, what);
      Thread.sleep(5);
    }
  }
}
