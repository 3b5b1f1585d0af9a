package org.rlaif.bench;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.rlaif.bench.Workload.Asked;
import org.rlaif.client.Incoming;
import org.rlaif.client.RlaifClient;
import org.rlaif.serving.score.ScoringItem;
import org.rlaif.v1.FinishReason;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.GenerateResponse;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import org.rlaif.v1.Sampling;
import org.rlaif.v1.ScoreRequest;

/**
 * One policy of a server, asked the way any client asks.
 *
 * @param reward the name of a reward model beside it, if there is one
 */
record Caller(RlaifClient client, String model, String reward, double temperature) {
  /** Asks for one completion and reads its stream to the end. Never throws what a server says. */
  void generate(Asked asked, Trace trace) {
    try (Incoming<GenerateResponse> stream = client.generateStream(message(asked))) {
      while (stream.hasNext()) {
        GenerateResponse part = stream.next();
        long now = System.nanoTime();
        for (int i = 0; i < part.getTokenIdsCount(); i++) {
          trace.token(now);
        }
        if (part.getFinishReason() != FinishReason.FINISH_REASON_UNSPECIFIED) {
          trace.finish();
        }
      }
      trace.end(System.nanoTime());
    } catch (StatusRuntimeException e) {
      trace.fail(e, System.nanoTime());
    }
  }

  /** The same in a context of its own; cancelling that one cancels the call. */
  void generate(Asked asked, Trace trace, CancellableContext context) {
    Context before = context.attach();
    try {
      generate(asked, trace);
    } finally {
      context.detach(before);
    }
  }

  private GenerateRequest message(Asked asked) {
    return GenerateRequest.newBuilder()
        .setModel(model)
        .setPrompt(RlaifClient.tokens(asked.prompt()))
        .setSampling(sampling(asked.newTokens(), asked.seed()))
        .build();
  }

  private Sampling sampling(int newTokens, long seed) {
    return Sampling.newBuilder()
        .setTemperature((float) temperature)
        .setMaxTokens(newTokens)
        .setSeed(seed)
        .build();
  }

  /** Log-probabilities of a completion. */
  void logprobs(ScoringItem item) {
    client.logprobs(
        LogprobsRequest.newBuilder()
            .setModel(model)
            .setPrompt(RlaifClient.tokens(item.prompt()))
            .addCompletions(RlaifClient.tokens(item.completion()))
            .build());
  }

  /** The score of a completion. */
  void score(ScoringItem item) {
    client.score(
        ScoreRequest.newBuilder()
            .setModel(reward)
            .addItems(
                ScoreRequest.Item.newBuilder()
                    .setPrompt(RlaifClient.tokens(item.prompt()))
                    .setCompletion(RlaifClient.tokens(item.completion())))
            .build());
  }

  /**
   * One rollout call with all prompts; all get as many tokens as the longest. Traces know the
   * number of tokens and when the whole call was over, not when each token came.
   */
  List<Trace> rollout(Workload workload, int samples) {
    int newTokens = workload.longest();
    RolloutRequest.Builder request =
        RolloutRequest.newBuilder()
            .setModel(model)
            .setSamples(samples)
            .setSampling(sampling(newTokens, workload.requests().get(0).seed()));
    workload.prompts().forEach(prompt -> request.addPrompts(RlaifClient.tokens(prompt)));
    long sent = System.nanoTime();
    List<RolloutResponse> answers = client.rollout(request.build());
    long end = System.nanoTime();
    List<Trace> traces = new ArrayList<>(answers.size());
    for (RolloutResponse answer : answers) {
      var trace = new Trace(sent, newTokens);
      for (int i = 0; i < answer.getTokenIdsCount(); i++) {
        trace.token(end);
      }
      trace.end(end);
      traces.add(trace);
    }
    return traces;
  }
}
