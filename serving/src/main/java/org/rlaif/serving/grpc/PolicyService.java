package org.rlaif.serving.grpc;

import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.Models;
import org.rlaif.serving.engine.PolicyEngine;
import org.rlaif.serving.grpc.Prompts.Prompt;
import org.rlaif.serving.queue.Ticket;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.GenerateResponse;
import org.rlaif.v1.LogprobsRequest;
import org.rlaif.v1.LogprobsResponse;
import org.rlaif.v1.PolicyGrpc;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;

/** Samples from policies. A call that is cancelled, or late, gives its slots back. */
final class PolicyService extends PolicyGrpc.PolicyImplBase {
  private final Models models;
  private final Executor executor;

  PolicyService(Models models, Executor executor) {
    this.models = models;
    this.executor = executor;
  }

  @Override
  public void generate(GenerateRequest request, StreamObserver<GenerateResponse> observer) {
    PolicyEngine engine = models.policy(request.getModel());
    int[] prompt = new Prompts(engine.loaded()).of("prompt", request.getPrompt()).ids();
    Sampling sampling = Inputs.sampling(request.getSampling());
    MinimumWeights.await(engine, request.getMinWeightsVersion());
    var stream = new GenerateStream(engine.tokenizer(), prompt, sampling, observer, executor);
    bind(observer, engine.sample(List.of(prompt), 1, sampling, stream, ClientIdentity.current()));
  }

  @Override
  public void rollout(RolloutRequest request, StreamObserver<RolloutResponse> observer) {
    PolicyEngine engine = models.policy(request.getModel());
    int samples = request.hasSamples() ? request.getSamples() : 1;
    UserError.require(samples >= 1, "samples", samples, ">= 1");
    var inputs = new Prompts(engine.loaded());
    List<int[]> prompts = new ArrayList<>(request.getPromptsCount());
    for (int i = 0; i < request.getPromptsCount(); i++) {
      prompts.add(inputs.of("prompts[" + i + "]", request.getPrompts(i)).ids());
    }
    Sampling sampling = Inputs.sampling(request.getSampling());
    MinimumWeights.await(engine, request.getMinWeightsVersion());
    var stream =
        new RolloutStream(engine.tokenizer(), prompts, samples, sampling, observer, executor);
    bind(observer, engine.sample(prompts, samples, sampling, stream, ClientIdentity.current()));
  }

  /** However the call ends, nothing goes on for it. */
  static void bind(StreamObserver<?> observer, Ticket ticket) {
    var call = (ServerCallStreamObserver<?>) observer;
    call.setOnCancelHandler(ticket::cancel);
    call.setOnCloseHandler(ticket::cancel);
    CallRecord.CURRENT.get().taken(ticket);
  }

  @Override
  public void logprobs(LogprobsRequest request, StreamObserver<LogprobsResponse> observer) {
    PolicyEngine engine = models.policy(request.getModel());
    Prompt prompt = new Prompts(engine.loaded()).of("prompt", request.getPrompt());
    engine.loaded().rules().prompt("prompt", prompt.ids());
    List<int[]> completions = prompt.beginnings("completions", request.getCompletionsList());
    MinimumWeights.await(engine, request.getMinWeightsVersion());
    CompletableFuture<PolicyEngine.Logprobs> found =
        engine.logprobs(
            prompt.ids(),
            completions,
            request.hasTemperature() ? Inputs.decimal(request.getTemperature()) : 1,
            Context.current()::isCancelled,
            ClientIdentity.current());
    WholeAnswer.send(found, each -> logprobs(prompt.ids(), completions, each), observer, executor);
  }

  private static LogprobsResponse logprobs(
      int[] prompt, List<int[]> completions, PolicyEngine.Logprobs found) {
    var response = LogprobsResponse.newBuilder().setWeightsVersion(found.weightsVersion());
    for (int i = 0; i < completions.size(); i++) {
      response
          .addCompletionsBuilder()
          .addAllTokenIds(Ints.asList(completions.get(i)))
          .addAllLogprobs(Floats.asList(found.rows()[i]));
    }
    long tokens = completions.stream().mapToLong(each -> each.length).sum();
    return response
        .addAllPromptTokenIds(Ints.asList(prompt))
        .setUsage(Outputs.usage(prompt.length, tokens))
        .build();
  }
}
