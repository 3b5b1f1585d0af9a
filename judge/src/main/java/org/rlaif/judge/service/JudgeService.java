package org.rlaif.judge.service;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.rlaif.judge.BothOrders;
import org.rlaif.judge.Judge;
import org.rlaif.judge.JudgeKind;
import org.rlaif.judge.Question;
import org.rlaif.judge.Rated;
import org.rlaif.judge.Rating;
import org.rlaif.judge.Verdict;
import org.rlaif.judge.language.Written;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.v1.CompareRequest;
import org.rlaif.v1.CompareResponse;
import org.rlaif.v1.CritiqueRequest;
import org.rlaif.v1.CritiqueResponse;
import org.rlaif.v1.DescribeJudgeRequest;
import org.rlaif.v1.DescribeJudgeResponse;
import org.rlaif.v1.Input;
import org.rlaif.v1.JudgeComparison;
import org.rlaif.v1.JudgeGrpc;
import org.rlaif.v1.JudgePair;
import org.rlaif.v1.JudgedCompletion;
import org.rlaif.v1.RateRequest;
import org.rlaif.v1.RateResponse;

/**
 * Asks one judge for others. Who may call, and how what is wrong with a request becomes a status,
 * is the server's that it is a guest of; what is wrong with the judge is {@code UNAVAILABLE}.
 */
public final class JudgeService extends JudgeGrpc.JudgeImplBase implements AutoCloseable {
  private final Judge judge;
  private final JudgeKind kind;
  private final ExecutorService streams =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "judge-stream");
            thread.setDaemon(true);
            return thread;
          });

  /** Closes the judge when it is closed. */
  public JudgeService(Judge judge, JudgeKind kind) {
    this.judge = judge;
    this.kind = kind;
  }

  @Override
  public void describeJudge(
      DescribeJudgeRequest request, StreamObserver<DescribeJudgeResponse> observer) {
    answer(
        observer,
        () ->
            DescribeJudgeResponse.newBuilder()
                .setName(judge.name())
                .setHash(judge.hash())
                .setRates(kind.rates())
                .setCritiques(kind.critiques())
                .build());
  }

  @Override
  public void compare(CompareRequest request, StreamObserver<CompareResponse> observer) {
    List<Question> questions = questions(request.getPairsList());
    answer(
        observer,
        () ->
            CompareResponse.newBuilder()
                .addAllComparisons(comparisons(request.getPairsList(), questions))
                .build());
  }

  @Override
  public StreamObserver<JudgePair> compareAll(StreamObserver<JudgeComparison> observer) {
    return new ComparedStream(
        (ServerCallStreamObserver<JudgeComparison>) observer,
        streams,
        pairs -> comparisons(pairs, questionsOfStream(pairs)));
  }

  @Override
  public void rate(RateRequest request, StreamObserver<RateResponse> observer) {
    if (!kind.rates()) {
      observer.onError(unable("rates no completions (expected: kind model or endpoint)"));
      return;
    }
    List<Rated> completions = rated(request.getCompletionsList());
    answer(
        observer,
        () -> {
          var response = RateResponse.newBuilder();
          for (Rating each : judge.rateAll(completions)) {
            var rating = response.addRatingsBuilder();
            Double value = each.value();
            if (value == null) {
              rating.setWhyNot(String.valueOf(each.why()));
            } else {
              rating.setValue(value);
            }
          }
          return response.build();
        });
  }

  @Override
  public void critique(CritiqueRequest request, StreamObserver<CritiqueResponse> observer) {
    if (!kind.critiques()) {
      observer.onError(unable("writes no critiques (expected: kind model or endpoint)"));
      return;
    }
    List<Rated> completions = rated(request.getCompletionsList());
    answer(
        observer,
        () -> {
          var response = CritiqueResponse.newBuilder();
          for (Written each : judge.critiqueAll(completions)) {
            var critique = response.addCritiquesBuilder();
            String text = each.text();
            if (text == null) {
              critique.setWhyNot(String.valueOf(each.why()));
            } else {
              critique.setText(text.strip());
            }
          }
          return response.build();
        });
  }

  private RuntimeException unable(String what) {
    return Status.UNIMPLEMENTED.withDescription(judge.name() + ": " + what).asRuntimeException();
  }

  private List<JudgeComparison> comparisons(List<JudgePair> pairs, List<Question> questions) {
    List<Verdict> verdicts = BothOrders.compareAll(judge, questions);
    List<JudgeComparison> comparisons = new ArrayList<>(pairs.size());
    for (int i = 0; i < verdicts.size(); i++) {
      comparisons.add(comparison(pairs.get(i).getId(), questions.get(i), verdicts.get(i)));
    }
    return comparisons;
  }

  private JudgeComparison comparison(String id, Question question, Verdict verdict) {
    String put = judge.put(question);
    var comparison =
        JudgeComparison.newBuilder()
            .setId(id)
            .setHard(verdict.hard())
            .setQuestionSha256(AtomicFiles.sha256(put.getBytes(StandardCharsets.UTF_8)));
    Double probability = verdict.probabilityFirst();
    Double forward = verdict.forward();
    Double reversed = verdict.reversed();
    String rationale = verdict.rationale();
    if (probability != null) {
      comparison.setProbabilityFirst(probability);
    }
    if (forward != null) {
      comparison.setForward(forward);
    }
    if (reversed != null) {
      comparison.setReversed(reversed);
    }
    if (rationale != null) {
      comparison.setRationale(rationale);
    }
    return comparison.build();
  }

  private static List<Question> questions(List<JudgePair> pairs) {
    return pairs.stream()
        .map(each -> new Question(text(each.getPrompt()), each.getFirst(), each.getSecond()))
        .toList();
  }

  /** Nothing around a stream says whose mistake it was. */
  private static List<Question> questionsOfStream(List<JudgePair> pairs) {
    try {
      return questions(pairs);
    } catch (UserError e) {
      throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException();
    }
  }

  private static List<Rated> rated(List<JudgedCompletion> completions) {
    return completions.stream()
        .map(each -> new Rated(text(each.getPrompt()), each.getCompletion()))
        .toList();
  }

  private static String text(Input prompt) {
    return switch (prompt.getFormCase()) {
      case TEXT -> prompt.getText();
      case CHAT ->
          Prompt.of(
                  prompt.getChat().getMessagesList().stream()
                      .map(each -> new Message(each.getRole(), each.getContent()))
                      .toList())
              .transcript();
      case TOKENS, FORM_NOT_SET ->
          throw UserError.expected("prompt", prompt.getFormCase(), "text or a chat");
    };
  }

  private <R> void answer(StreamObserver<R> observer, Supplier<R> asking) {
    R message;
    try {
      message = asking.get();
    } catch (UserError e) {
      observer.onError(ComparedStream.unavailable(e));
      return;
    }
    observer.onNext(message);
    observer.onCompleted();
  }

  @Override
  public void close() {
    streams.shutdownNow();
    judge.close();
  }
}
