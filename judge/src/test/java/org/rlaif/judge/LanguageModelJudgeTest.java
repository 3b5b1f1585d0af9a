package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rlaif.client.RlaifClient;
import org.rlaif.judge.language.ServedModel;
import org.rlaif.kit.UserError;
import org.rlaif.v1.Chat;
import org.rlaif.v1.ControlGrpc;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.GenerateResponse;
import org.rlaif.v1.Input;
import org.rlaif.v1.ListModelsRequest;
import org.rlaif.v1.ListModelsResponse;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LogprobsResponse;
import org.rlaif.v1.Model;
import org.rlaif.v1.PolicyGrpc;

/** Against a real server over the in-process channel; only the model behind it is a rule. */
class LanguageModelJudgeTest {
  private static final Questions AT_ONCE =
      Questions.of("Be true.", null, null, Reasoning.NONE, null, Critiquing.SHIPPED);

  private final String name = UUID.randomUUID().toString();
  private Server server;

  @BeforeEach
  void start() throws IOException {
    server =
        InProcessServerBuilder.forName(name)
            .addService(new RuleService())
            .addService(new ModelList())
            .build()
            .start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  /**
   * The answer "1" has two tokens, "2" one. The log-probability of an answer is -0.5 less 1 for
   * each "bad" in that completion; position 1 is favoured by 0.5, but not if the question is what a
   * user says.
   */
  private static final class RuleService extends PolicyGrpc.PolicyImplBase {
    @Override
    public void logprobs(LogprobsRequest request, StreamObserver<LogprobsResponse> out) {
      Chat chat = request.getPrompt().getChat();
      boolean user = chat.getMessagesCount() == 1 && chat.getMessages(0).getRole().equals("user");
      String prompt = user ? chat.getMessages(0).getContent() : request.getPrompt().getText();
      if (!Set.of("rule", "instructed").contains(request.getModel())) {
        out.onError(
            Status.NOT_FOUND
                .withDescription("model: " + request.getModel() + " (expected: rule)")
                .asRuntimeException());
      } else if (prompt.contains("enormous")) {
        out.onError(
            Status.INVALID_ARGUMENT.withDescription("prompt: too long").asRuntimeException());
      } else if (prompt.endsWith("Rating=")) {
        LogprobsResponse.Builder response = LogprobsResponse.newBuilder();
        for (Input completion : request.getCompletionsList()) {
          int grade = Integer.parseInt(completion.getText());
          response
              .addCompletionsBuilder()
              .addTokenIds(grade)
              .addLogprobs(grade == 10 - 3 * count(prompt) ? -0.25f : -200);
        }
        out.onNext(response.build());
        out.onCompleted();
      } else if (!prompt.contains("slow")) {
        int second = prompt.indexOf("Completion 2:");
        double one = (user ? -1.0 : -0.5) - count(prompt.substring(0, second));
        double two = -1.0 - count(prompt.substring(second));
        LogprobsResponse.Builder response = LogprobsResponse.newBuilder();
        for (Input completion : request.getCompletionsList()) {
          if (completion.getText().equals("1")) {
            response
                .addCompletionsBuilder()
                .addAllTokenIds(List.of(7, 8))
                .addAllLogprobs(List.of(-0.25f, (float) (one + 0.25)));
          } else if (completion.getText().equals("2")) {
            response.addCompletionsBuilder().addTokenIds(9).addLogprobs((float) two);
          }
        }
        out.onNext(response.build());
        out.onCompleted();
      }
    }

    /** Thinks that whoever was sampled with an even seed is bad. */
    @Override
    public void generate(GenerateRequest request, StreamObserver<GenerateResponse> out) {
      String said =
          request.getSampling().getSeed() % 2 == 0 ? " The second is bad.\n" : " Hard to say.";
      out.onNext(
          GenerateResponse.newBuilder()
              .setText(request.getSampling().getMaxTokens() == 30 ? said : "?")
              .build());
      out.onCompleted();
    }

    private static int count(String text) {
      return text.split("bad", -1).length - 1;
    }
  }

  /** "rule" has no chat template; "instructed" has one. */
  private static final class ModelList extends ControlGrpc.ControlImplBase {
    @Override
    public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> out) {
      out.onNext(
          ListModelsResponse.newBuilder()
              .addModels(Model.newBuilder().setName("rule"))
              .addModels(Model.newBuilder().setName("instructed").setChatTemplate(true))
              .build());
      out.onCompleted();
    }
  }

  private LanguageModelJudge judge(String model, Duration timeout) {
    return judge(model, timeout, /* chat= */ true);
  }

  private LanguageModelJudge judge(String model, Duration timeout, boolean chat) {
    RlaifClient client = RlaifClient.open("inprocess:" + name, timeout);
    return new LanguageModelJudge(new ServedModel(client, model, chat), AT_ONCE);
  }

  @Test
  void aModelWithAChatTemplateIsAskedThroughItAndTheLabelsSaySo() {
    Question question = new Question("p", "bad", "fine");
    try (LanguageModelJudge plain = judge("rule", Duration.ofSeconds(5));
        LanguageModelJudge chat = judge("instructed", Duration.ofSeconds(5));
        LanguageModelJudge told = judge("instructed", Duration.ofSeconds(5), false)) {
      // No favour: -1 - 1 against -1, sigmoid(-1).
      assertEquals(0.268941421, RubricJudgeTest.answered(chat.ask(question)), 1e-7);
      assertEquals(0.377540669, RubricJudgeTest.answered(told.ask(question)), 1e-7);
      assertEquals("model:instructed (chat)", chat.name());
      assertEquals("model:instructed", told.name());
      assertEquals("model:rule", plain.name());
      assertNotEquals(chat.hash(), told.hash());
    }
  }

