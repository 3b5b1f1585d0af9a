package org.rlaif.serving.grpc;

import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import java.util.List;
import org.rlaif.serving.queue.Completion;
import org.rlaif.serving.sampling.TokenDetails;
import org.rlaif.v1.FinishReason;
import org.rlaif.v1.Tokens;
import org.rlaif.v1.TopLogprobs;
import org.rlaif.v1.Usage;
import org.rlaif.v1.WeightsSpan;

/** From what the engine tells to messages. */
final class Outputs {
  private Outputs() {}

  static Usage usage(long promptTokens, long completionTokens) {
    return Usage.newBuilder()
        .setPromptTokens(Ints.saturatedCast(promptTokens))
        .setCompletionTokens(Ints.saturatedCast(completionTokens))
        .build();
  }

  static TopLogprobs top(TokenDetails details) {
    return TopLogprobs.newBuilder()
        .addAllTokenIds(Ints.asList(details.topIds()))
        .addAllLogprobs(Floats.asList(details.topLogprobs()))
        .build();
  }

  static Tokens support(TokenDetails details) {
    return Tokens.newBuilder().addAllIds(Ints.asList(details.support())).build();
  }

  static FinishReason reason(Completion.Reason reason) {
    return FinishReason.valueOf("FINISH_REASON_" + reason.name());
  }

  static List<WeightsSpan> weights(Completion completion) {
    return completion.weights().stream()
        .map(
            span ->
                WeightsSpan.newBuilder()
                    .setStart(span.start())
                    .setEnd(span.end())
                    .setWeightsVersion(span.weightsVersion())
                    .build())
        .toList();
  }
}
