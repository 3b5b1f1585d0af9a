package org.rlaif.serving.grpc;

import com.google.common.primitives.Ints;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.queue.SequenceListener;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.SequenceId;
import org.rlaif.serving.sampling.StopScan;
import org.rlaif.serving.sampling.TokenDetails;
import org.rlaif.v1.GenerateResponse;

/** One completion, a message per token; what the engine tells is handed to a thread of the call. */
final class GenerateStream implements SequenceListener {
  private final StopScan text;
  private final int[] prompt;
  private final Sampling sampling;
  private final StreamObserver<GenerateResponse> observer;
  private final Outgoing outgoing;

  GenerateStream(
      Tokenizer tokenizer,
      int[] prompt,
      Sampling sampling,
      StreamObserver<GenerateResponse> observer,
      Executor executor) {
    this.text = new StopScan(tokenizer, sampling.stops(), prompt);
    this.prompt = prompt;
    this.sampling = sampling;
    this.observer = observer;
    this.outgoing = new Outgoing(observer, executor);
  }

  @Override
  public void onToken(SequenceId id, int token, float logprob, @Nullable TokenDetails details) {
    outgoing.send(
        () -> {
          GenerateResponse.Builder message =
              GenerateResponse.newBuilder()
                  .addTokenIds(token)
                  .addLogprobs(logprob)
                  .setText(text.add(token));
          if (details != null && sampling.details().sampledLogprobs()) {
            message.addSampledLogprobs(details.sampledLogprob());
          }
          if (details != null && sampling.details().topLogprobs() > 0) {
            message.addTopLogprobs(Outputs.top(details));
          }
          if (details != null && sampling.details().support()) {
            message.addSupport(Outputs.support(details));
          }
          observer.onNext(message.build());
        });
  }

  @Override
  public boolean isBehind() {
    return outgoing.isBehind();
  }

  @Override
  public void onFinished(SequenceId id, Completion completion) {
    outgoing.send(
        () -> {
          observer.onNext(
              GenerateResponse.newBuilder()
                  .setText(text.end())
                  .setFinishReason(Outputs.reason(completion.reason()))
                  .setUsage(Outputs.usage(prompt.length, completion.tokens().length))
                  .addAllPromptTokenIds(Ints.asList(prompt))
                  .setSeed(sampling.seed())
                  .setStopString(text.found())
                  .addAllWeights(Outputs.weights(completion))
                  .build());
          observer.onCompleted();
        });
  }

  @Override
  public void onFailed(SequenceId id, Throwable cause) {
    outgoing.fail(cause);
  }
}