  @Test
  void softmaxOverTheTwoAnswers() {
    try (LanguageModelJudge judge = judge("rule", Duration.ofSeconds(5))) {
      // -0.5 - 1 against -1: sigmoid(-0.5).
      Answer answer = judge.ask(new Question("p", "bad", "fine"));
      assertEquals(0.377540668798145, RubricJudgeTest.answered(answer), 1e-7);
    }
  }

  @Test
  void bothOrdersWeakenTheFavour() {
    try (LanguageModelJudge judge = judge("rule", Duration.ofSeconds(5))) {
      // sigmoid(-0.5) forward; shown second, sigmoid(1.5) for the other: (0.377541 + 0.182426) / 2.
      Verdict verdict = compare(judge, new Question("p", "bad", "fine"));
      assertEquals(0.279983096, verdict.probabilityFirst(), 1e-7);
      // Two completions that are equally good: exactly even, whatever the favour.
      Verdict even = compare(judge, new Question("p", "bad x", "bad y"));
      assertEquals(0.5, even.probabilityFirst());
    }
  }

  /**
   * The rationale stands after the second completion, so that its "bad" counts against it: -0.5
   * against -2 with it, sigmoid(1.5), and -0.5 against -1 without, sigmoid(0.5). The mean of both.
   */
  @Test
  void ofSeveralRationalesTheMean() {
    Questions reasoned =
        Questions.of(
            "Be true.", null, null, new Reasoning(30, 2, 1, null), null, Critiquing.SHIPPED);
    RlaifClient client = RlaifClient.open("inprocess:" + name, Duration.ofSeconds(5));
    try (LanguageModelJudge judge =
        new LanguageModelJudge(new ServedModel(client, "rule", true), reasoned)) {
      Answer answer = judge.ask(new Question("p", "fine", "well"));
      assertEquals((0.817574476 + 0.622459331) / 2, RubricJudgeTest.answered(answer), 1e-7);
      assertEquals("The second is bad.", answer.rationale());
    }
  }

  /** The rule gives 10 less 3 for each "bad": 10 is 1, 4 is (4 - 5.5) / 4.5. */
  @Test
  void completionsAreRatedByThemselves() {
    try (LanguageModelJudge judge = judge("rule", Duration.ofSeconds(5))) {
      List<Rating> ratings =
          judge.rateAll(
              List.of(
                  new Rated("p", "fine"), new Rated("p", "bad, bad"), new Rated("enormous", "x")));
      assertEquals(1, ratings.get(0).value(), 1e-6);
      assertEquals(-1 / 3.0, ratings.get(1).value(), 1e-6);
      assertNull(ratings.get(2).value());
      assertTrue(String.valueOf(ratings.get(2).why()).endsWith("prompt: too long"));
    }
  }

  @Test
  void aQuestionTheServerCannotTakeIsNotAnswered() {
    try (LanguageModelJudge judge = judge("rule", Duration.ofSeconds(5))) {
      Answer answer = judge.ask(new Question("enormous", "a", "b"));
      assertNull(answer.probabilityFirst());
      assertTrue(String.valueOf(answer.rationale()).contains("prompt: too long"));
    }
  }

  @Test
  void anUnknownModelIsAnErrorOfOneLine() {
    try (LanguageModelJudge judge = judge("other", Duration.ofSeconds(5))) {
      String message =
          assertThrows(UserError.class, () -> judge.ask(new Question("p", "a", "b"))).getMessage();
      assertTrue(message.contains("model: other (expected: rule)"), message);
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsNamed() {
    try (LanguageModelJudge judge = judge("rule", Duration.ofSeconds(2))) {
      String message =
          assertThrows(UserError.class, () -> judge.ask(new Question("slow", "a", "b")))
              .getMessage();
      assertTrue(message.contains("log-probabilities from rule"), message);
      assertTrue(message.contains(name), message);
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() {
    JudgeConfig config =
        JudgeConfig.load(null, List.of("kind=model", "model=rule", "address=127.0.0.1:1"));
    try (Judge judge = config.open(1, null, null)) {
      String message =
          assertThrows(UserError.class, () -> judge.ask(new Question("p", "a", "b"))).getMessage();
      assertTrue(message.contains("127.0.0.1:1"), message);
    }
  }

  @Test
  void theRunsOwnServerIsUsedUnlessThereIsAnAddress() {
    JudgeConfig config = JudgeConfig.load(null, List.of("kind=model", "model=rule"));
    try (Judge judge =
        config.open(1, limit -> RlaifClient.open("inprocess:" + name, limit), null)) {
      assertEquals("model:rule", judge.name());
      assertTrue(RubricJudgeTest.answered(judge.ask(new Question("p", "a", "b"))) > 0.5);
    }
    String message = assertThrows(UserError.class, () -> config.open(1, null, null)).getMessage();
    assertEquals("address: null (expected: host:port of a server)", message);
  }

  private static Verdict compare(Judge judge, Question question) {
    return BothOrders.compareAll(judge, List.of(question)).get(0);
  }
}
