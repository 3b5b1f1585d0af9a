package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.serving.engine.TestModels;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.SequenceId;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.GenerateResponse;
import org.rlaif.v1.PolicyGrpc;

/**
 * What fails while a message is made ends the call, with the status that it would have anywhere.
 */
class OutgoingTest {
  private static final SequenceId FIRST = new SequenceId(0, 0);

  @TempDir Path folder;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private ModelFolder model;
  private Tokenizer tokenizer;
  private Server server;
  private ManagedChannel channel;

  /** Tells a token, then one that no tokenizer knows; or fails as nobody expects. */
  private final class Wrong extends PolicyGrpc.PolicyImplBase {
    @Override
    public void generate(GenerateRequest request, StreamObserver<GenerateResponse> observer) {
      if (request.getModel().equals("unknown token")) {
        var sampling = Sampling.of(1, 9, 1);
        var stream = new GenerateStream(tokenizer, new int[] {2}, sampling, observer, executor);
        stream.onToken(FIRST, TestModels.id('a'), -1, null);
        stream.onToken(FIRST, -7, -1, null);
        stream.onToken(FIRST, TestModels.id('b'), -1, null);
      } else {
        var outgoing = new Outgoing(observer, executor);
        outgoing.send(() -> Objects.requireNonNull(null, "secret"));
        outgoing.send(observer::onCompleted);
        outgoing.fail(new CancellationException("too late"));
      }
    }
  }

  @BeforeEach
  void start() throws IOException {
    model = ModelFolder.open(TestModels.save(folder.resolve("policy"), TestModels.TINY, 7));
    tokenizer = model.tokenizer();
    String name = folder.toString();
    server =
        InProcessServerBuilder.forName(name)
            .addService(ServerInterceptors.intercept(new Wrong(), new ErrorMapping()))
            .intercept(new Calls())
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    executor.shutdownNow();
    model.close();
  }

  /** Its executor takes nothing then; what is still made for a call is nobody's. */
  @Test
  void behindAServerThatHasClosedNothingIsSent() {
    executor.shutdownNow();
    List<Object> told = new ArrayList<>();
    var observer =
        new StreamObserver<GenerateResponse>() {
          @Override
          public void onNext(GenerateResponse value) {
            told.add(value);
          }

          @Override
          public void onError(Throwable t) {
            told.add(t);
          }

          @Override
          public void onCompleted() {
            told.add("completed");
          }
        };
    var outgoing = new Outgoing(observer, executor);
    outgoing.send(() -> told.add("sent"));
    outgoing.fail(new IllegalStateException("late"));
    assertEquals(List.of(), told);
  }

  @Test
  void aTokenWithoutTextEndsTheStream() {
    Iterator<GenerateResponse> stream = generate("unknown token");
    assertEquals("a", stream.next().getText());
    StatusRuntimeException error = assertThrows(StatusRuntimeException.class, stream::next);
    assertEquals(Status.Code.INVALID_ARGUMENT, error.getStatus().getCode());
    String told = String.valueOf(error.getStatus().getDescription());
    assertTrue(told.startsWith("token id: -7 (expected: from 0 to "), told);
  }

  /** (The log shows this stack trace.) */
  @Test
  void ourOwnMistakeIsInternal() {
    Iterator<GenerateResponse> stream = generate("null");
    StatusRuntimeException error = assertThrows(StatusRuntimeException.class, stream::next);
    assertEquals(Status.Code.INTERNAL, error.getStatus().getCode());
    String told = String.valueOf(error.getStatus().getDescription());
    assertTrue(told.startsWith("the server failed; its log says why under request "), told);
  }

  private Iterator<GenerateResponse> generate(String what) {
    return PolicyGrpc.newBlockingStub(channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .generate(GenerateRequest.newBuilder().setModel(what).build());
  }
}
