package org.rlaif.judge.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.rlaif.judge.Answer;
import org.rlaif.judge.Judge;
import org.rlaif.judge.JudgeKind;
import org.rlaif.judge.Question;
import org.rlaif.judge.Rated;
import org.rlaif.judge.Rating;
import org.rlaif.judge.Rubric;
import org.rlaif.judge.language.Written;
import org.rlaif.kit.UserError;
import org.rlaif.v1.Chat;
import org.rlaif.v1.CompareRequest;
import org.rlaif.v1.CritiqueRequest;
import org.rlaif.v1.DescribeJudgeRequest;
import org.rlaif.v1.Input;
import org.rlaif.v1.JudgeComparison;
import org.rlaif.v1.JudgeGrpc;
import org.rlaif.v1.JudgePair;
import org.rlaif.v1.JudgedCompletion;
import org.rlaif.v1.Message;
import org.rlaif.v1.RateRequest;
import org.rlaif.v1.RateResponse;
import org.rlaif.v1.Tokens;

/** Over the in-process channel; only the judge is a rule. */
class JudgeServiceTest {
  private final String name = UUID.randomUUID().toString();
  private final ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
  private Server server;

  /** 0.9 for what is good where it stands first, and 0.2 where it stands second; and rates. */
  private static final class Rule implements Judge {
    @Override
    public Answer ask(Question question) {
      if (question.prompt().contains("broken")) {
        throw new UserError("endpoint: away (expected: an answer)");
      }
      return question.prompt().contains("long")
          ? Answer.none("too long")
          : Answer.of(question.first().equals("good") ? 0.9 : 0.2);
    }

    @Override
    public List<Rating> rateAll(List<Rated> completions) {
      return completions.stream()
          .map(
              each ->
                  each.completion().equals("good")
                      ? new Rating(0.5, null)
                      : new Rating(null, "too long"))
          .toList();
    }

    @Override
    public List<Written> critiqueAll(List<Rated> completions) {
      return completions.stream()
          .map(each -> new Written(" It is " + each.completion() + ". ", null, true))
          .toList();
    }

    @Override
    public String put(Question question) {
      return "abc";
    }

    @Override
    public String name() {
      return "rule";
    }

    @Override
    public String hash() {
      return "0f";
    }
  }

  /** One that can do everything, or only compares. */
  private record Kind(boolean rates, boolean critiques) implements JudgeKind {
    @Override
    public Judge open(Rubric rubric, Opening opening) {
      return new Rule();
    }

    @Override
    public JudgeKind decisive() {
      return this;
    }
  }

  private JudgeGrpc.JudgeBlockingStub start(boolean everything) throws IOException {
    server =
        InProcessServerBuilder.forName(name)
            .addService(new JudgeService(new Rule(), new Kind(everything, everything)))
            .build()
            .start();
    return JudgeGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  private static JudgePair pair(String prompt, int id) {
    return JudgePair.newBuilder()
        .setPrompt(Input.newBuilder().setText(prompt))
        .setFirst("good")
        .setSecond("bad")
        .setId("" + id)
        .build();
  }

  /** (0.9 + 1 - 0.2) / 2; SHA-256 of "abc" is that of FIPS 180-2, appendix B.1. */
  @Test
  void bothOrdersAndWhatWasAsked() throws IOException {
    List<JudgeComparison> said =
        start(true)
            .compare(
                CompareRequest.newBuilder()
                    .addPairs(pair("p", 7))
                    .addPairs(pair("long", 8))
                    .build())
            .getComparisonsList();
    JudgeComparison first = said.get(0);
    assertEquals("7", first.getId());
    assertEquals(0.85, first.getProbabilityFirst(), 1e-12);
    assertEquals(0.9, first.getForward());
    assertEquals(0.8, first.getReversed(), 1e-12);
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        first.getQuestionSha256());
    assertFalse(said.get(1).hasProbabilityFirst());
    assertEquals("too long", said.get(1).getRationale());
  }

