package org.rlaif.judge;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.language.EndpointModel;
import org.rlaif.judge.language.KeptModel;
import org.rlaif.judge.language.LanguageModel;
import org.rlaif.kit.UserError;

/**
 * A judge by a language model behind an endpoint, whose answers are kept.
 *
 * @param timeoutSeconds for one request and its answer
 */
@JsonTypeName("endpoint")
record EndpointKind(
    @Nullable String template,
    @Nullable String ratingTemplate,
    Reasoning rationale,
    @Nullable String exemplars,
    Critiquing critique,
    @Nullable String constitution,
    Revising revision,
    int timeoutSeconds,
    EndpointModel.Endpoint endpoint)
    implements LanguageModelKind {
  EndpointKind {
    UserError.require(timeoutSeconds >= 1, "timeoutSeconds", timeoutSeconds, ">= 1");
  }

  @Override
  public LanguageModel openModel(Opening opening) {
    LanguageModel model = EndpointModel.open(endpoint, Duration.ofSeconds(timeoutSeconds));
    return KeptModel.of(model, opening.answers());
  }

  @Override
  public EndpointKind decisive() {
    return new EndpointKind(
        template,
        ratingTemplate,
        rationale,
        exemplars,
        Critiquing.SHIPPED,
        constitution,
        Revising.SHIPPED,
        /* timeoutSeconds= */ 1,
        endpoint.decisive());
  }
}
