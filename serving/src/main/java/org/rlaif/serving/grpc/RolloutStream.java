package org.rlaif.serving.grpc;

import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.queue.SequenceListener;
import org.rlaif.serving.sampling.DetailOptions;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.SequenceId;
import org.rlaif.serving.sampling.TokenDetails;
import org.rlaif.v1.RolloutResponse;

/** Many completions, a message for each as it finishes; the first failure ends the call. */
final class RolloutStream implements SequenceListener {
  private final Tokenizer tokenizer;
  private final List<int[]> prompts;
  private final long seed;
  private final DetailOptions wanted;
  private final StreamObserver<RolloutResponse> observer;
  private final Outgoing outgoing;

  private long open; // of the call's thread alone

  RolloutStream(
      Tokenizer tokenizer,
      List<int[]> prompts,
      int samples,
      Sampling sampling,
      StreamObserver<RolloutResponse> observer,
      Executor executor) {
    this.tokenizer = tokenizer;
    this.prompts = prompts;
    this.seed = sampling.seed();
    this.wanted = sampling.details();
    this.observer = observer;
    this.outgoing = new Outgoing(observer, executor);
    this.open = (long) prompts.size() * samples;
  }

  @Override
  public boolean followsTokens() {
    return false; // sequences are sent whole
  }

  @Override
  public boolean isBehind() {
    return outgoing.isBehind();
  }

  @Override
  public void onFinished(SequenceId id, Completion completion) {
    outgoing.send(
        () -> {
          observer.onNext(message(id, completion));
          open--;
          if (open == 0) {
            observer.onCompleted();
          }
        });
  }

  @Override
  public void onFailed(SequenceId id, Throwable cause) {
    outgoing.fail(cause);
  }

  private RolloutResponse message(SequenceId id, Completion completion) {
    RolloutResponse.Builder message =
        RolloutResponse.newBuilder()
            .setPromptIndex(id.prompt())
            .setSampleIndex(id.sample())
            .addAllPromptTokenIds(Ints.asList(prompts.get(id.prompt())))
            .addAllTokenIds(Ints.asList(completion.tokens()))
            .addAllLogprobs(Floats.asList(completion.logprobs()))
            .setText(text(prompts.get(id.prompt()), completion))
            .setFinishReason(Outputs.reason(completion.reason()))
            .addAllWeights(Outputs.weights(completion))
            .setUsage(Outputs.usage(prompts.get(id.prompt()).length, completion.tokens().length))
            .setSeed(seed);
    if (completion.stop() != null) {
      message.setStopString(completion.stop().found());
    }
    for (TokenDetails details : completion.details()) {
      if (wanted.sampledLogprobs()) {
        message.addSampledLogprobs(details.sampledLogprob());
      }
      if (wanted.topLogprobs() > 0) {
        message.addTopLogprobs(Outputs.top(details));
      }
      if (wanted.support()) {
        message.addSupport(Outputs.support(details));
      }
    }
    return message.build();
  }

  private String text(int[] prompt, Completion completion) {
    if (completion.stop() != null) {
      return completion.stop().text();
    }
    int[] tokens = completion.tokens();
    int length =
        completion.reason() == Completion.Reason.STOP_TOKEN ? tokens.length - 1 : tokens.length;
    return tokenizer.decodeBehind(prompt, Arrays.copyOf(tokens, length));
  }
}
