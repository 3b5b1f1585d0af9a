package org.rlaif.serving.grpc;

import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.Models;
import org.rlaif.serving.engine.RewardEngine;
import org.rlaif.serving.engine.RewardEngine.Scores;
import org.rlaif.serving.grpc.Prompts.Prompt;
import org.rlaif.serving.score.ScoringItem;
import org.rlaif.v1.RewardGrpc;
import org.rlaif.v1.ScorePairsRequest;
import org.rlaif.v1.ScorePairsResponse;
import org.rlaif.v1.ScoreRequest;
import org.rlaif.v1.ScoreResponse;
import org.rlaif.v1.Scored;
import org.rlaif.v1.Usage;

/** Scores completions with reward models. */
final class RewardService extends RewardGrpc.RewardImplBase {
  private final Models models;
  private final Executor executor;

  RewardService(Models models, Executor executor) {
    this.models = models;
    this.executor = executor;
  }

  @Override
  public void score(ScoreRequest request, StreamObserver<ScoreResponse> observer) {
    RewardEngine engine = models.reward(request.getModel());
    var prompts = new Prompts(engine.loaded());
    List<ScoringItem> items = new ArrayList<>(request.getItemsCount());
    for (int i = 0; i < request.getItemsCount(); i++) {
      ScoreRequest.Item item = request.getItems(i);
      String name = "items[" + i + "].";
      Prompt prompt = prompts.of(name + "prompt", item.getPrompt());
      engine.loaded().rules().prompt(name + "prompt", prompt.ids());
      items.add(prompt.whole(name + "completion", item.getCompletion()));
    }
    MinimumWeights.await(engine, request.getMinWeightsVersion());
    WholeAnswer.send(found(engine, items), found -> scores(items, found), observer, executor);
  }

  private static ScoreResponse scores(List<ScoringItem> items, Scores found) {
    return ScoreResponse.newBuilder()
        .setWeightsVersion(found.weightsVersion())
        .addAllScores(Floats.asList(found.scores()))
        .addAllItems(items.stream().map(RewardService::scored).toList())
        .setUsage(usage(items))
        .build();
  }

  @Override
  public void scorePairs(ScorePairsRequest request, StreamObserver<ScorePairsResponse> observer) {
    RewardEngine engine = models.reward(request.getModel());
    UserError.require(request.getPairsCount() > 0, "pairs", 0, "at least one");
    var prompts = new Prompts(engine.loaded());
    List<ScoringItem> items = new ArrayList<>(2 * request.getPairsCount());
    for (int i = 0; i < request.getPairsCount(); i++) {
      ScorePairsRequest.Pair pair = request.getPairs(i);
      String name = "pairs[" + i + "].";
      Prompt prompt = prompts.of(name + "prompt", pair.getPrompt());
      engine.loaded().rules().prompt(name + "prompt", prompt.ids());
      items.add(prompt.whole(name + "first", pair.getFirst()));
      items.add(prompt.whole(name + "second", pair.getSecond()));
    }
    MinimumWeights.await(engine, request.getMinWeightsVersion());
    WholeAnswer.send(
        found(engine, items), found -> pairs(engine, items, found), observer, executor);
  }

  private static ScorePairsResponse pairs(
      RewardEngine engine, List<ScoringItem> items, Scores found) {
    var response = ScorePairsResponse.newBuilder().setWeightsVersion(found.weightsVersion());
    for (int i = 0; i < items.size(); i += 2) {
      float first = found.scores()[i];
      float second = found.scores()[i + 1];
      response
          .addPairsBuilder()
          .setFirstScore(first)
          .setSecondScore(second)
          .setProbabilityFirst((float) engine.probabilityFirst(first, second))
          .setFirst(scored(items.get(i)))
          .setSecond(scored(items.get(i + 1)));
    }
    return response.setUsage(usage(items)).build();
  }

  private static CompletableFuture<Scores> found(RewardEngine engine, List<ScoringItem> items) {
    return engine.score(items, Context.current()::isCancelled, ClientIdentity.current());
  }

  private static Scored scored(ScoringItem item) {
    return Scored.newBuilder()
        .addAllPromptTokenIds(Ints.asList(item.prompt()))
        .addAllCompletionTokenIds(Ints.asList(item.completion()))
        .build();
  }

  static Usage usage(List<ScoringItem> items) {
    return Outputs.usage(
        items.stream().mapToLong(item -> item.prompt().length).sum(),
        items.stream().mapToLong(item -> item.completion().length).sum());
  }
}
