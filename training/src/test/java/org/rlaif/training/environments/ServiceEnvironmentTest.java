package org.rlaif.training.environments;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.v1.DescribeEnvironmentRequest;
import org.rlaif.v1.DescribeEnvironmentResponse;
import org.rlaif.v1.EnvironmentGrpc;
import org.rlaif.v1.EnvironmentRequest;
import org.rlaif.v1.EnvironmentResponse;

/** An environment on the other side of a socket. */
class ServiceEnvironmentTest {
  private static final Prompt CHAT = Prompt.of(List.of(Message.system("s"), Message.user("a")));

  private final CountDownLatch over = new CountDownLatch(1);
  private Server server;
  private int port;

  /** Says an episode's words in capitals, ends it with its seed, fails, or says nothing at all. */
  private final class Shouting extends EnvironmentGrpc.EnvironmentImplBase {
    @Override
    public void describe(
        DescribeEnvironmentRequest request, StreamObserver<DescribeEnvironmentResponse> to) {
      to.onNext(DescribeEnvironmentResponse.newBuilder().addTools("{}").build());
      to.onCompleted();
    }

    @Override
    public void reply(EnvironmentRequest request, StreamObserver<EnvironmentResponse> to) {
      EnvironmentResponse.Builder response = EnvironmentResponse.newBuilder();
      for (org.rlaif.v1.Episode each : request.getEpisodesList()) {
        String said = each.getTurns(each.getTurnsCount() - 1).getContent();
        switch (said) {
          case "fail" -> {
            to.onError(Status.INTERNAL.withDescription("out of cards").asRuntimeException());
            return;
          }
          case "wait" -> {
            await();
            return;
          }
          case "nothing" -> response.addRepliesBuilder();
          case "end" -> response.addRepliesBuilder().setReward(each.getSeed());
          default ->
              response
                  .addRepliesBuilder()
                  .addMessagesBuilder()
                  .setRole("tool")
                  .setContent(
                      (each.hasChat() ? each.getChat().getMessages(1).getContent() : each.getText())
                          + each.getId()
                          + said.toUpperCase(Locale.ROOT));
        }
      }
      to.onNext(response.build());
      to.onCompleted();
    }

    private void await() {
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @BeforeEach
  void start() throws Exception {
    server = ServerBuilder.forPort(0).addService(new Shouting()).build().start();
    port = server.getPort();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.shutdownNow();
  }

  private ServiceEnvironment service(double seconds) {
    return new ServiceEnvironment("localhost:" + port, 2, seconds, null);
  }

  private static Episode episode(Prompt prompt, String... turns) {
    return new Episode("7", 3, prompt, List.of(turns).stream().map(Message::assistant).toList());
  }

  @Test
  void whatIsSaidCrossesBothWays() {
    try (Environment environment = service(30).open()) {
      assertEquals(List.of("{}"), environment.tools());
      List<Reply> replies =
          environment.reply(
              List.of(
                  episode(CHAT, "x", "b"), episode(CHAT, "end"), episode(Prompt.of("text "), "c")));
      assertEquals(
          List.of(Reply.say(Message.tool("a7B")), Reply.end(3), Reply.say(Message.tool("text 7C"))),
          replies);
    }
  }

  @Test
  void failuresAreOneLineWithItsAddress() {
    String at =
        "onPolicy.environment: the environment's replies to 1 episodes at localhost:" + port;
    assertEquals(at + ": out of cards", error(30, "fail"));
    assertEquals(at + ": no answer within 0.2 s", error(0.2, "wait"));
    assertEquals(
        "reply of the environment: nothing (expected: messages, or a reward)",
        error(30, "nothing"));
    server.shutdownNow();
    assertTrue(error(5, "x").startsWith(at + ": "), error(5, "x"));
  }

  private String error(double seconds, String said) {
    try (Environment environment = service(seconds).open()) {
      return assertThrows(UserError.class, () -> environment.reply(List.of(episode(CHAT, said))))
          .getMessage();
    }
  }
}