  @Test
  void ratesAndCritiques() throws IOException {
    JudgeGrpc.JudgeBlockingStub judge = start(true);
    var completion =
        JudgedCompletion.newBuilder()
            .setPrompt(
                Input.newBuilder()
                    .setChat(
                        Chat.newBuilder()
                            .addMessages(Message.newBuilder().setRole("user").setContent("p"))))
            .setCompletion("good")
            .build();
    RateResponse rated =
        judge.rate(
            RateRequest.newBuilder()
                .addCompletions(completion)
                .addCompletions(completion.toBuilder().setCompletion("x"))
                .build());
    assertEquals(0.5, rated.getRatings(0).getValue());
    assertFalse(rated.getRatings(1).hasValue());
    assertEquals("too long", rated.getRatings(1).getWhyNot());
    assertEquals(
        "It is good.",
        judge
            .critique(CritiqueRequest.newBuilder().addCompletions(completion).build())
            .getCritiques(0)
            .getText());
    assertTrue(judge.describeJudge(DescribeJudgeRequest.getDefaultInstance()).getRates());
  }

  @Test
  void whatItDoesNotDoIsSaid() throws IOException {
    JudgeGrpc.JudgeBlockingStub judge = start(false);
    assertEquals(
        "UNIMPLEMENTED: rule: rates no completions (expected: kind model or endpoint)",
        refusal(() -> judge.rate(RateRequest.getDefaultInstance())));
    assertEquals(
        "UNIMPLEMENTED: rule: writes no critiques (expected: kind model or endpoint)",
        refusal(() -> judge.critique(CritiqueRequest.getDefaultInstance())));
    assertEquals(
        "UNAVAILABLE: endpoint: away (expected: an answer)",
        refusal(
            () -> judge.compare(CompareRequest.newBuilder().addPairs(pair("broken", 1)).build())));
  }

  private static String refusal(Runnable call) {
    Status status = assertThrows(StatusRuntimeException.class, call::run).getStatus();
    return status.getCode() + ": " + status.getDescription();
  }

  /** What a stream has said, and how it ended. */
  private record Said(BlockingQueue<Object> all) implements StreamObserver<JudgeComparison> {
    @Override
    public void onNext(JudgeComparison comparison) {
      all.add(comparison.getId());
    }

    @Override
    public void onError(Throwable e) {
      all.add(String.valueOf(e.getMessage()));
    }

    @Override
    public void onCompleted() {
      all.add("end");
    }

    Object next() throws InterruptedException {
      return String.valueOf(all.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void aStreamKeepsItsOrderWhetherItWaitsOrNot() throws Exception {
    start(true);
    var said = new Said(new LinkedBlockingQueue<>());
    StreamObserver<JudgePair> pairs = JudgeGrpc.newStub(channel).compareAll(said);
    for (int i = 0; i < 3; i++) { // one after the other
      pairs.onNext(pair("p", i));
      assertEquals("" + i, said.next());
    }
    IntStream.range(3, 1000).forEach(i -> pairs.onNext(pair("p", i)));
    pairs.onCompleted();
    for (int i = 3; i < 1000; i++) {
      assertEquals("" + i, said.next());
    }
    assertEquals("end", said.next());
  }

  @Test
  void aStreamEndsWithWhatWasWrong() throws Exception {
    start(true);
    var said = new Said(new LinkedBlockingQueue<>());
    StreamObserver<JudgePair> pairs = JudgeGrpc.newStub(channel).compareAll(said);
    pairs.onNext(
        pair("p", 1).toBuilder()
            .setPrompt(Input.newBuilder().setTokens(Tokens.newBuilder().addIds(3)))
            .build());
    assertEquals("INVALID_ARGUMENT: prompt: TOKENS (expected: text or a chat)", said.next());
    StreamObserver<JudgePair> others = JudgeGrpc.newStub(channel).compareAll(said);
    others.onNext(pair("broken", 1));
    assertEquals("UNAVAILABLE: endpoint: away (expected: an answer)", said.next());
  }
}
