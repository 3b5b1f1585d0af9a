package org.rlaif.serving.grpc;

import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import org.rlaif.serving.sampling.TokenDetails;
import org.rlaif.v1.Tokens;
import org.rlaif.v1.TopLogprobs;
import org.rlaif.v1.Usage;

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
}
